#include "runtime_sim/nodes/shell_host.h"

#include "core/base/text.h"

namespace orrery::sim {

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
    for (const Str& s : sandbox->second.spec.dns_options) conf += "\noptions " + s.str();
    files_.set("/etc/resolv.conf", conf + "\n");
    files_.set("/etc/hosts", cat("127.0.0.1\tlocalhost\n", c->ip, "\t", hostname(), "\n"));
  }
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

Str ContainerShellHost::pod_ip() {
  SimNode::Container* c = node_.find(id_);
  return c ? c->ip : Str();
}

}  // namespace orrery::sim
