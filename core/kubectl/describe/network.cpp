// Service, Endpoints, EndpointSlice, Ingress and its class, NetworkPolicy.
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/describe/describers.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

constexpr size_t kEndpointsShown = 3;

bool is_ready(const json& endpoint) { return value_at(endpoint, "/conditions/ready") != false; }

// kubectl formatEndpointSlices: the ready addresses of one port, and how many more there are.
std::string endpoints_text(const std::vector<const json*>& slices, const std::string& port_name) {
  if (slices.empty()) return "<none>";
  std::vector<std::string> ready;
  for (const json* slice : slices) {
    json ports = value_at(*slice, "/ports");
    if (ports.empty()) ports = json::array({nullptr});  // a headless Service without ports: addresses alone
    for (const json& port : ports) {
      if (!port.is_null() && text_at(port, "/name") != port_name) continue;
      for (const json& e : value_at(*slice, "/endpoints"))
        if (is_ready(e)) ready.push_back(cat(text_at(e, "/addresses/0"), port.is_null() ? "" : cat(":", text_at(port, "/port"))));
    }
  }
  const size_t more = ready.size() > kEndpointsShown ? ready.size() - kEndpointsShown : 0;
  ready.resize(ready.size() - more);
  return cat(join(ready, ","), more ? cat(" + ", more, " more...") : "");
}

std::vector<const json*> slices_of(const Subject& s, const std::string& service) {
  std::vector<const json*> out;
  for (const json& slice : s.list("slices"))
    if (text_of(value_at(slice, "/metadata/labels/kubernetes.io~1service-name")) == service) out.push_back(&slice);
  return out;
}

std::string balancers_text(const json& ingress) {
  std::vector<std::string> out;
  for (const json& i : ingress) {
    const std::string ip = text_at(i, "/ip"), mode = text_at(i, "/ipMode");
    out.push_back(ip.empty() ? text_at(i, "/hostname") : cat(ip, mode.empty() ? "" : cat(" (", mode, ")")));
  }
  return join(out, ", ");
}

void write_service_port(Writer& w, const Subject& s, const json& p) {
  const std::string name = text_at(p, "/name"), shown = name.empty() ? "<unset>" : name, protocol = text_at(p, "/protocol", "TCP");
  w.put(0, cat("Port:\t", shown, "\t", text_at(p, "/port"), "/", protocol));
  w.line(0, "TargetPort", cat(text_at(p, "/targetPort", text_at(p, "/port").c_str()), "/", protocol));
  if (p.value("nodePort", 0) != 0) w.put(0, cat("NodePort:\t", shown, "\t", text_at(p, "/nodePort"), "/", protocol));
  w.line(0, "Endpoints", endpoints_text(slices_of(s, text_at(s.object, "/metadata/name")), name));
}

}  // namespace

void describe_service(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  write_rows(w, 0, o, {{"Selector", "/spec/selector", Form::Inline}, {"Type", "/spec/type"}, {"IP Family Policy", "/spec/ipFamilyPolicy", Form::IfThere}});
  for (auto [label, path] : {std::pair<const char*, const char*>{"IP Families", "/spec/ipFamilies"}, {"IP", "/spec/clusterIP"}, {"IPs", "/spec/clusterIPs"}}) {
    const json& v = value_at(o, path);
    w.line(0, label, v.is_array() && !v.empty() ? joined(v, ",") : v.is_string() ? text_of(v) : std::string_view(label) == "IP" ? "" : "<none>");
  }
  write_rows(w, 0, o, {{"External IPs", "/spec/externalIPs", Form::Join}, {"Desired LoadBalancer IP", "/spec/loadBalancerIP", Form::IfThere},
                       {"External Name", "/spec/externalName", Form::IfThere}});
  if (const json& ingress = value_at(o, "/status/loadBalancer/ingress"); !ingress.empty()) w.line(0, "LoadBalancer Ingress", balancers_text(ingress));
  for (const json& p : value_at(o, "/spec/ports")) write_service_port(w, s, p);
  write_rows(w, 0, o, {{"Session Affinity", "/spec/sessionAffinity"}, {"External Traffic Policy", "/spec/externalTrafficPolicy", Form::IfThere},
                       {"Internal Traffic Policy", "/spec/internalTrafficPolicy", Form::IfThere}, {"HealthCheck NodePort", "/spec/healthCheckNodePort", Form::IfThere},
                       {"LoadBalancer Source Ranges", "/spec/loadBalancerSourceRanges", Form::Join}, {"Traffic Distribution", "/spec/trafficDistribution", Form::IfThere}});
}

void describe_endpoints(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  w.put(0, "Subsets:");
  for (const json& subset : value_at(o, "/subsets")) {
    for (auto [label, path] : {std::pair<const char*, const char*>{"Addresses", "/addresses"}, {"NotReadyAddresses", "/notReadyAddresses"}}) {
      std::vector<std::string> ips;
      for (const json& a : value_at(subset, path)) ips.push_back(text_at(a, "/ip"));
      w.line(1, label, ips.empty() ? "<none>" : join(ips, ","));
    }
    if (const json& ports = value_at(subset, "/ports"); !ports.empty()) {
      w.put(1, "Ports:");
      w.heads(2, {"Name", "Port", "Protocol"});
      for (const json& p : ports) w.row(2, {text_at(p, "/name", "<unset>"), text_at(p, "/port"), text_at(p, "/protocol", "TCP")});
    }
    w.put(0, "");
  }
}

void describe_endpoint_slice(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  w.line(0, "AddressType", text_at(o, "/addressType"));
  const json& ports = value_at(o, "/ports");
  w.put(0, ports.empty() ? "Ports: <unset>" : "Ports:");
  if (!ports.empty()) w.heads(1, {"Name", "Port", "Protocol"});
  for (const json& p : ports) {
    const std::string name = text_at(p, "/name");
    w.row(1, {name.empty() ? "<unset>" : name, text_at(p, "/port", "<unset>"), text_at(p, "/protocol", "TCP")});
  }
  const json& endpoints = value_at(o, "/endpoints");
  w.put(0, endpoints.empty() ? "Endpoints: <none>" : "Endpoints:");
  for (const json& e : endpoints) {
    const json& addresses = value_at(e, "/addresses");
    w.line(1, "- Addresses", addresses.empty() ? "<none>" : joined(addresses, ", "));
    w.put(2, "Conditions:");
    w.line(3, "Ready", text_at(e, "/conditions/ready", "<unset>"));
    w.line(2, "Hostname", text_at(e, "/hostname", "<unset>"));
    if (!value_at(e, "/targetRef").is_null()) w.line(2, "TargetRef", cat(text_at(e, "/targetRef/kind"), "/", text_at(e, "/targetRef/name")));
    write_rows(w, 2, e, {{"NodeName", "/nodeName", Form::OrUnset}, {"Zone", "/zone", Form::OrUnset}});
  }
}

namespace {

// "web:80 (10.1.0.4:80)": the Service and what stands behind it.
std::string backend_text(const Subject& s, const json& backend) {
  const json& service = value_at(backend, "/service");
  if (service.is_null()) {
    const json& resource = value_at(backend, "/resource");
    return resource.is_null() ? "" : cat("APIGroup: ", text_at(resource, "/apiGroup", "<none>"), ", Kind: ", text_at(resource, "/kind"), ", Name: ", text_at(resource, "/name"));
  }
  const std::string name = text_at(service, "/name"), number = text_at(service, "/port/number"), port = text_at(service, "/port/name");
  const std::string words = cat(name, ":", number.empty() ? port : number);
  for (const json& one : s.list("services")) {
    if (text_at(one, "/metadata/name") != name) continue;
    std::string port_name;
    for (const json& p : value_at(one, "/spec/ports"))
      if (number.empty() ? text_at(p, "/name") == port : text_at(p, "/port") == number) port_name = text_at(p, "/name");
    return cat(words, " (", endpoints_text(slices_of(s, name), port_name), ")");
  }
  return cat(words, " (<error: services ", orrery::quoted(name), " not found>)");
}

}  // namespace

void describe_ingress(Writer& w, const Subject& s) {
  const json& o = s.object;
  std::vector<std::string> addresses;
  for (const json& i : value_at(o, "/status/loadBalancer/ingress")) addresses.push_back(text_at(i, "/ip", text_at(i, "/hostname").c_str()));
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Labels", "/metadata/labels", Form::Labels}, {"Namespace", "/metadata/namespace"}});
  w.line(0, "Address", join(addresses, ","));
  write_rows(w, 0, o, {{"Ingress Class", "/spec/ingressClassName", Form::OrNone}});
  const json& fallback = value_at(o, "/spec/defaultBackend");
  const std::string fallback_text = fallback.is_null() ? "<default>" : backend_text(s, fallback);
  w.line(0, "Default backend", fallback_text);
  const json& tls = value_at(o, "/spec/tls");
  if (!tls.empty()) w.put(0, "TLS:");
  for (const json& t : tls) {
    const std::string secret = text_at(t, "/secretName"), hosts = joined(value_at(t, "/hosts"), ",");
    w.put(1, secret.empty() ? cat("SNI routes ", hosts) : cat(secret, " terminates ", hosts));
  }
  w.put(0, "Rules:");
  w.heads(1, {"Host", "Path", "Backends"});
  int rules = 0;
  for (const json& rule : value_at(o, "/spec/rules")) {
    if (!rule.contains("http")) continue;
    ++rules;
    w.put(1, cat(text_at(rule, "/host", "*"), "\t"));
    for (const json& path : value_at(rule, "/http/paths")) w.put(2, cat("\t", text_at(path, "/path"), " \t", backend_text(s, value_at(path, "/backend"))));
  }
  if (rules == 0) w.row(1, {"*", "*", fallback_text});
  w.annotations(0, value_at(o, "/metadata/annotations"));
}

void describe_ingress_class(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  w.line(0, "Controller", text_at(o, "/spec/controller"));
  if (value_at(o, "/spec/parameters").is_null()) return;
  w.put(0, "Parameters:");
  write_rows(w, 1, o, {{"APIGroup", "/spec/parameters/apiGroup", Form::IfThere}, {"Kind", "/spec/parameters/kind"}, {"Name", "/spec/parameters/name"}});
}

namespace {

void write_peers(Writer& w, const json& rules, bool ingress) {
  const char* direction = ingress ? "From:" : "To:";
  if (rules.empty()) return w.put(2, cat("<none> (Selected pods are isolated for ", ingress ? "ingress" : "egress", " connectivity)"));
  bool first = true;
  for (const json& rule : rules) {
    if (!first) w.put(2, "----------");
    first = false;
    const json& ports = value_at(rule, "/ports");
    if (ports.empty()) w.put(2, "To Port: <any> (traffic allowed to all ports)");
    for (const json& p : ports) {
      const std::string end = text_at(p, "/endPort"), protocol = text_at(p, "/protocol", "TCP"), port = text_at(p, "/port", "<nil>");
      w.put(2, end.empty() ? cat("To Port: ", port, "/", protocol) : cat("To Port Range: ", port, "-", end, "/", protocol));
    }
    const json& peers = value_at(rule, ingress ? "/from" : "/to");
    if (peers.empty()) w.put(2, cat(direction, " <any> (traffic not restricted by ", ingress ? "source" : "destination", ")"));
    for (const json& peer : peers) {
      w.put(2, direction);
      if (peer.contains("namespaceSelector")) w.put(3, cat("NamespaceSelector: ", selector_text(peer["namespaceSelector"])));
      if (peer.contains("podSelector")) w.put(3, cat("PodSelector: ", selector_text(peer["podSelector"])));
      if (!peer.contains("ipBlock")) continue;
      w.put(3, "IPBlock:");
      w.put(4, cat("CIDR: ", text_at(peer, "/ipBlock/cidr")));
      w.put(4, cat("Except: ", joined(value_at(peer, "/ipBlock/except"), ", ")));
    }
  }
}

}  // namespace

void describe_network_policy(Writer& w, const Subject& s) {
  const json& o = s.object;
  WallTime created;
  parse_rfc3339(text_at(o, "/metadata/creationTimestamp"), created);
  std::string when = format_rfc3339(created);  // as Go prints a time: "2026-11-22 17:00:00 +0000 UTC"
  when = cat(when.substr(0, 10), " ", when.substr(11, 8), " +0000 UTC");
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}});
  w.line(0, "Created on", when);
  w.labels(0, "Labels", value_at(o, "/metadata/labels"));
  w.annotations(0, value_at(o, "/metadata/annotations"));
  w.put(0, "Spec:");
  const std::string pods = selector_text(value_at(o, "/spec/podSelector"));
  w.put(1, cat("PodSelector:     ", pods, pods == "<none>" ? " (Allowing the specific traffic to all pods in this namespace)" : ""));
  const json& types = value_at(o, "/spec/policyTypes");
  for (const bool ingress : {true, false}) {
    bool affected = false;
    for (const json& t : types) affected = affected || t == (ingress ? "Ingress" : "Egress");
    w.put(1, cat(affected ? "Allowing " : "Not affecting ", ingress ? "ingress" : "egress", " traffic", affected ? ":" : ""));
    if (affected) write_peers(w, value_at(o, ingress ? "/spec/ingress" : "/spec/egress"), ingress);
  }
  w.put(1, cat("Policy Types: ", types.empty() ? "<none>" : joined(types, ", ")));
}

}  // namespace orrery::kubectl
