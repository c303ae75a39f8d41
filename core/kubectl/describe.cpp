#include "core/kubectl/describe.h"

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/describe_pod.h"
#include "core/kubectl/describe_writer.h"

namespace orrery::kubectl {

using nlohmann::json;

WallTime event_time(const json& e) {
  WallTime t;
  for (const char* field : {"lastTimestamp", "eventTime", "firstTimestamp"})
    if (e.contains(field) && e[field].is_string() && parse_rfc3339(e[field].get<std::string>(), t)) return t;
  if (e.contains("metadata") && e["metadata"].contains("creationTimestamp") && e["metadata"]["creationTimestamp"].is_string())
    parse_rfc3339(e["metadata"]["creationTimestamp"].get<std::string>(), t);
  return t;
}

std::string event_age(const json& e, WallTime now) {
  WallTime last = event_time(e), first;
  std::string age = last.is_set() ? human_duration(now - last) : "<unknown>";
  int64_t count = e.value("count", int64_t{1});
  if (count <= 1) return age;
  if (e.contains("firstTimestamp") && e["firstTimestamp"].is_string() && parse_rfc3339(e["firstTimestamp"].get<std::string>(), first))
    return cat(age, " (x", count, " over ", human_duration(now - first), ")");
  return cat(age, " (x", count, ")");
}

namespace {

void write_events(Writer& w, const json* list, WallTime now) {
  if (!list || list->empty()) {
    w.line(0, "Events", "<none>");
    return;
  }
  std::vector<json> events = list->get<std::vector<json>>();
  std::stable_sort(events.begin(), events.end(), [](const json& a, const json& b) { return event_time(a) < event_time(b); });
  std::vector<std::vector<std::string>> rows{{"Type", "Reason", "Age", "From", "Message"}, {"----", "------", "----", "----", "-------"}};
  for (const json& e : events) {
    std::string field = e["involvedObject"].value("fieldPath", "");
    std::string message(trim(e.value("message", "")));
    if (!field.empty() && starts_with(field, "spec.")) message = cat(field, ": ", message);
    std::string from = e.contains("source") ? e["source"].value("component", "") : "";
    if (from.empty()) from = e.value("reportingComponent", "");
    rows.push_back({e.value("type", ""), e.value("reason", ""), event_age(e, now), from, message});
  }
  w.raw("Events:\n");
  w.table(2, rows);
}

void write_conditions(Writer& w, const json& object, std::vector<std::string> columns) {
  json conditions = object.value("/status/conditions"_json_pointer, json::array());
  if (conditions.empty()) return;
  w.raw("Conditions:\n");
  std::vector<std::vector<std::string>> rows(2);
  for (const std::string& c : columns) {
    rows[0].push_back(c);
    rows[1].push_back(std::string(c.size(), '-'));
  }
  for (const json& c : conditions) {
    std::vector<std::string> row;
    for (const std::string& column : columns) {
      std::string field = column;
      field[0] = static_cast<char>(field[0] | 32);
      row.push_back(c.contains(field) && c[field].is_string() ? c[field].get<std::string>() : "");
    }
    rows.push_back(std::move(row));
  }
  w.table(2, rows);
}

std::string selector_text(const json& selector) {
  if (!selector.is_object() || selector.empty()) return "<none>";
  const json& labels = selector.contains("matchLabels") ? selector["matchLabels"] : selector.contains("matchExpressions") ? json::object() : selector;
  std::string out;
  for (const auto& [k, v] : labels.items()) out += cat(out.empty() ? "" : ",", k, "=", v.get<std::string>());
  for (const json& e : selector.value("matchExpressions", json::array())) {
    std::string values;
    for (const json& v : e.value("values", json::array())) values += (values.empty() ? "" : ",") + v.get<std::string>();
    std::string op = e.value("operator", "");
    out += out.empty() ? "" : ",";
    out += op == "Exists" ? e.value("key", "") : op == "DoesNotExist" ? "!" + e.value("key", "") : cat(e.value("key", ""), op == "In" ? " in (" : " notin (", values, ")");
  }
  return out.empty() ? "<none>" : out;
}

std::string int_or_string(const json& v) { return v.is_string() ? v.get<std::string>() : v.dump(); }

void describe_deployment(Writer& w, const DescribeInputs& in) {
  const json& o = in.object;
  const json status = o.value("status", json::object());
  w.line(0, "Name", o["metadata"].value("name", ""));
  w.line(0, "Namespace", o["metadata"].value("namespace", ""));
  w.line(0, "CreationTimestamp", time_1123(o["metadata"].value("creationTimestamp", "")));
  w.map(0, "Labels", o["metadata"].value("labels", json::object()), "=");
  w.map(0, "Annotations", shown_annotations(o), ": ");
  w.line(0, "Selector", selector_text(o["spec"].value("selector", json::object())));
  w.line(0, "Replicas", cat(o["spec"].value("replicas", 1), " desired | ", status.value("updatedReplicas", 0), " updated | ", status.value("replicas", 0),
                            " total | ", status.value("availableReplicas", 0), " available | ", status.value("unavailableReplicas", 0), " unavailable"));
  json strategy = o["spec"].value("strategy", json::object());
  w.line(0, "StrategyType", strategy.value("type", ""));
  w.line(0, "MinReadySeconds", std::to_string(o["spec"].value("minReadySeconds", 0)));
  if (strategy.contains("rollingUpdate"))
    w.line(0, "RollingUpdateStrategy", cat(int_or_string(strategy["rollingUpdate"].value("maxUnavailable", json("25%"))), " max unavailable, ",
                                           int_or_string(strategy["rollingUpdate"].value("maxSurge", json("25%"))), " max surge"));
  w.raw(describe_pod_template(o["spec"]["template"]));
  write_conditions(w, o, {"Type", "Status", "Reason"});
  std::vector<std::string> old_sets;
  std::string fresh;
  int64_t newest = -1;
  if (in.related)
    for (const json& rs : *in.related) {
      int64_t revision = 0;
      parse_int64(rs["metadata"].value("annotations", json::object()).value("deployment.kubernetes.io/revision", "0"), revision);
      std::string text = cat(rs["metadata"].value("name", ""), " (", rs.value("/status/replicas"_json_pointer, 0), "/", rs["spec"].value("replicas", 0), " replicas created)");
      if (revision > newest) {
        if (!fresh.empty()) old_sets.push_back(fresh);
        fresh = text;
        newest = revision;
      } else {
        old_sets.push_back(text);
      }
    }
  w.line(0, "OldReplicaSets", old_sets.empty() ? "<none>" : join(old_sets, ", "));
  w.line(0, "NewReplicaSet", fresh.empty() ? "<none>" : fresh);
}

void describe_replica_set(Writer& w, const DescribeInputs& in) {
  const json& o = in.object;
  w.line(0, "Name", o["metadata"].value("name", ""));
  w.line(0, "Namespace", o["metadata"].value("namespace", ""));
  w.line(0, "Selector", selector_text(o["spec"].value("selector", json::object())));
  w.map(0, "Labels", o["metadata"].value("labels", json::object()), "=");
  w.map(0, "Annotations", shown_annotations(o), ": ");
  for (const json& owner : o["metadata"].value("ownerReferences", json::array()))
    if (owner.value("controller", false)) w.line(0, "Controlled By", cat(owner.value("kind", ""), "/", owner.value("name", "")));
  w.line(0, "Replicas", cat(o.value("/status/replicas"_json_pointer, 0), " current / ", o["spec"].value("replicas", 1), " desired"));
  if (in.related) {
    int running = 0, waiting = 0, succeeded = 0, failed = 0;
    for (const json& pod : *in.related) {
      std::string phase = pod.value("/status/phase"_json_pointer, std::string());
      (phase == "Running" ? running : phase == "Succeeded" ? succeeded : phase == "Failed" ? failed : waiting)++;
    }
    w.line(0, "Pods Status", cat(running, " Running / ", waiting, " Waiting / ", succeeded, " Succeeded / ", failed, " Failed"));
  }
  w.raw(describe_pod_template(o["spec"]["template"]));
}

void describe_service(Writer& w, const DescribeInputs& in) {
  const json& o = in.object;
  const json& spec = o["spec"];
  w.line(0, "Name", o["metadata"].value("name", ""));
  w.line(0, "Namespace", o["metadata"].value("namespace", ""));
  w.map(0, "Labels", o["metadata"].value("labels", json::object()), "=");
  w.map(0, "Annotations", shown_annotations(o), ": ");
  w.line(0, "Selector", selector_text(spec.value("selector", json::object())));
  w.line(0, "Type", spec.value("type", ""));
  w.line(0, "IP Family Policy", spec.value("ipFamilyPolicy", "<none>"));
  auto list = [](const json& items) {
    std::string out;
    for (const json& i : items) out += (out.empty() ? "" : ",") + i.get<std::string>();
    return out.empty() ? std::string("<none>") : out;
  };
  w.line(0, "IP Families", list(spec.value("ipFamilies", json::array())));
  w.line(0, "IP", spec.value("clusterIP", ""));
  w.line(0, "IPs", list(spec.value("clusterIPs", json::array())));
  if (spec.contains("externalName")) w.line(0, "External Name", spec.value("externalName", ""));
  for (const json& p : spec.value("ports", json::array())) {
    std::string name = p.value("name", "");
    if (name.empty()) name = "<unset>";
    w.line(0, "Port", cat(name, "  ", p.value("port", 0), "/", p.value("protocol", "TCP")));
    w.line(0, "TargetPort", cat(int_or_string(p.value("targetPort", json(p.value("port", 0)))), "/", p.value("protocol", "TCP")));
    if (p.contains("nodePort")) w.line(0, "NodePort", cat(name, "  ", p.value("nodePort", 0), "/", p.value("protocol", "TCP")));
    std::vector<std::string> ready;
    if (in.related)
      for (const json& slice : *in.related)
        for (const json& port : slice.value("ports", json::array())) {
          if (port.value("name", "") != p.value("name", "")) continue;
          for (const json& e : slice.value("endpoints", json::array())) {
            if (e.contains("conditions") && !e["conditions"].value("ready", true)) continue;
            for (const json& a : e.value("addresses", json::array())) ready.push_back(cat(a.get<std::string>(), ":", port.value("port", 0)));
          }
        }
    std::string text;
    for (size_t i = 0; i < ready.size() && i < 3; ++i) text += (i ? "," : "") + ready[i];
    if (ready.size() > 3) text += cat(" + ", ready.size() - 3, " more...");
    w.line(0, "Endpoints", text);
  }
  w.line(0, "Session Affinity", spec.value("sessionAffinity", ""));
  if (spec.contains("externalTrafficPolicy")) w.line(0, "External Traffic Policy", spec.value("externalTrafficPolicy", ""));
  w.line(0, "Internal Traffic Policy", spec.value("internalTrafficPolicy", ""));
}

void describe_node(Writer& w, const DescribeInputs& in) {
  const json& o = in.object;
  json labels = o["metadata"].value("labels", json::object());
  std::string roles;
  for (const auto& [k, v] : labels.items())
    if (starts_with(k, "node-role.kubernetes.io/")) roles += (roles.empty() ? "" : ",") + k.substr(24);
  w.line(0, "Name", o["metadata"].value("name", ""));
  w.line(0, "Roles", roles.empty() ? "<none>" : roles);
  w.map(0, "Labels", labels, "=");
  w.map(0, "Annotations", shown_annotations(o), ": ");
  w.line(0, "CreationTimestamp", time_1123(o["metadata"].value("creationTimestamp", "")));
  std::vector<std::string> taints;
  for (const json& t : o["spec"].value("taints", json::array()))
    taints.push_back(cat(t.value("key", ""), t.value("value", "").empty() ? "" : "=" + t.value("value", ""), ":", t.value("effect", "")));
  w.list(0, "Taints", taints);
  w.line(0, "Unschedulable", o["spec"].value("unschedulable", false) ? "true" : "false");
  json conditions = o.value("/status/conditions"_json_pointer, json::array());
  w.raw("Conditions:\n");
  std::vector<std::vector<std::string>> rows{{"Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"},
                                             {"----", "------", "-----------------", "------------------", "------", "-------"}};
  for (const json& c : conditions)
    rows.push_back({c.value("type", ""), c.value("status", ""), time_1123(c.value("lastHeartbeatTime", "")), time_1123(c.value("lastTransitionTime", "")),
                    c.value("reason", ""), c.value("message", "")});
  w.table(2, rows);
  w.raw("Addresses:\n");
  for (const json& a : o["status"].value("addresses", json::array())) w.line(2, a.value("type", ""), a.value("address", ""));
  for (const char* field : {"capacity", "allocatable"}) {
    w.raw(field[0] == 'c' ? "Capacity:\n" : "Allocatable:\n");
    const json fields = o["status"].value(field, json::object());  // kept alive: items() refers to it
    for (const auto& [k, v] : fields.items()) w.line(2, k, v.get<std::string>());
  }
  w.raw("System Info:\n");
  json info = o["status"].value("nodeInfo", json::object());
  for (auto [label, field] : {std::pair<const char*, const char*>{"Machine ID", "machineID"}, {"System UUID", "systemUUID"}, {"Boot ID", "bootID"},
                              {"Kernel Version", "kernelVersion"}, {"OS Image", "osImage"}, {"Operating System", "operatingSystem"}, {"Architecture", "architecture"},
                              {"Container Runtime Version", "containerRuntimeVersion"}, {"Kubelet Version", "kubeletVersion"}})
    w.line(2, label, info.value(field, ""));
  if (!in.related) return;
  w.raw(cat("Non-terminated Pods:\t(", in.related->size(), " in total)\n"));
  std::vector<std::vector<std::string>> pods{{"Namespace", "Name", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age"},
                                             {"---------", "----", "------------", "----------", "---------------", "-------------", "---"}};
  Quantity totals[4];
  json allocatable = o["status"].value("allocatable", json::object());
  auto percent = [&](const Quantity& q, bool cpu) {
    auto all = Quantity::parse(allocatable.value(cpu ? "cpu" : "memory", "0"));
    int64_t whole = all.ok() ? (cpu ? all->milli_value() : all->value()) : 0;
    int64_t part = cpu ? q.milli_value() : q.value();
    return cat(q.str(), " (", whole ? part * 100 / whole : 0, "%)");
  };
  for (const json& pod : *in.related) {
    Quantity sums[4];
    for (const json& c : pod["spec"]["containers"])
      for (int i = 0; i < 4; ++i) {
        json resources = c.value("resources", json::object()).value(i % 2 == 0 ? "requests" : "limits", json::object());
        auto q = Quantity::parse(resources.value(i < 2 ? "cpu" : "memory", "0"));
        if (q.ok()) sums[i] += *q;
      }
    for (int i = 0; i < 4; ++i) totals[i] += sums[i];
    pods.push_back({pod["metadata"].value("namespace", ""), pod["metadata"].value("name", ""), percent(sums[0], true), percent(sums[1], true),
                    percent(sums[2], false), percent(sums[3], false), age_of(pod, in.now)});
  }
  w.table(2, pods);
  w.raw("Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n");
  w.table(2, {{"Resource", "Requests", "Limits"}, {"--------", "--------", "------"}, {"cpu", percent(totals[0], true), percent(totals[1], true)},
              {"memory", percent(totals[2], false), percent(totals[3], false)}});
}

void describe_data(Writer& w, const DescribeInputs& in) {
  const json& o = in.object;
  bool secret = in.kind.kind == "Secret";
  w.line(0, "Name", o["metadata"].value("name", ""));
  w.line(0, "Namespace", o["metadata"].value("namespace", ""));
  w.map(0, "Labels", o["metadata"].value("labels", json::object()), "=");
  w.map(0, "Annotations", shown_annotations(o), ": ");
  if (secret) {
    w.raw(cat("\nType:  ", o.value("type", ""), "\n\nData\n====\n"));
    const json data = o.value("data", json::object());  // kept alive: items() refers to it
    for (const auto& [k, v] : data.items()) {
      std::string bytes;
      base64_decode(v.get<std::string>(), bytes);
      w.line(0, k, cat(bytes.size(), " bytes"));
    }
    return;
  }
  w.raw("\nData\n====\n");
  const json data = o.value("data", json::object());  // kept alive: items() refers to it
  for (const auto& [k, v] : data.items()) w.raw(cat(k, ":\n----\n", v.get<std::string>(), "\n\n"));
  w.raw("\nBinaryData\n====\n");
  const json binary = o.value("binaryData", json::object());  // kept alive: items() refers to it
  for (const auto& [k, v] : binary.items()) {
    std::string bytes;
    base64_decode(v.get<std::string>(), bytes);
    w.raw(cat(k, ": ", bytes.size(), " bytes\n"));
  }
  w.raw("\n");
}

// Any kind: its fields as an indented tree, names split into words as kubectl's generic describer does.
std::string words_of(const std::string& key) {
  std::string out;
  for (size_t i = 0; i < key.size(); ++i) {
    bool up = key[i] >= 'A' && key[i] <= 'Z';
    if (i > 0 && up && !(key[i - 1] >= 'A' && key[i - 1] <= 'Z')) out += ' ';
    out += i == 0 && key[i] >= 'a' && key[i] <= 'z' ? static_cast<char>(key[i] - 32) : key[i];
  }
  return out;
}

void write_tree(Writer& w, int indent, const json& object) {
  for (const auto& [key, value] : object.items()) {
    if (value.is_object()) {
      w.raw(std::string(static_cast<size_t>(indent), ' ') + words_of(key) + ":\n");
      write_tree(w, indent + 2, value);
    } else if (value.is_array()) {
      w.raw(std::string(static_cast<size_t>(indent), ' ') + words_of(key) + ":\n");
      for (const json& item : value) {
        if (item.is_object()) write_tree(w, indent + 2, item);
        else w.raw(std::string(static_cast<size_t>(indent) + 2, ' ') + int_or_string(item) + "\n");
      }
    } else {
      w.line(indent, words_of(key), int_or_string(value));
    }
  }
}

void describe_any(Writer& w, const DescribeInputs& in) {
  const json& o = in.object;
  w.line(0, "Name", o["metadata"].value("name", ""));
  if (in.kind.namespaced) w.line(0, "Namespace", o["metadata"].value("namespace", ""));
  w.map(0, "Labels", o["metadata"].value("labels", json::object()), "=");
  w.map(0, "Annotations", shown_annotations(o), ": ");
  w.line(0, "API Version", o.value("apiVersion", in.kind.api_version().str()));
  w.line(0, "Kind", std::string(in.kind.kind));
  json rest = o;
  for (const char* field : {"apiVersion", "kind", "metadata"}) rest.erase(field);
  w.raw("Metadata:\n");
  for (const char* field : {"creationTimestamp", "resourceVersion", "uid"})
    if (o["metadata"].contains(field)) w.line(2, field[0] == 'u' ? "UID" : words_of(field), o["metadata"].value(field, ""));
  write_tree(w, 0, rest);
}

void describe_namespace(Writer& w, const DescribeInputs& in) {
  const json& o = in.object;
  w.line(0, "Name", o["metadata"].value("name", ""));
  w.map(0, "Labels", o["metadata"].value("labels", json::object()), "=");
  w.map(0, "Annotations", shown_annotations(o), ": ");
  w.line(0, "Status", o.value("/status/phase"_json_pointer, std::string()));
  w.raw("\nNo resource quota.\n\nNo LimitRange resource.\n");
}

}  // namespace

std::string describe_pod_template(const json& t) {
  Writer w;
  w.raw("Pod Template:\n");
  w.map(2, "Labels", t.value("/metadata/labels"_json_pointer, json::object()), "=");
  json annotations = t.value("/metadata/annotations"_json_pointer, json::object());
  if (!annotations.empty()) w.map(2, "Annotations", annotations, ": ");
  if (!t.value("/spec/serviceAccountName"_json_pointer, std::string()).empty()) w.line(2, "Service Account", t["spec"].value("serviceAccountName", ""));
  write_containers(w, 2, "Init Containers", t["spec"].value("initContainers", json::array()), json::array(), false);
  write_containers(w, 2, "Containers", t["spec"]["containers"], json::array(), false);
  write_volumes(w, 2, t["spec"].value("volumes", json::array()));
  write_selectors(w, 2, t["spec"]);
  return w.text();
}

std::string describe(const DescribeInputs& in) {
  Writer w;
  std::string_view kind = in.kind.kind;
  bool with_events = true;
  if (kind == "Pod") describe_pod(w, in.object, in.now);
  else if (kind == "Deployment") describe_deployment(w, in);
  else if (kind == "ReplicaSet" || kind == "ReplicationController") describe_replica_set(w, in);
  else if (kind == "Service") describe_service(w, in);
  else if (kind == "Node") describe_node(w, in);
  else if (kind == "Namespace") describe_namespace(w, in), with_events = false;
  else if (kind == "ConfigMap" || kind == "Secret") describe_data(w, in), with_events = kind == "ConfigMap";
  else describe_any(w, in);
  if (with_events) write_events(w, in.events, in.now);
  return w.text();
}

}  // namespace orrery::kubectl
