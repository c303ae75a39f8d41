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

// An Ingress and the Services of its rules, a claim and its volume.
std::vector<viewmodel::Tie> ties_of(const api::ObjectPtr& object) {
  std::vector<viewmodel::Tie> out;
  if (const auto* claim = object.as<v1::PersistentVolumeClaim>()) {
    if (!claim->spec.volumeName.empty())
      out.push_back({{"PersistentVolumeClaim", claim->metadata.namespace_.str(), claim->metadata.name.str()},
                     {"PersistentVolume", "", claim->spec.volumeName.str()}, viewmodel::TieKind::Claims});
    return out;
  }
  const auto* ingress = object.as<Ingress>();
  if (!ingress) return out;
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
    out.push_back({{"Ingress", ns, ingress->metadata.name.str()}, {"Service", ns, service}, viewmodel::TieKind::Routes});
  return out;
}

using Link = viewmodel::Link;

std::shared_ptr<const std::vector<Link>> links_of(const EndpointSlice& slice) {
  std::vector<Link> out;
  const viewmodel::ObjectRef from = {"Service", slice.metadata.namespace_.str(), slice.metadata.labels.get(kServiceLabel).str()};
  if (!own(slice.metadata))
    for (const auto& endpoint : slice.endpoints)
      if (endpoint.targetRef && endpoint.conditions.ready.value_or(true)) out.push_back({from, endpoint.targetRef->uid.str()});
  return std::make_shared<const std::vector<Link>>(std::move(out));
}

}  // namespace

Things::Things(client::InformerSet& informers, client::Informer& pods) : pods_(pods), slices_(informers.of<EndpointSlice>()) {
  pods_.add_handler(*this);
  slices_.add_handler(*this);
  for (client::Informer* kind : {&informers.of<Ingress>(), &informers.of<v1::Service>(), &informers.of<v1::PersistentVolumeClaim>(),
                                 &informers.of<v1::ConfigMap>(), &informers.of<v1::Secret>()}) {
    kinds_.push_back({kind, {}, {}});
    kind->add_handler(*this);
  }
}

std::vector<client::Informer*> Things::kinds() const {
  std::vector<client::Informer*> out;
  for (const Kind& kind : kinds_) out.push_back(kind.informer);
  return out;
}

// What a pod uses doesn't change while it lives.
void Things::pod_changed(const api::ObjectPtr& before, const api::ObjectPtr& after) {
  if (before && after) return;
  const std::string uid = (after ? after : before).meta().uid.str();
  if (!after) {
    uses_changed_ |= uses_.erase(uid) > 0;
    return;
  }
  std::vector<Link> links;
  for (const auto& [kind, name] : uses_of(*after.as<v1::Pod>())) links.push_back({{kind, after.meta().namespace_.str(), name}, uid});
  if (links.empty()) return;
  uses_[uid] = std::make_shared<const std::vector<Link>>(std::move(links));
  uses_changed_ = true;
}

void Things::on_change(const client::Informer& informer, ports::WatchType, const api::ObjectPtr& before, const api::ObjectPtr& after) {
  if (&informer == &pods_) {
    pod_changed(before, after);
    changed_ |= uses_changed_;
    return;
  }
  changed_ = true;
  const client::Key key = client::key_of(after ? after : before);
  if (&informer == &slices_) changed_slices_.insert(key);
  for (Kind& kind : kinds_)
    if (kind.informer == &informer) kind.changed.insert(key);
}

void Things::update_things(viewmodel::ClusterModel& model) {
  bool any = fresh_;
  for (Kind& kind : kinds_)
    for (const client::Key& key : std::exchange(kind.changed, {})) {
      any = true;
      const api::ObjectPtr& object = kind.informer->find(key);
      if (!object) {
        kind.told.erase(key);
        continue;
      }
      Told told = {nullptr, ties_of(object)};
      if (!own(object.meta()))
        told.thing = std::make_shared<const viewmodel::Thing>(viewmodel::Thing{
            object.meta().uid.str(), {std::string(kind.informer->kind().kind), key.ns.str(), key.name.str()}, note_of(object)});
      kind.told[key] = std::move(told);
    }
  if (!any) return;
  std::vector<viewmodel::SharedList<viewmodel::Thing>::Shared> things;
  model.ties.clear();
  for (const Kind& kind : kinds_)
    for (const auto& [key, told] : kind.told) {
      if (told.thing) things.push_back(told.thing);
      model.ties.insert(model.ties.end(), told.ties.begin(), told.ties.end());
    }
  model.things = viewmodel::SharedList<viewmodel::Thing>(std::move(things));
}

void Things::update_links(viewmodel::ClusterModel& model) {
  const std::set<client::Key> changed = std::exchange(changed_slices_, {});
  if (!std::exchange(uses_changed_, false) && changed.empty() && !fresh_) return;
  for (const client::Key& key : changed) {
    const auto* slice = slices_.get<EndpointSlice>(key);
    if (slice) behind_[key] = links_of(*slice);
    else behind_.erase(key);
  }
  std::vector<Links> blocks;
  blocks.reserve(behind_.size() + uses_.size());
  for (const auto& [slice, links] : behind_) blocks.push_back(links);
  for (const auto& [pod, links] : uses_) blocks.push_back(links);
  model.links = viewmodel::SharedBlocks<Link>(std::move(blocks));
}

bool Things::update(viewmodel::ClusterModel& model) {
  if (!std::exchange(changed_, false)) return false;
  update_things(model);
  update_links(model);
  fresh_ = false;
  return true;
}

}  // namespace orrery::app
