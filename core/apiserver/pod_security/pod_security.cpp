#include "core/apiserver/pod_security/pod_security.h"

#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;
using Names = std::vector<std::string>;

// Init, ephemeral and regular containers, in the order in which the standard's checks visit them.
std::vector<const Container*> containers_of(const PodSpec& spec) {
  std::vector<const Container*> out;
  for (const Container& c : spec.initContainers) out.push_back(&c);
  for (const Container& c : spec.containers) out.push_back(&c);
  return out;
}

std::string quoted_list(const Names& names) {
  Names out;
  for (const std::string& n : names) out.push_back(orrery::quoted(n));
  return join(out, ", ");
}
// `container "a"`, `containers "a", "b"`
std::string named(const char* what, const Names& names) {
  return cat(what, names.size() == 1 ? " " : "s ", quoted_list(names));
}

template <class F>
Names which(const PodSpec& spec, F&& bad) {
  Names out;
  for (const Container* c : containers_of(spec))
    if (bad(*c)) out.push_back(c->name.str());
  return out;
}

void add_once(Names& list, const std::string& value) {
  for (const std::string& have : list)
    if (have == value) return;
  list.push_back(value);
}

struct Check {
  std::string_view id;  // checks are told in this order
  SecurityLevel level;
  std::string (*find)(const PodSpec& spec, const Map<Str>& annotations);
};

std::string privilege_escalation(const PodSpec& spec, const Map<Str>&) {
  Names bad = which(spec, [](const Container& c) {
    return !c.securityContext || c.securityContext->allowPrivilegeEscalation.value_or(true);
  });
  if (bad.empty()) return {};
  return cat("allowPrivilegeEscalation != false (", named("container", bad),
             " must set securityContext.allowPrivilegeEscalation=false)");
}

std::string app_armor(const PodSpec& spec, const Map<Str>& annotations) {
  Names bad;
  if (spec.securityContext && spec.securityContext->appArmorProfile &&
      spec.securityContext->appArmorProfile->type == "Unconfined")
    bad.push_back("pod must not set AppArmor profile type to \"Unconfined\"");
  Names containers = which(spec, [](const Container& c) {
    return c.securityContext && c.securityContext->appArmorProfile &&
           c.securityContext->appArmorProfile->type == "Unconfined";
  });
  if (!containers.empty())
    bad.push_back(cat(named("container", containers), " must not set AppArmor profile type to \"Unconfined\""));
  for (const auto& [key, value] : annotations)
    if (starts_with(key, "container.apparmor.security.beta.kubernetes.io/") && !value.empty() &&
        value != "runtime/default" && !starts_with(value, "localhost/"))
      bad.push_back(cat("annotation must not set AppArmor profile type to ", orrery::quoted(value)));
  return bad.empty() ? std::string()
                     : cat("forbidden AppArmor profile", bad.size() > 1 ? "s" : "", " (", join(bad, " and "), ")");
}

std::string capabilities_baseline(const PodSpec& spec, const Map<Str>&) {
  constexpr std::string_view kAllowed[] = {"AUDIT_WRITE", "CHOWN",  "DAC_OVERRIDE",     "FOWNER",  "FSETID",
                                           "KILL",        "MKNOD",  "NET_BIND_SERVICE", "SETFCAP", "SETGID",
                                           "SETPCAP",     "SETUID", "SYS_CHROOT"};
  Names extra;
  Names bad = which(spec, [&](const Container& c) {
    if (!c.securityContext || !c.securityContext->capabilities) return false;
    bool found = false;
    for (const Str& name : c.securityContext->capabilities->add) {
      bool allowed = false;
      for (std::string_view a : kAllowed) allowed |= name == a;
      if (!allowed) add_once(extra, name.str());
      found |= !allowed;
    }
    return found;
  });
  if (bad.empty()) return {};
  return cat("non-default capabilities (", named("container", bad), " must not include ", quoted_list(extra),
             " in securityContext.capabilities.add)");
}

std::string capabilities_restricted(const PodSpec& spec, const Map<Str>&) {
  Names extra;
  Names keep = which(spec, [](const Container& c) {
    return !c.securityContext || !c.securityContext->capabilities ||
           !c.securityContext->capabilities->drop.contains("ALL");
  });
  Names adds = which(spec, [&](const Container& c) {
    if (!c.securityContext || !c.securityContext->capabilities) return false;
    bool found = false;
    for (const Str& name : c.securityContext->capabilities->add)
      if (name != "NET_BIND_SERVICE") {
        add_once(extra, name.str());
        found = true;
      }
    return found;
  });
  Names bad;
  if (!keep.empty())
    bad.push_back(cat(named("container", keep), " must set securityContext.capabilities.drop=[\"ALL\"]"));
  if (!adds.empty())
    bad.push_back(cat(named("container", adds), " must not include ", quoted_list(extra),
                      " in securityContext.capabilities.add"));
  return bad.empty() ? std::string() : cat("unrestricted capabilities (", join(bad, "; "), ")");
}

std::string host_namespaces(const PodSpec& spec, const Map<Str>&) {
  Names bad;
  if (spec.hostNetwork) bad.push_back("hostNetwork=true");
  if (spec.hostPID) bad.push_back("hostPID=true");
  if (spec.hostIPC) bad.push_back("hostIPC=true");
  return bad.empty() ? std::string() : cat("host namespaces (", join(bad, ", "), ")");
}

std::string host_path(const PodSpec& spec, const Map<Str>&) {
  Names bad;
  for (const Volume& v : spec.volumes)
    if (v.hostPath) bad.push_back(v.name.str());
  return bad.empty() ? std::string() : cat("hostPath volumes (", named("volume", bad), ")");
}

std::string host_ports(const PodSpec& spec, const Map<Str>&) {
  Names ports;
  Names bad = which(spec, [&](const Container& c) {
    bool found = false;
    for (const ContainerPort& p : c.ports)
      if (p.hostPort != 0) {
        add_once(ports, cat(p.hostPort));
        found = true;
      }
    return found;
  });
  if (bad.empty()) return {};
  return cat("hostPort (", named("container", bad), bad.size() == 1 ? " uses " : " use ",
             ports.size() == 1 ? "hostPort " : "hostPorts ", join(ports, ", "), ")");
}

std::string privileged(const PodSpec& spec, const Map<Str>&) {
  Names bad = which(
      spec, [](const Container& c) { return c.securityContext && c.securityContext->privileged.value_or(false); });
  return bad.empty() ? std::string()
                     : cat("privileged (", named("container", bad), " must not set securityContext.privileged=true)");
}

std::string proc_mount(const PodSpec& spec, const Map<Str>&) {
  Names kinds;
  Names bad = which(spec, [&](const Container& c) {
    if (!c.securityContext || !c.securityContext->procMount || *c.securityContext->procMount == "Default") return false;
    add_once(kinds, c.securityContext->procMount->str());
    return true;
  });
  if (bad.empty()) return {};
  return cat("procMount (", named("container", bad), " must not set securityContext.procMount to ", quoted_list(kinds),
             ")");
}

std::string restricted_volumes(const PodSpec& spec, const Map<Str>&) {
  Names bad, types;
  for (const Volume& v : spec.volumes) {
    const char* type = v.hostPath               ? "hostPath"
                       : v.nfs                  ? "nfs"
                       : v.iscsi                ? "iscsi"
                       : v.rbd                  ? "rbd"
                       : v.cephfs               ? "cephfs"
                       : v.glusterfs            ? "glusterfs"
                       : v.fc                   ? "fc"
                       : v.flexVolume           ? "flexVolume"
                       : v.awsElasticBlockStore ? "awsElasticBlockStore"
                       : v.gcePersistentDisk    ? "gcePersistentDisk"
                       : v.azureDisk            ? "azureDisk"
                       : v.azureFile            ? "azureFile"
                       : v.cinder               ? "cinder"
                       : v.gitRepo              ? "gitRepo"
                                                : nullptr;
    if (!type) continue;
    bad.push_back(v.name.str());
    add_once(types, type);
  }
  if (bad.empty()) return {};
  return cat("restricted volume types (", named("volume", bad), bad.size() == 1 ? " uses " : " use ",
             types.size() == 1 ? "restricted volume type " : "restricted volume types ", quoted_list(types), ")");
}

std::string run_as_non_root(const PodSpec& spec, const Map<Str>&) {
  bool pod_set = spec.securityContext && spec.securityContext->runAsNonRoot;
  bool pod_good = pod_set && *spec.securityContext->runAsNonRoot;
  Names explicit_bad = which(spec, [](const Container& c) {
    return c.securityContext && c.securityContext->runAsNonRoot && !*c.securityContext->runAsNonRoot;
  });
  Names implicit_bad = which(
      spec, [&](const Container& c) { return !pod_good && !(c.securityContext && c.securityContext->runAsNonRoot); });
  if (!explicit_bad.empty())
    return cat("runAsNonRoot != true (", pod_set && !pod_good ? "pod and " : "", named("container", explicit_bad),
               " must not set securityContext.runAsNonRoot=false)");
  if (implicit_bad.empty()) return {};
  if (pod_set) return "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)";
  return cat("runAsNonRoot != true (pod or ", named("container", implicit_bad),
             " must set securityContext.runAsNonRoot=true)");
}

std::string run_as_user(const PodSpec& spec, const Map<Str>&) {
  Names bad;
  if (spec.securityContext && spec.securityContext->runAsUser.value_or(1) == 0) bad.push_back("pod");
  Names containers = which(
      spec, [](const Container& c) { return c.securityContext && c.securityContext->runAsUser.value_or(1) == 0; });
  if (!containers.empty()) bad.push_back(named("container", containers));
  return bad.empty() ? std::string() : cat("runAsUser=0 (", join(bad, " and "), " must not set runAsUser=0)");
}

std::string seccomp(const PodSpec& spec, bool restricted) {
  auto good = [&](const auto& context) {
    return context && context->seccompProfile &&
           (context->seccompProfile->type == "RuntimeDefault" || context->seccompProfile->type == "Localhost");
  };
  auto unconfined = [](const auto& context) {
    return context && context->seccompProfile && context->seccompProfile->type == "Unconfined";
  };
  Names bad;
  bool pod_bad = unconfined(spec.securityContext);
  Names containers = which(spec, [&](const Container& c) { return unconfined(c.securityContext); });
  if (pod_bad) bad.push_back("pod");
  if (!containers.empty()) bad.push_back(named("container", containers));
  if (!bad.empty())
    return cat("seccompProfile (", join(bad, " and "),
               " must not set securityContext.seccompProfile.type to \"Unconfined\")");
  if (!restricted || good(spec.securityContext)) return {};
  Names silent = which(spec, [&](const Container& c) { return !good(c.securityContext); });
  if (silent.empty()) return {};
  return cat("seccompProfile (pod or ", named("container", silent),
             " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")");
}
std::string seccomp_baseline(const PodSpec& spec, const Map<Str>&) { return seccomp(spec, false); }
std::string seccomp_restricted(const PodSpec& spec, const Map<Str>&) { return seccomp(spec, true); }

std::string selinux(const PodSpec& spec, const Map<Str>&) {
  Names who, faults;
  auto look = [&](const auto& context) {
    if (!context || !context->seLinuxOptions) return false;
    const SELinuxOptions& o = *context->seLinuxOptions;
    bool type = !o.type.empty() && o.type != "container_t" && o.type != "container_init_t" &&
                o.type != "container_kvm_t" && o.type != "container_engine_t";
    if (type) add_once(faults, cat("type ", orrery::quoted(o.type)));
    if (!o.user.empty()) add_once(faults, "user may not be set");
    if (!o.role.empty()) add_once(faults, "role may not be set");
    return type || !o.user.empty() || !o.role.empty();
  };
  if (look(spec.securityContext)) who.push_back("pod");
  Names containers = which(spec, [&](const Container& c) { return look(c.securityContext); });
  if (!containers.empty()) who.push_back(named("container", containers));
  if (who.empty()) return {};
  return cat("seLinuxOptions (", join(who, " and "),
             " set forbidden securityContext.seLinuxOptions: ", join(faults, "; "), ")");
}

std::string sysctls(const PodSpec& spec, const Map<Str>&) {
  constexpr std::string_view kSafe[] = {"kernel.shm_rmid_forced",
                                        "net.ipv4.ip_local_port_range",
                                        "net.ipv4.tcp_syncookies",
                                        "net.ipv4.ping_group_range",
                                        "net.ipv4.ip_unprivileged_port_start",
                                        "net.ipv4.ip_local_reserved_ports",
                                        "net.ipv4.tcp_keepalive_time",
                                        "net.ipv4.tcp_fin_timeout",
                                        "net.ipv4.tcp_keepalive_intvl",
                                        "net.ipv4.tcp_keepalive_probes",
                                        "net.ipv4.tcp_rmem",
                                        "net.ipv4.tcp_wmem"};
  Names bad;
  if (spec.securityContext)
    for (const Sysctl& s : spec.securityContext->sysctls) {
      bool safe = false;
      for (std::string_view name : kSafe) safe |= s.name == name;
      if (!safe) bad.push_back(s.name.str());
    }
  return bad.empty() ? std::string() : cat("forbidden sysctls (", join(bad, ", "), ")");
}

std::string host_process(const PodSpec& spec, const Map<Str>&) {
  auto on = [](const auto& context) {
    return context && context->windowsOptions && context->windowsOptions->hostProcess.value_or(false);
  };
  Names bad;
  if (on(spec.securityContext)) bad.push_back("pod");
  Names containers = which(spec, [&](const Container& c) { return on(c.securityContext); });
  if (!containers.empty()) bad.push_back(named("container", containers));
  return bad.empty() ? std::string()
                     : cat("hostProcess (", join(bad, " and "),
                           " must not set securityContext.windowsOptions.hostProcess=true)");
}

constexpr SecurityLevel kBaseline = SecurityLevel::Baseline, kRestricted = SecurityLevel::Restricted;
constexpr Check kChecks[] = {
    {"allowPrivilegeEscalation", kRestricted, privilege_escalation},
    {"appArmorProfile", kBaseline, app_armor},
    {"capabilities_baseline", kBaseline, capabilities_baseline},
    {"capabilities_restricted", kRestricted, capabilities_restricted},
    {"hostNamespaces", kBaseline, host_namespaces},
    {"hostPathVolumes", kBaseline, host_path},
    {"hostPorts", kBaseline, host_ports},
    {"privileged", kBaseline, privileged},
    {"procMount", kBaseline, proc_mount},
    {"restrictedVolumes", kRestricted, restricted_volumes},
    {"runAsNonRoot", kRestricted, run_as_non_root},
    {"runAsUser", kRestricted, run_as_user},
    {"seLinuxOptions", kBaseline, selinux},
    {"seccompProfile_baseline", kBaseline, seccomp_baseline},
    {"seccompProfile_restricted", kRestricted, seccomp_restricted},
    {"sysctls", kBaseline, sysctls},
    {"windowsHostProcess", kBaseline, host_process},
};

// A restricted check that says more takes the place of the baseline one.
bool is_replaced(const Check& check, SecurityLevel level) {
  return level == kRestricted && (check.id == "capabilities_baseline" || check.id == "seccompProfile_baseline" ||
                                  check.id == "hostPathVolumes");
}

}  // namespace

bool parse_security_level(std::string_view text, SecurityLevel& out) {
  for (SecurityLevel level : {SecurityLevel::Privileged, SecurityLevel::Baseline, SecurityLevel::Restricted})
    if (text == security_level_text(level)) {
      out = level;
      return true;
    }
  return false;
}

std::string_view security_level_text(SecurityLevel level) {
  return level == SecurityLevel::Restricted ? "restricted"
         : level == SecurityLevel::Baseline ? "baseline"
                                            : "privileged";
}

std::string security_violations(const PodSpec& spec, const Map<Str>& annotations, SecurityLevel level) {
  if (level == SecurityLevel::Privileged) return {};
  Names found;
  for (const Check& check : kChecks) {
    if (check.level == kRestricted && level != kRestricted) continue;
    if (is_replaced(check, level)) continue;
    std::string fault = check.find(spec, annotations);
    if (!fault.empty()) found.push_back(std::move(fault));
  }
  return join(found, ", ");
}

}  // namespace orrery::apiserver
