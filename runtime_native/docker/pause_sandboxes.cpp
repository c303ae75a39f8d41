#include "runtime_native/docker/pause_sandboxes.h"

#include "core/base/text.h"

namespace orrery::docker {

namespace {
// pause ends at TERM at once; this bounds an engine that is slow to tell.
constexpr Duration kPauseGrace = seconds(2);
}  // namespace

PauseSandboxes::PauseSandboxes(EngineContainers& containers, StartGate& gate, Owner owner, int& oom_score_adj_min)
    : containers_(containers),
      gate_(gate),
      owner_(std::move(owner)),
      oom_score_adj_min_(oom_score_adj_min),
      image_(containers) {}

void PauseSandboxes::run(ports::SandboxSpec spec, IdDone done) {
  auto shared = std::make_shared<const ports::SandboxSpec>(std::move(spec));
  gate_.enter([this, shared, done = std::move(done)](std::function<void()> leave) {
    auto leave_and_tell = [leave, done](Result<Str> r) {
      leave();
      done(std::move(r));
    };
    image_.ensure([this, shared, leave_and_tell](Result<void> r) {
      if (!r) return leave_and_tell(r.error());
      make(shared, [this, shared, leave_and_tell](Result<Str> made) {
        if (made || made.error().http() != 404) return leave_and_tell(std::move(made));
        image_.forget();  // the image was pruned since
        image_.ensure([this, shared, leave_and_tell](Result<void> again) {
          if (!again) return leave_and_tell(again.error());
          make(shared, leave_and_tell);
        });
      });
    });
  });
}

void PauseSandboxes::make(std::shared_ptr<const ports::SandboxSpec> spec, IdDone done) {
  int oom_min = oom_score_adj_min_;
  containers_.create(sandbox_name(*spec), sandbox_config(*spec, owner_, image_.name(), oom_min),
                     [this, spec, oom_min, done = std::move(done)](Result<Str> made) {
                       if (!made) return done(made.error());
                       Str id = *made;
                       containers_.start(id, [this, spec, oom_min, id, done](Result<void> started) {
                         if (started) return done(id);
                         containers_.remove(id, [this, spec, oom_min, done, error = started.error()](Result<void>) {
                           // An engine without CAP_SYS_RESOURCE can't lower the OOM score: runc then dies with a
                           // message that doesn't say so.
                           bool may_be_oom_score =
                               error.message.view().find("oom_score_adj") != std::string_view::npos ||
                               error.message.view().find("final child") != std::string_view::npos;
                           if (oom_min >= 0 || !may_be_oom_score) return done(error);
                           oom_score_adj_min_ = 0;
                           make(spec, done);
                         });
                       });
                     });
}

void PauseSandboxes::stop(const Str& id, Done done) {
  auto kill = [this](const Str& member, Done ended) { containers_.stop(member, Duration{}, std::move(ended)); };
  for_each_member(id, true, kill, [this, id, done = std::move(done)](Result<void> r) {
    if (!r) return done(r);
    containers_.stop(id, kPauseGrace, done);
  });
}

void PauseSandboxes::remove(const Str& id, Done done) {
  auto remove_member = [this](const Str& member, Done gone) { containers_.remove(member, std::move(gone)); };
  for_each_member(id, false, remove_member, [this, id, done = std::move(done)](Result<void> r) {
    if (!r) return done(r);
    containers_.remove(id, done);
  });
}

void PauseSandboxes::for_each_member(const Str& id, bool running_only, std::function<void(const Str&, Done)> act,
                                     Done done) {
  Json filter = {{"label", {cat(kLabelSandbox, "=", id)}}};
  if (running_only) filter["status"] = {"running", "paused"};
  containers_.list(url_part(dump_json(filter)), [act = std::move(act), done = std::move(done)](Result<Json> listed) {
    if (!listed) return done(listed.error());
    struct Joint {
      size_t left;
      std::optional<Error> error;
    };
    auto joint = std::make_shared<Joint>(Joint{listed->size(), std::nullopt});
    if (joint->left == 0) return done({});
    for (const Json& member : *listed)
      act(text_at(member, "Id"), [joint, done](Result<void> r) {
        if (!r && !joint->error) joint->error = r.error();
        if (--joint->left == 0) done(joint->error ? Result<void>(*joint->error) : Result<void>());
      });
  });
}

void PauseSandboxes::join(const Str& id, bool share_pid, JoinDone done) {
  containers_.inspect(id, [id, share_pid, done = std::move(done)](Result<Json> r) {
    if (!r) return done(r.error());
    // A namespace of the host is joined by its own name: Docker won't share one it did not make.
    auto join_or_host = [&](std::string_view mode) {
      return text_at(*r, "HostConfig", mode) == "host" ? std::string("host") : cat("container:", id);
    };
    Joined joined;
    joined.network = join_or_host("NetworkMode");
    joined.ipc = join_or_host("IpcMode");
    bool host_pid = text_at(*r, "HostConfig", "PidMode") == "host";
    if (host_pid)
      joined.pid = "host";
    else if (share_pid)
      joined.pid = cat("container:", id);
    done(std::move(joined));
  });
}

}  // namespace orrery::docker
