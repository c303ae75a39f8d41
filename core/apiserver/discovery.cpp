// Discovery, plain and aggregated. Source: apiserver pkg/endpoints/discovery.
#include <algorithm>
#include <set>

#include "core/apiserver/adapter.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/nonresource.h"
#include "core/apiserver/subresource/subresources.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

// In the order in which kube-apiserver lists its groups; a kind asked for by short name is looked for in this order.
constexpr std::string_view kGroupOrder[] = {"apiregistration.k8s.io",
                                            "apps",
                                            "events.k8s.io",
                                            "authentication.k8s.io",
                                            "authorization.k8s.io",
                                            "autoscaling",
                                            "batch",
                                            "certificates.k8s.io",
                                            "networking.k8s.io",
                                            "policy",
                                            "rbac.authorization.k8s.io",
                                            "storage.k8s.io",
                                            "admissionregistration.k8s.io",
                                            "apiextensions.k8s.io",
                                            "scheduling.k8s.io",
                                            "coordination.k8s.io",
                                            "node.k8s.io",
                                            "discovery.k8s.io",
                                            "flowcontrol.apiserver.k8s.io",
                                            "resource.k8s.io",
                                            kCustomMetrics,
                                            kExternalMetrics,
                                            "metrics.k8s.io"};

struct Version {
  std::string name;
  std::vector<const KindInfo*> kinds;
  std::vector<AdaptedResource> adapted;  // of an adapter's group, in place of kinds
};
struct Group {
  std::string name;
  std::vector<Version> versions;  // preferred first, as in the table of kinds
};

std::vector<Group> groups(const std::vector<CustomKinds::TypePtr>& custom, const ports::MetricsSource* metrics) {
  std::vector<Group> all(1);  // the core group first, under no name
  for (std::string_view name : kGroupOrder) all.push_back({std::string(name), {}});
  std::vector<const KindInfo*> kinds;
  for (const KindInfo& kind : api::all_kinds()) kinds.push_back(&kind);
  for (const CustomKinds::TypePtr& type : custom) kinds.push_back(&type->kind());
  for (const KindInfo* k : kinds) {
    const KindInfo& kind = *k;
    Group* group = nullptr;
    for (Group& g : all)
      if (g.name == kind.group) group = &g;
    if (!group) group = &all.emplace_back(Group{std::string(kind.group), {}});
    Version* version = nullptr;
    for (Version& v : group->versions)
      if (v.name == kind.version) version = &v;
    if (!version) version = &group->versions.emplace_back(Version{std::string(kind.version), {}});
    version->kinds.push_back(&kind);
  }
  for (Group& g : all)
    if (!g.versions.empty() && g.versions[0].kinds[0]->custom)  // no adapter's version is there yet
      std::stable_sort(g.versions.begin(), g.versions.end(),
                       [](const Version& a, const Version& b) { return version_before(a.name, b.name); });
  for (Group& g : all)
    if (has_adapter(metrics) && is_adapted_group(g.name))
      for (std::string_view version : adapted_versions(g.name))
        g.versions.push_back({std::string(version), {}, {}});
  std::vector<Group> used;
  for (Group& g : all)
    if (!g.versions.empty()) used.push_back(std::move(g));
  return used;
}

// Asked of the source only where it is told.
void read_adapted(Group& g, const ports::MetricsSource* metrics) {
  if (!has_adapter(metrics) || !is_adapted_group(g.name)) return;
  for (Version& v : g.versions) v.adapted = adapted_resources(g.name, *metrics);
}

std::string string_list(std::string_view comma_separated) {
  if (comma_separated.empty()) return "[]";
  return cat("[\"", replace_all(std::string(comma_separated), ",", "\",\""), "\"]");
}

std::string group_version(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : cat(group, '/', version);
}

// --- plain

std::string resource_entry(const KindInfo& k) {
  std::string out =
      cat("{\"name\":\"", k.plural, "\",\"singularName\":\"", k.singular, "\",\"namespaced\":", k.namespaced,
          ",\"kind\":\"", k.kind, "\",\"verbs\":", string_list(k.verbs));
  if (!k.short_names.empty()) out += cat(",\"shortNames\":", string_list(k.short_names));
  if (!k.categories.empty()) out += cat(",\"categories\":", string_list(k.categories));
  out += '}';
  for (const Subresource& s : subresources_of(k)) {
    out += cat(",{\"name\":\"", k.plural, '/', s.name, "\",\"singularName\":\"\",\"namespaced\":", k.namespaced);
    if (s.group != k.group || s.version != k.version)
      out += cat(",\"group\":\"", s.group, "\",\"version\":\"", s.version, '"');
    out += cat(",\"kind\":\"", s.kind, "\",\"verbs\":", string_list(s.verbs), '}');
  }
  return out;
}

// Source: custom-metrics-apiserver pkg/provider/resource_lister.go
std::string adapted_entry(const Group& g, const AdaptedResource& r) {
  return cat("{\"name\":\"", r.name, "\",\"singularName\":\"\",\"namespaced\":", r.namespaced, ",\"kind\":\"", adapted_kind(g.name),
             "\",\"verbs\":[\"get\"]}");
}

std::string resource_list(const Group& g, const Version& v) {
  std::string out = cat("{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"",
                        group_version(g.name, v.name), "\",\"resources\":[");
  for (size_t i = 0; i < v.kinds.size(); ++i) out += cat(i ? "," : "", resource_entry(*v.kinds[i]));
  for (size_t i = 0; i < v.adapted.size(); ++i) out += cat(i ? "," : "", adapted_entry(g, v.adapted[i]));
  return out + "]}\n";
}

std::string group_entry(const Group& g, bool type_meta) {
  std::string out = type_meta ? "{\"kind\":\"APIGroup\",\"apiVersion\":\"v1\",\"name\":\"" : "{\"name\":\"";
  out += cat(g.name, "\",\"versions\":[");
  for (size_t i = 0; i < g.versions.size(); ++i)
    out += cat(i ? "," : "", "{\"groupVersion\":\"", g.name, '/', g.versions[i].name, "\",\"version\":\"",
               g.versions[i].name, "\"}");
  out += cat("],\"preferredVersion\":{\"groupVersion\":\"", g.name, '/', g.versions[0].name, "\",\"version\":\"",
             g.versions[0].name, "\"}}");
  return out;
}

// --- aggregated

std::string response_kind(std::string_view group, std::string_view version, std::string_view kind) {
  return cat("{\"group\":\"", group, "\",\"version\":\"", version, "\",\"kind\":\"", kind, "\"}");
}

std::string aggregated_resource(const KindInfo& k) {
  std::string out = cat("{\"resource\":\"", k.plural, "\",\"responseKind\":", response_kind(k.group, k.version, k.kind),
                        ",\"scope\":\"", k.namespaced ? "Namespaced" : "Cluster", "\",\"singularResource\":\"",
                        k.singular, "\",\"verbs\":", string_list(k.verbs));
  if (!k.short_names.empty()) out += cat(",\"shortNames\":", string_list(k.short_names));
  if (!k.categories.empty()) out += cat(",\"categories\":", string_list(k.categories));
  std::string subs;
  for (const Subresource& s : subresources_of(k))
    subs += cat(subs.empty() ? "" : ",", "{\"subresource\":\"", s.name,
                "\",\"responseKind\":", response_kind(s.group, s.version, s.kind), ",\"verbs\":", string_list(s.verbs),
                '}');
  if (!subs.empty()) out += cat(",\"subresources\":[", subs, ']');
  return out + '}';
}

// What the aggregator makes of an adapter's plain list: a subresource's parent stands there without kind and verbs.
// Source: apiserver pkg/endpoints/discovery/aggregated, ConvertGroupVersionIntoToDiscovery
std::string aggregated_adapted(const Group& g, const AdaptedResource& r) {
  const size_t slash = r.name.find('/');
  const std::string kind = response_kind("", "", adapted_kind(g.name));  // an adapter's list names no group
  const char* scope = r.namespaced ? "Namespaced" : "Cluster";
  if (slash == std::string::npos)
    return cat("{\"resource\":\"", r.name, "\",\"responseKind\":", kind, ",\"scope\":\"", scope, "\",\"singularResource\":\"\",\"verbs\":[\"get\"]}");
  return cat("{\"resource\":\"", r.name.substr(0, slash), "\",\"responseKind\":", response_kind("", "", ""), ",\"scope\":\"", scope,
             "\",\"singularResource\":\"\",\"verbs\":null,\"subresources\":[{\"subresource\":\"", r.name.substr(slash + 1),
             "\",\"responseKind\":", kind, ",\"verbs\":[\"get\"]}]}");
}

std::string aggregated(const std::vector<Group>& groups, bool core, std::string_view api_version) {
  std::string out = cat("{\"kind\":\"APIGroupDiscoveryList\",\"apiVersion\":\"apidiscovery.k8s.io/", api_version,
                        "\",\"metadata\":{},\"items\":[");
  bool first = true;
  for (const Group& g : groups) {
    if (g.name.empty() != core) continue;
    out += first ? "{\"metadata\":{" : ",{\"metadata\":{";
    first = false;
    if (!g.name.empty()) out += cat("\"name\":\"", g.name, '"');
    out += "},\"versions\":[";
    for (size_t i = 0; i < g.versions.size(); ++i) {
      out += cat(i ? "," : "", "{\"version\":\"", g.versions[i].name, "\",\"resources\":[");
      for (size_t k = 0; k < g.versions[i].kinds.size(); ++k)
        out += cat(k ? "," : "", aggregated_resource(*g.versions[i].kinds[k]));
      for (size_t k = 0; k < g.versions[i].adapted.size(); ++k)
        out += cat(k ? "," : "", aggregated_adapted(g, g.versions[i].adapted[k]));
      out += "],\"freshness\":\"Current\"}";
    }
    out += "]}";
  }
  return out + "]}\n";
}

// "v2" or "v2beta1" when the client would rather have the aggregated form.
std::string_view aggregated_version(const CallRecord& call) {
  for (const MediaType& m : parse_media_types(call.request->headers.get("accept"))) {
    if (m.type != "application/json") continue;
    if (m.parameter("as").empty()) return {};
    if (m.parameter("as") != "APIGroupDiscoveryList" || m.parameter("g") != "apidiscovery.k8s.io") continue;
    if (m.parameter("v") == "v2") return "v2";
    if (m.parameter("v") == "v2beta1") return "v2beta1";
  }
  return {};
}

Answer json(std::string body) {
  Answer a;
  a.body = Str(body);
  a.content_type = "application/json";
  return a;
}

}  // namespace

std::optional<Answer> answer_discovery(const CallRecord& call, const Options& options, const CustomKinds& custom) {
  std::string_view path = call.request->path;
  if (path != "/api" && path != "/apis" && !starts_with(path, "/api/") && !starts_with(path, "/apis/"))
    return std::nullopt;
  std::vector<CustomKinds::TypePtr> types = custom.all();
  std::vector<Group> all = groups(types, options.metrics);
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  if (path == "/api" || path == "/apis") {
    std::string_view version = aggregated_version(call);
    if (!version.empty()) {
      for (Group& g : all) read_adapted(g, options.metrics);
      Answer a = json(aggregated(all, path == "/api", version));
      a.content_type = Str(cat("application/json;g=apidiscovery.k8s.io;v=", version, ";as=APIGroupDiscoveryList"));
      return a;
    }
    if (path == "/api")
      return json(
          cat("{\"kind\":\"APIVersions\",\"versions\":[\"v1\"],\"serverAddressByClientCIDRs\":[{\"clientCIDR\":"
              "\"0.0.0.0/0\",\"serverAddress\":\"",
              options.advertise_address, ':', options.advertise_port, "\"}]}\n"));
    std::string out = "{\"kind\":\"APIGroupList\",\"apiVersion\":\"v1\",\"groups\":[";
    bool first = true;
    for (const Group& g : all) {
      if (g.name.empty()) continue;
      out += cat(first ? "" : ",", group_entry(g, false));
      first = false;
    }
    return json(out + "]}\n");
  }
  std::vector<std::string> parts = split(path.substr(1), '/');
  for (Group& g : all) {
    bool core = g.name.empty();
    if (core ? parts[0] != "api" : parts.size() < 2 || parts[0] != "apis" || parts[1] != g.name) continue;
    size_t at = core ? 1 : 2;
    if (!core && parts.size() == 2) return json(group_entry(g, true) + "\n");
    if (parts.size() != at + 1) continue;
    read_adapted(g, options.metrics);
    for (const Version& v : g.versions)
      if (v.name == parts[at]) return json(resource_list(g, v));
  }
  return std::nullopt;
}

}  // namespace orrery::apiserver
