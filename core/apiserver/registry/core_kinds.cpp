#include "core/api/gen/core_v1.h"
#include "core/apiserver/registry/kinds.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;

// Source: pkg/registry/core/namespace/strategy.go
void create_namespace(const StrategyContext&, api::MutableObject& object) {
  auto& ns = object.as<Namespace>();
  ns.status.phase = "Active";
  if (!ns.spec.finalizers.contains("kubernetes")) ns.spec.finalizers.push_back("kubernetes");
  // Defaulting labels each namespace with its name.
  ns.metadata.labels.set("kubernetes.io/metadata.name", ns.metadata.name);
}

void update_namespace(const StrategyContext&, api::MutableObject& next, const api::ObjectPtr& old) {
  auto& ns = next.as<Namespace>();
  ns.spec.finalizers = old.as<Namespace>()->spec.finalizers;  // only through /finalize
  ns.metadata.labels.set("kubernetes.io/metadata.name", ns.metadata.name);
}

void create_volume(const StrategyContext&, api::MutableObject& object) {
  object.as<PersistentVolume>().status.phase = "Pending";
}

void create_claim(const StrategyContext&, api::MutableObject& object) {
  object.as<PersistentVolumeClaim>().status.phase = "Pending";
}

}  // namespace

std::vector<Strategy> core_strategies() {
  std::vector<Strategy> all{pod_strategy(), service_strategy()};
  Strategy s = row<Namespace>();
  s.create = create_namespace;
  s.update = update_namespace;
  s.returns_deleted = true;
  all.push_back(s);
  s = row<ReplicationController>();
  s.generation = true;
  s.orphans = true;  // core/v1 replication controllers orphan their pods by default
  all.push_back(s);
  s = row<PersistentVolume>();
  s.create = create_volume;
  s.returns_deleted = true;
  all.push_back(s);
  s = row<PersistentVolumeClaim>();
  s.create = create_claim;
  s.returns_deleted = true;
  all.push_back(s);
  for (const api::TypeDesc* type : {&api::desc<Endpoints>(), &api::desc<Event>(), &api::desc<LimitRange>()}) {
    s = Strategy();
    s.type = type;
    s.create_on_update = true;
    all.push_back(s);
  }
  for (const api::TypeDesc* type :
       {&api::desc<ServiceAccount>(), &api::desc<ResourceQuota>(), &api::desc<PodTemplate>()}) {
    s = Strategy();
    s.type = type;
    s.generation = type == &api::desc<PodTemplate>();
    s.returns_deleted = true;
    all.push_back(s);
  }
  return all;
}

}  // namespace orrery::apiserver
