// kubectl diff: what `apply` would change (kubectl pkg/cmd/diff). Prints as `diff -u -N` does, without that program; exits
// with 1 when something differs.
#include <nlohmann/json.hpp>

#include "core/api/yaml.h"
#include "core/base/line_diff.h"
#include "core/base/text.h"
#include "core/kubectl/commands/apply.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/manifests.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

// "apps.v1.Deployment.default.web"
std::string diff_file(const ObjectRef& ref) {
  return cat(ref.kind->group.empty() ? "" : cat(ref.kind->group, "."), ref.kind->version, ".", ref.kind->kind, ".", ref.ns, ".", ref.name);
}

// A Secret's values are not shown, only that they differ.
void mask(json& live, json& merged) {
  constexpr const char* kSame = "***";
  json& before = live["data"];
  json& after = merged["data"];
  for (auto& [key, value] : before.items()) {
    const bool both = after.is_object() && after.contains(key), differ = both && after[key] != value;
    value = differ ? "*** (before)" : kSame;
    if (both) after[key] = differ ? "*** (after)" : kSame;
  }
  for (auto& [key, value] : after.items())
    if (!before.is_object() || !before.contains(key)) value = kSame;
  for (json* object : {&live, &merged})
    if ((*object)["data"].is_null()) object->erase("data");
}

std::string diff_text(const Context& c, const ObjectRef& ref, json live, json merged) {
  if (ref.kind->kind == "Secret" && ref.kind->group.empty()) mask(live, merged);
  if (!c.args.on("show-managed-fields"))
    for (json* object : {&live, &merged})
      if (object->contains("metadata")) (*object)["metadata"].erase("managedFields");
  const std::string before = live.empty() ? "" : api::dom_to_yaml(live), after = api::dom_to_yaml(merged);
  const std::string hunks = unified_hunks(before, after);
  if (hunks.empty()) return "";
  std::string time = format_rfc3339(c.now(), 9);  // as diff prints it: "2026-11-22 17:00:00.000000000 +0000"
  time = cat(time.substr(0, 10), " ", time.substr(11, 18), " +0000");
  const std::string from = cat("/tmp/LIVE/", diff_file(ref)), to = cat("/tmp/MERGED/", diff_file(ref));
  return cat("diff -u -N ", from, " ", to, "\n--- ", from, "\t", time, "\n+++ ", to, "\t", time, "\n", hunks);
}

// The server's answer to a dry run of what `apply` would send; nothing is sent where nothing is to change.
Step dry_apply(Context& c, const ObjectRef& ref, json object, const json& live, json& merged) {
  const std::string dry = cat("dryRun=All&fieldManager=", c.args.get("field-manager", "kubectl-client-side-apply"));
  const ports::ApiReply* r = nullptr;
  if (c.args.on("server-side")) {
    r = c.send("PATCH", path_of(ref) + server_apply_query(c.args) + "&dryRun=All", object.dump(), "application/apply-patch+yaml");
  } else if (live.empty()) {
    r = c.send("POST", path_of(*ref.kind, ref.ns) + "?" + dry, object.dump());
  } else {
    if (!object["metadata"].contains("annotations")) object["metadata"]["annotations"] = json::object();  // those of the server stay
    const json patch = apply_patch(ref, object, live);
    merged = live;
    if (patch.empty()) return Step::Done;
    r = c.send("PATCH", path_of(ref) + "?" + dry, patch.dump(), apply_patch_media(*ref.kind));
  }
  if (!r) return Step::Wait;
  if (const Error* e = body_of(*r, merged)) return c.fail(*e);
  return Step::Done;
}

}  // namespace

namespace {

// Exit codes of kubectl diff: 1, something differs; more, it failed.
constexpr int kDiffFailed = 2;

Step diff_manifests(Context& c, bool& differs) {
  if (!c.args.has("filename") && !c.args.has("kustomize")) return c.fail("must specify one of -f and -k");
  std::string error;
  const std::vector<Manifest>& manifests = manifests_of(c, error);
  if (!error.empty()) return c.fail(error);
  std::map<std::string, std::string> texts;  // by file: diff goes through a folder by name
  for (const Manifest& m : manifests) {
    const ports::ApiReply* r = c.get(path_of(m.ref));
    if (!r) return Step::Wait;
    json live, merged, object = m.object;
    const Error* e = body_of(*r, live);
    if (e && e->reason != Reason::NotFound) return c.fail(*e);
    if (e) live = json::object();
    if (m.ref.kind->namespaced) object["metadata"]["namespace"] = m.ref.ns.str();
    if (const Step step = dry_apply(c, m.ref, std::move(object), live, merged); step != Step::Done) return step;
    texts[diff_file(m.ref)] = diff_text(c, m.ref, std::move(live), std::move(merged));
  }
  for (const auto& [file, text] : texts) {
    c.out(text);
    differs = differs || !text.empty();
  }
  return Step::Done;
}

}  // namespace

Step run_diff(Context& c) {
  bool differs = false;
  const Step step = diff_manifests(c, differs);
  if (step == Step::Failed && !c.unknown_kind()) c.session().stream_exit = kDiffFailed;
  return step == Step::Done && differs ? Step::Failed : step;
}

}  // namespace orrery::kubectl
