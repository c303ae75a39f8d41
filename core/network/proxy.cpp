#include "core/network/proxy.h"

#include <algorithm>

namespace orrery::network {

using api::ObjectPtr;
using api::core_v1::Service;
using api::discovery_v1::EndpointSlice;
using client::Key;

namespace {

ports::Identity identity(Str user) {
  ports::Identity id;
  id.user = std::move(user);
  id.groups = {"system:authenticated"};
  return id;
}

void by_service(const ObjectPtr& object, std::vector<Str>& values) {
  const auto* slice = object.as<EndpointSlice>();
  Str name = slice ? service_of(*slice) : Str();
  if (!name.empty()) values.push_back(cat(object.meta().namespace_, "/", name));
}

Str names(const std::set<Key>& changed) {
  if (changed.size() > 3) return cat(changed.size(), " services changed");
  std::string out;
  for (const Key& key : changed) out += (out.empty() ? "" : ", ") + key.str();
  return out + " changed";
}

}  // namespace

ServiceWatcher::ServiceWatcher(ports::TaskQueue& queue, ports::ApiHandler& api, Str user, Str source, Duration gather)
    : queue_(&queue),
      id_(queue.attach(*this)),
      client_(api, queue, identity(std::move(user)), std::move(source)),
      services_(client_, queue, api::kind<Service>()),
      slices_(client_, queue, api::kind<EndpointSlice>()),
      gather_(gather) {
  slices_.add_index(by_service);
  services_.add_handler(*this);
  slices_.add_handler(*this);
}

ServiceWatcher::~ServiceWatcher() { queue_->detach(id_); }

void ServiceWatcher::start() {
  if (state_.running) return;
  state_.running = true;
  services_.start();
  slices_.start();
}

void ServiceWatcher::stop() {
  uint64_t epoch = state_.epoch + 1;
  state_ = {};
  state_.epoch = epoch;
  services_.stop();
  slices_.stop();
  forget();
}

ServiceWatcher::WatchState ServiceWatcher::watch_state() const {
  WatchState out = state_;
  out.services = services_.state();
  out.slices = slices_.state();
  return out;
}

void ServiceWatcher::restore(WatchState state) {
  services_.restore(std::move(state.services));
  slices_.restore(std::move(state.slices));
  state.services = {};
  state.slices = {};
  state_ = std::move(state);
}

void KubeProxy::restore(Snapshot snapshot) {
  ServiceWatcher::restore(std::move(snapshot.watch));
  state_ = std::move(snapshot.own);
}

void ClusterDns::restore(Snapshot snapshot) {
  ServiceWatcher::restore(std::move(snapshot.watch));
  state_ = std::move(snapshot.own);
}

void ServiceWatcher::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                               const ObjectPtr& after) {
  if (&informer == &services_) {
    state_.dirty.insert(client::key_of(after ? after : before));
  } else {
    for (const ObjectPtr* object : {&before, &after})
      if (const auto* slice = object->as<EndpointSlice>())
        state_.dirty.insert({slice->metadata.namespace_, service_of(*slice)});
  }
  sync_again(gather_);
}

void ServiceWatcher::sync_again(Duration wait) {
  if (!state_.running || state_.posted) return;
  state_.posted = true;
  queue_->post_after(wait, id_, kSync, state_.epoch);
}

void ServiceWatcher::on_task(const ports::Task& task) {
  if (task.arg != state_.epoch || !state_.running) return;
  if (task.kind == kApplied) return applied(task);
  state_.posted = false;
  sync();
}

void ServiceWatcher::sync() {
  if (!services_.synced() || !slices_.synced()) return;
  for (const Key& key : state_.dirty) {
    std::vector<SlicePtr> slices;
    for (const ObjectPtr& slice : slices_.lookup(by_service, key.str())) slices.push_back(slice.get<EndpointSlice>());
    update(key, services_.find(key).get<Service>(), slices);
  }
  std::set<Key> changed = std::move(state_.dirty);
  state_.dirty.clear();
  publish(std::max(services_.revision(), slices_.revision()), changed);
}

KubeProxy::KubeProxy(ports::TaskQueue& queue, ports::ApiHandler& api, ports::PacketRules& rules,
                     ports::TraceSink* trace, Str node, Duration gather)
    : ServiceWatcher(queue, api, "system:kube-proxy", cat("kube-proxy/", node), gather),
      rules_(&rules),
      trace_(trace),
      node_(std::move(node)) {}

void KubeProxy::update(const Key& key, const ServicePtr& service, const std::vector<SlicePtr>& slices) {
  std::vector<ports::ServiceRule> rules;
  if (service) rules = rules_for(*service, slices, node_);
  if (rules.empty())
    state_.by_service.erase(key);
  else
    state_.by_service[key] = std::move(rules);
}

void KubeProxy::publish(uint64_t revision, const std::set<Key>& changed) {
  state_.table.revision = revision;
  state_.table.rules.clear();
  for (const auto& [key, rules] : state_.by_service)
    for (const ports::ServiceRule& rule : rules) state_.table.rules.push_back(rule);
  if (trace_ && !changed.empty()) {
    ports::TraceRecord r;
    r.at = queue_->now();
    r.from = cat("kube-proxy/", node_);
    r.to = r.from;
    r.verb = "apply rules";
    r.kind = "Service";
    r.revision = revision;
    r.why = names(changed);
    trace_->emit(std::move(r));
  }
  apply();
}

// One application at a time; what changes meanwhile goes with the next.
void KubeProxy::apply() {
  if (state_.applying) {
    state_.again = true;
    return;
  }
  state_.applying = true;
  rules_->apply(state_.table, to_me(epoch()));
}

void KubeProxy::applied(const ports::Task& task) {
  state_.applying = false;
  bool failed = !task.as<Result<void>>().ok();
  bool again = std::exchange(state_.again, false);
  if (failed) return sync_again(seconds(1));
  if (again) apply();
}

void KubeProxy::forget() {
  state_ = {};
}

ClusterDns::ClusterDns(ports::TaskQueue& queue, ports::ApiHandler& api, ports::DnsServer& server,
                       ports::TraceSink* trace, Str domain, Duration gather)
    : ServiceWatcher(queue, api, "system:serviceaccount:kube-system:coredns", "dns", gather),
      server_(&server),
      trace_(trace),
      domain_(std::move(domain)) {}

void ClusterDns::update(const Key& key, const ServicePtr& service, const std::vector<SlicePtr>& slices) {
  std::vector<ports::DnsRecord> records;
  if (service) records = records_for(*service, slices, domain_);
  if (records.empty())
    state_.by_service.erase(key);
  else
    state_.by_service[key] = std::move(records);
}

void ClusterDns::publish(uint64_t revision, const std::set<Key>& changed) {
  state_.table.revision = revision;
  state_.table.domain = domain_;
  std::vector<ports::DnsRecord> all;
  for (const auto& [key, records] : state_.by_service) all.insert(all.end(), records.begin(), records.end());
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  state_.table.records.clear();
  for (const ports::DnsRecord& record : all) state_.table.records.push_back(record);
  if (trace_ && !changed.empty()) {
    ports::TraceRecord r;
    r.at = queue_->now();
    r.from = r.to = "dns";
    r.verb = "serve names";
    r.kind = "Service";
    r.revision = revision;
    r.why = names(changed);
    trace_->emit(std::move(r));
  }
  server_->serve(state_.table);
}

void ClusterDns::forget() {
  state_ = {};
}

}  // namespace orrery::network
