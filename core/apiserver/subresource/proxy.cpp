// pods/NAME/proxy and services/NAME/proxy, every method. Source: pkg/registry/core/{pod/strategy.go ResourceLocation,
// service/proxy.go, service/storage/storage.go ResourceLocation}, apimachinery pkg/util/proxy.
#include "core/apiserver/subresource/proxy.h"

#include "core/api/gen/core_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/errors.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using api::core_v1::Container;
using api::core_v1::ContainerPort;
using api::core_v1::Pod;
using api::core_v1::Service;
using api::core_v1::ServicePort;
using api::discovery_v1::EndpointSlice;

constexpr Duration kProxyTimeout = seconds(60);
constexpr std::string_view kNotPassedOn[] = {
    "host",       "connection", "upgrade", "authorization", "content-length", "transfer-encoding", "accept-encoding",
    "keep-alive", "te",         "trailer"};

// "https:web:8080" -> scheme, name, port. Source: apimachinery pkg/util/net SplitSchemeNamePort.
struct Target {
  Str scheme = "http", name, port;
};
Result<Target> read_target(const Str& text) {
  std::vector<std::string> parts = split(text, ':');
  Target t;
  if (parts.size() == 1) {
    t.name = parts[0];
  } else if (parts.size() == 2) {
    t.name = parts[0];
    t.port = parts[1];
  } else if (parts.size() == 3) {
    if (!parts[0].empty()) t.scheme = parts[0];
    t.name = parts[1];
    t.port = parts[2];
  }
  if (t.name.empty() || parts.size() > 3 || (t.scheme != "http" && t.scheme != "https"))
    return bad_request(cat("invalid proxy request ", quoted(text)));
  return t;
}

int32_t number_of(const Str& text) {
  int64_t n = 0;
  return parse_int64(text, n) && n > 0 && n < 65536 ? static_cast<int32_t>(n) : 0;
}

// What follows ".../proxy" in the request, and its query.
Str target_of(const ports::ApiRequest& r, const RequestInfo& info) {
  std::string marker = cat("/", info.name, "/proxy");
  size_t at = r.path.view().find(marker);
  std::string out;
  std::string_view rest = at == std::string_view::npos ? "" : r.path.view().substr(at + marker.size());
  for (size_t i = 0; i < rest.size();) {
    size_t end = rest.find('/', i);
    out += percent_encode(rest.substr(i, end == std::string_view::npos ? end : end - i));
    if (end == std::string_view::npos) break;
    out += '/';
    i = end + 1;
  }
  if (out.empty()) out += '/';
  char mark = '?';
  for (const auto& q : r.query) {
    out += cat(mark, percent_encode(q.name), "=", percent_encode(q.value));
    mark = '&';
  }
  return Str(out);
}

// Links in a page are relative to where it is: without a path its root is meant, which ends with a slash
// (apimachinery pkg/util/proxy/upgradeaware.go, ServeHTTP).
Answer to_root(const ports::ApiRequest& r) {
  std::string to = cat(r.path, "/");
  char mark = '?';
  for (const auto& q : r.query) {
    to += cat(mark, percent_encode(q.name), "=", percent_encode(q.value));
    mark = '&';
  }
  Answer a;
  a.status = 301;
  a.content_type = "text/plain";
  a.headers.set("location", Str(to));
  return a;
}

Error unavailable(std::string why) { return make_error(Reason::ServiceUnavailable, Str(why)); }

struct Backend {
  Str pod;
  int32_t port = 0;
};

// A ready endpoint of the service's port.
Result<Backend> backend_of(const Registry& registry, const Service& service, const Target& target, Rng& rng) {
  Str name = service.metadata.name;
  const ServicePort* port = nullptr;
  for (const ServicePort& p : service.spec.ports)
    if ((target.port.empty() && service.spec.ports.size() == 1) || p.name == target.port ||
        p.port == number_of(target.port))
      port = port ? port : &p;
  if (target.port.empty() && !port)
    port = service.spec.ports.find_if([](const ServicePort& p) { return p.name.empty(); });
  if (!port) return unavailable(cat("no service port ", quoted(target.port), " found for service ", quoted(name)));
  std::vector<Backend> ready;
  std::string prefix = cat(service.metadata.namespace_, '/');
  const store::Table& slices = registry.store().at(registry.table(api::kind<EndpointSlice>()));
  for (auto it = slices.items.lower_bound(std::string_view(prefix));
       it != slices.items.end() && starts_with(it->first, prefix); ++it) {
    const auto& slice = *it->second.object.as<EndpointSlice>();
    if (slice.metadata.labels.get("kubernetes.io/service-name") != name) continue;
    for (const auto& p : slice.ports) {
      if (p.name.value_or(Str()) != port->name || !p.port) continue;
      for (const auto& e : slice.endpoints)
        if (e.conditions.ready.value_or(true) && e.targetRef && e.targetRef->kind == "Pod")
          ready.push_back({e.targetRef->name, *p.port});
    }
  }
  if (ready.empty()) return unavailable(cat("no endpoints available for service ", quoted(name)));
  return ready[rng.below(ready.size())];
}

}  // namespace

Answer proxied(const ports::HttpAnswer& answer) {
  Answer a;
  a.status = answer.status;
  a.body = answer.body;
  a.content_type = "text/plain";
  for (const auto& [name, value] : answer.headers)
    if (name == "content-type")
      a.content_type = value;
    else
      a.headers.set(name, value);
  return a;
}

Error unreachable(const Error& error) {
  return make_error(Reason::ServiceUnavailable, cat("error trying to reach service: ", error.message));
}

Answer ApiServer::proxy(CallRecord& call) {
  const RequestInfo& info = call.info;
  const ports::ApiRequest& r = *call.request;
  auto target = read_target(info.name);
  if (!target.ok()) return fail(target.error());
  Backend to{target->name, number_of(target->port)};
  api::ObjectPtr found = registry_.get(*info.kind, info.ns, target->name);
  if (!found) return fail(not_found(*info.kind, target->name));
  if (info.kind->kind == "Service") {
    auto backend = backend_of(registry_, *found.as<Service>(), *target, registry_.state().rng);
    if (!backend.ok()) return fail(backend.error());
    to = *backend;
    found = registry_.get(api::kind<Pod>(), info.ns, to.pod);
    if (!found) return fail(unavailable(cat("no endpoints available for service ", quoted(target->name))));
  } else {
    for (const Container& c : found.as<Pod>()->spec.containers)
      for (const ContainerPort& p : c.ports)
        if (to.port == 0 && (target->port.empty() || p.name == target->port)) to.port = p.containerPort;
    if (to.port == 0) to.port = target->scheme == "https" ? 443 : 80;
  }
  const Pod& pod = *found.as<Pod>();
  if (pod.spec.nodeName.empty() || pod.status.podIP.empty())
    return fail(unavailable("error trying to reach service: pod has no address"));
  if (ends_with(r.path, "/proxy") && (r.method == "GET" || r.method == "HEAD")) return to_root(r);
  ports::NodeRequest ask;
  ask.verb = ports::NodeRequest::Verb::Proxy;
  ask.source = r.source;
  ask.ns = info.ns;
  ask.pod = to.pod;
  ask.uid = pod.metadata.uid;
  ask.fetch.method = r.method;
  ask.fetch.scheme = target->scheme;
  ask.fetch.port = to.port;
  ask.fetch.target = target_of(r, info);
  ask.fetch.body = r.body;
  ask.fetch.timeout = kProxyTimeout;
  for (const auto& [name, value] : r.headers) {
    bool passed = true;
    for (std::string_view no : kNotPassedOn) passed = passed && name != no;
    if (passed) ask.fetch.headers.set(name, value);
  }
  return send_to_node(pod.spec.nodeName, std::move(ask), {}, std::move(call));
}

}  // namespace orrery::apiserver
