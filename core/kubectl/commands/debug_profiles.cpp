#include "core/kubectl/commands/debug_profiles.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace orrery::kubectl {

using nlohmann::json;

namespace {

// What a profile does, whatever is debugged; a copy is stripped by all of them but legacy, and shares its processes.
struct Profile {
  std::string_view name;
  bool clears_security = false;      // of the container
  std::vector<const char*> added;    // capabilities
  bool restricted = false;           // no root, no capabilities, no escalation, the runtime's seccomp profile
  bool privileged = false;
  bool host_namespaces = false;      // on a node
  bool host_files = false;           // on a node
};

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> all = {
      {"legacy", false, {}, false, false, true, true},
      {"general", false, {"SYS_PTRACE"}, false, false, true, true},
      {"baseline", true, {}, false, false, false, false},
      {"restricted", true, {}, true, false, false, false},
      {"netadmin", false, {"NET_ADMIN", "NET_RAW"}, false, false, true, false},
      {"sysadmin", false, {}, false, true, true, true},
  };
  return all;
}

const Profile* find_profile(std::string_view name) {
  for (const Profile& profile : profiles())
    if (profile.name == name) return &profile;
  return nullptr;
}

void strip_copy(const DebugKeeps& keeps, json& pod) {
  json& metadata = pod["metadata"];
  if (!keeps.labels) metadata.erase("labels");
  if (!keeps.annotations) metadata.erase("annotations");
  for (json& container : pod["spec"]["containers"]) {
    if (!keeps.liveness) container.erase("livenessProbe");
    if (!keeps.readiness) container.erase("readinessProbe");
    if (!keeps.startup) container.erase("startupProbe");
  }
  if (!keeps.init_containers) pod["spec"].erase("initContainers");
  if (!pod["spec"].contains("shareProcessNamespace")) pod["spec"]["shareProcessNamespace"] = true;
}

void reach_host(const Profile& profile, json& pod, json& container) {
  if (profile.host_files) {
    container["volumeMounts"].push_back(json{{"mountPath", "/host"}, {"name", "host-root"}});
    pod["spec"]["volumes"].push_back(json{{"name", "host-root"}, {"hostPath", {{"path", "/"}}}});
  }
  if (!profile.host_namespaces) return;
  for (const char* field : {"hostNetwork", "hostPID", "hostIPC"}) pod["spec"][field] = true;
}

}  // namespace

bool is_debug_profile(std::string_view profile) { return find_profile(profile) != nullptr; }

void apply_debug_profile(std::string_view name, DebugStyle style, const DebugKeeps& keeps, json& pod, json& container) {
  const Profile& profile = *find_profile(name);
  const bool on_node = style == DebugStyle::Node;
  if (profile.clears_security || (on_node && name == "general")) container.erase("securityContext");
  if (!on_node || name == "netadmin")
    for (const char* capability : profile.added) container["securityContext"]["capabilities"]["add"].push_back(capability);
  if (profile.privileged) container["securityContext"]["privileged"] = true;
  if (profile.restricted)
    container["securityContext"].update(json{{"runAsNonRoot", true}, {"capabilities", {{"drop", {"ALL"}}}}, {"allowPrivilegeEscalation", false},
                                             {"seccompProfile", {{"type", "RuntimeDefault"}}}});
  if (on_node) reach_host(profile, pod, container);
  if (style != DebugStyle::Copy) return;
  if (name == "legacy") pod["metadata"].erase("labels");
  else strip_copy(keeps, pod);
}

}  // namespace orrery::kubectl
