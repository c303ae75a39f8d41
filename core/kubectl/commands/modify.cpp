// kubectl label, annotate, scale, cordon, uncordon, drain, taint.
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/resources.h"

namespace orrery::kubectl {

using nlohmann::json;

Step targets_of(Context& c, const std::vector<std::string>& words, std::vector<ObjectRef>& out) {
  std::string error;
  std::vector<ObjectRef> refs = resolve_words(c, words, c.ns(), error);
  if (!error.empty()) return c.fail(error);
  for (const ObjectRef& ref : refs) {
    if (!ref.name.empty()) {
      out.push_back(ref);
      continue;
    }
    if (!c.args.on("all") && !c.args.has("selector")) return c.fail("resource(s) were provided, but no name was specified");
    std::string query = c.args.has("selector") ? cat("?labelSelector=", escape_query(c.args.get("selector"))) : std::string();
    const ports::ApiReply* r = c.get(path_of(ref) + query);
    if (!r) return Step::Wait;
    json list;
    if (const Error* e = body_of(*r, list)) return c.fail(*e);
    for (const json& item : list["items"])
      out.push_back({ref.kind, item["metadata"].value("namespace", ""), item["metadata"].value("name", "")});
  }
  if (out.empty()) return c.fail("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  return Step::Done;
}

namespace {

constexpr const char* kMerge = "application/merge-patch+json";

Step run_metadata(Context& c, const char* field, const char* done, const char* removed) {
  std::vector<std::string> words, changes;
  for (const std::string& w : c.args.words()) {
    bool change = w.find('=') != std::string::npos || (w.size() > 1 && w.back() == '-' && !words.empty());
    (change ? changes : words).push_back(w);
  }
  if (changes.empty() && !c.args.on("list")) return c.fail(cat("at least one ", field == std::string_view("labels") ? "label" : "annotation", " update is required"));
  std::vector<ObjectRef> refs;
  Step step = targets_of(c, words, refs);
  if (step != Step::Done) return step;
  for (const ObjectRef& ref : refs) {
    const ports::ApiReply* r = c.get(path_of(ref));
    if (!r) return Step::Wait;
    json object, stored;
    if (const Error* e = body_of(*r, object)) return c.fail(*e);
    json now = object["metadata"].value(field, json::object()), patch = json::object();
    bool only_removed = true, changed = false;
    for (const std::string& change : changes) {
      size_t eq = change.find('=');
      if (eq == std::string::npos) {
        std::string key = change.substr(0, change.size() - 1);
        if (!now.contains(key)) c.out(cat(field == std::string_view("labels") ? "label " : "annotation ", orrery::quoted(key), " not found.\n"));
        else changed = true;
        patch[key] = nullptr;
        continue;
      }
      only_removed = false;
      std::string key = change.substr(0, eq), value = change.substr(eq + 1);
      if (now.contains(key) && now[key] != value && !c.args.on("overwrite"))
        return c.fail(cat("'", key, "' already has a value (", now[key].get<std::string>(), "), and --overwrite is false"));
      changed = changed || !now.contains(key) || now[key] != value;
      patch[key] = value;
    }
    if (!changed) {
      c.out(cat(display_name(*ref.kind, ref.name), " not ", done, "\n"));
      continue;
    }
    json body{{"metadata", {{field, patch}}}};
    r = c.send("PATCH", path_of(ref) + cat("?fieldManager=kubectl-", field == std::string_view("labels") ? "label" : "annotate"), body.dump(), kMerge);
    if (!r) return Step::Wait;
    if (const Error* e = body_of(*r, stored)) return c.fail(*e);
    report(c, stored, *ref.kind, only_removed ? removed : done);
  }
  return Step::Done;
}

}  // namespace

Step run_label(Context& c) { return run_metadata(c, "labels", "labeled", "unlabeled"); }
Step run_annotate(Context& c) { return run_metadata(c, "annotations", "annotated", "annotated"); }

Step run_scale(Context& c) {
  int64_t replicas = 0;
  if (!c.args.has("replicas")) return c.fail("required flag(s) \"replicas\" not set");
  if (!parse_int64(c.args.get("replicas"), replicas))
    return c.fail("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  if (replicas < 0) return c.fail("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  std::vector<ObjectRef> refs;
  Step step = targets_of(c, c.args.words(), refs);
  if (step != Step::Done) return step;
  for (const ObjectRef& ref : refs) {
    if (!ref.kind->has_subresource("scale")) return c.fail(cat("could not find scale subresource for ", ref.kind->plural, ", resource not scalable"));
    if (c.args.has("current-replicas")) {
      const ports::ApiReply* r = c.get(path_of(ref, "scale"));
      if (!r) return Step::Wait;
      json scale;
      if (const Error* e = body_of(*r, scale)) return c.fail(*e);
      int64_t want = 0;
      parse_int64(c.args.get("current-replicas"), want);
      if (scale["spec"].value("replicas", int64_t{0}) != want)
        return c.fail(cat("Expected replicas to be ", want, ", was ", scale["spec"].value("replicas", int64_t{0})));
    }
    const ports::ApiReply* r = c.send("PATCH", path_of(ref, "scale") + "?fieldManager=kubectl-scale", json{{"spec", {{"replicas", replicas}}}}.dump(), kMerge);
    if (!r) return Step::Wait;
    json stored;
    if (const Error* e = body_of(*r, stored)) return c.fail(*e);
    c.out(cat(display_name(*ref.kind, ref.name), " scaled\n"));
  }
  return Step::Done;
}

namespace {

Step set_unschedulable(Context& c, bool on, std::vector<ObjectRef>& refs) {
  std::vector<std::string> words = c.args.words();
  words.insert(words.begin(), "nodes");
  if (words.size() == 1 && !c.args.has("selector")) return c.fail(cat("USAGE: ", on ? "cordon" : "uncordon", " NODE [flags]"));
  for (std::string& w : words)
    if (starts_with(w, "node/")) w = w.substr(5);
  Step step = targets_of(c, words, refs);
  if (step != Step::Done) return step;
  for (const ObjectRef& ref : refs) {
    const ports::ApiReply* r = c.get(path_of(ref));
    if (!r) return Step::Wait;
    json node, stored;
    if (const Error* e = body_of(*r, node)) return c.fail(*e);
    bool now = node["spec"].value("unschedulable", false);
    if (now == on) {
      c.out(cat("node/", ref.name, " already ", on ? "cordoned" : "uncordoned", "\n"));
      continue;
    }
    r = c.send("PATCH", path_of(ref) + "?fieldManager=kubectl-cordon", json{{"spec", {{"unschedulable", on ? json(true) : json()}}}}.dump(), kMerge);
    if (!r) return Step::Wait;
    if (const Error* e = body_of(*r, stored)) return c.fail(*e);
    c.out(cat("node/", ref.name, on ? " cordoned\n" : " uncordoned\n"));
  }
  return Step::Done;
}

}  // namespace

Step run_cordon(Context& c) {
  std::vector<ObjectRef> refs;
  return set_unschedulable(c, true, refs);
}

Step run_uncordon(Context& c) {
  std::vector<ObjectRef> refs;
  return set_unschedulable(c, false, refs);
}

namespace {

struct Drain {
  std::optional<Error> error;
  std::vector<std::pair<std::string, std::string>> evict;  // namespace, name
  std::vector<std::string> daemons, bare, local;
};

Drain sorted_for_drain(const ports::ApiReply& reply) {
  Drain out;
  json pods;
  if (const Error* e = body_of(reply, pods)) {
    out.error = *e;
    return out;
  }
  for (const json& pod : pods["items"]) {
    std::string ns = pod["metadata"].value("namespace", ""), name = pod["metadata"].value("name", "");
    std::string controller;
    for (const json& owner : pod["metadata"].value("ownerReferences", json::array()))
      if (owner.value("controller", false)) controller = owner.value("kind", "");
    std::string phase = pod.value("/status/phase"_json_pointer, std::string());
    if (controller == "DaemonSet") {
      out.daemons.push_back(ns + "/" + name);
      continue;
    }
    bool ended = phase == "Succeeded" || phase == "Failed";
    bool has_local = false;
    for (const json& v : pod["spec"].value("volumes", json::array())) has_local = has_local || v.contains("emptyDir");
    if (controller.empty() && !ended) out.bare.push_back(ns + "/" + name);
    if (has_local && !ended) out.local.push_back(ns + "/" + name);
    out.evict.push_back({ns, name});
  }
  return out;
}

Duration drain_timeout(const Context& c) {
  Duration timeout;  // zero: none
  if (c.args.has("timeout")) parse_go_duration(c.args.get("timeout"), timeout);
  return timeout;
}

bool late(const Context& c) {
  const Duration timeout = drain_timeout(c);
  return timeout.ns > 0 && c.waited() >= timeout;
}

// kubectl pkg/cmd/drain, RunDrain: what is printed when a node's pods can't be had to go in time.
Step not_drained(Context& c, const Str& node, std::string why, const Drain& drain, size_t first_pending) {
  why += cat(": global timeout reached: ", format_go_duration(drain_timeout(c)));
  c.err(cat("There are pending pods in node ", orrery::quoted(node), " when an error occurred: ", why, "\n"));
  for (size_t i = first_pending; i < drain.evict.size(); ++i) c.err(cat("pod/", drain.evict[i].second, "\n"));
  c.err(cat("error: unable to drain node ", orrery::quoted(node), " due to error: ", why, ", continuing command...\nThere are pending nodes to be drained:\n ", node, "\n", why, "\n"));
  return Step::Failed;
}

}  // namespace

// kubectl pkg/drain: cordon, list, refuse what drain must not touch, evict, wait.
Step run_drain(Context& c) {
  std::vector<ObjectRef> nodes;
  Step step = set_unschedulable(c, true, nodes);
  if (step != Step::Done) return step;
  for (const ObjectRef& node : nodes) {
    const ports::ApiReply* r = c.get(cat("/api/v1/pods?fieldSelector=", escape_query(cat("spec.nodeName=", node.name))));
    if (!r) return Step::Wait;
    const Drain& drain = c.once<Drain>([r] { return sorted_for_drain(*r); });
    if (drain.error) return c.fail(*drain.error);
    const auto& evict = drain.evict;
    const auto &daemons = drain.daemons, &bare = drain.bare, &local = drain.local;
    std::vector<std::string> problems;
    if (!daemons.empty() && !c.args.on("ignore-daemonsets")) problems.push_back(cat("cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ", join(daemons, ", ")));
    if (!bare.empty() && !c.args.on("force")) problems.push_back(cat("cannot delete Pods that declare no controller (use --force to override): ", join(bare, ", ")));
    if (!local.empty() && !c.args.on("delete-emptydir-data")) problems.push_back(cat("cannot delete Pods with local storage (use --delete-emptydir-data to override): ", join(local, ", ")));
    if (!problems.empty()) {
      c.err(cat("error: unable to drain node ", orrery::quoted(node.name), " due to error: [", join(problems, ", "), "], continuing command...\nThere are pending nodes to be drained:\n ", node.name, "\n"));
      for (const std::string& p : problems) c.err(p + "\n");
      return Step::Failed;
    }
    if (!daemons.empty()) c.err(cat("Warning: ignoring DaemonSet-managed Pods: ", join(daemons, ", "), "\n"));
    constexpr Duration kRetry = seconds(5), kPoll = seconds(1);
    for (size_t i = 0; i < evict.size(); ++i) {
      if (c.item()) continue;
      const auto& [ns, name] = evict[i];
      for (Poll poll(c);;) {
        c.out(cat("evicting pod ", ns, "/", name, "\n"));
        if (late(c)) return not_drained(c, node.name, cat("error when evicting pods/", orrery::quoted(name), " -n ", orrery::quoted(ns)), drain, i);
        json body{{"apiVersion", "policy/v1"}, {"kind", "Eviction"}, {"metadata", {{"name", name}, {"namespace", ns}}}};
        r = c.send("POST", cat("/api/v1/namespaces/", ns, "/pods/", name, "/eviction"), body.dump());
        if (!r) return Step::Wait;
        if (!r->error || r->error->reason == Reason::NotFound) break;
        if (r->error->reason != Reason::TooManyRequests) return c.fail(*r->error);
        c.err(cat("error when evicting pods/", orrery::quoted(name), " -n ", orrery::quoted(ns), " (will retry after 5s): ", r->error->message, "\n"));
        if (!poll.again(kRetry)) return Step::Wait;
      }
      c.item_done(false);
    }
    for (size_t i = 0; i < evict.size(); ++i) {
      if (c.item()) continue;
      const auto& [ns, name] = evict[i];
      for (Poll poll(c);;) {
        if (late(c)) return not_drained(c, node.name, cat("error when waiting for pod ", orrery::quoted(name), " in namespace ", orrery::quoted(ns), " to terminate"), drain, i);
        r = c.get(cat("/api/v1/namespaces/", ns, "/pods/", name));
        if (!r) return Step::Wait;
        json pod;
        const Error* e = body_of(*r, pod);
        if (e && e->reason != Reason::NotFound) return c.fail(*e);
        if (e || pod.value("/spec/nodeName"_json_pointer, std::string()) != node.name.view()) break;
        if (!poll.again(kPoll)) return Step::Wait;
      }
      c.out(cat("pod/", name, " evicted\n"));
      c.item_done(false);
    }
    c.out(cat("node/", node.name, " drained\n"));
  }
  return Step::Done;
}

Step run_taint(Context& c) {
  std::vector<std::string> words, changes;
  for (const std::string& w : c.args.words()) (w.find(':') != std::string::npos || (w.size() > 1 && w.back() == '-') ? changes : words).push_back(w);
  if (changes.empty()) return c.fail("at least one taint update is required");
  std::vector<ObjectRef> refs;
  Step step = targets_of(c, words, refs);
  if (step != Step::Done) return step;
  for (const ObjectRef& ref : refs) {
    const ports::ApiReply* r = c.get(path_of(ref));
    if (!r) return Step::Wait;
    json node, stored;
    if (const Error* e = body_of(*r, node)) return c.fail(*e);
    json taints = node["spec"].value("taints", json::array());
    bool removed = false;
    for (const std::string& change : changes) {
      bool remove = change.back() == '-';
      std::string text = remove ? change.substr(0, change.size() - 1) : change;
      size_t colon = text.find(':');
      std::string effect = colon == std::string::npos ? "" : text.substr(colon + 1), pair = text.substr(0, colon);
      std::string key = pair.substr(0, pair.find('='));
      std::string value = pair.find('=') == std::string::npos ? "" : pair.substr(pair.find('=') + 1);
      if (!remove && effect != "NoSchedule" && effect != "PreferNoSchedule" && effect != "NoExecute")
        return c.fail(cat("invalid taint effect: ", effect, ", unsupported taint effect"));
      json kept = json::array();
      bool hit = false;
      for (const json& t : taints) {
        bool same = t.value("key", "") == key && (effect.empty() || t.value("effect", "") == effect);
        if (same && !remove && !c.args.on("overwrite") && t.value("value", "") != value)
          return c.fail(cat("node ", ref.name, " already has ", key, " taint(s) with same effect(s) and --overwrite is false"));
        hit = hit || same;
        if (!same) kept.push_back(t);
      }
      if (remove && !hit) return c.fail(cat("taint ", orrery::quoted(text), " not found"));
      removed = removed || remove;
      if (!remove) {
        json t{{"key", key}, {"effect", effect}};
        if (!value.empty()) t["value"] = value;
        kept.push_back(t);
      }
      taints = kept;
    }
    r = c.send("PATCH", path_of(ref) + "?fieldManager=kubectl-taint", json{{"spec", {{"taints", taints.empty() ? json() : taints}}}}.dump(), kMerge);
    if (!r) return Step::Wait;
    if (const Error* e = body_of(*r, stored)) return c.fail(*e);
    c.out(cat("node/", ref.name, removed && changes.size() == 1 ? " untainted\n" : removed ? " modified\n" : " tainted\n"));
  }
  return Step::Done;
}

}  // namespace orrery::kubectl
