#include "runtime_sim/world/sim_world.h"

#include "core/base/text.h"

namespace orrery::sim {

namespace v1 = api::core_v1;

bool MemoryFiles::read(std::string_view path, std::string& text) {
  if (starts_with(path, "./")) path.remove_prefix(2);
  auto it = files_.find(std::string(path));
  if (it == files_.end()) return false;
  text = it->second;
  return true;
}

bool MemoryFiles::write(std::string_view path, std::string_view text) {
  files_[std::string(path)] = text;
  return true;
}

std::vector<std::string> MemoryFiles::list(std::string_view folder) {
  std::vector<std::string> out;
  std::string prefix = folder == "." || folder.empty() ? "" : cat(folder, ends_with(folder, "/") ? "" : "/");
  if (files_.count(std::string(folder))) return out;
  for (const auto& [path, text] : files_)
    if (starts_with(path, prefix) && path.find('/', prefix.size()) == std::string::npos) out.push_back(path.substr(prefix.size()));
  return out;
}

namespace {

kubelet::KubeletOptions kubelet_options(const NodeSpec& spec, const Str& address) {
  kubelet::KubeletOptions o;
  o.node.name = spec.name;
  o.node.ip = address;
  o.node.labels = spec.labels;
  o.node.taints = spec.taints;
  auto quantity = [](const Str& text, int64_t otherwise) {
    auto q = Quantity::parse(text);
    return q.ok() ? *q : Quantity::of(otherwise);
  };
  o.node.capacity.set("cpu", quantity(spec.cpu, 4));
  o.node.capacity.set("memory", quantity(spec.memory, int64_t{8} << 30));
  o.node.capacity.set("pods", Quantity::of(spec.pods));
  o.node.capacity.set("ephemeral-storage", quantity("100Gi", 0));
  o.node.allocatable = o.node.capacity;
  v1::NodeSystemInfo& info = o.node.info;
  info.operatingSystem = "linux";
  info.architecture = "amd64";
  info.osImage = "Orrery simulated machine";
  info.kernelVersion = "6.1.0-orrery";
  info.kubeletVersion = "v1.35.0";
  info.containerRuntimeVersion = "sim://1.0";
  info.machineID = hex64(fnv1a(spec.name));
  info.systemUUID = info.machineID;
  info.bootID = info.machineID;
  o.dns.cluster_domain = "cluster.local";
  o.dns.cluster_dns = {"10.96.0.10"};
  return o;
}

}  // namespace

struct SimWorld::Machine {
  Str name;
  SimLink& link;
  SimNode node;
  kubelet::Kubelet kubelet;
  network::KubeProxy proxy;

  Machine(SimWorld& world, const NodeSpec& spec, uint32_t index, SimLink& api)
      : name(spec.name), link(api),
        node(world.loop_, world.clock_, world.network_, &world.trace_, world.rng_.child(cat("node/", spec.name)), spec.name,
             index, world.options_.timings),
        kubelet({world.loop_, api, world.clock_, node, node, node, node, &world.trace_}, kubelet_options(spec, node.address())),
        proxy(world.loop_, api, node, &world.trace_, spec.name) {}
};

SimWorld::SimWorld(WorldOptions options)
    : options_(std::move(options)), clock_(loop_, options_.epoch), rng_(options_.seed), trace_(options_.trace_max),
      network_(loop_, &trace_, options_.net), journal_(loop_), dns_server_(network_) {
  cluster::ControlPlaneOptions control;
  control_ = std::make_unique<cluster::ControlPlane>(cluster::ControlPlanePorts{loop_, journal_, clock_, &trace_, this},
                                                     rng_, control);
  link("kubectl", control_->api());
  dns_ = std::make_unique<network::ClusterDns>(loop_, link("dns", control_->api()), dns_server_, &trace_);
  auto started = control_->start();
  ORRERY_CHECK(started.ok(), "a journal in memory loads");
  dns_->start();
  kubectl::Options user;
  user.identity.user = "kubernetes-admin";
  user.identity.groups = {"system:masters", "system:authenticated"};
  kubectl_ = std::make_unique<kubectl::Kubectl>(loop_, user_link(), clock_, files_, user);
  List<NodeSpec> nodes = options_.nodes;
  if (nodes.empty())
    for (uint32_t i = 0; i < options_.node_count; ++i) {
      NodeSpec spec;
      spec.name = cat("node-", i + 1);
      nodes.push_back(spec);
    }
  for (const NodeSpec& spec : nodes) ORRERY_CHECK(add_node(spec).ok(), "a new world's nodes have different names");
}

SimWorld::~SimWorld() {
  for (auto& [name, machine] : machines_) control_->nodes().disconnect(name);
}

ports::ApiHandler& SimWorld::link(std::string_view component, ports::ApiHandler& api) {
  auto& slot = links_[std::string(component)];
  if (!slot) slot = std::make_unique<SimLink>(loop_, api, options_.link);
  return *slot;
}

Result<void> SimWorld::add_node(const NodeSpec& spec) {
  if (machines_.count(spec.name)) return make_error(Reason::AlreadyExists, cat("node ", orrery::quoted(spec.name), " already exists"));
  auto& api = static_cast<SimLink&>(link(cat("kubelet/", spec.name), control_->api()));
  auto machine = std::make_unique<Machine>(*this, spec, next_node_++, api);
  control_->nodes().connect(spec.name, machine->kubelet.server());
  machine->kubelet.start();
  machine->proxy.start();
  machines_[spec.name] = std::move(machine);
  return {};
}

Result<void> SimWorld::remove_node(const Str& name) {
  auto it = machines_.find(name);
  if (it == machines_.end()) return make_error(Reason::NotFound, cat("node ", orrery::quoted(name), " not found"));
  control_->nodes().disconnect(name);
  it->second->node.power(false);
  it->second->kubelet.crash();
  it->second->proxy.crash();
  machines_.erase(it);
  return {};
}

SimNode* SimWorld::node(const Str& name) {
  auto it = machines_.find(name);
  return it == machines_.end() ? nullptr : &it->second->node;
}

kubelet::Kubelet* SimWorld::kubelet(const Str& name) {
  auto it = machines_.find(name);
  return it == machines_.end() ? nullptr : &it->second->kubelet;
}

std::vector<Str> SimWorld::node_names() const {
  std::vector<Str> out;
  for (const auto& [name, machine] : machines_) out.push_back(name);
  return out;
}

Str SimWorld::part_of(const Str& part, std::string_view prefix) const {
  return starts_with(part, prefix) ? Str(part.view().substr(prefix.size())) : Str();
}

bool SimWorld::part_running(const Str& part) const { return stopped_.count(part) == 0; }

Result<void> SimWorld::stop_part(const Str& part) {
  Str node = part_of(part, "node/"), agent = part_of(part, "kubelet/"), proxy = part_of(part, "kube-proxy/");
  if (part == "apiserver" || part == "etcd") {
    for (auto& [name, l] : links_) l->set_cut(true, true);
  } else if (part == "dns") {
    dns_->crash();
    network_.set_dns_down(true);
  } else if (!proxy.empty() && machines_.count(proxy)) {
    machines_[proxy]->proxy.crash();  // the rules in the kernel stay as they were
  } else if (!node.empty() && machines_.count(node)) {
    machines_[node]->kubelet.crash();
    machines_[node]->proxy.crash();
    machines_[node]->node.power(false);
    machines_[node]->link.set_cut(true);
    control_->nodes().disconnect(node);
  } else if (!agent.empty() && machines_.count(agent)) {
    machines_[agent]->kubelet.crash();
    control_->nodes().disconnect(agent);
  } else if (!control_->stop_part(part)) {
    return make_error(Reason::NotFound, cat("there is no part ", orrery::quoted(part)));
  }
  stopped_.insert(part);
  return {};
}

Result<void> SimWorld::start_part(const Str& part) {
  if (!stopped_.erase(part)) return {};
  Str node = part_of(part, "node/"), agent = part_of(part, "kubelet/"), proxy = part_of(part, "kube-proxy/");
  if (part == "apiserver" || part == "etcd") {
    if (stopped_.count("apiserver") || stopped_.count("etcd")) return {};  // both are needed
    for (auto& [name, l] : links_) l->set_cut(stopped_.count(cat("node/", name.substr(name.find('/') + 1))) > 0);
  } else if (part == "dns") {
    network_.set_dns_down(false);
    dns_->start();
  } else if (!proxy.empty() && machines_.count(proxy)) {
    machines_[proxy]->proxy.start();
  } else if (!node.empty() && machines_.count(node)) {
    bool api_down = stopped_.count("apiserver") || stopped_.count("etcd");
    machines_[node]->link.set_cut(api_down, true);
    machines_[node]->node.power(true);
    machines_[node]->kubelet.start();
    machines_[node]->proxy.start();
    control_->nodes().connect(node, machines_[node]->kubelet.server());
  } else if (!agent.empty() && machines_.count(agent)) {
    machines_[agent]->kubelet.start();
    control_->nodes().connect(agent, machines_[agent]->kubelet.server());
  } else {
    control_->start_part(part);
  }
  return {};
}

uint64_t SimWorld::fingerprint() const { return fnv1a(hex64(static_cast<uint64_t>(loop_.now().ns)), trace_.hash()); }

}  // namespace orrery::sim
