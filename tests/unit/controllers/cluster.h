// A control plane in a test: the API server in memory, the controllers, the scheduler, and nodes whose kubelet starts
// and ends pods after a moment (their states only: no containers).
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <set>

#include "core/api/gen/coordination_v1.h"
#include "core/api/json.h"
#include "core/apiserver/apiserver.h"
#include "core/controllers/manager.h"
#include "core/controllers/pods.h"
#include "core/scheduler/scheduler.h"
#include "core/store/memory_journal.h"
#include "tests/unit/controllers/make.h"

namespace orrery::test {

struct LoopClock : ports::Clock {
  const loop::Loop& loop;
  explicit LoopClock(const loop::Loop& l) : loop(l) {}
  WallTime now() const override { return WallTime{1'795'000'000'000'000'000 + loop.now().ns}; }
};

struct Traces : ports::TraceSink {
  std::vector<ports::TraceRecord> all;
  uint64_t emit(ports::TraceRecord r) override {
    r.id = all.size() + 1;
    all.push_back(std::move(r));
    return all.back().id;
  }
};

inline ports::Identity admin() {
  ports::Identity id;
  id.user = "kubernetes-admin";
  id.groups = {Str("system:masters")};
  return id;
}

// Kubelets, as far as the control plane sees them.
class Kubelets final : public ports::Target, public client::InformerHandler {
 public:
  Kubelets(loop::Loop& loop, ports::ApiHandler& api, const ports::Clock& clock)
      : loop_(loop), clock_(clock), client_(api, loop, admin(), "kubelets"), id_(loop.attach(*this)),
        pods_(client_, loop, api::kind<Pod>()) {
    pods_.add_handler(*this);
    pods_.start();
  }
  ~Kubelets() override { loop_.detach(id_); }

  std::set<Str> down;             // nodes whose kubelet is silent
  std::set<Str> broken_images;    // never get ready
  std::set<Str> exiting_images;   // end with success at once
  std::set<Str> failing_images;   // end with failure at once
  Duration starts_in = millis(50);

  void add_node(const std::string& name, const char* cpu = "4", const char* memory = "8Gi") {
    api::core_v1::Node n;
    n.metadata.name = name;
    n.metadata.labels.set("kubernetes.io/hostname", name);
    for (auto& [key, value] : {std::pair{"cpu", cpu}, {"memory", memory}, {"pods", "110"}}) {
      n.status.capacity.set(key, Quantity::parse(value).value());
      n.status.allocatable.set(key, Quantity::parse(value).value());
    }
    set_ready(n);
    client_.create(api::kind<api::core_v1::Node>(), api::make_object(n), {id_, kIgnore, 0});
    api::coordination_v1::Lease lease;
    lease.metadata.namespace_ = "kube-node-lease";
    lease.metadata.name = name;
    lease.spec.holderIdentity = Str(name);
    lease.spec.leaseDurationSeconds = 40;
    lease.spec.renewTime = clock_.now();
    client_.create(api::kind<api::coordination_v1::Lease>(), api::make_object(lease), {id_, kLease, 0});
  }
  void set_ready(api::core_v1::Node& n) const {
    for (const char* type : {"MemoryPressure", "DiskPressure", "PIDPressure", "Ready"}) {
      api::core_v1::NodeCondition c;
      c.type = type;
      bool ready = c.type == "Ready";
      c.status = ready ? "True" : "False";
      c.reason = ready ? "KubeletReady" : "KubeletHasNo";
      c.lastHeartbeatTime = c.lastTransitionTime = clock_.now();
      n.status.conditions.push_back(c);
    }
  }

  void on_change(const client::Informer&, ports::WatchType, const api::ObjectPtr&, const api::ObjectPtr& after) override {
    if (!after) return;
    const Pod& pod = *after.as<Pod>();
    if (pod.spec.nodeName.empty() || down.count(pod.spec.nodeName)) return;
    bool ends = static_cast<bool>(pod.metadata.deletionTimestamp);
    bool begins = pod.status.phase == "Pending" || pod.status.phase.empty();
    if (ends || begins)
      loop_.post_after(starts_in, id_, ends ? kEnd : kBegin, 0, std::make_shared<const client::Key>(client::key_of(after)));
  }
  void on_task(const ports::Task& task) override {
    using api::coordination_v1::Lease;
    if (task.kind == kLease) {
      auto lease = task.as<ports::ApiReply>().object.get<Lease>();
      REQUIRE(lease);
      loop_.post_after(seconds(10), id_, kRenew, 0, lease);
    }
    if (task.kind == kRenew) {
      Lease lease = task.as<Lease>();
      if (down.count(lease.metadata.name)) {
        loop_.post_after(seconds(10), id_, kRenew, 0, std::make_shared<const Lease>(lease));
      } else {
        lease.spec.renewTime = clock_.now();
        client_.update(api::kind<Lease>(), api::make_object(lease), {id_, kLease, 0});
      }
    }
    if (task.kind != kBegin && task.kind != kEnd) return;
    const Pod* found = pods_.get<Pod>(task.as<client::Key>());
    if (!found || down.count(found->spec.nodeName)) return;
    Pod pod = *found;
    if (task.kind == kEnd) {
      client::Removal now;
      now.grace_s = 0;
      now.uid = pod.metadata.uid;
      client_.remove(api::kind<Pod>(), client::key_of(pod.metadata), now, {id_, kIgnore, 0});
      return;
    }
    const Str& image = pod.spec.containers[0].image;
    bool exits = exiting_images.count(image), fails = failing_images.count(image);
    bool ready = !broken_images.count(image) && !exits && !fails;
    pod.status.phase = exits ? "Succeeded" : fails ? "Failed" : "Running";
    if (exits || fails) {
      pod.status.containerStatuses.clear();
      api::core_v1::ContainerStatus ended;
      ended.name = pod.spec.containers[0].name;
      ended.state.terminated.mut().exitCode = fails ? 1 : 0;
      ended.state.terminated.mut().finishedAt = clock_.now();
      pod.status.containerStatuses.push_back(ended);
    }
    pod.status.podIP = cat("10.244.0.", ++ips_);
    api::core_v1::PodIP ip;
    ip.ip = pod.status.podIP;
    pod.status.podIPs = {ip};
    pod.status.conditions.erase_if([](const api::core_v1::PodCondition& c) { return c.type == "Ready"; });
    api::core_v1::PodCondition c;
    c.type = "Ready";
    c.status = ready ? "True" : "False";
    c.lastTransitionTime = WallTime{clock_.now().ns / 1'000'000'000 * 1'000'000'000};
    pod.status.conditions.push_back(c);
    client_.update_status(api::kind<Pod>(), api::make_object(pod), {id_, kIgnore, 0});
  }

  struct State {
    client::Informer::State pods;
    std::set<Str> down;
    int ips = 1;
  };
  State snapshot() const { return {pods_.state(), down, ips_}; }
  void restore(State s) {
    pods_.restore(std::move(s.pods));
    down = std::move(s.down);
    ips_ = s.ips;
  }

 private:
  enum : uint32_t { kIgnore = 1, kBegin, kEnd, kRenew, kLease };
  loop::Loop& loop_;
  const ports::Clock& clock_;
  client::Client client_;
  ports::TargetId id_;
  client::Informer pods_;
  int ips_ = 1;
};

class Cluster : public ports::Target {
 public:
  loop::Loop loop;
  LoopClock clock{loop};
  store::MemoryJournal journal{loop};
  Traces traces;
  apiserver::ApiServer server;
  controllers::ControllerManager manager;
  scheduler::Scheduler scheduler;
  Kubelets kubelets;
  client::Client client;
  ports::TargetId id;
  ports::ApiReply reply;

  explicit Cluster(int nodes = 2, controllers::ManagerOptions options = {})
      : server(loop, journal, clock, Rng(1), &traces, nullptr, {}),
        manager(loop, server, clock, std::move(options)),
        scheduler(loop, server, clock, Rng(1), &traces),
        kubelets(loop, server, clock),
        client(server, loop, admin(), "test"),
        id(loop.attach(*this)) {
    REQUIRE(server.start().ok());
    wait(millis(100));
    manager.start();
    scheduler.start();
    for (int i = 1; i <= nodes; ++i) kubelets.add_node(cat("node-", i));
    wait(millis(100));
  }
  void on_task(const ports::Task& task) override { reply = task.as<ports::ApiReply>(); }
  struct Snapshot {
    loop::Loop::State loop;
    store::MemoryJournal::State journal;
    apiserver::ApiServer::Snapshot server;
    controllers::ControllerManager::Snapshot manager;
    scheduler::Scheduler::Snapshot scheduler;
    Kubelets::State kubelets;
  };
  Snapshot snapshot() const {
    return {loop.state(), journal.state(), server.snapshot(), manager.snapshot(), scheduler.snapshot(), kubelets.snapshot()};
  }
  void restore(Snapshot s) {
    loop.restore(std::move(s.loop));
    journal.restore(std::move(s.journal));
    server.restore(std::move(s.server));
    manager.restore(std::move(s.manager));
    scheduler.restore(std::move(s.scheduler));
    kubelets.restore(std::move(s.kubelets));
  }
  void wait(Duration d) { loop.run_until(loop.now() + d); }
  ports::ReplyTo to() {
    reply = {};
    return {id, 1, 0};
  }
  ports::ApiReply& answered() {
    for (int i = 0; i < 1000 && !reply.object && !reply.error; ++i) wait(millis(1));
    return reply;
  }
  // Creates; the answer must be good.
  template <class T>
  T create(T object) {
    client.create(api::kind<T>(), api::make_object(std::move(object)), to());
    auto& r = answered();
    if (r.error) FAIL(r.error->message.str());
    return *r.object.template as<T>();
  }
  template <class T>
  T update(T object, std::string_view subresource = {}) {
    client.update(api::kind<T>(), api::make_object(std::move(object)), to(), subresource);
    auto& r = answered();
    if (r.error) FAIL(r.error->message.str());
    return *r.object.template as<T>();
  }
  template <class T>
  std::shared_ptr<const T> get(const char* name, const char* ns = "default") {
    client.get(api::kind<T>(), {api::kind<T>().namespaced ? Str(ns) : Str(), name}, to());
    return answered().object.template get<T>();
  }
  template <class T>
  void remove(const char* name, client::Removal how = {}, const char* ns = "default") {
    client.remove(api::kind<T>(), {api::kind<T>().namespaced ? Str(ns) : Str(), name}, how, to());
    auto& r = answered();
    if (r.error) FAIL(r.error->message.str());
  }
  template <class T, class L>
  std::vector<T> list(const char* ns = "") {
    client.list(api::kind<T>(), {ns, {}, {}}, {}, to());
    std::vector<T> out;
    if (const L* l = answered().object.template as<L>())
      for (const T& item : l->items) out.push_back(item);
    return out;
  }
  std::vector<Pod> pods() { return list<Pod, api::core_v1::PodList>(); }
  size_t ready_pods() {
    size_t n = 0;
    for (const Pod& p : pods()) n += controllers::is_ready(p) && !p.metadata.deletionTimestamp;
    return n;
  }
  // "Normal ScalingReplicaSet deployment-controller: Scaled up replica set web-1 from 0 to 3"
  std::vector<std::string> events(const char* reason = "") {
    std::vector<std::string> out;
    for (const auto& e : list<api::core_v1::Event, api::core_v1::EventList>())
      if (!*reason || e.reason == reason) out.push_back(cat(e.type, " ", e.reason, " ", e.source.component, ": ", e.message));
    return out;
  }
  bool has_event(const std::string& line) {
    for (const std::string& e : events())
      if (e == line) return true;
    return false;
  }
};

inline Deployment deployment(const char* name, int32_t replicas, const char* image = "web:1") {
  Deployment d;
  d.metadata.namespace_ = "default";
  d.metadata.name = name;
  d.spec.replicas = replicas;
  d.spec.selector.mut().matchLabels.set("app", name);
  d.spec.template_.metadata.labels.set("app", name);
  d.spec.template_.spec.containers.push_back({});
  d.spec.template_.spec.containers.mut(0).name = "web";
  d.spec.template_.spec.containers.mut(0).image = image;
  return d;
}

}  // namespace orrery::test
