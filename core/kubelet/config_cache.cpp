#include "core/kubelet/config_cache.h"

#include "core/api/kinds.h"
#include "core/base/text.h"
#include "core/kubelet/env.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;

ConfigSource::Found ConfigCache::find(const Name& name, api::ObjectPtr& out) {
  auto it = watched_.find(name);
  if (it == watched_.end() || !it->second.informer->synced()) return Found::Loading;
  out = it->second.informer->find({name.ns, name.name});
  return out ? Found::Yes : Found::No;
}

ConfigSource::Found ConfigCache::config_map(const Str& ns, const Str& name, std::shared_ptr<const v1::ConfigMap>& out) {
  api::ObjectPtr object;
  Found found = find({What::ConfigMap, ns, name}, object);
  if (object) out = object.get<v1::ConfigMap>();
  return found;
}

ConfigSource::Found ConfigCache::secret(const Str& ns, const Str& name, std::shared_ptr<const v1::Secret>& out) {
  api::ObjectPtr object;
  Found found = find({What::Secret, ns, name}, object);
  if (object) out = object.get<v1::Secret>();
  return found;
}

ConfigSource::Found ConfigCache::volume_of_claim(const Str& ns, const Str& claim,
                                                 std::shared_ptr<const v1::PersistentVolume>& out, Str& why) {
  Name name{What::Claim, ns, claim};
  api::ObjectPtr object;
  Found found = find(name, object);
  if (found != Found::Yes) {
    why = cat("error getting PVC ", ns, "/", claim, ": persistentvolumeclaim ", orrery::quoted(claim), " not found");
    return found;
  }
  const auto& have = *object.as<v1::PersistentVolumeClaim>();
  if (have.spec.volumeName.empty() || !(have.status.phase == "Bound")) {
    why = cat("PVC ", ns, "/", claim, " has non-bound phase (", orrery::quoted(have.status.phase),
              ") or empty pvc.Spec.VolumeName (", orrery::quoted(have.spec.volumeName), ")");
    return Found::No;
  }
  Name volume{What::Volume, {}, have.spec.volumeName};
  for (const Str& uid : std::set<Str>(watched_.at(name).users)) hold(uid, volume);
  found = find(volume, object);
  if (found == Found::Yes) out = object.get<v1::PersistentVolume>();
  why = cat("failed to fetch PV ", orrery::quoted(have.spec.volumeName), " from API server");
  return found;
}

List<ports::EnvPair> ConfigCache::variables(const Str& ns, bool links) {
  auto [made, fresh] = variables_.try_emplace({ns, links});
  if (!fresh) return made->second;
  std::vector<std::shared_ptr<const v1::Service>> services;
  if (links) services_.each_in(ns, [&](const api::ObjectPtr& o) { services.push_back(o.get<v1::Service>()); });
  if (!links || ns != "default")
    if (const api::ObjectPtr& master = services_.find({"default", "kubernetes"}))
      services.push_back(master.get<v1::Service>());
  return made->second = service_variables(services);
}

std::unique_ptr<client::Informer> ConfigCache::informer_of(const Name& name) {
  const api::KindInfo& kind = name.what == What::Secret   ? api::kind<v1::Secret>()
                              : name.what == What::Claim  ? api::kind<v1::PersistentVolumeClaim>()
                              : name.what == What::Volume ? api::kind<v1::PersistentVolume>()
                                                          : api::kind<v1::ConfigMap>();
  client::Selection what{name.ns, {}, cat("metadata.name=", name.name)};
  auto informer = std::make_unique<client::Informer>(client_, queue_, kind, what);
  informer->add_handler(handler_);
  return informer;
}

void ConfigCache::hold(const Str& uid, const Name& name) {
  Watched& w = watched_[name];
  w.users.insert(uid);
  if (w.informer) return;
  w.informer = informer_of(name);
  w.informer->start();
}

void ConfigCache::copy_from(const ConfigCache& other) {
  for (const auto& [name, from] : other.watched_) {
    Watched& to = watched_[name];
    to.users = from.users;
    queue_.attach_from(from.informer->target());
    to.informer = informer_of(name);
    to.informer->restore(from.informer->state());
  }
  queue_.attach_from(0);
}

void ConfigCache::hold(const Str& uid, const v1::Pod& pod) {
  const Str& ns = pod.metadata.namespace_;
  auto container = [&](const v1::Container& c) {
    for (const v1::EnvFromSource& f : c.envFrom) {
      if (f.configMapRef) hold(uid, {What::ConfigMap, ns, f.configMapRef->name});
      if (f.secretRef) hold(uid, {What::Secret, ns, f.secretRef->name});
    }
    for (const v1::EnvVar& e : c.env) {
      if (!e.valueFrom) continue;
      if (e.valueFrom->configMapKeyRef) hold(uid, {What::ConfigMap, ns, e.valueFrom->configMapKeyRef->name});
      if (e.valueFrom->secretKeyRef) hold(uid, {What::Secret, ns, e.valueFrom->secretKeyRef->name});
    }
  };
  for (const v1::Container& c : pod.spec.initContainers) container(c);
  for (const v1::Container& c : pod.spec.containers) container(c);
  for (const v1::Volume& v : pod.spec.volumes) {
    if (v.configMap) hold(uid, {What::ConfigMap, ns, v.configMap->name});
    if (v.persistentVolumeClaim) hold(uid, {What::Claim, ns, v.persistentVolumeClaim->claimName});
    if (v.ephemeral) hold(uid, {What::Claim, ns, cat(pod.metadata.name, "-", v.name)});
    if (v.secret) hold(uid, {What::Secret, ns, v.secret->secretName});
    if (!v.projected) continue;
    for (const v1::VolumeProjection& p : v.projected->sources) {
      if (p.configMap) hold(uid, {What::ConfigMap, ns, p.configMap->name});
      if (p.secret) hold(uid, {What::Secret, ns, p.secret->name});
    }
  }
}

void ConfigCache::release(const Str& uid) {
  for (auto it = watched_.begin(); it != watched_.end();) {
    it->second.users.erase(uid);
    if (!it->second.users.empty()) {
      ++it;
      continue;
    }
    it->second.informer->stop();
    it = watched_.erase(it);
  }
}

std::vector<Str> ConfigCache::users_of(const client::Informer& informer) const {
  for (const auto& [name, w] : watched_)
    if (w.informer.get() == &informer) return {w.users.begin(), w.users.end()};
  return {};
}

void ConfigCache::clear() {
  for (auto& [name, w] : watched_) w.informer->stop();
  watched_.clear();
  variables_.clear();
}

}  // namespace orrery::kubelet
