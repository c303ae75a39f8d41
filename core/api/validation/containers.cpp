#include <algorithm>

#include "core/api/json.h"
#include "core/api/validation/pod.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

using namespace core_v1;

void ports(Errors& e, const List<ContainerPort>& list, const Path& at) {
  std::vector<std::string_view> names;
  for (uint32_t i = 0; i < list.size(); ++i) {
    const ContainerPort& p = list[i];
    Path here = at.index(i);
    if (!p.name.empty()) {
      Problems bad = port_name(p.name);
      e.invalid_each(here / "name", p.name, bad);
      if (bad.empty()) {
        if (std::find(names.begin(), names.end(), p.name.view()) != names.end())
          e.duplicate(here / "name", Value::of(p.name.view()));
        names.push_back(p.name);
      }
    }
    if (p.containerPort == 0)
      e.required(here / "containerPort");
    else
      for (const std::string& bad : port_number(p.containerPort))
        e.invalid(here / "containerPort", Value::of(p.containerPort), bad);
    if (p.hostPort != 0)
      for (const std::string& bad : port_number(p.hostPort)) e.invalid(here / "hostPort", Value::of(p.hostPort), bad);
    e.one_of(here / "protocol", p.protocol, {"SCTP", "TCP", "UDP"});
  }
}

void field_ref(Errors& e, const ObjectFieldSelector& s, const Path& at) {
  if (s.apiVersion.empty()) return e.required(at / "apiVersion");
  if (s.fieldPath.empty()) return e.required(at / "fieldPath");
  std::string_view path = s.fieldPath;
  if (starts_with(path, "metadata.annotations['") || starts_with(path, "metadata.labels['")) return;
  constexpr std::string_view kKnown[] = {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
                                         "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP",
                                         "status.podIPs"};
  for (std::string_view known : kKnown)
    if (known == path) return;
  if (path == "metadata.annotations" || path == "metadata.labels" || path == "spec.restartPolicy" ||
      path == "spec.schedulerName" || path == "status.phase" || path == "spec.hostNetwork")
    return e.not_supported(at / "fieldPath", path,
                           {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
                            "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP",
                            "status.podIPs"});
  e.invalid(at / "fieldPath", path, cat("error converting fieldPath: field label not supported: ", path));
}

void resource_ref(Errors& e, const ResourceFieldSelector& s, const Path& at) {
  if (s.resource.empty()) return e.required(at / "resource");
  e.one_of(at / "resource", s.resource,
           {"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage",
            "requests.memory"});
}

template <class Selector>
void key_ref(Errors& e, const Selector& s, const Path& at) {
  if (s.key.empty())
    e.required(at / "key");
  else
    e.invalid_each(at / "key", s.key, config_key(s.key));
}

void env(Errors& e, const List<EnvVar>& list, const Path& at) {
  for (uint32_t i = 0; i < list.size(); ++i) {
    const EnvVar& v = list[i];
    Path here = at.index(i);
    if (v.name.empty())
      e.required(here / "name");
    else
      e.invalid_each(here / "name", v.name, env_name(v.name));
    if (!v.valueFrom) continue;
    const EnvVarSource& from = *v.valueFrom;
    Path source = here / "valueFrom";
    int kinds = 0;
    if (from.fieldRef) ++kinds, field_ref(e, *from.fieldRef, source / "fieldRef");
    if (from.resourceFieldRef) ++kinds, resource_ref(e, *from.resourceFieldRef, source / "resourceFieldRef");
    if (from.configMapKeyRef) ++kinds, key_ref(e, *from.configMapKeyRef, source / "configMapKeyRef");
    if (from.secretKeyRef) ++kinds, key_ref(e, *from.secretKeyRef, source / "secretKeyRef");
    if (from.fileKeyRef) ++kinds;
    if (kinds == 0)
      e.invalid(source, "",
                "must specify one of: `configMapKeyRef`, `fieldRef`, `fileKeyRef`, `resourceFieldRef` or "
                "`secretKeyRef`");
    else if (!v.value.empty())
      e.invalid(source, "", "may not be specified when `value` is not empty");
    else if (kinds > 1)
      e.invalid(source, "", "may not have more than one field specified at a time");
  }
}

void env_from(Errors& e, const List<EnvFromSource>& list, const Path& at) {
  for (uint32_t i = 0; i < list.size(); ++i) {
    const EnvFromSource& s = list[i];
    Path here = at.index(i);
    if (!s.prefix.empty()) e.invalid_each(here / "prefix", s.prefix, env_name(s.prefix));
    if (s.configMapRef && s.configMapRef->name.empty()) e.required(here / "configMapRef" / "name");
    if (s.secretRef && s.secretRef->name.empty()) e.required(here / "secretRef" / "name");
    if (!s.configMapRef && !s.secretRef)
      e.invalid(here, "", "must specify one of: `configMapRef` or `secretRef`");
    else if (s.configMapRef && s.secretRef)
      e.invalid(here, "", "may not have more than one field specified at a time");
  }
}

void mounts(Errors& e, const List<VolumeMount>& list, const VolumeNames& volumes, const Path& at) {
  std::vector<std::string_view> paths;
  for (uint32_t i = 0; i < list.size(); ++i) {
    const VolumeMount& m = list[i];
    Path here = at.index(i);
    if (m.name.empty()) e.required(here / "name");
    if (std::find(volumes.begin(), volumes.end(), m.name.view()) == volumes.end())
      e.not_found(here / "name", m.name);
    if (m.mountPath.empty()) e.required(here / "mountPath");
    if (std::find(paths.begin(), paths.end(), m.mountPath.view()) != paths.end())
      e.invalid(here / "mountPath", m.mountPath.view(), "must be unique");
    paths.push_back(m.mountPath);
    if (!m.subPath.empty()) {
      if (starts_with(m.subPath, "/")) e.invalid(here / "subPath", m.subPath.view(), "must be a relative path");
      for (const std::string& part : split(m.subPath, '/'))
        if (part == "..") e.invalid(here / "subPath", m.subPath.view(), "must not contain '..'");
    }
    if (!m.subPathExpr.empty() && !m.subPath.empty())
      e.invalid(here / "subPathExpr", m.subPathExpr.view(), "subPathExpr and subPath are mutually exclusive");
    if (m.mountPropagation)
      e.one_of(here / "mountPropagation", *m.mountPropagation, {"Bidirectional", "HostToContainer", "None"});
  }
}

template <class Handler>
void handler(Errors& e, const Handler& h, bool more, const Path& at) {
  int kinds = more;
  auto one = [&](bool present, std::string_view name) {
    if (present && ++kinds > 1) e.forbidden(at / name, "may not specify more than 1 handler type");
    return present && kinds == 1;
  };
  if (one(static_cast<bool>(h.exec), "exec") && h.exec->command.empty()) e.required(at / "exec" / "command");
  if (one(static_cast<bool>(h.httpGet), "httpGet")) {
    Path http = at / "httpGet";
    if (h.httpGet->path.empty()) e.required(http / "path");
    check_port_or_name(e, h.httpGet->port, http / "port");
    e.one_of(http / "scheme", h.httpGet->scheme, {"HTTP", "HTTPS"});
    for (const HTTPHeader& header : h.httpGet->httpHeaders)
      for (char c : header.name.view())
        if (!((c >= '0' && c <= '9') || (c | 0x20) == '-' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))) {
          e.invalid(http / "httpHeaders", header.name.view(),
                    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex "
                    "used for validation is '[-A-Za-z0-9]+')");
          break;
        }
  }
  if (one(static_cast<bool>(h.tcpSocket), "tcpSocket")) check_port_or_name(e, h.tcpSocket->port, at / "tcpSocket" / "port");
  if (kinds == 0) e.required(at, "must specify a handler type");
}

void probe(Errors& e, const Box<Probe>& p, bool once, const Path& at) {
  if (!p) return;
  handler(e, *p, static_cast<bool>(p->grpc), at);
  if (p->grpc)
    for (const std::string& bad : port_number(p->grpc->port))
      e.invalid(at / "grpc" / "port", Value::of(p->grpc->port), bad);
  e.nonnegative(at / "initialDelaySeconds", p->initialDelaySeconds);
  e.nonnegative(at / "timeoutSeconds", p->timeoutSeconds);
  e.nonnegative(at / "periodSeconds", p->periodSeconds);
  e.nonnegative(at / "successThreshold", p->successThreshold);
  e.nonnegative(at / "failureThreshold", p->failureThreshold);
  if (p->terminationGracePeriodSeconds && *p->terminationGracePeriodSeconds <= 0)
    e.invalid(at / "terminationGracePeriodSeconds", Value::of(*p->terminationGracePeriodSeconds),
              "must be greater than 0");
  if (once && p->successThreshold != 1) e.invalid(at / "successThreshold", Value::of(p->successThreshold), "must be 1");
}

void lifecycle(Errors& e, const Box<Lifecycle>& l, const Path& at) {
  if (!l) return;
  auto hook = [&](const Box<LifecycleHandler>& h, std::string_view name) {
    if (!h) return;
    handler(e, *h, static_cast<bool>(h->sleep), at / name);
    if (h->sleep && h->sleep->seconds < 0)
      e.invalid(at / name / "sleep", Value::of(h->sleep->seconds), "must be non-negative");
  };
  hook(l->postStart, "postStart");
  hook(l->preStop, "preStop");
}

// Common to containers, init containers and ephemeral ones.
template <class C>
void common(Errors& e, const C& c, const VolumeNames& volumes, const Path& at) {
  if (c.name.empty())
    e.required(at / "name");
  else
    e.invalid_each(at / "name", c.name, dns1123_label(c.name));
  if (c.image.empty())
    e.required(at / "image");
  else if (trim(c.image).size() != c.image.size())
    e.invalid(at / "image", c.image.view(), "must not have leading or trailing whitespace");
  e.one_of(at / "terminationMessagePolicy", c.terminationMessagePolicy, {"FallbackToLogsOnError", "File"});
  ports(e, c.ports, at / "ports");
  env(e, c.env, at / "env");
  env_from(e, c.envFrom, at / "envFrom");
  mounts(e, c.volumeMounts, volumes, at / "volumeMounts");
  e.one_of(at / "imagePullPolicy", c.imagePullPolicy, {"Always", "IfNotPresent", "Never"});
  check_resources(e, c.resources, at / "resources");
  if (c.securityContext) check_security_context(e, *c.securityContext, at / "securityContext");
}

bool taken(std::vector<std::string_view>& names, const Str& name) {
  bool found = std::find(names.begin(), names.end(), name.view()) != names.end();
  names.push_back(name);
  return found;
}

void host_port_conflicts(Errors& e, const List<Container>& list, const Path& at) {
  std::vector<std::string> seen;
  for (uint32_t i = 0; i < list.size(); ++i)
    for (uint32_t k = 0; k < list[i].ports.size(); ++k) {
      const ContainerPort& p = list[i].ports[k];
      if (p.hostPort == 0) continue;
      std::string key = cat(p.protocol, "/", p.hostIP, "/", p.hostPort);
      if (std::find(seen.begin(), seen.end(), key) != seen.end())
        e.duplicate((at.index(i) / "ports").index(k) / "hostPort", Value::of(key));
      seen.push_back(key);
    }
}

}  // namespace

void check_port_or_name(Errors& e, const api::IntOrString& port, const Path& at) {
  if (port.is_string)
    e.invalid_each(at, port.text, port_name(port.text));
  else
    for (const std::string& bad : port_number(port.number)) e.invalid(at, Value::of(port.number), bad);
}

void check_containers(Errors& e, const PodSpec& spec, const VolumeNames& volumes, const Path& at) {
  std::vector<std::string_view> names;
  Path main = at / "containers", init = at / "initContainers", debug = at / "ephemeralContainers";
  if (spec.containers.empty()) e.required(main);
  for (uint32_t i = 0; i < spec.containers.size(); ++i) {
    const Container& c = spec.containers[i];
    Path here = main.index(i);
    common(e, c, volumes, here);
    if (taken(names, c.name)) e.duplicate(here / "name", Value::of(c.name.view()));
    lifecycle(e, c.lifecycle, here / "lifecycle");
    probe(e, c.livenessProbe, true, here / "livenessProbe");
    probe(e, c.readinessProbe, false, here / "readinessProbe");
    probe(e, c.startupProbe, true, here / "startupProbe");
  }
  host_port_conflicts(e, spec.containers, main);
  for (uint32_t i = 0; i < spec.initContainers.size(); ++i) {
    const Container& c = spec.initContainers[i];
    Path here = init.index(i);
    common(e, c, volumes, here);
    if (!c.name.empty() && taken(names, c.name)) e.duplicate(here / "name", Value::of(c.name.view()));
    bool restartable = c.restartPolicy && *c.restartPolicy == "Always";
    if (restartable) {
      lifecycle(e, c.lifecycle, here / "lifecycle");
      probe(e, c.livenessProbe, true, here / "livenessProbe");
      probe(e, c.readinessProbe, false, here / "readinessProbe");
      probe(e, c.startupProbe, true, here / "startupProbe");
      continue;
    }
    constexpr std::string_view kForbidden = "may not be set for init containers without restartPolicy=Always";
    if (c.lifecycle) e.forbidden(here / "lifecycle", kForbidden);
    if (c.livenessProbe) e.forbidden(here / "livenessProbe", kForbidden);
    if (c.readinessProbe) e.forbidden(here / "readinessProbe", kForbidden);
    if (c.startupProbe) e.forbidden(here / "startupProbe", kForbidden);
  }
  for (uint32_t i = 0; i < spec.ephemeralContainers.size(); ++i) {
    const EphemeralContainer& c = spec.ephemeralContainers[i];
    Path here = debug.index(i);
    common(e, c, volumes, here);
    if (!c.name.empty() && taken(names, c.name)) e.duplicate(here / "name", Value::of(c.name.view()));
    constexpr std::string_view kForbidden = "cannot be set for an Ephemeral Container";
    if (!c.ports.empty()) e.forbidden(here / "ports", kForbidden);
    if (c.livenessProbe) e.forbidden(here / "livenessProbe", kForbidden);
    if (c.readinessProbe) e.forbidden(here / "readinessProbe", kForbidden);
    if (c.startupProbe) e.forbidden(here / "startupProbe", kForbidden);
    if (c.lifecycle) e.forbidden(here / "lifecycle", kForbidden);
    if (!c.targetContainerName.empty() &&
        !spec.containers.find_if([&](const Container& x) { return x.name == c.targetContainerName; }) &&
        !spec.initContainers.find_if([&](const Container& x) { return x.name == c.targetContainerName; }))
      e.not_found(here / "targetContainerName", c.targetContainerName);
  }
}

}  // namespace orrery::api::validation
