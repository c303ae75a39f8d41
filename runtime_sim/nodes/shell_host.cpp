#include "runtime_sim/nodes/shell_host.h"

#include <set>

#include "core/base/text.h"

namespace orrery::sim {

namespace {

// As the kubelet writes it (pkg/kubelet/kubelet_pods.go managedHostsFileContent). A host's own file, with its network: the
// names of this machine.
std::string hosts_of(const ports::SandboxSpec& pod, const Str& ip) {
  std::string text = "# Kubernetes-managed hosts file";
  text += pod.host_network ? " (host network).\n" : ".\n";
  text += "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\n"
          "fe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n";
  text += cat(ip, "\t", pod.domain.empty() ? std::string() : cat(pod.hostname, ".", pod.domain, "\t"), pod.hostname, "\n");
  if (pod.host_aliases.empty()) return text;
  text += "\n# Entries added by HostAliases.\n";
  for (const api::core_v1::HostAlias& alias : pod.host_aliases) {
    text += alias.ip;
    for (const Str& name : alias.hostnames) text += cat("\t", name);
    text += "\n";
  }
  return text;
}

}  // namespace

Str SimNode::from_hosts_file(const Container& c, const Str& name) const {
  auto sandbox = state_.sandboxes.find(c.spec.sandbox_id);
  if (name == "localhost" || name == "127.0.0.1") return c.ip;
  if (sandbox == state_.sandboxes.end()) return name;
  const ports::SandboxSpec& pod = sandbox->second.spec;
  for (const api::core_v1::HostAlias& alias : pod.host_aliases)
    if (alias.hostnames.contains(name)) return alias.ip;
  return name == pod.hostname ? c.ip : name;
}

void ContainerShellHost::write(uint8_t channel, std::string_view text) {
  auto process = node_.state_.processes.find(pid_);
  SimNode::Container* c = node_.find(id_);
  if (process == node_.state_.processes.end() || !c) return;
  SimNode::Process& p = process->second;
  if (p.sync) {
    if (p.output.size() + text.size() <= ports::kExecOutputMax) p.output += text;
  } else if (p.stream) {
    node_.send_stream(*p.stream, channel, text);
  } else {
    node_.log(id_, *c, channel, text);
  }
}

Map<Str>& ContainerShellHost::files() {
  if (loaded_) return files_;
  loaded_ = true;
  SimNode::Container* c = node_.find(id_);
  if (!c) return files_;
  if (const Image* image = node_.image_of(*c)) files_ = image->files;
  files_.set("/etc/hostname", cat(hostname(), "\n"));
  auto sandbox = node_.state_.sandboxes.find(c->spec.sandbox_id);
  if (sandbox != node_.state_.sandboxes.end()) {
    std::string conf = "search";
    for (const Str& s : sandbox->second.spec.dns_searches) conf += " " + s.str();
    for (const Str& s : sandbox->second.spec.dns_servers) conf += "\nnameserver " + s.str();
    const List<Str>& options = sandbox->second.spec.dns_options;
    for (uint32_t i = 0; i < options.size(); ++i) conf += (i ? " " : "\noptions ") + options[i].str();
    files_.set("/etc/resolv.conf", conf + "\n");
    files_.set("/etc/hosts", hosts_of(sandbox->second.spec, c->ip));
    for (const api::core_v1::Sysctl& s : sandbox->second.spec.sysctls)
      files_.set(cat("/proc/sys/", replace_all(s.name.str(), ".", "/")), cat(s.value, "\n"));
  }
  const Str termination = c->spec.annotations.get(ports::kTerminationPath);
  if (!termination.empty()) files_.set(termination, "");
  for (const auto& [path, text] : c->files) files_.set(path, text);
  for (const ports::MountSpec& m : c->spec.mounts) {
    const Map<Str>* from = &m.files;
    auto volume = node_.state_.volumes.find(c->spec.pod.uid);
    Map<Str> live;
    if (m.type == ports::MountSpec::Type::Files && volume != node_.state_.volumes.end() && volume->second.count(m.volume)) {
      for (const ports::VolumeFile& f : volume->second.at(m.volume).files) live.set(f.path, f.content);  // live updates
      from = &live;
    } else if (!m.host_path.empty()) {
      from = &node_.state_.shared_files[m.host_path];
    }
    std::string base = m.container_path.str();
    while (!base.empty() && base.back() == '/') base.pop_back();
    if (from->empty()) files_.set(base + "/", "");  // an empty directory shows
    for (const auto& [path, text] : *from) {
      if (m.sub_path.empty())
        files_.set(base + "/" + path.str(), text);
      else if (path == m.sub_path)
        files_.set(base, text);
      else if (starts_with(path, cat(m.sub_path, "/")))
        files_.set(base + path.str().substr(m.sub_path.size()), text);
    }
  }
  before_ = files_;
  return files_;
}

bool ContainerShellHost::writable(std::string_view path) {
  SimNode::Container* c = node_.find(id_);
  if (!c) return false;
  for (const ports::MountSpec& m : c->spec.mounts)
    if (m.read_only && (path == m.container_path || starts_with(path, cat(m.container_path, "/")))) return false;
  if (path == c->spec.annotations.get(ports::kTerminationPath)) return true;  // a file of the kubelet's, mounted
  bool read_only_root = c->spec.security && c->spec.security->readOnlyRootFilesystem.value_or(false);
  if (!read_only_root) return true;
  for (const ports::MountSpec& m : c->spec.mounts)
    if (starts_with(path, cat(m.container_path, "/"))) return true;
  return false;
}

// Keeps what the step wrote: in the mount it belongs to, or in the container's own layer.
void ContainerShellHost::commit() {
  SimNode::Container* c = node_.find(id_);
  if (!loaded_ || !c || files_.same_block(before_)) return;
  auto place = [&](const Str& path, Map<Str>*& where) {
    for (const ports::MountSpec& m : c->spec.mounts) {
      if (m.host_path.empty() || !starts_with(path, cat(m.container_path, "/"))) continue;
      where = &node_.state_.shared_files[m.host_path];
      std::string rest = path.str().substr(m.container_path.size() + 1);
      return Str(m.sub_path.empty() ? rest : cat(m.sub_path, "/", rest));
    }
    where = &c->files;
    return path;
  };
  for (const auto& [path, text] : files_) {
    const Str* old = before_.find(path);
    if (old && *old == text) continue;
    Map<Str>* where = nullptr;
    Str name = place(path, where);
    if (!name.empty()) where->set(name, text);
  }
  for (const auto& [path, text] : before_) {
    if (files_.contains(path)) continue;
    Map<Str>* where = nullptr;
    Str name = place(path, where);
    where->erase(name);
  }
}

Str ContainerShellHost::hostname() {
  SimNode::Container* c = node_.find(id_);
  auto sandbox = c ? node_.state_.sandboxes.find(c->spec.sandbox_id) : node_.state_.sandboxes.end();
  return sandbox == node_.state_.sandboxes.end() ? Str("localhost") : sandbox->second.spec.hostname;
}

// Own PID namespace: the main process is 1. With a shared one the pod's pause process is 1 and all are seen.
std::vector<std::pair<int, std::string>> ContainerShellHost::processes() {
  std::vector<std::pair<int, std::string>> out;
  SimNode::Container* self = node_.find(id_);
  if (!self) return out;
  int next = 1;
  if (self->spec.share_pid) out.push_back({next++, "/pause"});
  for (auto& [pid, p] : node_.state_.processes) {
    SimNode::Container* c = node_.find(p.container_id);
    bool seen = p.container_id == id_ || (self->spec.share_pid && c && c->spec.pod.uid == self->spec.pod.uid);
    if (seen) out.push_back({next++, p.command.str()});
  }
  return out;
}

bool ContainerShellHost::kill(int pid, int signal) {
  SimNode::Container* self = node_.find(id_);
  if (!self) return false;
  int next = self->spec.share_pid ? 2 : 1;
  for (auto& [number, p] : node_.state_.processes) {
    SimNode::Container* c = node_.find(p.container_id);
    bool seen = p.container_id == id_ || (self->spec.share_pid && c && c->spec.pod.uid == self->spec.pod.uid);
    if (!seen) continue;
    if (next++ != pid) continue;
    if (number == c->main_pid) {
      bool init = !self->spec.share_pid;  // PID 1 gets only the signals that it handles
      const Image* image = node_.image_of(*c);
      bool handles = image && !p.is_shell && !image->program.ignores_term && signal == 15;
      if (init && !handles) return true;
      node_.queue_.post(node_.id_, SimNode::kTermExit, number);
    } else {
      node_.queue_.post(node_.id_, SimNode::kExecTimeout, number);
    }
    return true;
  }
  return false;
}

void ContainerShellHost::listen(int32_t port, std::string body) {
  SimNode::Container* c = node_.find(id_);
  if (!c) return;
  c->served[port] = std::move(body);
  node_.network_.listen(c->ip, port, node_.name_, id_, c->spec.pod.uid);
}

List<Str> ContainerShellHost::lookup(const std::string& name, Str* full) {
  SimNode::Container* c = node_.find(id_);
  return node_.network_.resolve(name, c ? c->spec.pod.ns : Str("default"), full);
}

bool ContainerShellHost::dns_answers() {
  SimNode::Container* c = node_.find(id_);
  return node_.network_.dns_answers(c ? c->ip : Str(), node_.name_);
}

List<Str> ContainerShellHost::aliases(const std::string& name) {
  SimNode::Container* c = node_.find(id_);
  return node_.network_.aliases(name, c ? c->spec.pod.ns : Str("default"));
}

// The container's settings go before the pod's. Source: pkg/securitycontext/util.go DetermineEffectiveSecurityContext.
ShellUser ContainerShellHost::user() {
  ShellUser user;
  SimNode::Container* c = node_.find(id_);
  if (!c) return user;
  std::set<int64_t> groups;
  if (const auto* pod = c->spec.pod_security.get()) {
    user.uid = pod->runAsUser.value_or(0);
    user.gid = pod->runAsGroup.value_or(0);
    groups.insert(pod->supplementalGroups.begin(), pod->supplementalGroups.end());
    if (pod->fsGroup) groups.insert(*pod->fsGroup);
  }
  if (const auto* own = c->spec.security.get()) {
    user.uid = own->runAsUser.value_or(user.uid);
    user.gid = own->runAsGroup.value_or(user.gid);
  }
  groups.erase(user.gid);
  for (int64_t g : groups) user.groups.push_back(g);
  return user;
}

int32_t ContainerShellHost::mode(std::string_view path) {
  constexpr int32_t kPlain = 0644;
  SimNode::Container* c = node_.find(id_);
  auto volumes = c ? node_.state_.volumes.find(c->spec.pod.uid) : node_.state_.volumes.end();
  if (volumes == node_.state_.volumes.end()) return kPlain;
  for (const ports::MountSpec& m : c->spec.mounts) {
    auto volume = volumes->second.find(m.volume);
    if (m.type != ports::MountSpec::Type::Files || volume == volumes->second.end()) continue;
    for (const ports::VolumeFile& f : volume->second.files)
      if (path == (f.path == m.sub_path ? m.container_path.str() : cat(m.container_path, "/", f.path)))
        return volume->second.fs_group >= 0 ? f.mode | 0040 : f.mode;
  }
  return kPlain;
}

Str ContainerShellHost::pod_ip() {
  SimNode::Container* c = node_.find(id_);
  return c ? c->ip : Str();
}

}  // namespace orrery::sim
