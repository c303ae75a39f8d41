// kubectl explain, api-resources, api-versions, version, cluster-info, config, auth, help.
#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/describe/rules.h"
#include "core/kubectl/resources.h"
#include "core/kubectl/table.h"

namespace orrery::kubectl {

using nlohmann::json;

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
  const ports::ApiReply* r = c.get("/apis");
  if (!r) return Step::Wait;
  json groups;
  if (const Error* e = body_of(*r, groups)) return c.fail(*e);
  std::set<std::string> versions{"v1"};  // of /api
  for (const json& group : groups.value("groups", json::array()))
    for (const json& version : group.value("versions", json::array())) versions.insert(version.value("groupVersion", ""));
  for (const std::string& version : versions) c.out(version + "\n");
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

namespace {

Step list_rules(Context& c) {
  const json body{{"apiVersion", "authorization.k8s.io/v1"}, {"kind", "SelfSubjectRulesReview"}, {"spec", {{"namespace", c.ns().str()}}}};
  const ports::ApiReply* r = c.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", body.dump());
  if (!r) return Step::Wait;
  json review;
  if (const Error* e = body_of(*r, review)) return c.fail(*e);
  json rules = json::array();
  for (const char* list : {"resourceRules", "nonResourceRules"})
    for (const json& rule : review["status"].value(list, json::array())) rules.push_back(rule);
  std::vector<std::vector<std::string>> rows{{"Resources", "Non-Resource URLs", "Resource Names", "Verbs"}};
  for (const RuleRow& row : rule_rows(rules)) rows.push_back({row.resources, row.urls, row.names, row.verbs});
  c.out(align(rows));
  return Step::Done;
}

}  // namespace

Step run_auth_can_i(Context& c) {
  const std::vector<std::string>& words = c.args.words();
  if (c.args.on("list")) return list_rules(c);
  if (words.size() < 2)
    return c.fail(
        "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for "
        "help and examples.");
  std::string resource = words[1].substr(0, words[1].find('/'));
  const api::KindInfo* k = resolve_kind(c, resource);
  if (k && !k->namespaced && !c.all_namespaces() && !c.args.on("quiet"))
    c.err(cat("Warning: resource '", k->plural, "' is not namespace scoped", k->group.empty() ? "" : cat(" in group '", k->group, "'"), "\n\n"));
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
  for (const Command& command : all_commands()) rows.push_back({cat("  ", full_name(command)), command.usage});
  c.out(align(rows));
  return Step::Done;
}

}  // namespace orrery::kubectl
