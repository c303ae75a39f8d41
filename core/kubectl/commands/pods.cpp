// kubectl logs, wait, events, and what commands share that are about pods.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/api/jsonpath.h"
#include "core/base/text.h"
#include "core/kubectl/commands/attach.h"
#include "core/kubectl/describe/describe.h"
#include "core/kubectl/resources.h"
#include "core/kubectl/table.h"

namespace orrery::kubectl {

using nlohmann::json;

std::string default_container(Context& c, const json& pod, bool say) {
  const json& containers = pod["spec"]["containers"];
  std::string name =
      pod["metadata"].value("annotations", json::object()).value("kubectl.kubernetes.io/default-container", "");
  if (!name.empty()) return name;
  name = containers[0].value("name", "");
  if (say && containers.size() > 1) {
    std::string all;
    for (const json& x : containers) all += (all.empty() ? "" : ", ") + x.value("name", "");
    for (const json& x : pod["spec"].value("initContainers", json::array()))
      all += ", " + x.value("name", "") + " (init)";
    c.err(cat("Defaulted container ", orrery::quoted(name), " out of: ", all, "\n"));
  }
  return name;
}

ports::ApiRequest exec_request(const json& pod, const std::string& container, const char* sub, const std::vector<std::string>& command, bool tty, bool input) {
  ports::ApiRequest r;
  r.method = "GET";
  r.subprotocols = "v5.channel.k8s.io";
  std::string query = cat("?container=", container, "&stdout=true", tty ? "&tty=true" : "&stderr=true", input ? "&stdin=true" : "");
  for (const std::string& word : command) query += "&command=" + escape_query(word);
  r.path = cat("/api/v1/namespaces/", pod["metadata"].value("namespace", ""), "/pods/", pod["metadata"].value("name", ""), "/", sub, query);
  return r;
}

namespace {

bool has_container(const json& pod, const std::string& name) {
  for (const char* list : {"containers", "initContainers", "ephemeralContainers"})
    for (const json& container : pod["spec"].value(list, json::array()))
      if (container.value("name", "") == name) return true;
  return false;
}

}  // namespace

Step find_pods(Context& c, const std::vector<std::string>& words, std::vector<json>& pods) {
  std::string error, selector = c.args.get("selector");
  if (selector.empty()) {
    if (words.empty()) return c.fail("expected 'POD or TYPE/NAME' as an argument");
    std::vector<std::string> form = words;
    if (form[0].find('/') == std::string::npos) form = {"pods", words[0]};
    std::vector<ObjectRef> refs =
        resolve_words(c, {form.begin(), form.begin() + (form.size() > 1 ? 2 : 1)}, c.ns(), error);
    if (!error.empty()) return c.fail(error);
    const ports::ApiReply* r = c.get(path_of(refs[0]));
    if (!r) return Step::Wait;
    json object;
    if (const Error* e = body_of(*r, object)) {
      bool logs = c.session().argv[0] == "logs" && e->reason == Reason::NotFound;
      return logs ? c.fail(cat("error from server (NotFound): ", e->message, " in namespace ", orrery::quoted(c.ns()))) : c.fail(*e);
    }
    if (refs[0].kind->kind == "Pod") {
      pods.push_back(std::move(object));
      return Step::Done;
    }
    json labels = object.contains("/spec/selector/matchLabels"_json_pointer)
                      ? object["spec"]["selector"]["matchLabels"]
                      : object["spec"].value("selector", json::object());
    for (const auto& [key, value] : labels.items())
      selector += cat(selector.empty() ? "" : ",", key, "=", value.get<std::string>());
    if (selector.empty()) return c.fail(cat("cannot get the logs from ", refs[0].kind->kind, ": selector not set"));
  }
  const ports::ApiReply* r = c.get(cat("/api/v1/namespaces/", c.ns(), "/pods?labelSelector=", escape_query(selector)));
  if (!r) return Step::Wait;
  json list;
  if (const Error* e = body_of(*r, list)) return c.fail(*e);
  for (json& pod : list["items"]) pods.push_back(std::move(pod));
  std::stable_sort(pods.begin(), pods.end(), [](const json& a, const json& b) {
    auto rank = [](const json& p) { return p.value("/status/phase"_json_pointer, std::string()) == "Running" ? 0 : 1; };
    return rank(a) < rank(b);
  });
  if (pods.empty()) {
    c.err(cat("No resources found in ", c.ns(), " namespace.\n"));
    return Step::Failed;
  }
  return Step::Done;
}

Step run_logs(Context& c) {
  Session& s = c.session();
  if (s.stream_error) return c.fail(*s.stream_error);
  if (s.stream_exit) return Step::Done;
  if (c.args.words().empty() && !c.args.has("selector"))
    return c.fail("expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples");
  std::vector<json> pods;
  Step step = find_pods(c, c.args.words(), pods);
  if (step != Step::Done) return step;
  bool follow = c.args.on("follow"), selected = c.args.has("selector");
  if (pods.size() > 1 && !selected) {
    c.err(cat("Found ", pods.size(), " pods, using pod/", pods[0]["metadata"].value("name", ""), "\n"));
    pods.resize(1);
  }
  std::string query;
  auto add = [&](const std::string& pair) { query += (query.empty() ? "?" : "&") + pair; };
  if (c.args.on("timestamps")) add("timestamps=true");
  if (c.args.on("previous")) add("previous=true");
  if (c.args.has("tail"))
    add("tailLines=" + c.args.get("tail"));
  else if (selected)
    add("tailLines=10");
  if (c.args.has("limit-bytes")) add("limitBytes=" + c.args.get("limit-bytes"));
  if (c.args.has("since")) {
    Duration d;
    if (!parse_go_duration(c.args.get("since"), d))
      return c.fail(cat("invalid argument ", orrery::quoted(c.args.get("since")),
                        " for \"--since\" flag: time: invalid duration ", orrery::quoted(c.args.get("since"))));
    add(cat("sinceSeconds=", d.s()));
  }
  if (c.args.has("since-time")) add("sinceTime=" + escape_query(c.args.get("since-time")));
  if (follow) add("follow=true");
  for (const json& pod : pods) {
    std::string ns = pod["metadata"].value("namespace", ""), name = pod["metadata"].value("name", "");
    std::vector<std::string> containers{c.args.get(
        "container",
        c.args.words().size() == 2 && c.args.words()[0].find('/') == std::string::npos ? c.args.words()[1] : "")};
    if (c.args.on("all-containers")) {
      containers.clear();
      for (const json& x : pod["spec"].value("initContainers", json::array()))
        containers.push_back(x.value("name", ""));
      for (const json& x : pod["spec"]["containers"]) containers.push_back(x.value("name", ""));
    } else if (containers[0].empty()) {
      containers[0] = default_container(c, pod, !selected);
    }
    for (const std::string& container : containers) {
      if (!has_container(pod, container))
        return c.fail(cat("container ", container, " is not valid for pod ", name));
      std::string path = cat("/api/v1/namespaces/", ns, "/pods/", name, "/log", query, query.empty() ? "?" : "&",
                             "container=", container);
      if (follow) {
        ports::ApiRequest r;
        r.method = "GET";
        r.path = path;
        c.stream(StreamKind::Logs, std::move(r));
        return Step::Wait;
      }
      const ports::ApiReply* r = c.get(path, "*/*");
      if (!r) return Step::Wait;
      if (r->error) return c.fail(*r->error);
      std::string prefix = c.args.on("prefix") ? cat("[pod/", name, "/", container, "] ") : std::string();
      if (prefix.empty()) {
        c.out(r->body);
        continue;
      }
      for (const std::string& line : split(r->body, '\n'))
        if (!line.empty()) c.out(prefix + line + "\n");
    }
  }
  return Step::Done;
}

// What serves this kubectl has no ports that others could reach: a page, a lesson. The real kubectl has.
Step run_port_forward(Context& c) {
  if (c.args.words().size() < 2) return c.fail("TYPE/NAME and list of ports are required for port-forward");
  return c.fail("there is no port here that could be forwarded; ask from inside of the cluster: kubectl exec POD -- wget -qO- http://ADDRESS");
}

// kubectl pkg/cmd/wait: --for=condition=Ready[=false], --for=delete, --for=jsonpath='{.status.phase}'=Running,
// --for=create
Step run_wait(Context& c) {
  std::string error, what = c.args.get("for");
  Duration timeout = seconds(30);
  if (c.args.has("timeout")) parse_go_duration(c.args.get("timeout"), timeout);
  std::vector<ObjectRef> refs = resolve_words(c, c.args.words(), c.ns(), error), targets;
  if (!error.empty()) return c.fail(error);
  for (const ObjectRef& ref : refs) {
    if (!ref.name.empty()) {
      targets.push_back(ref);
      continue;
    }
    std::string query = c.args.has("selector") ? "?labelSelector=" + escape_query(c.args.get("selector")) : "";
    const ports::ApiReply* r = c.get(path_of(ref) + query);
    if (!r) return Step::Wait;
    json list;
    if (const Error* e = body_of(*r, list)) return c.fail(*e);
    for (const json& item : list["items"])
      targets.push_back({ref.kind, item["metadata"].value("namespace", ""), item["metadata"].value("name", "")});
  }
  if (targets.empty()) return c.fail("no matching resources found");
  bool gone = what == "delete", created = what == "create", path = starts_with(what, "jsonpath=");
  std::string type, value = "True", expression;
  if (starts_with(what, "condition=")) {
    type = what.substr(10);
    if (size_t eq = type.find('='); eq != std::string::npos) value = type.substr(eq + 1), type = type.substr(0, eq);
  } else if (path) {
    size_t eq = what.rfind("}=");
    expression = what.substr(9, eq == std::string::npos ? eq : eq - 8);
    value = eq == std::string::npos ? "" : what.substr(eq + 2);
    if (expression.size() > 1 && expression[0] == '{') expression = expression.substr(1, expression.size() - 2);
  } else if (!gone && !created) {
    return c.fail(cat("unrecognized condition: ", orrery::quoted(what)));
  }
  constexpr Duration kPoll = millis(250);
  for (const ObjectRef& ref : targets) {
    if (c.item()) continue;
    for (Poll poll(c);;) {
      const ports::ApiReply* r = c.get(path_of(ref));
      if (!r) return Step::Wait;
      json object;
      const Error* e = body_of(*r, object);
      if (e && e->reason != Reason::NotFound) return c.fail(*e);
      bool met = gone ? e != nullptr : created ? e == nullptr : false;
      if (e && !gone && !created) return c.fail(*e);
      if (!type.empty())
        for (const json& x : object["status"].value("conditions", json::array()))
          met = met ||
                (to_lower(x.value("type", "")) == to_lower(type) && to_lower(x.value("status", "")) == to_lower(value));
      if (path) {
        std::vector<const json*> found = api::at_path(object, expression, error);
        if (!error.empty()) return c.fail(error);
        met = !found.empty() &&
              (value.empty() || (found[0]->is_string() ? found[0]->get<std::string>() : found[0]->dump()) == value);
      }
      if (met) break;
      if (poll.waited() >= timeout)
        return c.fail(cat("timed out waiting for the condition on ", ref.kind->plural, "/", ref.name));
      if (!poll.again(kPoll)) return Step::Wait;
    }
    c.out(cat(display_name(*ref.kind, ref.name), " condition met\n"));
    c.item_done(false);
  }
  return Step::Done;
}

Step run_events(Context& c) {
  std::string path =
      c.all_namespaces() ? "/api/v1/events?limit=500" : cat("/api/v1/namespaces/", c.ns(), "/events?limit=500");
  std::string object = c.args.get("for");
  if (size_t slash = object.find('/'); slash != std::string::npos) {
    const api::KindInfo* k = resolve_kind(c, object.substr(0, slash));
    if (!k) return c.fail(unknown_kind(object.substr(0, slash)));
    path += "&fieldSelector=" +
            escape_query(cat("involvedObject.kind=", k->kind, ",involvedObject.name=", object.substr(slash + 1)));
  }
  const ports::ApiReply* r = c.get(path);
  if (!r) return Step::Wait;
  json list;
  if (const Error* e = body_of(*r, list)) return c.fail(*e);
  std::vector<json> events = list["items"].get<std::vector<json>>();
  if (events.empty()) {
    c.err(c.all_namespaces() ? std::string("No events found.\n") : cat("No events found in ", c.ns(), " namespace.\n"));
    return Step::Done;
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const json& a, const json& b) { return event_time(a) < event_time(b); });
  std::vector<std::vector<std::string>> rows{{"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"}};
  for (const json& e : events) {
    if (c.args.has("types") && to_lower(c.args.get("types")).find(to_lower(e.value("type", ""))) == std::string::npos)
      continue;
    rows.push_back({event_age(e, c.now()), e.value("type", ""), e.value("reason", ""),
                    cat(e["involvedObject"].value("kind", ""), "/", e["involvedObject"].value("name", "")),
                    e.value("message", "")});
    if (c.all_namespaces()) rows.back().insert(rows.back().begin(), e["metadata"].value("namespace", ""));
  }
  if (c.all_namespaces()) rows[0].insert(rows[0].begin(), "NAMESPACE");
  c.out(align(rows));
  return Step::Done;
}

}  // namespace orrery::kubectl
