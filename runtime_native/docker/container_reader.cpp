#include "runtime_native/docker/container_reader.h"

#include "runtime_native/docker/container_reading.h"

namespace orrery::docker {

void ContainerReader::changed(const Str& container_id) {
  ++changes_;
  known_.erase(container_id);
}

void ContainerReader::forget_all() {
  ++changes_;
  known_.clear();
}

void ContainerReader::read(const std::string& filter, bool keep, PictureDone done) {
  if (!keep) forget_all();
  containers_.list(filter, [this, keep, done = std::move(done)](Result<Json> listed) {
    if (!listed) return done(listed.error());
    struct Joint {
      Picture picture;
      size_t left = 1;  // one for the walk over the list itself
      std::optional<Error> error;
    };
    auto joint = std::make_shared<Joint>();
    auto arrive = [joint, done](std::optional<Error> error) {
      if (error && !joint->error) joint->error = std::move(error);
      if (--joint->left == 0)
        done(joint->error ? Result<Picture>(*joint->error) : Result<Picture>(std::move(joint->picture)));
    };
    for (const Json& item : *listed) {
      if (is_sandbox(field(item, "Labels"))) {
        joint->picture.sandboxes.push_back(sandbox_status(item));
        continue;
      }
      Str id = text_at(item, "Id");
      std::string state(text_at(item, "State"));
      auto known = known_.find(id);
      if (known != known_.end() && known->second.state == state) {
        joint->picture.containers.push_back(known->second.seen);
        continue;
      }
      ++joint->left;
      containers_.inspect(id, [this, joint, arrive, keep, id, state, at = changes_,
                               pod = pod_of_labels(field(item, "Labels"))](Result<Json> r) {
        if (!r)
          return arrive(r.error().http() == 404 ? std::nullopt : std::optional<Error>(r.error()));  // removed meanwhile
        Seen seen{pod, container_status(*r), number_at(*r, "State", "Pid")};
        if (keep && at == changes_ && text_at(*r, "State", "Status") == state) known_[id] = {state, seen};
        joint->picture.containers.push_back(std::move(seen));
        arrive(std::nullopt);
      });
    }
    arrive(std::nullopt);
  });
}

}  // namespace orrery::docker
