// Whether a pod may run on this node, and may have what it asks for later. Part of Kubelet.
#include "core/base/text.h"
#include "core/kubelet/kubelet.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;

namespace {

// Those that affect nothing but the pod. Source: pkg/kubelet/sysctl/safe_sysctls.go.
constexpr std::string_view kSafeSysctls[] = {"kernel.shm_rmid_forced",           "net.ipv4.ip_local_port_range",
                                             "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
                                             "net.ipv4.ping_group_range",        "net.ipv4.tcp_fin_timeout",
                                             "net.ipv4.tcp_keepalive_intvl",     "net.ipv4.tcp_keepalive_probes",
                                             "net.ipv4.tcp_keepalive_time",      "net.ipv4.tcp_rmem",
                                             "net.ipv4.tcp_syncookies",          "net.ipv4.tcp_wmem"};

Str forbidden_sysctl(const v1::Pod& pod) {
  if (!pod.spec.securityContext) return {};
  for (const v1::Sysctl& s : pod.spec.securityContext->sysctls) {
    std::string name = replace_all(s.name.str(), "/", ".");
    bool safe = false;
    for (std::string_view known : kSafeSysctls) safe = safe || name == known;
    if (!safe) return s.name;
  }
  return {};
}

Quantity requested(const v1::Pod& pod, const char* name) {
  Quantity sum;
  for (const v1::Container& c : pod.spec.containers) sum += c.resources.requests.get(name);
  return sum;
}

// As messages count it: thousandths of a CPU, bytes.
int64_t counted(const char* name, const Quantity& q) { return name[0] == 'c' ? q.milli_value() : q.value(); }

}  // namespace

// Decides once whether the pod may run here. One that had ended before this kubelet started stays as it is told in the
// API: it is never started again.
void Kubelet::take(PodState& pod) {
  if (pod.admitted || pod.rejected || pod.over || pod.gone) return;
  pod.over = pod.pod->status.phase == "Succeeded" || pod.pod->status.phase == "Failed";
  if (!pod.over) admit(pod);
}

void Kubelet::refuse(PodState& pod, Str reason, std::string message) {
  pod.rejected = true;
  pod.reject_reason = std::move(reason);
  pod.reject_message = cat("Pod was rejected: ", message);
  event(pod, {}, true, pod.reject_reason.c_str(), std::move(message));
}

// What upstream's canAdmitPod checks again on the node: no pressure forbids the pod, and it fits beside those already
// admitted.
void Kubelet::admit(PodState& pod) {
  pod.admitted = true;
  if (pod.observed_valid && !pod.observed.containers.empty()) return;  // runs already: the kubelet was restarted
  if (Str bad = forbidden_sysctl(*pod.pod); !bad.empty())
    return refuse(pod, "SysctlForbidden", cat("forbidden sysctl: ", quoted(bad), " not allowlisted"));
  if (std::string pressed = refused_for(eviction_.under(), *pod.pod); !pressed.empty())
    return refuse(pod, "Evicted", std::move(pressed));
  for (const char* name : {"cpu", "memory"})
    if (std::string lacking = lack_of(pod, name); !lacking.empty())
      return refuse(pod, cat("OutOf", name), std::move(lacking));
}

// "" when the node has what the pod asks for beside all others.
std::string Kubelet::lack_of(const PodState& pod, const char* name) const {
  Quantity wanted = requested(*pod.pod, name), used;
  if (wanted.is_zero()) return {};
  for (const auto& [id, other] : pods_)
    if (&other != &pod && other.admitted && !other.rejected && !other.finished && !other.torn_down)
      used += requested(*other.pod, name);
  Quantity capacity = allocatable().get(name);
  if (used + wanted <= capacity) return {};
  return cat("Node didn't have enough resource: ", name, ", requested: ", counted(name, wanted),
             ", used: ", counted(name, used), ", capacity: ", counted(name, capacity));
}

// pkg/kubelet/allocation/allocation_manager.go canResizePod
bool Kubelet::may_resize(PodState& pod) {
  for (const char* name : {"memory", "cpu"}) {
    Quantity wanted = requested(*pod.pod, name), capacity = allocatable().get(name);
    if (wanted <= capacity) continue;
    pod.resize_reason = "Infeasible";
    pod.resize_message = cat("Node didn't have enough capacity: ", name, ", requested: ", counted(name, wanted),
                             ", capacity: ", counted(name, capacity));
    return false;
  }
  for (const char* name : {"cpu", "memory"}) {
    std::string lacking = lack_of(pod, name);
    if (lacking.empty()) continue;
    pod.resize_reason = "Deferred";
    pod.resize_message = lacking;
    return false;
  }
  pod.resize_reason = pod.resize_message = {};
  return true;
}

}  // namespace orrery::kubelet
