#include "core/apiserver/subresource/subresources.h"

#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

struct Special {
  std::string_view of, name, group, version, kind, verbs;
};
constexpr Special kSpecial[] = {
    {"pods", "attach", "", "v1", "PodAttachOptions", "create,get"},
    {"pods", "binding", "", "v1", "Binding", "create"},
    {"pods", "ephemeralcontainers", "", "v1", "Pod", "get,patch,update"},
    {"pods", "eviction", "policy", "v1", "Eviction", "create"},
    {"pods", "exec", "", "v1", "PodExecOptions", "create,get"},
    {"pods", "log", "", "v1", "Pod", "get"},
    {"pods", "portforward", "", "v1", "PodPortForwardOptions", "create,get"},
    {"pods", "proxy", "", "v1", "PodProxyOptions", "create,delete,get,patch,update"},
    {"pods", "resize", "", "v1", "Pod", "get,patch,update"},
    {"nodes", "proxy", "", "v1", "NodeProxyOptions", "create,delete,get,patch,update"},
    {"services", "proxy", "", "v1", "ServiceProxyOptions", "create,delete,get,patch,update"},
    {"namespaces", "finalize", "", "v1", "Namespace", "update"},
    {"serviceaccounts", "token", "authentication.k8s.io", "v1", "TokenRequest", "create"},
};

}  // namespace

std::vector<Subresource> subresources_of(const api::KindInfo& kind) {
  std::vector<Subresource> out;
  if (kind.subresources.empty()) return out;
  // split() makes strings; views into the table are kept by position.
  std::string_view rest = kind.subresources;
  while (!rest.empty()) {
    size_t comma = rest.find(',');
    std::string_view name = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    Subresource s{name, kind.group, kind.version, kind.kind, "get,patch,update"};
    if (name == "scale") s.group = "autoscaling", s.version = "v1", s.kind = "Scale";
    for (const Special& special : kSpecial)
      if (special.of == kind.plural && special.name == name)
        s = {name, special.group, special.version, special.kind, special.verbs};
    out.push_back(s);
  }
  return out;
}

}  // namespace orrery::apiserver
