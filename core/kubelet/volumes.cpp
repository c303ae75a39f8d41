#include "core/kubelet/volumes.h"

#include "core/base/hash.h"
#include "core/base/text.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;
using ports::VolumeFile;
using ports::VolumeSpec;

namespace {

constexpr int32_t kDefaultMode = 0644;
constexpr int32_t kTokenMode = 0644;  // upstream: 0600 when the container runs as the file's owner

class VolumeBuilder {
 public:
  VolumeBuilder(const v1::Pod& pod, const Str& pod_ip, const Str& host_ip, const Map<Quantity>* allocatable,
          ConfigSource& config)
      : pod_(pod),
        ns_(pod.metadata.namespace_),
        pod_ip_(pod_ip),
        host_ip_(host_ip),
        allocatable_(allocatable),
        config_(config) {}

  Result<VolumesOutcome> build() {
    for (const v1::Volume& volume : pod_.spec.volumes) {
      VolumeSpec spec;
      spec.pod = {pod_.metadata.uid, pod_.metadata.namespace_, pod_.metadata.name};
      spec.name = volume.name;
      if (pod_.spec.securityContext && pod_.spec.securityContext->fsGroup)
        spec.fs_group = *pod_.spec.securityContext->fsGroup;
      auto r = fill(volume, spec);
      if (!r.ok())
        return make_error(r.error().reason,
                          cat("MountVolume.SetUp failed for volume ", quoted(volume.name), " : ", r.error().message));
      for (const VolumeFile& f : spec.files) hash_ = quick_hash(f.content, quick_hash(f.path, hash_));
      out_.specs.push_back(std::move(spec));
    }
    out_.fingerprint = hash_;
    return std::move(out_);
  }

 private:
  Result<void> fill(const v1::Volume& v, VolumeSpec& spec) {
    if (v.emptyDir) {
      bool memory = v.emptyDir->medium == "Memory";
      spec.type = memory ? VolumeSpec::Type::MemoryDir : VolumeSpec::Type::EmptyDir;
      if (v.emptyDir->sizeLimit) spec.size_limit_bytes = v.emptyDir->sizeLimit->value();
      return {};
    }
    if (v.hostPath) {
      spec.type = VolumeSpec::Type::HostPath;
      spec.host_path = v.hostPath->path;
      if (v.hostPath->type) spec.host_path_type = *v.hostPath->type;
      return {};
    }
    if (v.persistentVolumeClaim) return claimed(v.persistentVolumeClaim->claimName, spec);
    if (v.ephemeral) return claimed(cat(pod_.metadata.name, "-", v.name), spec);
    spec.type = VolumeSpec::Type::Files;
    if (v.configMap)
      return config_map(v.configMap->name, v.configMap->items, v.configMap->optional,
                        v.configMap->defaultMode.value_or(kDefaultMode), spec);
    if (v.secret)
      return secret(v.secret->secretName, v.secret->items, v.secret->optional,
                    v.secret->defaultMode.value_or(kDefaultMode), spec);
    if (v.downwardAPI) return downward(v.downwardAPI->items, v.downwardAPI->defaultMode.value_or(kDefaultMode), spec);
    if (v.projected) return projected(*v.projected, spec);
    return make_error(Reason::Invalid, "no volume plugin matched");
  }

  Result<void> projected(const v1::ProjectedVolumeSource& source, VolumeSpec& spec) {
    int32_t mode = source.defaultMode.value_or(kDefaultMode);
    for (const v1::VolumeProjection& p : source.sources) {
      Result<void> r;
      if (p.configMap) r = config_map(p.configMap->name, p.configMap->items, p.configMap->optional, mode, spec);
      if (p.secret) r = secret(p.secret->name, p.secret->items, p.secret->optional, mode, spec);
      if (p.downwardAPI) r = downward(p.downwardAPI->items, mode, spec);
      if (p.serviceAccountToken) r = token(*p.serviceAccountToken, spec);
      if (!r.ok()) return r;
    }
    return {};
  }

  Result<void> token(const v1::ServiceAccountTokenProjection& what, VolumeSpec& spec) {
    Str token;
    auto found = config_.token(pod_, what, token);
    if (found == ConfigSource::Found::Loading) out_.loading = true;
    if (found == ConfigSource::Found::No) return make_error(Reason::Unknown, token);
    if (found == ConfigSource::Found::Yes) spec.files.push_back({what.path, token, kTokenMode});
    return {};
  }

  // hostPath and local volumes: a directory of this node.
  Result<void> claimed(const Str& claim, VolumeSpec& spec) {
    std::shared_ptr<const v1::PersistentVolume> volume;
    Str why;
    auto found = config_.volume_of_claim(pod_.metadata.namespace_, claim, volume, why);
    if (found == ConfigSource::Found::Loading) {
      out_.loading = true;
      return {};
    }
    if (found == ConfigSource::Found::No) return make_error(Reason::NotFound, why);
    if (!volume->spec.hostPath && !volume->spec.local) return make_error(Reason::Invalid, "no volume plugin matched");
    spec.type = VolumeSpec::Type::HostPath;
    spec.host_path = volume->spec.hostPath ? volume->spec.hostPath->path : volume->spec.local->path;
    if (volume->spec.hostPath && volume->spec.hostPath->type) spec.host_path_type = *volume->spec.hostPath->type;
    return {};
  }

  Result<void> config_map(const Str& name, const List<v1::KeyToPath>& items, std::optional<bool> optional, int32_t mode,
                          VolumeSpec& spec) {
    std::shared_ptr<const v1::ConfigMap> map;
    auto found = config_.config_map(ns_, name, map);
    Map<Str> data;
    if (map) {
      data = map->data;
      for (const auto& [key, value] : map->binaryData) data.set(key, value);
    }
    return keys("configmap", name, found, map != nullptr, data, items, optional, mode, spec);
  }

  Result<void> secret(const Str& name, const List<v1::KeyToPath>& items, std::optional<bool> optional, int32_t mode,
                      VolumeSpec& spec) {
    std::shared_ptr<const v1::Secret> object;
    auto found = config_.secret(ns_, name, object);
    return keys("secret", name, found, object != nullptr, object ? object->data : Map<Str>(), items, optional, mode,
                spec);
  }

  Result<void> keys(std::string_view kind, const Str& name, ConfigSource::Found found, bool here, const Map<Str>& data,
                    const List<v1::KeyToPath>& items, std::optional<bool> optional, int32_t mode, VolumeSpec& spec) {
    if (found == ConfigSource::Found::Loading) out_.loading = true;
    if (found == ConfigSource::Found::No && !optional.value_or(false))
      return make_error(Reason::NotFound, cat(kind, " ", quoted(name), " not found"));
    if (!here) return {};
    if (items.empty()) {
      for (const auto& [key, value] : data) spec.files.push_back({key, value, mode});
      return {};
    }
    for (const v1::KeyToPath& item : items) {
      const Str* value = data.find(item.key);
      if (value) {
        spec.files.push_back({item.path, *value, item.mode.value_or(mode)});
      } else if (!optional.value_or(false)) {
        return make_error(Reason::NotFound, cat(kind, " references non-existent ",
                                                kind == "secret" ? "secret" : "config", " key: ", item.key));
      }
    }
    return {};
  }

  Result<void> downward(const List<v1::DownwardAPIVolumeFile>& items, int32_t mode, VolumeSpec& spec) {
    for (const v1::DownwardAPIVolumeFile& item : items) {
      Result<Str> value = Str();
      if (item.fieldRef)
        value = pod_field(pod_, item.fieldRef->fieldPath, pod_ip_, host_ip_);
      else if (item.resourceFieldRef && !pod_.spec.containers.empty())
        value = resource_field(pod_, pod_.spec.containers[0], *item.resourceFieldRef, allocatable_);
      if (!value.ok()) return value.error();
      spec.files.push_back({item.path, *value, item.mode.value_or(mode)});
    }
    return {};
  }

  const v1::Pod& pod_;
  Str ns_, pod_ip_, host_ip_;
  const Map<Quantity>* allocatable_;
  ConfigSource& config_;
  VolumesOutcome out_;
  uint64_t hash_ = quick_hash("");
};

}  // namespace

Result<VolumesOutcome> make_volumes(const v1::Pod& pod, const Str& pod_ip, const Str& host_ip,
                                    const Map<Quantity>* allocatable, ConfigSource& config) {
  return VolumeBuilder(pod, pod_ip, host_ip, allocatable, config).build();
}

}  // namespace orrery::kubelet
