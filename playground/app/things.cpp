#include "playground/app/things.h"

#include "core/api/gen/core_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/api/gen/networking_v1.h"

namespace orrery::app {
namespace {

namespace v1 = api::core_v1;
using api::discovery_v1::EndpointSlice;
using api::networking_v1::Ingress;
using Uses = std::set<std::pair<std::string, std::string>>;

constexpr const char* kRootCertificate = "kube-root-ca.crt";
constexpr const char* kServiceLabel = "kubernetes.io/service-name";

// Made by the cluster itself, in every namespace or for its own parts.
bool own(const api::meta_v1::ObjectMeta& meta) {
  return meta.namespace_.view().rfind("kube-", 0) == 0 || meta.name == kRootCertificate || (meta.namespace_ == "default" && meta.name == "kubernetes");
}

void add_env(const v1::Container& container, Uses& out) {
  for (const v1::EnvFromSource& from : container.envFrom) {
    if (const auto* map = from.configMapRef.get()) out.insert({"ConfigMap", map->name.str()});
    if (const auto* secret = from.secretRef.get()) out.insert({"Secret", secret->name.str()});
  }
  for (const v1::EnvVar& env : container.env) {
    const auto* from = env.valueFrom.get();
    if (!from) continue;
    if (const auto* map = from->configMapKeyRef.get()) out.insert({"ConfigMap", map->name.str()});
    if (const auto* secret = from->secretKeyRef.get()) out.insert({"Secret", secret->name.str()});
  }
}

void add_volume(const v1::Volume& volume, Uses& out) {
  if (const auto* map = volume.configMap.get()) out.insert({"ConfigMap", map->name.str()});
  if (const auto* secret = volume.secret.get()) out.insert({"Secret", secret->secretName.str()});
  if (const auto* claim = volume.persistentVolumeClaim.get()) out.insert({"PersistentVolumeClaim", claim->claimName.str()});
  const auto* projected = volume.projected.get();
  if (!projected) return;
  for (const v1::VolumeProjection& source : projected->sources) {
    if (const auto* map = source.configMap.get()) out.insert({"ConfigMap", map->name.str()});
    if (const auto* secret = source.secret.get()) out.insert({"Secret", secret->name.str()});
  }
}

// Without the cluster's own certificate, which every pod has and no map shows.
Uses uses_of(const v1::Pod& pod) {
  Uses out;
  for (const v1::Container& container : pod.spec.initContainers) add_env(container, out);
  for (const v1::Container& container : pod.spec.containers) add_env(container, out);
  for (const v1::Volume& volume : pod.spec.volumes) add_volume(volume, out);
  out.erase({"ConfigMap", kRootCertificate});
  return out;
}

// A few words beside the name.
std::string note_of(const api::ObjectPtr& object) {
  if (const auto* service = object.as<v1::Service>()) return cat(service->spec.type, " ", service->spec.clusterIP);
  if (const auto* claim = object.as<v1::PersistentVolumeClaim>()) return claim->status.phase.str();
  if (const auto* map = object.as<v1::ConfigMap>()) return cat(map->data.size(), map->data.size() == 1 ? " key" : " keys");
  if (const auto* secret = object.as<v1::Secret>()) return secret->type.str();
  const auto* ingress = object.as<Ingress>();
  return ingress && !ingress->spec.rules.empty() ? ingress->spec.rules[0].host.str() : "";
}

}  // namespace

Things::Things(client::InformerSet& informers, client::Informer& pods)
    : pods_(pods),
      slices_(informers.of<EndpointSlice>()),
      kinds_{&informers.of<Ingress>(), &informers.of<v1::Service>(), &informers.of<v1::PersistentVolumeClaim>(), &informers.of<v1::ConfigMap>(),
             &informers.of<v1::Secret>()} {
  pods_.add_handler(*this);
  slices_.add_handler(*this);
  for (client::Informer* kind : kinds_) kind->add_handler(*this);
}

void Things::on_change(const client::Informer& informer, ports::WatchType, const api::ObjectPtr& before, const api::ObjectPtr& after) {
  if (&informer == &pods_) {
    const std::string uid = (after ? after : before).meta().uid.str();
    if (!after) {
      changed_ |= uses_.erase(uid) > 0;
      ns_of_.erase(uid);
    } else if (!before) {  // what a pod uses doesn't change while it lives
      Uses uses = uses_of(*after.as<v1::Pod>());
      if (uses.empty()) return;
      uses_[uid] = std::move(uses);
      ns_of_[uid] = after.meta().namespace_.str();
      changed_ = true;
    }
    return;
  }
  changed_ = true;
  if (&informer != &slices_) return;
  const client::Key key = client::key_of(after ? after : before);
  behind_.erase(key);
  service_of_.erase(key);
  if (!after) return;
  const auto& slice = *after.as<EndpointSlice>();
  if (own(slice.metadata)) return;
  service_of_[key] = {slice.metadata.namespace_, slice.metadata.labels.get(kServiceLabel)};
  for (const auto& endpoint : slice.endpoints)
    if (endpoint.targetRef && endpoint.conditions.ready.value_or(true)) behind_[key].push_back(endpoint.targetRef->uid.str());
}

void Things::tell(const client::Informer& informer, viewmodel::ClusterModel& model) const {
  for (const auto& [key, object] : informer.objects()) {
    if (own(object.meta())) continue;
    model.things.push_back({object.meta().uid.str(), {std::string(informer.kind().kind), key.ns.str(), key.name.str()}, note_of(object)});
  }
}

// An Ingress and the Services of its rules, a claim and its volume.
void Things::tie(const api::ObjectPtr& object, viewmodel::ClusterModel& model) const {
  if (const auto* claim = object.as<v1::PersistentVolumeClaim>()) {
    if (claim->spec.volumeName.empty()) return;
    model.ties.push_back({{"PersistentVolumeClaim", claim->metadata.namespace_.str(), claim->metadata.name.str()},
                          {"PersistentVolume", "", claim->spec.volumeName.str()}, viewmodel::TieKind::Claims});
    return;
  }
  const auto* ingress = object.as<Ingress>();
  if (!ingress) return;
  std::set<std::string> services;
  const auto add = [&](const auto* backend) {
    if (const auto* service = backend ? backend->service.get() : nullptr) services.insert(service->name.str());
  };
  add(ingress->spec.defaultBackend.get());
  for (const auto& rule : ingress->spec.rules) {
    const auto* http = rule.http.get();
    if (!http) continue;
    for (const auto& path : http->paths) add(&path.backend);
  }
  const std::string ns = ingress->metadata.namespace_.str();
  for (const std::string& service : services)
    model.ties.push_back({{"Ingress", ns, ingress->metadata.name.str()}, {"Service", ns, service}, viewmodel::TieKind::Routes});
}

bool Things::update(viewmodel::ClusterModel& model) {
  if (!std::exchange(changed_, false)) return false;
  model.things.clear();
  model.ties.clear();
  for (const client::Informer* kind : kinds_) tell(*kind, model);
  for (const client::Informer* kind : kinds_)
    for (const auto& [key, object] : kind->objects()) tie(object, model);
  // There are as many links as pods, and most are as they were.
  std::size_t count = 0;
  const auto link = [&](const viewmodel::ObjectRef& from, const std::string& pod) {
    if (count == model.links.size()) model.links.emplace_back();
    viewmodel::Link& one = model.links[count++];
    if (!(one.from == from)) one.from = from;
    if (one.pod_uid != pod) one.pod_uid = pod;
  };
  for (const auto& [slice, pods] : behind_) {
    const client::Key& service = service_of_[slice];
    const viewmodel::ObjectRef from = {"Service", service.ns.str(), service.name.str()};
    for (const std::string& pod : pods) link(from, pod);
  }
  for (const auto& [pod, uses] : uses_)
    for (const auto& [kind, name] : uses) link({kind, ns_of_[pod], name}, pod);
  model.links.resize(count);
  return true;
}

}  // namespace orrery::app
