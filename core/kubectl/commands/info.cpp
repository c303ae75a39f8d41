// kubectl describe, explain, api-resources, api-versions, version, cluster-info, config, auth, help.
#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/describe.h"
#include "core/kubectl/resources.h"
#include "core/kubectl/table.h"

namespace orrery::kubectl {

using nlohmann::json;

Step run_describe(Context& c) {
  std::string error;
  std::vector<ObjectRef> refs = resolve_words(c, c.args.words(), c.all_namespaces() ? Str() : c.ns(), error), targets;
  if (!error.empty()) return c.fail(error);
  if (refs.empty()) return c.fail("You must specify the type of resource to describe.");
  std::vector<json> objects;
  for (const ObjectRef& ref : refs) {
    std::string query =
        ref.name.empty() && c.args.has("selector") ? "?labelSelector=" + escape_query(c.args.get("selector")) : "";
    const ports::ApiReply* r = c.get(path_of(ref) + query);
    if (!r) return Step::Wait;
    json body;
    const Error* e = body_of(*r, body);
    if (e && e->reason == Reason::NotFound && !ref.name.empty()) {  // a prefix of names will do
      r = c.get(path_of(*ref.kind, ref.ns));
      if (!r) return Step::Wait;
      json list;
      size_t before = objects.size();
      if (!body_of(*r, list))
        for (json& item : list["items"])
          if (starts_with(item["metadata"].value("name", ""), ref.name)) {
            targets.push_back({ref.kind, item["metadata"].value("namespace", ""), item["metadata"].value("name", "")});
            objects.push_back(item);
          }
      if (objects.size() > before) continue;
    }
    if (e) return c.fail(*e);
    if (!ref.name.empty()) {
      targets.push_back(ref);
      objects.push_back(std::move(body));
      continue;
    }
    for (json& item : body["items"]) {
      targets.push_back({ref.kind, item["metadata"].value("namespace", ""), item["metadata"].value("name", "")});
      objects.push_back(item);
    }
  }
  if (objects.empty()) {
    c.err(cat("No resources found in ", c.ns(), " namespace.\n"));
    return Step::Done;
  }
  for (size_t i = 0; i < objects.size(); ++i) {
    const ObjectRef& ref = targets[i];
    std::string uid = objects[i]["metadata"].value("uid", "");
    std::string events_ns = ref.ns.empty() ? "default" : ref.ns.str();
    const ports::ApiReply* r =
        c.get(cat("/api/v1/namespaces/", events_ns, "/events?fieldSelector=",
                  escape_query(cat("involvedObject.name=", ref.name, ",involvedObject.kind=", ref.kind->kind))));
    if (!r) return Step::Wait;
    json events, related;
    bool have_events = body_of(*r, events) == nullptr, have_related = false;
    std::string more;
    if (ref.kind->kind == "Node")
      more = cat("/api/v1/pods?fieldSelector=",
                 escape_query(cat("spec.nodeName=", ref.name, ",status.phase!=Succeeded,status.phase!=Failed")));
    if (ref.kind->kind == "Deployment") more = cat("/apis/apps/v1/namespaces/", ref.ns, "/replicasets");
    if (ref.kind->kind == "ReplicaSet") more = cat("/api/v1/namespaces/", ref.ns, "/pods");
    if (ref.kind->kind == "Service")
      more = cat("/apis/discovery.k8s.io/v1/namespaces/", ref.ns,
                 "/endpointslices?labelSelector=", escape_query(cat("kubernetes.io/service-name=", ref.name)));
    if (!more.empty()) {
      r = c.get(more);
      if (!r) return Step::Wait;
      have_related = body_of(*r, related) == nullptr;
      if (have_related && (ref.kind->kind == "Deployment" || ref.kind->kind == "ReplicaSet")) {
        json owned = json::array();
        for (const json& item : related["items"])
          for (const json& owner : item["metadata"].value("ownerReferences", json::array()))
            if (owner.value("uid", "") == uid) owned.push_back(item);
        related["items"] = owned;
      }
    }
    if (i > 0) c.out("\n\n");
    c.out(describe({objects[i], *ref.kind, have_events ? &events["items"] : nullptr,
                    have_related ? &related["items"] : nullptr, c.now()}));
  }
  return Step::Done;
}

Step run_api_resources(Context& c) {
  std::vector<std::vector<std::string>> rows;
  if (!c.args.on("no-headers")) rows.push_back({"NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"});
  // Each resource in its group's preferred version, by group and name.
  std::map<std::pair<std::string_view, std::string_view>, const api::KindInfo*> resources;
  for (const api::KindInfo& k : api::all_kinds()) resources.emplace(std::pair{k.group, k.plural}, &k);
  for (const auto& [name, kind] : resources) {
    const api::KindInfo& k = *kind;
    if (c.args.has("namespaced") && c.args.on("namespaced") != k.namespaced) continue;
    if (c.args.has("api-group") && c.args.get("api-group") != k.group) continue;
    if (c.args.get("output") == "name") {
      c.out(cat(k.plural, k.group.empty() ? "" : cat(".", k.group), "\n"));
      continue;
    }
    rows.push_back({std::string(k.plural), std::string(k.short_names), k.api_version().str(),
                    k.namespaced ? "true" : "false", std::string(k.kind)});
  }
  if (c.args.get("output") != "name") c.out(align(rows));
  return Step::Done;
}

Step run_api_versions(Context& c) {
  std::vector<std::string> versions;
  for (const api::KindInfo& k : api::all_kinds()) versions.push_back(k.api_version().str());
  std::stable_sort(versions.begin(), versions.end());
  for (size_t i = 0; i < versions.size(); ++i)
    if (i == 0 || versions[i] != versions[i - 1]) c.out(versions[i] + "\n");
  return Step::Done;
}

Step run_version(Context& c) {
  const ports::ApiReply* r = c.get("/version");
  if (!r) return Step::Wait;
  json version;
  if (const Error* e = body_of(*r, version)) return c.fail(*e);
  c.out(cat("Client Version: ", version.value("gitVersion", ""), "\nServer Version: ", version.value("gitVersion", ""),
            "\n"));
  return Step::Done;
}

Step run_cluster_info(Context& c) {
  c.out(cat("Kubernetes control plane is running at ", c.options().server,
            "\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"));
  return Step::Done;
}

Step run_config_view(Context& c) {
  const Options& o = c.options();
  c.out(cat("apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: DATA+OMITTED\n    server: ",
            o.server, "\n  name: ", o.context, "\ncontexts:\n- context:\n    cluster: ", o.context,
            "\n    namespace: ", o.ns, "\n    user: ", o.identity.user, "\n  name: ", o.context,
            "\ncurrent-context: ", o.context, "\nkind: Config\nusers:\n- name: ", o.identity.user, "\n  user: {}\n"));
  return Step::Done;
}

Step run_config_current(Context& c) {
  c.out(cat(c.options().context, "\n"));
  return Step::Done;
}

Step run_config_set_context(Context& c) {
  if (c.args.has("namespace")) c.mutable_options().ns = c.args.get("namespace");
  c.out(cat("Context ", orrery::quoted(c.options().context), " modified.\n"));
  return Step::Done;
}

Step run_config_get_contexts(Context& c) {
  const Options& o = c.options();
  c.out(align({{"CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"},
               {"*", o.context.str(), o.context.str(), o.identity.user.str(), o.ns == "default" ? std::string() : o.ns.str()}}));
  return Step::Done;
}

Step run_auth_whoami(Context& c) {
  const ports::ApiReply* r = c.send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                                    "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}");
  if (!r) return Step::Wait;
  json review;
  if (const Error* e = body_of(*r, review)) return c.fail(*e);
  json user = review.value("/status/userInfo"_json_pointer, json::object());
  std::string groups;
  for (const json& g : user.value("groups", json::array()))
    groups += (groups.empty() ? "" : " ") + g.get<std::string>();
  c.out(align({{"ATTRIBUTE", "VALUE"}, {"Username", user.value("username", "")}, {"Groups", cat("[", groups, "]")}}));
  return Step::Done;
}

Step run_auth_can_i(Context& c) {
  const std::vector<std::string>& words = c.args.words();
  if (words.size() < 2)
    return c.fail(
        "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for "
        "help and examples.");
  std::string resource = words[1].substr(0, words[1].find('/'));
  const api::KindInfo* k = resolve_kind(c, resource);
  json attributes{{"verb", words[0]},
                  {"resource", k ? std::string(k->plural) : resource},
                  {"group", k ? std::string(k->group) : ""}};
  if (!c.all_namespaces() && (!k || k->namespaced)) attributes["namespace"] = c.ns().str();
  json body{{"apiVersion", "authorization.k8s.io/v1"},
            {"kind", "SelfSubjectAccessReview"},
            {"spec", {{"resourceAttributes", attributes}}}};
  const ports::ApiReply* r = c.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body.dump());
  if (!r) return Step::Wait;
  json review;
  if (const Error* e = body_of(*r, review)) return c.fail(*e);
  bool allowed = review.value("/status/allowed"_json_pointer, false);
  c.out(allowed ? "yes\n" : "no\n");
  return allowed ? Step::Done : Step::Failed;
}

Step run_help(Context& c) {
  c.out("kubectl controls the Kubernetes cluster manager.\n\nCommands:\n");
  std::vector<std::vector<std::string>> rows;
  for (const Command& command : all_commands()) rows.push_back({cat("  ", command.name), command.usage});
  c.out(align(rows));
  return Step::Done;
}

}  // namespace orrery::kubectl
