#include "core/api/openapi/paths.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace orrery::api::openapi {
namespace {

using nlohmann::json;

struct Operation {
  const char* verb;      // as in discovery
  const char* method;    // as in the document
  const char* action;    // x-kubernetes-action
  bool on_item;
};
constexpr Operation kOperations[] = {
    {"list", "get", "list", false},     {"create", "post", "post", false}, {"deletecollection", "delete", "deletecollection", false},
    {"get", "get", "get", true},        {"update", "put", "put", true},    {"patch", "patch", "patch", true},
    {"delete", "delete", "delete", true}};

json parameter(Dialect d, std::string_view name, std::string_view type, std::string_view in = "query") {
  json p = {{"name", std::string(name)}, {"in", std::string(in)}};
  if (d == Dialect::V3) {
    p["schema"] = {{"type", std::string(type)}};
  } else {
    p["type"] = std::string(type);
  }
  p["uniqueItems"] = true;
  if (d == Dialect::V3) {
    p.erase("uniqueItems");
    p["schema"]["uniqueItems"] = true;
  }
  if (in == "path") p["required"] = true;
  return p;
}

json query_parameters(Dialect d, std::string_view verb) {
  json out = json::array();
  auto add = [&](std::string_view name, std::string_view type = "string") { out.push_back(parameter(d, name, type)); };
  if (verb == "create" || verb == "update" || verb == "patch") {
    add("dryRun");
    add("fieldManager");
    add("fieldValidation");
    if (verb == "patch") add("force", "boolean");
  }
  if (verb == "delete" || verb == "deletecollection") {
    add("dryRun");
    add("gracePeriodSeconds", "integer");
    add("orphanDependents", "boolean");
    add("propagationPolicy");
  }
  if (verb == "list" || verb == "deletecollection") {
    for (const char* name : {"continue", "fieldSelector", "labelSelector", "resourceVersion", "resourceVersionMatch"})
      add(name);
    add("allowWatchBookmarks", "boolean");
    add("limit", "integer");
    add("sendInitialEvents", "boolean");
    add("timeoutSeconds", "integer");
    add("watch", "boolean");
  }
  return out;
}

json body_content(Dialect d, const OpenApiResource& r, std::string_view verb) {
  json ref = schema_ref(d, verb == "patch" ? "io.k8s.apimachinery.pkg.apis.meta.v1.Patch"
                           : verb == "delete" || verb == "deletecollection"
                               ? "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"
                               : std::string_view(r.definition));
  json content = json::object();
  if (verb == "patch") {
    for (const char* type : {"application/json-patch+json", "application/merge-patch+json",
                             "application/strategic-merge-patch+json", "application/apply-patch+yaml"})
      if (r.strategic_merge || std::string_view(type) != "application/strategic-merge-patch+json")
        content[type] = {{"schema", ref}};
  } else {
    content["*/*"] = {{"schema", ref}};
  }
  return content;
}

json operation(Dialect d, const OpenApiResource& r, const Operation& o, std::string_view subresource) {
  std::string scope = r.namespaced ? "Namespaced" : "";
  json op;
  op["operationId"] = cat(o.verb, r.group.empty() ? "Core" : r.group, r.version, scope, r.kind, subresource);
  op["x-kubernetes-action"] = o.action;
  op["x-kubernetes-group-version-kind"] = {{"group", r.group}, {"version", r.version}, {"kind", r.kind}};
  op["parameters"] = query_parameters(d, o.verb);
  bool has_body = std::string_view(o.method) != "get";
  std::string_view verb = o.verb;
  json answer = verb == "delete" || verb == "deletecollection"
                    ? schema_ref(d, "io.k8s.apimachinery.pkg.apis.meta.v1.Status")
                    : schema_ref(d, verb == "list" ? r.definition + "List" : r.definition);
  if (d == Dialect::V3) {
    if (has_body) op["requestBody"] = {{"content", body_content(d, r, verb)}};
    op["responses"]["200"] = {{"description", "OK"}, {"content", {{"application/json", {{"schema", answer}}}}}};
  } else {
    if (has_body) {
      json content = body_content(d, r, verb);
      op["parameters"].push_back({{"name", "body"}, {"in", "body"}, {"required", verb != "delete"},
                                  {"schema", content.begin().value()["schema"]}});
      op["consumes"] = json::array();
      for (const auto& item : content.items()) op["consumes"].push_back(item.key());
    }
    op["produces"] = {"application/json", "application/yaml"};
    op["responses"]["200"] = {{"description", "OK"}, {"schema", answer}};
  }
  return op;
}

}  // namespace

std::string group_version_path(const OpenApiResource& r) {
  return r.group.empty() ? cat("api/", r.version) : cat("apis/", r.group, "/", r.version);
}

void add_paths(Dialect d, const OpenApiResource& r, json& paths) {
  std::string root = "/" + group_version_path(r) + "/";
  std::string collection = root + (r.namespaced ? "namespaces/{namespace}/" : "") + r.plural;
  auto has = [&](std::string_view verb) { return std::find(r.verbs.begin(), r.verbs.end(), verb) != r.verbs.end(); };
  auto place = [&](const std::string& path, bool item) {
    json parameters = json::array();
    if (item) parameters.push_back(parameter(d, "name", "string", "path"));
    if (path.find("{namespace}") != std::string::npos)
      parameters.push_back(parameter(d, "namespace", "string", "path"));
    if (!parameters.empty()) paths[path]["parameters"] = std::move(parameters);
  };
  for (const Operation& o : kOperations) {
    if (!has(o.verb)) continue;
    std::string path = o.on_item ? collection + "/{name}" : collection;
    paths[path][o.method] = operation(d, r, o, "");
    place(path, o.on_item);
    if (r.namespaced && std::string_view(o.verb) == "list") {
      std::string everywhere = root + r.plural;
      paths[everywhere]["get"] = operation(d, r, o, "ForAllNamespaces");
    }
  }
  for (const std::string& sub : r.subresources) {
    if (sub != "status" && sub != "scale") continue;
    std::string path = collection + "/{name}/" + sub;
    for (const Operation& o : kOperations) {
      std::string_view verb = o.verb;
      if (verb != "get" && verb != "update" && verb != "patch") continue;
      OpenApiResource what = r;
      if (sub == "scale") {
        what.group = "autoscaling";
        what.version = "v1";
        what.kind = "Scale";
        what.definition = "io.k8s.api.autoscaling.v1.Scale";
      }
      paths[path][o.method] = operation(d, what, o, sub);
      paths[path][o.method]["operationId"] = cat(o.verb, r.group, r.version, r.kind, sub);
    }
    place(path, true);
  }
}

}  // namespace orrery::api::openapi
