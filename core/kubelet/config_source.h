// ConfigMaps, Secrets and Services as the kubelet sees them while it prepares a container.
#pragma once

#include "core/api/gen/core_v1.h"
#include "core/ports/container_runtime.h"

namespace orrery::kubelet {

class ConfigSource {
 public:
  virtual ~ConfigSource() = default;
  // Loading: asked for but not answered yet; the caller is synced again when it is.
  enum class Found : uint8_t { Yes, No, Loading };
  virtual Found config_map(const Str& ns, const Str& name, std::shared_ptr<const api::core_v1::ConfigMap>& out) = 0;
  virtual Found secret(const Str& ns, const Str& name, std::shared_ptr<const api::core_v1::Secret>& out) = 0;
  // A ServiceAccount token for the pod. No: refused, `out` says why.
  virtual Found token(const api::core_v1::Pod& pod, const api::core_v1::ServiceAccountTokenProjection& what,
                      Str& out) = 0;
  // The volume that a claim of the namespace is bound to. No: there is none; `why` says what is missing.
  virtual Found volume_of_claim(const Str& ns, const Str& claim,
                                std::shared_ptr<const api::core_v1::PersistentVolume>& out, Str& why) = 0;
  // The environment variables that Services give to the containers of a namespace, in order of their names, each once:
  // those of default/kubernetes and, with `links`, of the namespace's own. service_variables() of env.h makes them.
  virtual List<ports::EnvPair> variables(const Str& ns, bool links) = 0;
};

}  // namespace orrery::kubelet
