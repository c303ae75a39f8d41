// Services and ingresses from flags (kubectl pkg/cmd/create/create_service.go, create_ingress.go).
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/generators.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

// "80", "80:8080", "80:http"
bool ports_of(Context& c, json& out, Step& step) {
  for (const std::string& list : c.args.all("tcp"))
    for (const std::string& text : split(list, ',')) {
      size_t colon = text.find(':');
      std::string to = colon == std::string::npos ? text : text.substr(colon + 1);
      int64_t port = 0, number = 0;
      if (!parse_int64(text.substr(0, colon), port)) return step = c.fail(cat("strconv.Atoi: parsing ", orrery::quoted(text.substr(0, colon)), ": invalid syntax")), false;
      json entry{{"name", colon == std::string::npos ? text : cat(text.substr(0, colon), "-", to)}, {"port", port}, {"protocol", "TCP"}};
      entry["targetPort"] = parse_int64(to, number) ? json(number) : json(to);
      out.push_back(std::move(entry));
    }
  return true;
}

Step service(Context& c, const char* type, const char* word) {
  Step step = Step::Done;
  json ports = json::array();
  if (!exactly_one(c, word, step) || !ports_of(c, ports, step)) return step;
  std::string name = c.args.words()[0];
  bool headless = c.args.get("clusterip") == "None", external = std::string_view(type) == "ExternalName";
  if (ports.empty() && !headless && !external) return c.fail("at least one tcp port specifier must be provided");
  json spec{{"selector", {{"app", name}}}, {"type", type}};
  if (!ports.empty()) spec["ports"] = ports;
  if (c.args.has("clusterip")) spec["clusterIP"] = c.args.get("clusterip");
  if (external) spec["externalName"] = c.args.get("external-name");
  int64_t node_port = 0;
  if (c.args.has("node-port") && parse_int64(c.args.get("node-port"), node_port)) spec["ports"][0]["nodePort"] = node_port;
  return create_object(c, json{{"apiVersion", "v1"}, {"kind", "Service"}, {"metadata", {{"name", name}, {"labels", {{"app", name}}}}}, {"spec", spec}});
}

// "host/path=service:port[,tls=secret]"; a path that ends in * is a prefix.
bool add_rule(Context& c, const std::string& text, json& spec, Step& step) {
  size_t slash = text.find('/'), eq = text.find('='), colon = text.find(':', eq == std::string::npos ? 0 : eq);
  if (slash == std::string::npos || eq == std::string::npos || colon == std::string::npos || eq < slash)
    return step = c.fail(cat("rule ", text, " is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]")), false;
  std::string host = text.substr(0, slash), path = text.substr(slash, eq - slash), rest = text.substr(colon + 1);
  std::string port = rest.substr(0, rest.find(','));
  bool prefix = !path.empty() && path.back() == '*';
  if (prefix) path.pop_back();
  int64_t number = 0;
  json backend{{"service", {{"name", text.substr(eq + 1, colon - eq - 1)},
                            {"port", parse_int64(port, number) ? json{{"number", number}} : json{{"name", port}}}}}};
  json entry{{"backend", backend}, {"path", path}, {"pathType", prefix ? "Prefix" : "Exact"}};
  if (size_t tls = rest.find(",tls"); tls != std::string::npos) {
    json t{{"hosts", {host}}};
    if (size_t secret = rest.find('=', tls); secret != std::string::npos) t["secretName"] = rest.substr(secret + 1);
    spec["tls"].push_back(std::move(t));
  }
  for (json& rule : spec["rules"])
    if (rule.value("host", "") == host) return rule["http"]["paths"].push_back(std::move(entry)), true;
  json rule{{"http", {{"paths", json::array({entry})}}}};
  if (!host.empty()) rule["host"] = host;
  spec["rules"].push_back(std::move(rule));
  return true;
}

}  // namespace

Step run_create_service_cluster_ip(Context& c) { return service(c, "ClusterIP", "clusterip"); }
Step run_create_service_node_port(Context& c) { return service(c, "NodePort", "nodeport"); }
Step run_create_service_load_balancer(Context& c) { return service(c, "LoadBalancer", "loadbalancer"); }
Step run_create_service_external_name(Context& c) { return service(c, "ExternalName", "externalname"); }

Step run_create_ingress(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "ingress", step)) return step;
  if (!c.args.has("rule") && !c.args.has("default-backend")) return c.fail("not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)");
  json spec = json::object();
  spec["rules"] = json::array();
  for (const std::string& text : c.args.all("rule"))
    if (!add_rule(c, text, spec, step)) return step;
  if (spec["rules"].empty()) spec.erase("rules");
  if (c.args.has("class")) spec["ingressClassName"] = c.args.get("class");
  return create_object(c, json{{"apiVersion", "networking.k8s.io/v1"}, {"kind", "Ingress"}, {"metadata", {{"name", c.args.words()[0]}}}, {"spec", spec}});
}

}  // namespace orrery::kubectl
