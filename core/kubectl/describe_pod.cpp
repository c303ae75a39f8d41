#include "core/kubectl/describe_pod.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

std::string plain_value(const json& v) { return v.is_string() ? v.get<std::string>() : v.dump(); }

const json& status_of(const json& statuses, const std::string& name) {
  static const json none = json::object();
  for (const json& s : statuses)
    if (s.value("name", "") == name) return s;
  return none;
}

void write_state(Writer& w, int indent, const char* title, const json& state) {
  if (state.contains("running")) {
    w.line(indent, title, "Running");
    w.line(indent + 2, "Started", time_1123(state["running"].value("startedAt", "")));
  } else if (state.contains("waiting")) {
    w.line(indent, title, "Waiting");
    if (!state["waiting"].value("reason", "").empty()) w.line(indent + 2, "Reason", state["waiting"].value("reason", ""));
  } else if (state.contains("terminated")) {
    const json& t = state["terminated"];
    w.line(indent, title, "Terminated");
    if (!t.value("reason", "").empty()) w.line(indent + 2, "Reason", t.value("reason", ""));
    if (!t.value("message", "").empty()) w.line(indent + 2, "Message", t.value("message", ""));
    w.line(indent + 2, "Exit Code", std::to_string(t.value("exitCode", 0)));
    w.line(indent + 2, "Started", time_1123(t.value("startedAt", "")));
    w.line(indent + 2, "Finished", time_1123(t.value("finishedAt", "")));
  } else {
    w.line(indent, title, "Waiting");
  }
}

// kubectl pkg/describe DescribeProbe
std::string probe_text(const json& p) {
  std::string attrs = cat("delay=", p.value("initialDelaySeconds", 0), "s timeout=", p.value("timeoutSeconds", 1), "s period=", p.value("periodSeconds", 10),
                          "s #success=", p.value("successThreshold", 1), " #failure=", p.value("failureThreshold", 3));
  if (p.contains("exec")) {
    std::string command;
    for (const json& word : p["exec"].value("command", json::array())) command += (command.empty() ? "" : " ") + word.get<std::string>();
    return cat("exec [", command, "] ", attrs);
  }
  if (p.contains("httpGet")) {
    const json& h = p["httpGet"];
    return cat("http-get ", to_lower(h.value("scheme", "HTTP")), "://", h.value("host", ""), ":", plain_value(h["port"]), h.value("path", ""), " ", attrs);
  }
  if (p.contains("tcpSocket")) return cat("tcp-socket ", p["tcpSocket"].value("host", ""), ":", plain_value(p["tcpSocket"]["port"]), " ", attrs);
  if (p.contains("grpc")) return cat("grpc <pod>:", p["grpc"].value("port", 0), " ", p["grpc"].value("service", ""), " ", attrs);
  return "unknown " + attrs;
}

std::string env_text(const json& e) {
  if (!e.contains("valueFrom")) return e.value("value", "");
  const json& from = e["valueFrom"];
  if (from.contains("fieldRef")) return cat(" (", from["fieldRef"].value("apiVersion", "v1"), ":", from["fieldRef"].value("fieldPath", ""), ")");
  if (from.contains("resourceFieldRef")) return cat(" (", from["resourceFieldRef"].value("resource", ""), ")");
  if (from.contains("secretKeyRef"))
    return cat("<set to the key '", from["secretKeyRef"].value("key", ""), "' in secret '", from["secretKeyRef"].value("name", ""), "'>  Optional: ",
               from["secretKeyRef"].value("optional", false));
  if (from.contains("configMapKeyRef"))
    return cat("<set to the key '", from["configMapKeyRef"].value("key", ""), "' of config map '", from["configMapKeyRef"].value("name", ""), "'>  Optional: ",
               from["configMapKeyRef"].value("optional", false));
  return "";
}

}  // namespace

void write_containers(Writer& w, int indent, std::string_view title, const json& containers, const json& statuses, bool state) {
  if (containers.empty()) return;
  std::string pad(static_cast<size_t>(indent), ' ');
  w.raw(cat(pad, title, ":\n"));
  int in = 2;  // in a pod's template as in a pod: only names stand one further in
  for (const json& c : containers) {
    const json& s = status_of(statuses, c.value("name", ""));
    w.raw(cat(indent ? "   " : "  ", c.value("name", ""), ":\n"));
    if (state) w.line(in + 2, "Container ID", s.value("containerID", ""));
    w.line(in + 2, "Image", c.value("image", ""));
    if (state) w.line(in + 2, "Image ID", s.value("imageID", ""));
    std::vector<std::string> ports, host_ports;
    for (const json& p : c.value("ports", json::array())) {
      ports.push_back(cat(p.value("containerPort", 0), "/", p.value("protocol", "TCP"), p.value("name", "").empty() ? "" : cat(" (", p.value("name", ""), ")")));
      host_ports.push_back(cat(p.value("hostPort", 0), "/", p.value("protocol", "TCP"), p.value("name", "").empty() ? "" : cat(" (", p.value("name", ""), ")")));
    }
    w.line(in + 2, ports.size() > 1 ? "Ports" : "Port", ports.empty() ? "<none>" : join(ports, ", "));
    w.line(in + 2, ports.size() > 1 ? "Host Ports" : "Host Port", host_ports.empty() ? "<none>" : join(host_ports, ", "));
    for (auto [field, label] : {std::pair<const char*, const char*>{"command", "Command"}, {"args", "Args"}}) {
      if (!c.contains(field)) continue;
      w.raw(cat(std::string(static_cast<size_t>(in) + 2, ' '), label, ":\n"));
      for (const json& word : c[field]) w.raw(cat(std::string(static_cast<size_t>(in) + 4, ' '), replace_all(word.get<std::string>(), "\n", cat("\n", std::string(static_cast<size_t>(in) + 4, ' '))), "\n"));
    }
    if (state) {
      write_state(w, in + 2, "State", s.value("state", json::object()));
      if (!s.value("lastState", json::object()).empty()) write_state(w, in + 2, "Last State", s["lastState"]);
      w.line(in + 2, "Ready", s.value("ready", false) ? "True" : "False");
      w.line(in + 2, "Restart Count", std::to_string(s.value("restartCount", 0)));
    }
    json resources = c.value("resources", json::object());
    for (auto [field, label] : {std::pair<const char*, const char*>{"limits", "Limits"}, {"requests", "Requests"}}) {
      if (!resources.contains(field)) continue;
      w.raw(cat(std::string(static_cast<size_t>(in) + 2, ' '), label, ":\n"));
      for (const auto& [k, v] : resources[field].items()) w.line(in + 4, k, plain_value(v));
    }
    for (auto [field, label] : {std::pair<const char*, const char*>{"livenessProbe", "Liveness"}, {"readinessProbe", "Readiness"}, {"startupProbe", "Startup"}})
      if (c.contains(field)) w.line(in + 2, label, probe_text(c[field]));
    std::vector<std::string> sources;
    for (const json& f : c.value("envFrom", json::array())) {
      bool map = f.contains("configMapRef");
      const json& ref = map ? f["configMapRef"] : f.value("secretRef", json::object());
      sources.push_back(cat(ref.value("name", ""), map ? "  ConfigMap  Optional: " : "  Secret  Optional: ", ref.value("optional", false)));
    }
    if (!sources.empty()) {
      w.raw(cat(std::string(static_cast<size_t>(in) + 2, ' '), "Environment Variables from:\n"));
      for (const std::string& line : sources) w.raw(cat(std::string(static_cast<size_t>(in) + 4, ' '), line, "\n"));
    }
    json env = c.value("env", json::array());
    if (env.empty()) {
      w.line(in + 2, "Environment", "<none>");
    } else {
      w.raw(cat(std::string(static_cast<size_t>(in) + 2, ' '), "Environment:\n"));
      for (const json& e : env) w.line(in + 4, e.value("name", ""), env_text(e));
    }
    json mounts = c.value("volumeMounts", json::array());
    std::stable_sort(mounts.begin(), mounts.end(),
                     [](const json& a, const json& b) { return a.value("mountPath", "") < b.value("mountPath", ""); });
    if (mounts.empty()) {
      w.line(in + 2, "Mounts", "<none>");
    } else {
      w.raw(cat(std::string(static_cast<size_t>(in) + 2, ' '), "Mounts:\n"));
      for (const json& m : mounts)
        w.raw(cat(std::string(static_cast<size_t>(in) + 4, ' '), m.value("mountPath", ""), " from ", m.value("name", ""), " (", m.value("readOnly", false) ? "ro" : "rw",
                  m.contains("subPath") ? cat(",path=", orrery::quoted(m.value("subPath", ""))) : std::string(), ")\n"));
    }
  }
}

namespace {

void write_projection(Writer& w, int in, const json& sources) {
  for (const json& source : sources) {
    if (source.contains("secret")) {
      w.line(in, "SecretName", source["secret"].value("name", ""));
      w.line(in, "Optional", source["secret"].value("optional", false) ? "true" : "false");
    }
    if (source.contains("serviceAccountToken"))
      w.line(in, "TokenExpirationSeconds", cat(source["serviceAccountToken"].value("expirationSeconds", 3600)));
    if (source.contains("configMap")) {
      w.line(in, "ConfigMapName", source["configMap"].value("name", ""));
      w.line(in, "Optional", source["configMap"].value("optional", false) ? "true" : "false");
    }
    if (source.contains("downwardAPI")) w.line(in, "DownwardAPI", "true");
  }
}

}  // namespace

void write_volumes(Writer& w, int indent, const json& volumes) {
  std::string pad(static_cast<size_t>(indent), ' ');
  if (volumes.empty()) {
    w.line(indent, "Volumes", "<none>");
    return;
  }
  w.raw(pad + "Volumes:\n");
  for (const json& v : volumes) {
    w.raw(cat(indent ? "   " : "  ", v.value("name", ""), ":\n"));
    int in = 4;
    if (v.contains("emptyDir")) {
      w.line(in, "Type", "EmptyDir (a temporary directory that shares a pod's lifetime)");
      w.line(in, "Medium", v["emptyDir"].value("medium", ""));
      w.line(in, "SizeLimit", v["emptyDir"].contains("sizeLimit") ? plain_value(v["emptyDir"]["sizeLimit"]) : "<unset>");
    } else if (v.contains("configMap")) {
      w.line(in, "Type", "ConfigMap (a volume populated by a ConfigMap)");
      w.line(in, "Name", v["configMap"].value("name", ""));
      w.line(in, "Optional", v["configMap"].value("optional", false) ? "true" : "false");
    } else if (v.contains("secret")) {
      w.line(in, "Type", "Secret (a volume populated by a Secret)");
      w.line(in, "SecretName", v["secret"].value("secretName", ""));
      w.line(in, "Optional", v["secret"].value("optional", false) ? "true" : "false");
    } else if (v.contains("hostPath")) {
      w.line(in, "Type", "HostPath (bare host directory volume)");
      w.line(in, "Path", v["hostPath"].value("path", ""));
      w.line(in, "HostPathType", v["hostPath"].value("type", ""));
    } else if (v.contains("persistentVolumeClaim")) {
      w.line(in, "Type", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)");
      w.line(in, "ClaimName", v["persistentVolumeClaim"].value("claimName", ""));
      w.line(in, "ReadOnly", v["persistentVolumeClaim"].value("readOnly", false) ? "true" : "false");
    } else if (v.contains("projected")) {
      w.line(in, "Type", "Projected (a volume that contains injected data from multiple sources)");
      write_projection(w, in, v["projected"].value("sources", json::array()));
    } else if (v.contains("downwardAPI")) {
      w.line(in, "Type", "DownwardAPI (a volume populated by information about the pod)");
    }
  }
}

void write_selectors(Writer& w, int indent, const json& spec) {
  w.map(indent, "Node-Selectors", spec.value("nodeSelector", json::object()), "=");
  std::vector<std::string> tolerations;
  for (const json& t : spec.value("tolerations", json::array())) {
    std::string text = t.value("key", "");
    if (!t.value("value", "").empty()) text += "=" + t.value("value", "");
    if (!t.value("effect", "").empty()) text += ":" + t.value("effect", "");
    if (t.value("operator", "") == "Exists") text += " op=Exists";
    if (t.contains("tolerationSeconds")) text += cat(" for ", t["tolerationSeconds"].get<int64_t>(), "s");
    tolerations.push_back(text);
  }
  w.list(indent, "Tolerations", tolerations);
}

void describe_pod(Writer& w, const json& pod, WallTime) {
  const json& meta = pod["metadata"];
  const json& spec = pod["spec"];
  json status = pod.value("status", json::object());
  w.line(0, "Name", meta.value("name", ""));
  w.line(0, "Namespace", meta.value("namespace", ""));
  w.line(0, "Priority", std::to_string(spec.value("priority", 0)));
  if (!spec.value("priorityClassName", "").empty()) w.line(0, "Priority Class Name", spec.value("priorityClassName", ""));
  w.line(0, "Service Account", spec.value("serviceAccountName", ""));
  std::string node = spec.value("nodeName", "");
  w.line(0, "Node", node.empty() ? "<none>" : cat(node, "/", status.value("hostIP", "")));
  if (status.contains("startTime")) w.line(0, "Start Time", time_1123(status.value("startTime", "")));
  w.map(0, "Labels", meta.value("labels", json::object()), "=");
  w.map(0, "Annotations", shown_annotations(pod), ": ");
  if (meta.contains("deletionTimestamp"))
    w.line(0, "Status", cat("Terminating"));
  else
    w.line(0, "Status", status.value("phase", ""));
  if (!status.value("reason", "").empty()) w.line(0, "Reason", status.value("reason", ""));
  if (!status.value("message", "").empty()) w.line(0, "Message", status.value("message", ""));
  w.line(0, "IP", status.value("podIP", ""));
  json ips = status.value("podIPs", json::array());
  if (ips.empty()) {
    w.line(0, "IPs", "<none>");
  } else {
    w.raw("IPs:\n");
    for (const json& ip : ips) w.line(2, "IP", ip.value("ip", ""));
  }
  for (const json& owner : meta.value("ownerReferences", json::array()))
    if (owner.value("controller", false)) w.line(0, "Controlled By", cat(owner.value("kind", ""), "/", owner.value("name", "")));
  write_containers(w, 0, "Init Containers", spec.value("initContainers", json::array()), status.value("initContainerStatuses", json::array()), true);
  write_containers(w, 0, "Containers", spec["containers"], status.value("containerStatuses", json::array()), true);
  json conditions = status.value("conditions", json::array());
  if (!conditions.empty()) {
    w.raw("Conditions:\n");
    std::vector<std::vector<std::string>> rows{{"Type", "Status"}};
    for (const json& c : conditions) rows.push_back({c.value("type", ""), c.value("status", "")});
    for (auto& row : rows) row[1] += " ";
    w.table(2, rows);
  }
  write_volumes(w, 0, spec.value("volumes", json::array()));
  w.line(0, "QoS Class", status.value("qosClass", ""));
  write_selectors(w, 0, spec);
}

}  // namespace orrery::kubectl
