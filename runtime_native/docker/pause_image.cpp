#include "runtime_native/docker/pause_image.h"

#include "core/base/rng.h"
#include "core/base/text.h"
#include "embed/pause_program.h"
#include "runtime_native/docker/pull_progress.h"
#include "runtime_native/docker/tar_file.h"

namespace orrery::docker {

namespace {
constexpr std::string_view kRepository = "orrery/pause";
}

PauseImage::PauseImage(EngineContainers& containers)
    : containers_(containers), tag_(hex64(fnv1a(embedded::pause_program)).substr(0, 12)) {
  name_ = cat(kRepository, ":", tag_);
}

void PauseImage::ensure(Done done) {
  if (known_) return done({});
  waiting_.push_back(std::move(done));
  if (waiting_.size() > 1) return;
  containers_.get(cat("/images/", name_, "/json"), [this](Result<Json> r) {
    if (r) return finish({});
    if (r.error().http() != 404) return finish(r.error());
    make();
  });
}

void PauseImage::make() {
  EngineRequest r;
  r.method = "POST";
  r.target = cat("/images/create?fromSrc=-&repo=", url_part(kRepository), "&tag=", tag_,
                 "&changes=", url_part("ENTRYPOINT [\"/pause\"]"));
  r.body = tar_of_file("pause", embedded::pause_program, 0755);
  r.content_type = "application/x-tar";
  containers_.client().request(std::move(r), [this](Result<EngineResponse> answer) {
    if (!answer) return finish(answer.error());
    PullProgress progress;  // an import reports errors as a pull does: in lines below a status of 200
    progress.feed(answer->body);
    finish(progress.result());
  });
}

void PauseImage::finish(const Result<void>& result) {
  known_ = result.ok();
  Result<void> answer =
      result ? result
             : Result<void>(make_error(result.error().reason,
                                       cat("cannot make the sandbox image ", name_, ": ", result.error().message)));
  auto waiting = std::move(waiting_);
  waiting_.clear();
  for (Done& done : waiting) done(answer);
}

}  // namespace orrery::docker
