// ServiceAccount, Role and ClusterRole, RoleBinding and ClusterRoleBinding.
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/kubectl/describe/describers.h"
#include "core/kubectl/describe/rules.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

void write_head(Writer& w, const json& o) {
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
}

}  // namespace

void describe_service_account(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  std::vector<std::string> pull;
  for (const json& secret : value_at(o, "/imagePullSecrets")) pull.push_back(text_at(secret, "/name"));
  w.list(0, "Image pull secrets", pull);
}

void describe_role(Writer& w, const Subject& s) {
  write_head(w, s.object);
  w.put(0, "PolicyRule:");
  w.heads(1, {"Resources", "Non-Resource URLs", "Resource Names", "Verbs"});
  for (const RuleRow& r : rule_rows(value_at(s.object, "/rules"))) w.row(1, {r.resources, r.urls, r.names, r.verbs});
}

void describe_role_binding(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_head(w, o);
  w.put(0, "Role:");
  write_rows(w, 1, o, {{"Kind", "/roleRef/kind"}, {"Name", "/roleRef/name"}});
  w.put(0, "Subjects:");
  w.heads(1, {"Kind", "Name", "Namespace"});
  for (const json& subject : value_at(o, "/subjects")) w.row(1, {text_at(subject, "/kind"), text_at(subject, "/name"), text_at(subject, "/namespace")});
}

}  // namespace orrery::kubectl
