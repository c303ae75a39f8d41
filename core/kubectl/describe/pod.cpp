// A pod and a pod template (kubectl describePod, DescribePodTemplate).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/kubectl/describe/describers.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

std::string toleration_text(const json& t) {
  std::string text = text_at(t, "/key");
  if (!text_at(t, "/value").empty()) text += cat("=", text_at(t, "/value"));
  if (!text_at(t, "/effect").empty()) text += cat(":", text_at(t, "/effect"));
  if (text_at(t, "/operator") == "Exists" && text_at(t, "/value").empty()) text += text.empty() ? "op=Exists" : " op=Exists";
  if (t.contains("tolerationSeconds")) text += cat(" for ", text_at(t, "/tolerationSeconds"), "s");
  return text;
}

std::string spread_text(const json& c) {
  std::string text = cat(text_at(c, "/topologyKey"), ":", text_at(c, "/whenUnsatisfiable"), " when max skew ", text_at(c, "/maxSkew"), " is exceeded");
  if (c.contains("labelSelector")) text += cat(" for selector ", selector_text(c["labelSelector"]));
  return text;
}

std::vector<std::string> texts_by(json list, const char* key, std::string (*text)(const json&)) {
  std::vector<std::string> out;
  if (list.is_array())
    std::stable_sort(list.begin(), list.end(), [key](const json& a, const json& b) { return text_at(a, key) < text_at(b, key); });
  for (const json& item : list) out.push_back(text(item));
  return out;
}

void write_spread(Writer& w, int level, const json& spec) {
  const std::vector<std::string> spread = texts_by(value_at(spec, "/topologySpreadConstraints"), "/topologyKey", spread_text);
  if (!spread.empty()) w.list(level, "Topology Spread Constraints", spread);
}

void write_selectors(Writer& w, int level, const json& spec) {
  w.labels(level, "Node-Selectors", value_at(spec, "/nodeSelector"));
  w.list(level, "Tolerations", texts_by(value_at(spec, "/tolerations"), "/key", toleration_text));
}

void write_gates(Writer& w, const json& pod) {
  const json& gates = value_at(pod, "/spec/readinessGates");
  if (gates.empty()) return;
  w.put(0, "Readiness Gates:");
  w.row(1, {"Type", "Status"});
  for (const json& g : gates) {
    std::string status = "<none>";
    for (const json& c : value_at(pod, "/status/conditions"))
      if (text_at(c, "/type") == text_at(g, "/conditionType")) status = text_at(c, "/status");
    w.row(1, {cat(text_at(g, "/conditionType"), " "), cat(status, " ")});
  }
}

void write_pod_status(Writer& w, const json& pod, WallTime now) {
  const std::string phase = text_at(pod, "/status/phase");
  const json& deleted = value_at(pod, "/metadata/deletionTimestamp");
  if (!deleted.is_null() && phase != "Failed" && phase != "Succeeded") {
    w.line(0, "Status", cat("Terminating (lasts ", since(deleted, now), ")"));
    w.line(0, "Termination Grace Period", cat(text_at(pod, "/metadata/deletionGracePeriodSeconds", "0"), "s"));
  } else {
    w.line(0, "Status", phase);
  }
  write_rows(w, 0, pod, {{"Reason", "/status/reason", Form::IfThere}, {"Message", "/status/message", Form::IfThere},
                         {"SeccompProfile", "/spec/securityContext/seccompProfile/type", Form::IfThere},
                         {"LocalhostProfile", "/spec/securityContext/seccompProfile/localhostProfile", Form::IfThere},
                         {"IP", "/status/podIP"}});
  const json& ips = value_at(pod, "/status/podIPs");
  w.put(0, ips.empty() ? "IPs:\t<none>" : "IPs:");
  for (const json& ip : ips) w.line(1, "IP", text_at(ip, "/ip"));
}

}  // namespace

void write_pod_template(Writer& w, const json& t) {
  w.put(0, "Pod Template:");
  w.labels(1, "Labels", value_at(t, "/metadata/labels"));
  if (!value_at(t, "/metadata/annotations").empty()) w.annotations(1, value_at(t, "/metadata/annotations"));
  write_rows(w, 1, t, {{"Service Account", "/spec/serviceAccountName", Form::IfThere}});
  const json& spec = value_at(t, "/spec");
  const json none;
  if (!value_at(spec, "/initContainers").empty()) write_containers(w, Place::Template, "Init Containers", spec["initContainers"], none);
  write_containers(w, Place::Template, "Containers", value_at(spec, "/containers"), none);
  write_volumes(w, Place::Template, value_at(spec, "/volumes"));
  write_spread(w, 1, spec);
  write_rows(w, 1, spec, {{"Priority Class Name", "/priorityClassName", Form::IfThere}});
  write_selectors(w, 1, spec);
}

void describe_pod(Writer& w, const Subject& s) {
  const json& pod = s.object;
  const json& spec = value_at(pod, "/spec");
  write_rows(w, 0, pod, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Priority", "/spec/priority", Form::IfThere},
                         {"Priority Class Name", "/spec/priorityClassName", Form::IfThere}, {"Runtime Class Name", "/spec/runtimeClassName", Form::IfThere},
                         {"Service Account", "/spec/serviceAccountName", Form::IfThere}});
  const std::string node = text_at(spec, "/nodeName");
  w.line(0, "Node", node.empty() ? "<none>" : cat(node, "/", text_at(pod, "/status/hostIP")));
  write_rows(w, 0, pod, {{"Start Time", "/status/startTime", Form::Time}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(pod, "/metadata/annotations"));
  write_pod_status(w, pod, s.now);
  if (const std::string by = controller_of(pod); !by.empty()) w.line(0, "Controlled By", by);
  write_rows(w, 0, pod, {{"NominatedNodeName", "/status/nominatedNodeName", Form::IfThere}});
  for (auto [field, title, statuses] : {std::tuple<const char*, const char*, const char*>{"/initContainers", "Init Containers", "/status/initContainerStatuses"},
                                        {"/containers", "Containers", "/status/containerStatuses"},
                                        {"/ephemeralContainers", "Ephemeral Containers", "/status/ephemeralContainerStatuses"}})
    if (!value_at(spec, field).empty()) write_containers(w, Place::Pod, title, value_at(spec, field), value_at(pod, statuses));
  write_gates(w, pod);
  const json& conditions = value_at(pod, "/status/conditions");
  if (!conditions.empty()) {
    w.put(0, "Conditions:");
    w.row(1, {"Type", "Status"});
    for (const json& c : conditions) w.row(1, {cat(text_at(c, "/type"), " "), cat(text_at(c, "/status"), " ")});
  }
  write_volumes(w, Place::Pod, value_at(spec, "/volumes"));
  w.line(0, "QoS Class", text_at(pod, "/status/qosClass"));
  write_selectors(w, 0, spec);
  write_spread(w, 0, spec);
}

}  // namespace orrery::kubectl
