// kubectl create -f, apply, replace, delete, patch, edit.
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/apply.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/diff3.h"
#include "core/kubectl/manifests.h"
#include "core/kubectl/resources.h"
#include "core/api/yaml.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

bool client_dry_run(const Args& args) {
  std::string mode = args.get("dry-run", "none");
  return mode == "client" || mode == "unchanged";
}

}  // namespace

void set_last_applied(json& object) {
  json plain = object;
  if (plain.contains("metadata") && plain["metadata"].contains("annotations")) plain["metadata"]["annotations"].erase(kLastApplied);
  if (!plain["metadata"].contains("annotations")) plain["metadata"]["annotations"] = json::object();
  object["metadata"]["annotations"][kLastApplied] = plain.dump() + "\n";
}

json last_applied(const json& live) {
  const json annotations = live["metadata"].value("annotations", json::object());
  return annotations.contains(kLastApplied) ? json::parse(annotations[kLastApplied].get<std::string>(), nullptr, false) : json();
}

json apply_patch(const ObjectRef& ref, const json& object, const json& live) {
  const json last = last_applied(live);
  return three_way_patch(last.is_object() ? last : json::object(), object, live, ref.kind->custom ? ref.kind->custom->shape() : *ref.kind->type);
}

const char* apply_patch_media(const api::KindInfo& kind) {
  return kind.custom ? "application/merge-patch+json" : "application/strategic-merge-patch+json";
}

std::string server_apply_query(const Args& args) {
  return cat("?fieldManager=", args.get("field-manager", "kubectl"), "&force=", args.on("force-conflicts") ? "true" : "false", "&fieldValidation=Strict");
}

namespace {

std::string file_word(Context& c) { return orrery::quoted(c.args.get("filename") == "-" ? "STDIN" : c.args.get("filename")); }

Step refused_create(Context& c, const Error& e) {
  Error named = e;
  if (named.reason != Reason::Invalid) named.message = cat("error when creating ", file_word(c), ": ", e.message);
  return c.fail(named);
}

Step create_one(Context& c, const Manifest& m) {
  const api::KindInfo& kind = *m.ref.kind;
  if (client_dry_run(c.args)) {
    report(c, m.object, kind, "created");
    return Step::Done;
  }
  const ports::ApiReply* r = c.send("POST", path_of(kind, m.ref.ns) + write_query(c, "kubectl-create"), m.object.dump());
  if (!r) return Step::Wait;
  json stored;
  if (const Error* e = body_of(*r, stored)) return refused_create(c, *e);
  report(c, stored, kind, "created");
  return Step::Done;
}

Step apply_on_server(Context& c, const ObjectRef& ref, const json& object) {
  const std::string query = cat(server_apply_query(c.args), c.args.get("dry-run") == "server" ? "&dryRun=All" : "");
  const ports::ApiReply* r = c.send("PATCH", path_of(ref) + query, object.dump(), "application/apply-patch+yaml");
  if (!r) return Step::Wait;
  json stored;
  if (const Error* e = body_of(*r, stored)) return c.fail(*e);
  report(c, stored, *ref.kind, "serverside-applied");
  return Step::Done;
}

// The object is there: what the manifest, the one applied last and the server's differ in.
Step patch_live(Context& c, const ObjectRef& ref, const json& object, json live) {
  if (last_applied(live).is_null())
    c.err(cat("Warning: resource ", ref.kind->plural, "/", ref.name, " is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. "
              "kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n"));
  const json patch = apply_patch(ref, object, live);
  if (patch.empty() || client_dry_run(c.args)) {
    report(c, live, *ref.kind, patch.empty() ? "unchanged" : "configured");
    return Step::Done;
  }
  const ports::ApiReply* r = c.send("PATCH", path_of(ref) + write_query(c, "kubectl-client-side-apply"), patch.dump(), apply_patch_media(*ref.kind));
  if (!r) return Step::Wait;
  json stored;
  if (const Error* e = body_of(*r, stored)) return c.fail(*e);
  report(c, stored, *ref.kind, "configured");
  return Step::Done;
}

Step apply_one(Context& c, const Manifest& m) {
  const ObjectRef& ref = m.ref;
  if (ref.name.empty()) return c.fail("error validating data: resource name may not be empty");
  json object = m.object;
  if (ref.kind->namespaced) object["metadata"]["namespace"] = ref.ns.str();
  if (c.args.on("server-side")) return apply_on_server(c, ref, object);
  const ports::ApiReply* r = c.get(path_of(ref));
  if (!r) return Step::Wait;
  json live, stored;
  const Error* e = body_of(*r, live);
  set_last_applied(object);
  if (!e) return patch_live(c, ref, object, std::move(live));
  if (e->reason != Reason::NotFound) return c.fail(*e);
  if (client_dry_run(c.args)) {
    report(c, object, *ref.kind, "created");
    return Step::Done;
  }
  r = c.send("POST", path_of(*ref.kind, ref.ns) + write_query(c, "kubectl-client-side-apply"), object.dump());
  if (!r) return Step::Wait;
  e = body_of(*r, stored);
  if (e) return refused_create(c, *e);
  report(c, stored, *ref.kind, "created");
  return Step::Done;
}

Step replace_one(Context& c, const Manifest& m) {
  const ports::ApiReply* r = c.send("PUT", path_of(m.ref) + write_query(c, "kubectl-replace"), m.object.dump());
  if (!r) return Step::Wait;
  json stored;
  if (const Error* e = body_of(*r, stored)) return c.fail(*e);
  report(c, stored, *m.ref.kind, "replaced");
  return Step::Done;
}

// One object after another; what fails does not keep the rest from being done.
Step each_manifest(Context& c, Step (*one)(Context&, const Manifest&)) {
  std::string error;
  const std::vector<Manifest>& manifests = manifests_of(c, error);
  if (!error.empty()) return c.fail(error);
  for (const Manifest& m : manifests) {
    if (c.item()) continue;
    const Step step = one(c, m);
    if (step == Step::Wait) return step;
    c.item_done(step == Step::Failed);
  }
  return c.any_item_failed() ? Step::Failed : Step::Done;
}

}  // namespace

Step run_create(Context& c) {
  if (!c.args.words().empty()) return c.fail(cat("Unexpected args: [", join(c.args.words(), " "), "]\nSee 'kubectl create -h' for help and examples"));
  if (!c.args.has("filename")) return c.fail("must specify one of -f and -k");
  return each_manifest(c, create_one);
}

Step run_apply(Context& c) {
  if (!c.args.has("filename")) return c.fail("must specify one of -f and -k");
  return each_manifest(c, apply_one);
}

Step run_apply_view_last_applied(Context& c) {
  std::vector<ObjectRef> refs;
  if (const Step step = targets_of(c, c.args.words(), refs); step != Step::Done) return step;
  for (const ObjectRef& ref : refs) {
    const ports::ApiReply* r = c.get(path_of(ref));
    if (!r) return Step::Wait;
    json live;
    if (const Error* e = body_of(*r, live)) return c.fail(*e);
    const json last = last_applied(live);
    if (last.is_null()) continue;  // kubectl says nothing of it either
    c.out(c.args.get("output") == "json" ? last.dump(2) + "\n" : api::dom_to_yaml(last));
  }
  return Step::Done;
}

Step run_replace(Context& c) { return each_manifest(c, replace_one); }

// Deletes, then waits until each object is gone (unless --wait=false).
Step run_delete(Context& c) {
  std::string error;
  std::vector<ObjectRef> refs;
  if (c.args.has("filename")) {
    for (const Manifest& m : manifests_of(c, error)) refs.push_back(m.ref);
  } else {
    refs = resolve_words(c, c.args.words(), c.all_namespaces() ? Str() : c.ns(), error);
  }
  if (!error.empty()) return c.fail(error);
  if (refs.empty()) return c.fail(kNothingNamed);
  bool all = c.args.on("all"), selected = c.args.has("selector") || c.args.has("field-selector");
  if (refs[0].name.empty() && !all && !selected) return c.fail("resource(s) were provided, but no name was specified");
  std::vector<ObjectRef> targets;
  for (const ObjectRef& ref : refs) {
    if (!ref.name.empty()) {
      targets.push_back(ref);
      continue;
    }
    std::string query = "?limit=500";
    if (c.args.has("selector")) query += cat("&labelSelector=", escape_query(c.args.get("selector")));
    if (c.args.has("field-selector")) query += cat("&fieldSelector=", escape_query(c.args.get("field-selector")));
    const ports::ApiReply* r = c.get(path_of(ref) + query);
    if (!r) return Step::Wait;
    json list;
    if (const Error* e = body_of(*r, list)) return c.fail(*e);
    for (const json& item : list["items"])
      targets.push_back({ref.kind, item["metadata"].value("namespace", ""), item["metadata"].value("name", "")});
  }
  if (targets.empty()) {
    c.out("No resources found\n");
    return Step::Done;
  }
  bool failed = false, force = c.args.on("force");
  std::vector<std::pair<ObjectRef, std::string>> waiting;
  if (force) c.err("Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n");
  for (const ObjectRef& ref : targets) {
    json options{{"kind", "DeleteOptions"}, {"apiVersion", "v1"}};
    std::string cascade = c.args.get("cascade", "background");
    options["propagationPolicy"] = cascade == "orphan" || cascade == "false" ? "Orphan" : cascade == "foreground" ? "Foreground" : "Background";
    int64_t grace = -1;
    if (c.args.has("grace-period")) parse_int64(c.args.get("grace-period"), grace);
    if (c.args.on("now")) grace = 1;
    if (force && grace < 0) grace = 0;
    if (grace >= 0) options["gracePeriodSeconds"] = grace;
    const ports::ApiReply* r = c.send("DELETE", path_of(ref) + (c.args.get("dry-run") == "server" ? "?dryRun=All" : ""), options.dump());
    if (!r) return Step::Wait;
    json answer;
    if (const Error* e = body_of(*r, answer)) {
      if (e->reason == Reason::NotFound && c.args.on("ignore-not-found")) continue;
      c.fail(*e);
      failed = true;
      continue;
    }
    std::string where = ref.kind->namespaced ? cat(" from ", ref.ns, " namespace") : std::string();
    if (c.args.get("output") == "name") c.out(display_name(*ref.kind, ref.name) + "\n");
    else c.out(cat(ref.kind->group.empty() ? std::string(ref.kind->singular) : cat(ref.kind->singular, ".", ref.kind->group), " ",
                   orrery::quoted(ref.name), force && grace == 0 ? " force deleted" : " deleted", where, dry_run_note(c.args), "\n"));
    waiting.push_back({ref, answer.value("/metadata/uid"_json_pointer, answer.value("/details/uid"_json_pointer, std::string()))});
  }
  if (!c.args.on("wait", true) || (force && c.args.get("wait").empty()) || c.args.has("dry-run")) return failed ? Step::Failed : Step::Done;
  constexpr Duration kPoll = millis(500);
  for (const auto& [ref, uid] : waiting) {
    if (c.item()) continue;
    for (Poll poll(c);;) {
      const ports::ApiReply* r = c.get(path_of(ref));
      if (!r) return Step::Wait;
      json object;
      const Error* e = body_of(*r, object);
      if (e && e->reason != Reason::NotFound) return c.fail(*e);
      if (e || object["metadata"].value("uid", "") != uid) break;
      if (!poll.again(kPoll)) return Step::Wait;
    }
    c.item_done(false);
  }
  return failed ? Step::Failed : Step::Done;
}

Step run_patch(Context& c) {
  std::string error;
  std::vector<ObjectRef> refs = resolve_words(c, c.args.words(), c.ns(), error);
  if (!error.empty()) return c.fail(error);
  if (refs.empty() || refs[0].name.empty()) return c.fail("resource name may not be empty");
  std::string text = c.args.get("patch");
  if (text.empty() && c.args.has("patch-file") && !c.files().read(c.args.get("patch-file"), text))
    return c.fail(cat("open ", c.args.get("patch-file"), ": no such file or directory"));
  if (text.empty()) return c.fail("must specify --patch or --patch-file containing the contents of the patch");
  auto body = api::yaml_to_json(text);
  if (!body.ok()) return c.fail(cat("unable to parse ", orrery::quoted(text), ": ", body.error().message));
  std::string type = c.args.get("type", "strategic");
  const char* media = type == "json" ? "application/json-patch+json" : type == "merge" ? "application/merge-patch+json"
                      : type == "strategic" ? "application/strategic-merge-patch+json" : nullptr;
  if (!media) return c.fail(cat("--type must be one of [json merge strategic], not ", orrery::quoted(type)));
  for (const ObjectRef& ref : refs) {
    const ports::ApiReply* before = c.get(path_of(ref));
    if (!before) return Step::Wait;
    json old, now;
    if (const Error* e = body_of(*before, old)) return c.fail(*e);
    const ports::ApiReply* r = c.send("PATCH", path_of(ref, c.args.get("subresource")) + write_query(c, "kubectl-patch"), *body, media);
    if (!r) return Step::Wait;
    if (const Error* e = body_of(*r, now)) return c.fail(*e);
    report(c, now, *ref.kind, old["metadata"]["resourceVersion"] == now["metadata"]["resourceVersion"] ? "patched (no change)" : "patched");
  }
  return Step::Done;
}

Step run_edit(Context& c) {
  std::string error;
  std::vector<ObjectRef> refs = resolve_words(c, c.args.words(), c.ns(), error);
  if (!error.empty()) return c.fail(error);
  if (refs.empty()) return c.fail(kNothingNamed);
  if (refs.size() != 1 || refs[0].name.empty()) return c.fail("edit takes one object here: TYPE/NAME");
  const ports::ApiReply* r = c.get(path_of(refs[0]));
  if (!r) return Step::Wait;
  json live;
  if (const Error* e = body_of(*r, live)) return c.fail(*e);
  live["metadata"].erase("managedFields");
  std::string before = cat("# Please edit the object below. Lines beginning with a '#' will be ignored,\n"
                           "# and an empty file will abort the edit. If an error occurs while saving this file will be\n"
                           "# reopened with the relevant failures.\n#\n", api::dom_to_yaml(live));
  std::string after;
  if (!c.edit(before, after)) return Step::Wait;
  if (after == before || trim(after).empty()) {
    c.err("Edit cancelled, no changes made.\n");
    return Step::Done;
  }
  auto edited = api::yaml_to_dom(after);
  if (!edited.ok()) return c.fail(edited.error().message.view());
  r = c.send("PUT", path_of(refs[0]) + write_query(c, "kubectl-edit"), edited->dump());
  if (!r) return Step::Wait;
  json stored;
  if (const Error* e = body_of(*r, stored)) return c.fail(*e);
  return report(c, stored, *refs[0].kind, "edited");
}

}  // namespace orrery::kubectl
