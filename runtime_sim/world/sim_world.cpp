#include "runtime_sim/world/sim_world.h"

#include "core/base/text.h"
#include "runtime_sim/world/site.h"

namespace orrery::sim {

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
    if (starts_with(path, prefix) && path.find('/', prefix.size()) == std::string::npos)
      out.push_back(path.substr(prefix.size()));
  return out;
}

SimWorld::SimWorld(WorldOptions options, const Rng& rng)
    : options_(std::move(options)),
      clock_(loop_, options_.epoch),
      registry_(options_.images),
      rng_(rng),
      trace_(options_.trace_max),
      network_(loop_, &trace_, options_.net, rng_.child("network")),
      journal_(loop_),
      disk_(loop_, journal_, rng_.child("disk"), {.latency = options_.etcd_sync}),
      dns_server_(network_) {}

SimWorld::SimWorld(WorldOptions options) : SimWorld(options, Rng(options.seed)) {
  wire();
  auto started = control_->start();
  ORRERY_CHECK(started.ok(), "a journal in memory loads");
  dns_->start();
  policies_->start();
  make_kubectl();
  List<NodeSpec> nodes = options_.nodes;
  if (nodes.empty())
    for (uint32_t i = 0; i < options_.node_count; ++i) {
      NodeSpec spec;
      spec.name = cat("node-", i + 1);
      nodes.push_back(spec);
    }
  for (const NodeSpec& spec : nodes) ORRERY_CHECK(add_node(spec).ok(), "a new world's nodes have different names");
}

// What a world is made of from its beginning.
void SimWorld::wire() {
  cluster::ControlPlaneOptions control;
  control.api.tokens = &tokens_;
  control.api.advertise_address = kApiAddress;
  control.api.advertise_port = kApiPort;
  network_.set_api_up(true);
  control.api.certificates = &certificates_;
  control.controllers.certificates = &certificates_;
  control.outside = &outside_;
  control.controllers.root_ca = "The parts of this cluster live in one process: there are no certificates to check.\n";
  control_ = std::make_unique<cluster::ControlPlane>(cluster::ControlPlanePorts{loop_, disk_, clock_, &trace_, this},
                                                     rng_, control);
  link("kubectl", control_->api());
  dns_ = std::make_unique<network::ClusterDns>(loop_, link("dns", control_->api()), dns_server_, &trace_);
  policies_ = std::make_unique<network::PolicyAgent>(loop_, link("network-policy", control_->api()),
                                                     network::cluster_dns_end(kDnsAddress));
  network_.set_filter(policies_.get());
}

void SimWorld::make_kubectl() {
  kubectl::Options user;
  user.identity.user = "kubernetes-admin";
  user.identity.groups = {"system:masters", "system:authenticated"};
  kubectl_ = std::make_unique<kubectl::Kubectl>(loop_, user_link(), clock_, files_, user);
}

SimWorld::~SimWorld() {
  for (auto& [name, site] : machines_) control_->nodes().disconnect(name);
}

ports::ApiHandler& SimWorld::link(std::string_view component, ports::ApiHandler& api) {
  auto& slot = links_[std::string(component)];
  if (!slot) slot = std::make_unique<SimLink>(loop_, api, options_.link, rng_.child(cat("link/", component)));
  return *slot;
}

Result<void> SimWorld::add_node(const NodeSpec& spec) {
  if (machines_.count(spec.name))
    return make_error(Reason::AlreadyExists, cat("node ", orrery::quoted(spec.name), " already exists"));
  Machine& machine = make_machine(spec, next_node_++).machine;
  control_->nodes().connect(spec.name, machine.kubelet.server());
  machine.start();
  return {};
}

SimWorld::Site& SimWorld::make_machine(const NodeSpec& spec, uint32_t index) {
  auto& api = static_cast<SimLink&>(link(cat("kubelet/", spec.name), control_->api()));
  MachinePorts ports{loop_, api, clock_, network_, &trace_, &registry_};
  std::unique_ptr<Site> site(
      new Site{api, spec, index, Machine(ports, spec, index, rng_.child(cat("node/", spec.name)), options_.timings)});
  return *(machines_[spec.name] = std::move(site));
}

Result<void> SimWorld::remove_node(const Str& name) {
  auto it = machines_.find(name);
  if (it == machines_.end()) return make_error(Reason::NotFound, cat("node ", orrery::quoted(name), " not found"));
  control_->nodes().disconnect(name);
  it->second->machine.node.power(false);
  it->second->machine.crash();
  machines_.erase(it);
  for (const char* what : {"node/", "kubelet/", "kube-proxy/"}) stopped_.erase(cat(what, name));
  if (SimLink* link = link_of(cat("kubelet/", name), kApiServer)) cut_.erase(link);
  refresh_links();
  return {};
}

SimNode* SimWorld::node(const Str& name) {
  auto it = machines_.find(name);
  return it == machines_.end() ? nullptr : &it->second->machine.node;
}

kubelet::Kubelet* SimWorld::kubelet(const Str& name) {
  auto it = machines_.find(name);
  return it == machines_.end() ? nullptr : &it->second->machine.kubelet;
}

std::vector<Str> SimWorld::node_names() const {
  std::vector<Str> out;
  for (const auto& [name, site] : machines_) out.push_back(name);
  return out;
}

Str SimWorld::part_of(const Str& part, std::string_view prefix) const {
  return starts_with(part, prefix) ? Str(part.view().substr(prefix.size())) : Str();
}

bool SimWorld::part_running(const Str& part) const { return stopped_.count(part) == 0; }

Result<void> SimWorld::stop_part(const Str& part) {
  if (stopped_.count(part)) return {};
  Str node = part_of(part, "node/"), agent = part_of(part, "kubelet/"), proxy = part_of(part, "kube-proxy/");
  if (part == "etcd") {
    // The API server lives, but can neither read nor write: everyone's calls fail.
  } else if (part == "dns") {
    dns_->crash();
    network_.set_dns_down(true);
  } else if (!proxy.empty() && machines_.count(proxy)) {
    machines_[proxy]->machine.proxy.crash();  // the rules in the kernel stay as they were
  } else if (!node.empty() && machines_.count(node)) {
    machines_[node]->machine.crash();
    machines_[node]->machine.node.power(false);
    control_->nodes().disconnect(node);
  } else if (!agent.empty() && machines_.count(agent)) {
    machines_[agent]->machine.kubelet.crash();
    control_->nodes().disconnect(agent);
  } else if (!control_->stop_part(part)) {
    return make_error(Reason::NotFound, cat("there is no part ", orrery::quoted(part)));
  }
  if (part == kApiServer) network_.set_api_up(false);
  stopped_.insert(part);
  refresh_links();
  return {};
}

Result<void> SimWorld::start_part(const Str& part) {
  if (!stopped_.erase(part)) return {};
  Str node = part_of(part, "node/"), agent = part_of(part, "kubelet/"), proxy = part_of(part, "kube-proxy/");
  if (part == kApiServer) {
    control_->start_part(part);  // before anyone calls it
    network_.set_api_up(true);
  }
  refresh_links();
  if (part == "etcd" || part == kApiServer) return {};
  if (part == "dns") {
    network_.set_dns_down(false);
    dns_->start();
  } else if (!proxy.empty()) {
    if (machines_.count(proxy) && !stopped_.count(cat("node/", proxy))) machines_[proxy]->machine.proxy.start();
  } else if (!node.empty()) {
    if (!machines_.count(node)) return {};
    machines_[node]->machine.node.power(true);
    if (!stopped_.count(cat("kubelet/", node))) start_kubelet(node);
    if (!stopped_.count(cat("kube-proxy/", node))) machines_[node]->machine.proxy.start();
  } else if (!agent.empty()) {
    if (machines_.count(agent) && !stopped_.count(cat("node/", agent))) start_kubelet(agent);
  } else {
    control_->start_part(part);
  }
  return {};
}

void SimWorld::start_kubelet(const Str& node) {
  machines_[node]->machine.kubelet.start();
  control_->nodes().connect(node, machines_[node]->machine.kubelet.server());
}

// A machine that is off or behind a cut: calls time out. A server that is down on a machine that lives: they are refused.
// A server without its store answers that it has none.
void SimWorld::refresh_links() {
  for (auto& [name, l] : links_) {
    Str node = part_of(name, "kubelet/");
    bool silent = cut_.count(l.get()) || (!node.empty() && stopped_.count(cat("node/", node)));
    l->set_cut(silent                          ? SimLink::Cut::Silent
               : stopped_.count(kApiServer) ? SimLink::Cut::Refused
               : stopped_.count("etcd")      ? SimLink::Cut::NoStore
                                             : SimLink::Cut::None);
  }
}

// Null: neither is the API server, or the other has no link to it.
SimLink* SimWorld::link_of(const Str& a, const Str& b) {
  if (a != kApiServer && b != kApiServer) return nullptr;
  const Str& part = a == kApiServer ? b : a;
  auto it = links_.find(machines_.count(part) ? std::string(cat("kubelet/", part)) : part.str());
  return it == links_.end() ? nullptr : it->second.get();
}

Result<void> SimWorld::set_cut(const Str& a, const Str& b, bool on) {
  if (machines_.count(a) && machines_.count(b)) {
    network_.cut(a, b, on);
    return {};
  }
  SimLink* link = link_of(a, b);
  if (!link) return make_error(Reason::NotFound, cat("there is no link between ", orrery::quoted(a), " and ", orrery::quoted(b)));
  if (on)
    cut_.insert(link);
  else
    cut_.erase(link);
  // The API server's way to the node's kubelet (logs, exec) is the same wire.
  for (const Str& node : {a, b})
    if (machines_.count(node)) {
      set_reachable(node, !on);
      network_.cut(node, kApiServer, on);
    }
  refresh_links();
  return {};
}

void SimWorld::set_reachable(const Str& node, bool yes) {
  bool runs = !stopped_.count(cat("node/", node)) && !stopped_.count(cat("kubelet/", node));
  if (!yes)
    control_->nodes().disconnect(node);
  else if (runs)
    control_->nodes().connect(node, machines_[node]->machine.kubelet.server());
}

Result<void> SimWorld::set_loss(const Str& a, const Str& b, uint32_t percent) {
  if (machines_.count(a) && machines_.count(b)) {
    network_.set_loss(a, b, percent);
    return {};
  }
  SimLink* link = link_of(a, b);
  if (!link) return make_error(Reason::NotFound, cat("there is no link between ", orrery::quoted(a), " and ", orrery::quoted(b)));
  link->set_loss(percent);
  for (const Str& node : {a, b})
    if (machines_.count(node)) network_.set_loss(node, kApiServer, percent);  // what its pods send there takes the same wire
  return {};
}

Result<void> SimWorld::set_clock_skew(const Str& node, Duration fast_by) {
  auto it = machines_.find(node);
  if (it == machines_.end()) return make_error(Reason::NotFound, cat("node ", orrery::quoted(node), " not found"));
  it->second->machine.clock.skew = fast_by;
  return {};
}

uint64_t SimWorld::fingerprint() const {
  uint64_t hash = fnv1a(hex64(static_cast<uint64_t>(loop_.now().ns)), trace_.hash());
  for (const std::string& metric : outside_.texts()) hash = fnv1a(metric, hash);
  return hash;
}

}  // namespace orrery::sim
