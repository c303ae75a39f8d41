// A container's environment and expanded command line. Rules: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables,
// third_party/forked/golang/expansion.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/base/result.h"
#include "core/kubelet/config_source.h"
#include "core/ports/container_runtime.h"

namespace orrery::kubelet {

struct EnvInputs {
  const api::core_v1::Pod& pod;
  const api::core_v1::Container& container;
  Str pod_ip, host_ip;                       // known only once the sandbox runs
  const Map<Quantity>* allocatable;          // of the node: what resourceFieldRef limits default to
  ConfigSource& config;
};

struct EnvOutcome {
  bool loading = false;                      // a ConfigMap or Secret isn't here yet
  List<ports::EnvPair> env;
};

// Errors carry the message of CreateContainerConfigError: `configmap "app" not found`.
Result<EnvOutcome> make_environment(const EnvInputs& in);

// What Services give to containers, as Docker's links did, in order of names. Of two with one name the later counts.
// Source: pkg/kubelet/envvars/envvars.go FromServices.
List<ports::EnvPair> service_variables(const std::vector<std::shared_ptr<const api::core_v1::Service>>& services);

// The value of a variable; null: there is none of that name.
using VariableLookup = std::function<const Str*(std::string_view name)>;
// Replaces $(NAME) by the variable's value; $$ stays a dollar sign, unknown names stay as they are.
Str expand(const Str& text, const VariableLookup& variable);

// The value of a fieldRef ("metadata.labels['app']") or an error ("field label not supported: ...").
Result<Str> pod_field(const api::core_v1::Pod& pod, std::string_view path, const Str& pod_ip, const Str& host_ip);

// limits.cpu, requests.memory ... divided and rounded up.
Result<Str> resource_field(const api::core_v1::Pod& pod, const api::core_v1::Container& container,
                           const api::core_v1::ResourceFieldSelector& selector, const Map<Quantity>* allocatable);

}  // namespace orrery::kubelet
