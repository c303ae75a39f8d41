// Source: pkg/apis/core/validation/validation.go (ValidateService).
#include "core/api/validation/kinds.h"
#include "core/api/validation/pod.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

using namespace core_v1;

void service_port(Errors& e, const ServicePort& p, bool named, std::vector<std::string_view>& names, const Path& at) {
  if (named && p.name.empty()) {
    e.required(at / "name");
  } else if (!p.name.empty()) {
    e.invalid_each(at / "name", p.name, dns1123_label(p.name));
    bool taken = false;
    for (std::string_view n : names) taken = taken || n == p.name.view();
    if (taken) e.duplicate(at / "name", Value::of(p.name.view()));
    names.push_back(p.name);
  }
  for (const std::string& bad : port_number(p.port)) e.invalid(at / "port", Value::of(p.port), bad);
  e.one_of(at / "protocol", p.protocol, {"SCTP", "TCP", "UDP"});
  check_port_or_name(e, p.targetPort, at / "targetPort");
  if (p.appProtocol) e.invalid_each(at / "appProtocol", *p.appProtocol, qualified_name(*p.appProtocol));
}

// As Kubernetes prints its internal type.
Value port_key(const ServicePort& p, bool node_port) {
  return Value::json(cat("{\"Name\":\"\",\"Protocol\":\"", p.protocol, "\",\"AppProtocol\":null,\"Port\":",
                         node_port ? 0 : p.port, ",\"TargetPort\":0,\"NodePort\":", node_port ? p.nodePort : 0, "}"));
}

}  // namespace

void check(Errors& e, const Service& s) {
  const ServiceSpec& spec = s.spec;
  Path at("spec"), ports = at / "ports";
  bool headless = spec.clusterIP == "None";
  if (spec.ports.empty() && !headless && !(spec.type == "ExternalName")) e.required(ports);
  if (spec.type == "LoadBalancer" && headless)
    e.invalid((at / "clusterIPs").index(0), spec.clusterIP.view(), "may not be set to 'None' for LoadBalancer services");
  if (spec.type == "NodePort" && headless)
    e.invalid((at / "clusterIPs").index(0), spec.clusterIP.view(), "may not be set to 'None' for NodePort services");
  if (spec.type == "ExternalName") {
    if (!spec.clusterIPs.empty() || !spec.clusterIP.empty())
      e.forbidden(at / "clusterIPs", "may not be set for ExternalName services");
    std::string_view name = spec.externalName;
    if (ends_with(name, ".")) name.remove_suffix(1);
    if (name.empty())
      e.required(at / "externalName");
    else
      e.invalid_each(at / "externalName", name, dns1123_subdomain(name));
  } else if (!spec.clusterIP.empty() && !headless && !is_ip_address(spec.clusterIP)) {
    e.invalid((at / "clusterIPs").index(0), spec.clusterIP.view(), "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  }
  std::vector<std::string_view> names;
  for (uint32_t i = 0; i < spec.ports.size(); ++i)
    service_port(e, spec.ports[i], spec.ports.size() > 1, names, ports.index(i));
  check_labels(e, spec.selector, at / "selector");
  e.one_of(at / "sessionAffinity", spec.sessionAffinity, {"ClientIP", "None"});
  if (spec.sessionAffinity == "ClientIP" && spec.sessionAffinityConfig && spec.sessionAffinityConfig->clientIP) {
    int32_t seconds = spec.sessionAffinityConfig->clientIP->timeoutSeconds.value_or(0);
    if (seconds <= 0 || seconds > 86400)
      e.invalid(at / "sessionAffinityConfig" / "clientIP" / "timeoutSeconds", Value::of(seconds),
                "must be greater than 0 and less than 86400");
  }
  e.one_of(at / "type", spec.type, {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  if (spec.type == "ClusterIP")
    for (uint32_t i = 0; i < spec.ports.size(); ++i)
      if (spec.ports[i].nodePort != 0)
        e.forbidden(ports.index(i) / "nodePort", "may not be used when `type` is 'ClusterIP'");
  for (uint32_t i = 0; i < spec.ports.size(); ++i)
    for (uint32_t k = 0; k < i; ++k) {
      const ServicePort &a = spec.ports[i], &b = spec.ports[k];
      if (!(a.protocol == b.protocol)) continue;
      if (a.nodePort != 0 && a.nodePort == b.nodePort) e.duplicate(ports.index(i) / "nodePort", port_key(a, true));
      if (a.port == b.port) {
        e.duplicate(ports.index(i), port_key(a, false));
        break;
      }
    }
  for (uint32_t i = 0; i < spec.externalIPs.size(); ++i)
    e.invalid_each((at / "externalIPs").index(i), spec.externalIPs[i], ip_address(spec.externalIPs[i]));
  if (spec.internalTrafficPolicy) e.one_of(at / "internalTrafficPolicy", *spec.internalTrafficPolicy, {"Cluster", "Local"});
  if (!spec.externalTrafficPolicy.empty())
    e.one_of(at / "externalTrafficPolicy", spec.externalTrafficPolicy, {"Cluster", "Local"});
}

void check_update(Errors& e, const Service& s, const Service& old) {
  bool was_cluster = !(old.spec.type == "ExternalName"), is_cluster = !(s.spec.type == "ExternalName");
  if (was_cluster && is_cluster && !old.spec.clusterIP.empty() && !(s.spec.clusterIP == old.spec.clusterIP))
    e.invalid(Path("spec.clusterIPs").index(0), s.spec.clusterIP.view(),
              s.spec.clusterIP.empty() ? "primary clusterIP can not be unset" : "may not change once set");
  check(e, s);
}

}  // namespace orrery::api::validation
