// Source: pkg/registry/batch/job/strategy.go (generateSelector)
#include "core/api/gen/batch_v1.h"
#include "core/apiserver/registry/kinds.h"

namespace orrery::apiserver {

namespace {

using api::batch_v1::Job;

void create_job(const StrategyContext&, api::MutableObject& object) {
  Job& job = object.as<Job>();
  if (job.spec.manualSelector.value_or(false)) return;
  auto& labels = job.spec.template_.metadata.labels;
  const Str& uid = job.metadata.uid;
  labels.set("controller-uid", uid);
  labels.set("job-name", job.metadata.name);
  labels.set("batch.kubernetes.io/controller-uid", uid);
  labels.set("batch.kubernetes.io/job-name", job.metadata.name);
  auto& selector = job.spec.selector.mut().matchLabels;
  if (selector.find("batch.kubernetes.io/controller-uid") == nullptr)
    selector.set("batch.kubernetes.io/controller-uid", uid);
}

}  // namespace

Strategy job_strategy() {
  Strategy s;
  s.type = &api::desc<Job>();
  s.generation = true;
  s.orphans = true;  // batch/v1 jobs orphan their pods by default
  s.create = create_job;
  return s;
}

}  // namespace orrery::apiserver
