#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/describe/pods.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

const json& status_of(const json& statuses, const json& container) {
  static const json none;
  for (const json& s : statuses)
    if (s.value("name", "") == container.value("name", "")) return s;
  return none;
}

void write_state(Writer& w, const char* title, const json& state) {
  if (state.contains("running")) {
    w.line(2, title, "Running");
    w.line(3, "Started", time_1123(text_at(state, "/running/startedAt")));
    return;
  }
  const bool ended = state.contains("terminated");
  w.line(2, title, ended ? "Terminated" : "Waiting");
  const json& why = value_at(state, ended ? "/terminated" : "/waiting");
  if (!text_at(why, "/reason").empty()) w.line(3, "Reason", text_at(why, "/reason"));
  if (!ended) return;
  if (!text_at(why, "/message").empty()) w.line(3, "Message", text_at(why, "/message"));
  w.line(3, "Exit Code", text_at(why, "/exitCode", "0"));
  if (why.value("signal", 0) > 0) w.line(3, "Signal", text_at(why, "/signal"));
  w.line(3, "Started", time_1123(text_at(why, "/startedAt")));
  w.line(3, "Finished", time_1123(text_at(why, "/finishedAt")));
}

void write_ports(Writer& w, const json& ports) {
  for (auto [field, label] : {std::pair<const char*, const char*>{"containerPort", "Port"}, {"hostPort", "Host Port"}}) {
    std::vector<std::string> words;
    for (const json& p : ports) {
      const std::string name = p.value("name", "");
      words.push_back(cat(p.value(field, 0), "/", p.value("protocol", "TCP"), name.empty() ? "" : cat(" (", name, ")")));
    }
    w.line(2, cat(label, words.size() > 1 ? "s" : ""), words.empty() ? "<none>" : join(words, ", "));
  }
}

// kubectl DescribeProbe
std::string probe_text(const json& p) {
  const std::string attrs =
      cat("delay=", p.value("initialDelaySeconds", 0), "s timeout=", p.value("timeoutSeconds", 1), "s period=", p.value("periodSeconds", 10),
          "s #success=", p.value("successThreshold", 1), " #failure=", p.value("failureThreshold", 3));
  if (p.contains("exec")) return cat("exec ", bracketed(value_at(p, "/exec/command")), " ", attrs);
  if (p.contains("httpGet"))
    return cat("http-get ", to_lower(text_at(p, "/httpGet/scheme", "HTTP")), "://", text_at(p, "/httpGet/host"), ":", text_at(p, "/httpGet/port"),
               text_at(p, "/httpGet/path"), " ", attrs);
  if (p.contains("tcpSocket")) return cat("tcp-socket ", text_at(p, "/tcpSocket/host"), ":", text_at(p, "/tcpSocket/port"), " ", attrs);
  if (p.contains("grpc")) return cat("grpc <pod>:", text_at(p, "/grpc/port"), " ", text_at(p, "/grpc/service"), " ", attrs);
  return "unknown " + attrs;
}

std::string resource_value(const json& container, const std::string& resource) {
  std::string value = text_at(container, cat("/resources/", replace_all(resource, ".", "/")).c_str(), "0");
  return value == "0" && starts_with(resource, "limits.") ? "node allocatable" : value;
}

void write_env(Writer& w, const json& container) {
  const json& env = value_at(container, "/env");
  w.put(2, env.empty() ? "Environment:\t<none>" : "Environment:");
  for (const json& e : env) {
    const std::string name = e.value("name", "");
    const json& from = value_at(e, "/valueFrom");
    const json& ref = from.is_object() && !from.empty() ? from.front() : from;
    const std::string key = text_at(ref, "/key"), source = text_at(ref, "/name");
    const bool optional = ref.is_object() && ref.value("optional", false);
    if (from.is_null()) {
      const std::vector<std::string> lines = split(e.value("value", ""), '\n');
      w.line(3, name, lines[0]);
      for (size_t i = 1; i < lines.size(); ++i) w.put(3, cat("\t", lines[i]));
    } else if (from.contains("fieldRef")) {
      w.line(3, name, cat(" (", text_at(ref, "/apiVersion", "v1"), ":", text_at(ref, "/fieldPath"), ")"));  // not what it is, as kubectl
    } else if (from.contains("resourceFieldRef")) {
      const std::string resource = text_at(ref, "/resource");
      w.line(3, name, cat(resource_value(container, resource), " (", resource, ")"));
    } else if (from.contains("secretKeyRef")) {
      w.line(3, name, cat("<set to the key '", key, "' in secret '", source, "'>\tOptional: ", optional));
    } else if (from.contains("configMapKeyRef")) {
      w.line(3, name, cat("<set to the key '", key, "' of config map '", source, "'>\tOptional: ", optional));
    }
  }
}

void write_env_from(Writer& w, const json& sources) {
  if (sources.empty()) return;
  w.put(2, "Environment Variables from:");
  for (const json& s : sources) {
    const bool map = s.contains("configMapRef");
    const json& ref = value_at(s, map ? "/configMapRef" : "/secretRef");
    const std::string prefix = s.value("prefix", "");
    w.row(3, {text_at(ref, "/name"), cat(map ? "ConfigMap" : "Secret", prefix.empty() ? "" : cat(" with prefix '", prefix, "'")),
              cat("Optional: ", text_at(ref, "/optional", "false"))});
  }
}

void write_mounts(Writer& w, json mounts) {
  w.put(2, mounts.empty() ? "Mounts:\t<none>" : "Mounts:");
  if (mounts.is_null()) return;
  std::stable_sort(mounts.begin(), mounts.end(), [](const json& a, const json& b) { return a.value("mountPath", "") < b.value("mountPath", ""); });
  for (const json& m : mounts) {
    const std::string sub = m.value("subPath", "");
    w.put(3, cat(m.value("mountPath", ""), " from ", m.value("name", ""), " (", m.value("readOnly", false) ? "ro" : "rw",
                 sub.empty() ? "" : cat(",path=", orrery::quoted(sub)), ")"));
  }
}

void write_words(Writer& w, const char* label, const json& words) {
  if (words.empty()) return;
  w.put(2, label);
  for (const json& word : words)
    for (const std::string& line : split(text_of(word), '\n')) w.put(3, line);
}

}  // namespace

void write_dated_conditions(Writer& w, const json& conditions, const char* seen, const char* path) {
  if (conditions.empty()) return;
  w.put(0, "Conditions:");
  w.row(1, {"Type", "Status", seen, "LastTransitionTime", "Reason", "Message"});
  w.row(1, {"----", "------", std::string(std::strlen(seen), '-'), "------------------", "------", "-------"});
  for (const json& c : conditions)
    w.row(1, {cat(text_at(c, "/type"), " "), cat(text_at(c, "/status"), " "), cat(time_1123(text_at(c, path)), " "),
              cat(time_1123(text_at(c, "/lastTransitionTime")), " "), cat(text_at(c, "/reason"), " "), text_at(c, "/message")});
}

void write_containers(Writer& w, Place place, std::string_view title, const json& containers, const json& statuses) {
  const bool in_template = place == Place::Template;
  w.put(in_template ? 1 : 0, cat(title, containers.empty() ? ": <none>" : ":"));
  for (const json& c : containers) {
    const json& status = status_of(statuses, c);
    const bool known = !status.is_null();
    w.put(1, cat(in_template ? " " : "", c.value("name", ""), ":"));
    if (known) w.line(2, "Container ID", text_at(status, "/containerID"));
    w.line(2, "Image", c.value("image", ""));
    if (known) w.line(2, "Image ID", text_at(status, "/imageID"));
    write_ports(w, value_at(c, "/ports"));
    write_words(w, "Command:", value_at(c, "/command"));
    write_words(w, "Args:", value_at(c, "/args"));
    if (known) {
      write_state(w, "State", value_at(status, "/state"));
      if (!value_at(status, "/lastState/terminated").is_null()) write_state(w, "Last State", status["lastState"]);
      w.line(2, "Ready", status.value("ready", false) ? "True" : "False");
      w.line(2, "Restart Count", text_at(status, "/restartCount", "0"));
    }
    for (auto [path, label] : {std::pair<const char*, const char*>{"/resources/limits", "Limits:"}, {"/resources/requests", "Requests:"}}) {
      const json& amounts = value_at(c, path);
      if (!amounts.empty()) w.put(2, label);
      for (const auto& [name, amount] : amounts.items()) w.line(3, name, text_of(amount));
    }
    for (auto [field, label] : {std::pair<const char*, const char*>{"livenessProbe", "Liveness"}, {"readinessProbe", "Readiness"}, {"startupProbe", "Startup"}})
      if (c.contains(field)) w.line(2, label, probe_text(c[field]));
    write_env_from(w, value_at(c, "/envFrom"));
    write_env(w, c);
    write_mounts(w, value_at(c, "/volumeMounts"));
  }
}

}  // namespace orrery::kubectl
