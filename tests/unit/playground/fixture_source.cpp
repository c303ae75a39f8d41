#include "tests/unit/playground/fixture_source.h"

#include <limits>
#include <utility>

namespace orrery::test {
namespace {

using namespace viewmodel;

Part part(PartKind kind, const std::string& id, const std::string& node = "") { return {kind, id, node, true, true}; }

Pod pod(int number, const std::string& node) {
  Pod pod;
  pod.uid = "uid-" + std::to_string(number);
  pod.ns = "default";
  pod.name = "web-7d4b9c6f5-" + std::string(1, char('a' + number % 26)) + "x" + std::to_string(number);
  pod.node = node;
  pod.owner_kind = "ReplicaSet";
  pod.owner = "web-7d4b9c6f5";
  pod.phase = PodPhase::Running;
  pod.ready = true;
  pod.reason = "Running";
  pod.grace_s = 30;
  pod.created = kSecond;
  pod.started = 2 * kSecond;
  Container web;
  web.name = "web";
  web.image = "web";
  web.state = ContainerState::Running;
  web.ready = web.started = true;
  web.since = 3 * kSecond;
  pod.containers = {web};
  pod.conditions = {{"PodScheduled", "True", "", "", kSecond}, {"Ready", "True", "", "", 4 * kSecond}};
  return pod;
}

class FixtureSource final : public app::PageSource {
 public:
  explicit FixtureSource(FixtureSize size) {
    ClusterModel& m = model_;
    m.connected = true;
    m.title = "fixture";
    m.clock = {10 * kSecond, false, 1, true};
    m.parts = {part(PartKind::User, "kubectl"), part(PartKind::ApiServer, "apiserver"), part(PartKind::Etcd, "etcd"),
               part(PartKind::Scheduler, "scheduler"), part(PartKind::ControllerManager, "controller-manager")};
    for (int i = 1; i <= size.nodes; ++i) {
      const std::string name = "node-" + std::to_string(i);
      m.nodes.push_back({"uid-" + name, name, i != 4, i != 5, "", 4000, 8ll << 30});
      m.parts.push_back(part(PartKind::Kubelet, "kubelet/" + name, name));
      m.parts.push_back(part(PartKind::KubeProxy, "kube-proxy/" + name, name));
      m.parts.push_back(part(PartKind::Runtime, "runtime/" + name, name));
    }
    for (int i = 0; i < size.pods; ++i) {
      Pod made = pod(i, "node-" + std::to_string(i % size.nodes + 1));
      if (size.pods > 12) vary(made, i);
      m.pods.push_back(made);
    }
    m.events.push_back({"e1", 2 * kSecond, false, "Scheduled", "Successfully assigned default/" + m.pods[0].name + " to node-1",
                        {"Pod", "default", m.pods[0].name}, "default-scheduler", 1});
    m.events.push_back({"e2", 3 * kSecond, true, "BackOff", "Back-off restarting failed container web in pod " + m.pods[0].name,
                        {"Pod", "default", m.pods[0].name}, "kubelet", 3});
  }

  void advance(double seconds, bool) override {
    if (!model_.clock.paused) model_.clock.now += Nanos(seconds * model_.clock.speed * double(kSecond));
  }
  bool refresh(ClusterModel& model) override {
    if (model.version == model_.version && model.connected) {
      model.clock = model_.clock;
      return false;
    }
    model = model_;
    return true;
  }
  void set_paused(bool paused) override { change().clock.paused = paused; }
  void set_speed(double speed) override { change().clock.speed = speed; }
  void go_to(viewmodel::Nanos) override {}
  void open_branch(std::size_t) override {}
  std::string recording() const override { return ""; }
  void step() override { change().clock.now += kSecond; }
  void run_line(std::uint64_t run, const std::string& line) override {
    std::string text;
    if (line == "kubectl get pods") {
      text = "NAME                 READY   STATUS    RESTARTS   AGE\n";
      for (const Pod& pod : model_.pods) text += pod.name + "   1/1     Running   0          9s\n";
    } else if (line == "trace") {
      trace();
    } else if (line == "replace") {
      replace();
    } else {
      output_.push_back({run, "error: unknown command \"" + line + "\"\n", true, true, 1});
      return;
    }
    output_.push_back({run, text, false, true, 0});
  }
  void interrupt(std::uint64_t) override {}
  std::vector<ShellOutput> take_output() override { return std::exchange(output_, {}); }
  std::vector<std::string> complete(const std::string& line) override {
    if (line == "ku") return {"kubectl"};
    if (line == "kubectl ") return {"apply", "create", "delete", "describe", "get"};
    return {};
  }
  void request_text(const ObjectRef& ref, TextForm form) override {
    texts_.push_back({ref, form, "apiVersion: v1\nkind: " + ref.kind + "\nmetadata:\n  name: " + ref.name + "\n  namespace: " + ref.ns + "\n", "", true});
  }
  std::vector<ObjectText> take_texts() override { return std::exchange(texts_, {}); }
  viewmodel::Placement placement(const ObjectRef& pod) override { return {pod}; }
  void skip(double) override {}
  lesson::LessonWorld* lesson_world() override { return nullptr; }
  double quiet_for() const override { return std::numeric_limits<double>::infinity(); }

 private:
  ClusterModel& change() {
    ++model_.version;
    return model_;
  }
  void vary(Pod& pod, int i) {
    if (i % 11 == 3) pod.ready = false, pod.phase = PodPhase::Pending, pod.reason = "ContainerCreating";
    if (i % 17 == 5) pod.ready = false, pod.reason = "CrashLoopBackOff", pod.containers[0].reason = "CrashLoopBackOff";
    if (i % 23 == 7) pod.phase = PodPhase::Succeeded, pod.reason = "Completed";
    if (i % 29 == 11) pod.deleting = true, pod.reason = "Terminating";
    if (i % 31 == 13) pod.node.clear(), pod.phase = PodPhase::Pending, pod.reason = "Pending", pod.ready = false;
  }
  void trace() {
    const char* hops[][3] = {{"kubectl", "apiserver", "create"}, {"apiserver", "etcd", "write"}, {"apiserver", "controller-manager/deployment", "watch ADDED"},
                             {"controller-manager/deployment", "apiserver", "create"}, {"apiserver", "scheduler", "watch ADDED"},
                             {"scheduler", "apiserver", "bind"}, {"apiserver", "kubelet/node-2", "watch MODIFIED"}, {"kubelet/node-2", "runtime/node-2", "start container"}};
    for (const auto& hop : hops) {
      Trace t;
      t.seq = ++seq_;
      t.cause = seq_ > 1 ? seq_ - 1 : 0;
      t.at = model_.clock.now;
      t.from = hop[0];
      t.to = hop[1];
      t.verb = hop[2];
      t.object = {"Pod", "default", "web-7d4b9c6f5-new"};
      change().traces.push_back(t);
    }
  }
  void replace() {
    model_.pods.erase(0);
    Pod made = pod(int(++made_) + 100, "");
    made.phase = PodPhase::Pending;
    made.ready = false;
    made.reason = "Pending";
    made.containers.clear();
    change().pods.push_back(made);
  }

  ClusterModel model_;
  std::vector<ShellOutput> output_;
  std::vector<ObjectText> texts_;
  std::uint64_t seq_ = 0;
  int made_ = 0;
};

}  // namespace

std::unique_ptr<app::PageSource> make_fixture_source(FixtureSize size) { return std::make_unique<FixtureSource>(size); }

}  // namespace orrery::test
