#include "runtime_native/docker/container_config.h"

#include <algorithm>

#include "core/base/text.h"

namespace orrery::docker {

namespace v1 = api::core_v1;

namespace {

constexpr int64_t kMemoryMinBytes = 6 << 20;  // the Engine refuses less
constexpr int64_t kCpuPeriodMicros = 100'000;
constexpr int64_t kCpuQuotaMinMicros = 1'000;
constexpr int64_t kCpuSharesMin = 2;
constexpr int kSandboxOomScoreAdj = -998;  // pkg/kubelet/qos/policy.go PodInfraOOMAdj

Json log_config() { return {{"Type", "json-file"}, {"Config", {{"max-size", "10m"}, {"max-file", "3"}}}}; }

Json strings(const List<Str>& list) {
  Json out = Json::array();
  for (const Str& s : list) out.push_back(s.str());
  return out;
}

Json base_labels(const Owner& owner, const ports::PodRef& pod, const Map<Str>& pod_labels, std::string_view kind,
                 uint32_t attempt) {
  Json labels = Json::object();
  for (const auto& e : pod_labels)
    labels[e.key.str()] = e.value.str();  // so that `docker ps --filter label=app=web` works
  labels[std::string(kLabelCluster)] = owner.cluster.str();
  labels[std::string(kLabelNode)] = owner.node.str();
  labels[std::string(kLabelKind)] = std::string(kind);
  labels[std::string(kLabelPodUid)] = pod.uid.str();
  labels[std::string(kLabelPodName)] = pod.name.str();
  labels[std::string(kLabelPodNamespace)] = pod.ns.str();
  labels[std::string(kLabelAttempt)] = std::to_string(attempt);
  return labels;
}

int64_t shares_of(int64_t cpu_milli) { return std::max(kCpuSharesMin, cpu_milli * 1024 / 1000); }

void set_limits(Json& host, int64_t memory_bytes, int64_t cpu_milli) {
  if (memory_bytes > 0) {
    host["Memory"] = std::max(memory_bytes, kMemoryMinBytes);
    host["MemorySwap"] = host["Memory"];  // equal: no swap
  }
  if (cpu_milli > 0) {
    // Not NanoCpus: the Engine refuses more of those than the machine has, Kubernetes doesn't.
    host["CpuPeriod"] = kCpuPeriodMicros;
    host["CpuQuota"] = std::max(kCpuQuotaMinMicros, cpu_milli * kCpuPeriodMicros / 1000);
  }
}

// "USER[:GROUP]", the container's own before the pod's; "" for the image's.
std::string user_of(const v1::SecurityContext* own, const v1::PodSecurityContext* pod) {
  auto first = [](const std::optional<int64_t>& a, const std::optional<int64_t>& b) {
    return a ? std::to_string(*a) : b ? std::to_string(*b) : std::string();
  };
  const std::optional<int64_t> none;
  std::string user = first(own ? own->runAsUser : none, pod ? pod->runAsUser : none);
  std::string group = first(own ? own->runAsGroup : none, pod ? pod->runAsGroup : none);
  if (group.empty()) return user;
  return cat(user.empty() ? "0" : user, ":", group);
}

void set_security(Json& body, const ports::ContainerSpec& spec) {
  const v1::SecurityContext* own = spec.security.get();
  const v1::PodSecurityContext* pod = spec.pod_security.get();
  Json& host = body["HostConfig"];
  std::string user = user_of(own, pod);
  if (!user.empty()) body["User"] = user;
  if (pod) {
    Json groups = Json::array();
    for (int64_t group : pod->supplementalGroups) groups.push_back(std::to_string(group));
    if (pod->fsGroup) groups.push_back(std::to_string(*pod->fsGroup));
    if (!groups.empty()) host["GroupAdd"] = groups;
  }
  Json options = Json::array();
  const v1::SeccompProfile* seccomp = own && own->seccompProfile ? own->seccompProfile.get()
                                      : pod                      ? pod->seccompProfile.get()
                                                                 : nullptr;
  if (seccomp && seccomp->type == "Unconfined") options.push_back("seccomp=unconfined");
  if (own) {
    if (own->capabilities) {
      if (!own->capabilities->add.empty()) host["CapAdd"] = strings(own->capabilities->add);
      if (!own->capabilities->drop.empty()) host["CapDrop"] = strings(own->capabilities->drop);
    }
    if (own->privileged.value_or(false)) host["Privileged"] = true;
    if (own->readOnlyRootFilesystem.value_or(false)) host["ReadonlyRootfs"] = true;
    if (!own->allowPrivilegeEscalation.value_or(true)) options.push_back("no-new-privileges");
    if (own->procMount && *own->procMount == "Unmasked") host["MaskedPaths"] = host["ReadonlyPaths"] = Json::array();
  }
  if (!options.empty()) host["SecurityOpt"] = options;
}

bool escapes(std::string_view sub_path) {
  if (starts_with(sub_path, "/")) return true;
  for (const std::string& piece : split(sub_path, '/'))
    if (piece == "..") return true;
  return false;
}

Result<Json> mount_json(const ports::MountSpec& m) {
  Json out = {{"Target", starts_with(m.container_path, "/") ? m.container_path.str() : "/" + m.container_path.str()},
              {"ReadOnly", m.read_only}};
  switch (m.type) {
    case ports::MountSpec::Type::Bind: {
      if (escapes(m.sub_path))
        return make_error(Reason::BadRequest,
                          cat("subPath ", quoted(m.sub_path), " must be a relative path without '..'"));
      std::string source = m.host_path.str();
      if (!m.sub_path.empty()) source += "/" + m.sub_path.str();
      out["Type"] = "bind";
      out["Source"] = source;
      return out;
    }
    case ports::MountSpec::Type::Tmpfs:
      out["Type"] = "tmpfs";
      out["TmpfsOptions"] = {{"Mode", 01777}};
      if (m.tmpfs_bytes > 0) out["TmpfsOptions"]["SizeBytes"] = m.tmpfs_bytes;
      return out;
    case ports::MountSpec::Type::Files:
      break;
  }
  return make_error(Reason::BadRequest, cat("the volume ", quoted(m.volume), " has no path on this machine"));
}

std::string filters(Json json) { return percent_encode(dump_json(json)); }

Json owner_labels(const Owner& owner) {
  return Json::array({cat(kLabelCluster, "=", owner.cluster), cat(kLabelNode, "=", owner.node)});
}

}  // namespace

std::string sandbox_name(const ports::SandboxSpec& s) {
  return cat("k8s_POD_", s.pod.name, "_", s.pod.ns, "_", s.pod.uid, "_", s.attempt);
}
std::string container_name(const ports::ContainerSpec& s) {
  return cat("k8s_", s.name, "_", s.pod.name, "_", s.pod.ns, "_", s.pod.uid, "_", s.attempt);
}

Json sandbox_config(const ports::SandboxSpec& spec, const Owner& owner, std::string_view pause_image,
                    int oom_score_adj_min) {
  Json host = {{"NetworkMode", spec.host_network ? "host" : "bridge"},
               {"IpcMode", spec.host_ipc ? "host" : "shareable"},
               {"LogConfig", {{"Type", "none"}}},
               {"CpuShares", std::max(kCpuSharesMin, spec.cpu_shares)},
               {"OomScoreAdj", std::max(kSandboxOomScoreAdj, oom_score_adj_min)},
               {"SecurityOpt", Json::array({"no-new-privileges"})},
               {"CapDrop", Json::array({"ALL"})},
               {"ReadonlyRootfs", true}};
  Json body = {{"Image", std::string(pause_image)},
               {"Labels", base_labels(owner, spec.pod, spec.labels, "sandbox", spec.attempt)}};
  if (spec.host_pid) host["PidMode"] = "host";
  if (!spec.host_network) {
    body["Hostname"] = spec.hostname.str();
    if (!spec.domain.empty()) body["Domainname"] = spec.domain.str();
    for (const ports::PortMapping& p : spec.ports) {
      if (p.host_port == 0) continue;
      std::string port = cat(p.container_port, "/", to_lower(p.protocol.empty() ? "tcp" : p.protocol.view()));
      body["ExposedPorts"][port] = Json::object();
      host["PortBindings"][port].push_back({{"HostIp", p.host_ip.str()}, {"HostPort", std::to_string(p.host_port)}});
    }
  }
  if (!spec.dns_servers.empty()) host["Dns"] = strings(spec.dns_servers);
  if (!spec.dns_searches.empty()) host["DnsSearch"] = strings(spec.dns_searches);
  if (!spec.dns_options.empty()) host["DnsOptions"] = strings(spec.dns_options);
  for (const v1::HostAlias& alias : spec.host_aliases)
    for (const Str& name : alias.hostnames) host["ExtraHosts"].push_back(cat(name, ":", alias.ip));
  for (const v1::Sysctl& s : spec.sysctls) host["Sysctls"][s.name.str()] = s.value.str();
  body["HostConfig"] = std::move(host);
  return body;
}

Result<Json> container_config(const ports::ContainerSpec& spec, const Owner& owner, const Joined& joined,
                              int oom_score_adj_min) {
  Json host = {{"NetworkMode", joined.network},
               {"IpcMode", joined.ipc},
               {"LogConfig", log_config()},
               {"CpuShares", shares_of(spec.cpu_request_milli)},
               {"OomScoreAdj", std::max(spec.oom_score_adj, oom_score_adj_min)}};
  if (!joined.pid.empty()) host["PidMode"] = joined.pid;
  set_limits(host, spec.memory_limit_bytes, spec.cpu_limit_milli);
  for (const ports::MountSpec& m : spec.mounts) {
    auto mount = mount_json(m);
    if (!mount) return mount.error();
    host["Mounts"].push_back(std::move(*mount));
  }

  Json labels = base_labels(owner, spec.pod, spec.labels, "container", spec.attempt);
  labels[std::string(kLabelContainer)] = spec.name.str();
  labels[std::string(kLabelSandbox)] = spec.sandbox_id.str();
  labels[std::string(kLabelSpecHash)] = spec.spec_hash.str();
  Json body = {{"Image", spec.image.str()}, {"Labels", std::move(labels)},  {"HostConfig", std::move(host)},
               {"Tty", spec.tty},           {"OpenStdin", spec.stdin_open}, {"StdinOnce", spec.stdin_once}};
  if (!spec.command.empty()) body["Entrypoint"] = strings(spec.command);
  if (!spec.args.empty()) body["Cmd"] = strings(spec.args);
  if (!spec.working_dir.empty()) body["WorkingDir"] = spec.working_dir.str();
  if (!spec.stop_signal.empty()) body["StopSignal"] = spec.stop_signal.str();
  for (const ports::EnvPair& e : spec.env) body["Env"].push_back(cat(e.name, "=", e.value));
  set_security(body, spec);
  return body;
}

Json update_config(int64_t memory_bytes, int64_t cpu_milli) {
  Json body = Json::object();
  set_limits(body, memory_bytes, cpu_milli);
  return body;
}

std::string owner_filter(const Owner& owner, std::string_view pod_uid) {
  Json labels = owner_labels(owner);
  if (!pod_uid.empty()) labels.push_back(cat(kLabelPodUid, "=", pod_uid));
  return filters({{"label", std::move(labels)}});
}

std::string event_filter(const Owner& owner) {
  return filters(
      {{"type", {"container"}}, {"label", owner_labels(owner)}, {"event", {"start", "die", "oom", "destroy"}}});
}

}  // namespace orrery::docker
