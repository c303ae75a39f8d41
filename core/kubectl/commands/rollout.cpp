// kubectl rollout status|history|undo|restart|pause|resume (kubectl pkg/cmd/rollout, pkg/polymorphichelpers).
#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/describe/describe.h"
#include "core/kubectl/resources.h"
#include "core/kubectl/table.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

constexpr const char* kRevision = "deployment.kubernetes.io/revision";
constexpr const char* kCause = "kubernetes.io/change-cause";

Step one_object(Context& c, ObjectRef& ref) {
  std::string error;
  std::vector<std::string> words = c.args.words();
  std::vector<ObjectRef> refs = resolve_words(c, words, c.ns(), error);
  if (!error.empty()) return c.fail(error);
  if (refs.empty()) return c.fail("required resource not specified");
  if (refs[0].name.empty()) return c.fail("resource name may not be empty");
  ref = refs[0];
  return Step::Done;
}

int64_t revision_of(const json& o) {
  int64_t n = 0;
  if (o["metadata"].contains("annotations")) parse_int64(o["metadata"]["annotations"].value(kRevision, "0"), n);
  return n;
}

int64_t number(const json& o, const char* pointer) {
  json::json_pointer p(pointer);
  return o.contains(p) && o[p].is_number() ? o[p].get<int64_t>() : 0;
}

// polymorphichelpers/rollout_status.go
bool rollout_state(const json& o, const api::KindInfo& kind, std::string& message, std::string& error) {
  std::string name = o["metadata"].value("name", "");
  if (kind.kind == "Deployment") {
    if (number(o, "/metadata/generation") > number(o, "/status/observedGeneration")) {
      message = "Waiting for deployment spec update to be observed...\n";
      return false;
    }
    for (const json& condition : o["status"].value("conditions", json::array()))
      if (condition.value("type", "") == "Progressing" && condition.value("reason", "") == "ProgressDeadlineExceeded") {
        error = cat("deployment ", orrery::quoted(name), " exceeded its progress deadline");
        return false;
      }
    int64_t want = o["spec"].value("replicas", int64_t{1}), updated = number(o, "/status/updatedReplicas");
    int64_t all = number(o, "/status/replicas"), available = number(o, "/status/availableReplicas");
    if (updated < want) {
      message = cat("Waiting for deployment ", orrery::quoted(name), " rollout to finish: ", updated, " out of ", want, " new replicas have been updated...\n");
      return false;
    }
    if (all > updated) {
      message = cat("Waiting for deployment ", orrery::quoted(name), " rollout to finish: ", all - updated, " old replicas are pending termination...\n");
      return false;
    }
    if (available < updated) {
      message = cat("Waiting for deployment ", orrery::quoted(name), " rollout to finish: ", available, " of ", updated, " updated replicas are available...\n");
      return false;
    }
    message = cat("deployment ", orrery::quoted(name), " successfully rolled out\n");
    return true;
  }
  if (kind.kind == "DaemonSet") {
    int64_t want = number(o, "/status/desiredNumberScheduled"), updated = number(o, "/status/updatedNumberScheduled"), available = number(o, "/status/numberAvailable");
    if (number(o, "/metadata/generation") > number(o, "/status/observedGeneration")) return message = "Waiting for daemon set spec update to be observed...\n", false;
    if (updated < want) return message = cat("Waiting for daemon set ", orrery::quoted(name), " rollout to finish: ", updated, " out of ", want, " new pods have been updated...\n"), false;
    if (available < want) return message = cat("Waiting for daemon set ", orrery::quoted(name), " rollout to finish: ", available, " of ", want, " updated pods are available...\n"), false;
    return message = cat("daemon set ", orrery::quoted(name), " successfully rolled out\n"), true;
  }
  if (kind.kind == "StatefulSet") {
    int64_t want = o["spec"].value("replicas", int64_t{1}), ready = number(o, "/status/readyReplicas"), updated = number(o, "/status/updatedReplicas");
    if (number(o, "/metadata/generation") > number(o, "/status/observedGeneration")) return message = "Waiting for statefulset spec update to be observed...\n", false;
    if (ready < want) return message = cat("Waiting for ", want - ready, " pods to be ready...\n"), false;
    if (o["status"].value("updateRevision", "") != o["status"].value("currentRevision", "") && updated < want)
      return message = cat("waiting for statefulset rolling update to complete ", updated, " pods at revision ", o["status"].value("updateRevision", ""), "...\n"), false;
    return message = cat("statefulset rolling update complete ", want, " pods at revision ", o["status"].value("currentRevision", ""), "...\n"), true;
  }
  error = cat("no status viewer has been implemented for ", kind.kind);
  return false;
}

// The deployment's ReplicaSets by revision.
Step revisions(Context& c, const ObjectRef& ref, json& deployment, std::map<int64_t, json>& out) {
  const ports::ApiReply* r = c.get(path_of(ref));
  if (!r) return Step::Wait;
  if (const Error* e = body_of(*r, deployment)) return c.fail(*e);
  const api::KindInfo* rs = api::find_kind("apps/v1", "ReplicaSet");
  r = c.get(path_of(*rs, ref.ns));
  if (!r) return Step::Wait;
  json list;
  if (const Error* e = body_of(*r, list)) return c.fail(*e);
  for (const json& item : list["items"])
    for (const json& owner : item["metadata"].value("ownerReferences", json::array()))
      if (owner.value("uid", "") == deployment["metadata"].value("uid", "-")) out[revision_of(item)] = item;
  return Step::Done;
}

Step patch_deployment(Context& c, const ObjectRef& ref, const json& patch, const char* done) {
  const ports::ApiReply* r = c.send("PATCH", path_of(ref) + "?fieldManager=kubectl-rollout", patch.dump(), "application/strategic-merge-patch+json");
  if (!r) return Step::Wait;
  json stored;
  if (const Error* e = body_of(*r, stored)) return c.fail(*e);
  return report(c, stored, *ref.kind, done);
}

}  // namespace

Step run_rollout_status(Context& c) {
  ObjectRef ref;
  Step step = one_object(c, ref);
  if (step != Step::Done) return step;
  Session& s = c.session();
  const ports::ApiReply* r = c.get(path_of(ref));
  if (!r) return Step::Wait;
  json object;
  if (const Error* e = body_of(*r, object)) return c.fail(*e);
  int64_t wanted = 0, running = 0;
  parse_int64(c.args.get("revision"), wanted);
  parse_int64(object["metadata"].value("annotations", json::object()).value("deployment.kubernetes.io/revision", "0"), running);
  if (wanted > 0 && ref.kind->kind == "Deployment" && wanted != running)
    return c.fail(cat("desired revision (", wanted, ") is different from the running revision (", running, ")"));
  if (s.stream_error) return c.fail(*s.stream_error);
  // Each state that arrived is kept as a line, so that running again prints the same messages and then the new one.
  if (s.kept == kStreamEnded && c.args.has("timeout")) return c.fail("timed out waiting for the condition");
  if (!s.kept.empty()) {
    json event = json::parse(s.kept, nullptr, false);
    if (!event.is_discarded() && event.contains("object")) {
      s.edit_text += event["object"].dump() + "\n";
      if (event.value("type", "") == "DELETED") return c.fail("object has been deleted");
    }
    s.kept.clear();
  }
  std::vector<json> states{object};
  for (const std::string& line : split(s.edit_text, '\n'))
    if (!line.empty()) states.push_back(json::parse(line, nullptr, false));
  std::string last;
  for (const json& state : states) {
    std::string message, error;
    bool done = rollout_state(state, *ref.kind, message, error);
    if (!error.empty()) return c.fail(error);
    if (message != last) c.out(message);
    last = message;
    if (done || !c.args.on("watch", true)) {
      s.stream_exit = 0;
      return Step::Done;
    }
  }
  ports::ApiRequest w;
  w.method = "GET";
  w.headers.set("accept", "application/json");
  w.path = cat(path_of(*ref.kind, ref.ns), "?watch=true&fieldSelector=", escape_query(cat("metadata.name=", ref.name)),
               "&resourceVersion=", object["metadata"].value("resourceVersion", ""));
  Duration timeout;
  if (c.args.has("timeout") && parse_go_duration(c.args.get("timeout"), timeout) && timeout.ns > 0)
    w.path = cat(w.path, "&timeoutSeconds=", (timeout.ns + seconds(1).ns - 1) / seconds(1).ns);
  c.stream(StreamKind::WatchUntil, std::move(w));
  return Step::Wait;
}

Step run_rollout_history(Context& c) {
  ObjectRef ref;
  Step step = one_object(c, ref);
  if (step != Step::Done) return step;
  if (ref.kind->kind != "Deployment") return c.fail(cat("no history viewer has been implemented for ", orrery::quoted(ref.kind->kind)));
  json deployment;
  std::map<int64_t, json> history;
  step = revisions(c, ref, deployment, history);
  if (step != Step::Done) return step;
  int64_t wanted = 0;
  if (c.args.has("revision")) {
    parse_int64(c.args.get("revision"), wanted);
    auto it = history.find(wanted);
    if (it == history.end()) return c.fail("unable to find the specified revision");
    c.out(cat(display_name(*ref.kind, ref.name), " with revision #", wanted, "\n", describe_pod_template(it->second["spec"]["template"]), "\n"));
    return Step::Done;
  }
  std::vector<std::vector<std::string>> rows{{"REVISION", "CHANGE-CAUSE"}};
  for (const auto& [revision, rs] : history)
    rows.push_back({std::to_string(revision), rs["metadata"].value("annotations", json::object()).value(kCause, "<none>")});
  std::string table;
  for (const auto& row : rows) table += row[0] + std::string(row[0].size() < 8 ? 8 - row[0].size() : 0, ' ') + "  " + row[1] + "\n";
  c.out(cat(display_name(*ref.kind, ref.name), " \n", table, "\n"));
  return Step::Done;
}

Step run_rollout_undo(Context& c) {
  ObjectRef ref;
  Step step = one_object(c, ref);
  if (step != Step::Done) return step;
  if (ref.kind->kind != "Deployment") return c.fail(cat("no rollbacker has been implemented for ", orrery::quoted(ref.kind->kind)));
  json deployment;
  std::map<int64_t, json> history;
  step = revisions(c, ref, deployment, history);
  if (step != Step::Done) return step;
  if (deployment["spec"].value("paused", false))
    return c.fail(cat("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"));
  int64_t wanted = 0;
  parse_int64(c.args.get("to-revision", "0"), wanted);
  auto it = history.end();
  if (wanted > 0) {
    it = history.find(wanted);
    if (it == history.end()) return c.fail(cat("unable to find specified revision ", wanted, " in history"));
  } else {
    if (history.size() < 2) return c.fail(cat("no rollout history found for deployment ", orrery::quoted(ref.name)));
    it = std::prev(std::prev(history.end()));
  }
  json wanted_template = it->second["spec"]["template"];
  if (wanted_template["metadata"].contains("labels")) wanted_template["metadata"]["labels"].erase("pod-template-hash");
  json now = deployment["spec"]["template"];
  if (now["metadata"].contains("creationTimestamp")) now["metadata"].erase("creationTimestamp");
  if (wanted_template["metadata"].contains("creationTimestamp")) wanted_template["metadata"].erase("creationTimestamp");
  if (now == wanted_template) {
    c.out(cat(display_name(*ref.kind, ref.name), " skipped rollback (current template already matches revision ", it->first, ")\n"));
    return Step::Done;
  }
  json patch = json::array({json{{"op", "replace"}, {"path", "/spec/template"}, {"value", wanted_template}}});
  const ports::ApiReply* r = c.send("PATCH", path_of(ref) + "?fieldManager=kubectl-rollout", patch.dump(), "application/json-patch+json");
  if (!r) return Step::Wait;
  json stored;
  if (const Error* e = body_of(*r, stored)) return c.fail(*e);
  return report(c, stored, *ref.kind, "rolled back");
}

Step run_rollout_restart(Context& c) {
  ObjectRef ref;
  Step step = one_object(c, ref);
  if (step != Step::Done) return step;
  json patch;
  patch["/spec/template/metadata/annotations"_json_pointer]["kubectl.kubernetes.io/restartedAt"] = format_rfc3339(c.now());
  return patch_deployment(c, ref, patch, "restarted");
}

Step run_rollout_pause(Context& c) {
  ObjectRef ref;
  Step step = one_object(c, ref);
  if (step != Step::Done) return step;
  if (const ports::ApiReply* r = c.get(path_of(ref)); !r) return Step::Wait;
  else if (json now; !body_of(*r, now) && now["spec"].value("paused", false))
    return c.fail(cat(qualified_plural(*ref.kind), " ", orrery::quoted(ref.name), " is already paused"));
  return patch_deployment(c, ref, json{{"spec", {{"paused", true}}}}, "paused");
}

Step run_rollout_resume(Context& c) {
  ObjectRef ref;
  Step step = one_object(c, ref);
  if (step != Step::Done) return step;
  if (const ports::ApiReply* r = c.get(path_of(ref)); !r) return Step::Wait;
  else if (json now; !body_of(*r, now) && !now["spec"].value("paused", false))
    return c.fail(cat(qualified_plural(*ref.kind), " ", orrery::quoted(ref.name), " is not paused"));
  return patch_deployment(c, ref, json{{"spec", {{"paused", json()}}}}, "resumed");
}

}  // namespace orrery::kubectl
