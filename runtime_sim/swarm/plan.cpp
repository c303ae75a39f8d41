#include "runtime_sim/swarm/plan.h"

#include <algorithm>

#include "core/base/text.h"
#include "runtime_sim/swarm/manifests.h"

namespace orrery::sim {
namespace {

using Kind = Input::Kind;

// Draws a plan step by step; each part from a stream of its own, so that one option more moves no other.
class Drawer {
 public:
  explicit Drawer(uint64_t seed) : rng_(Rng(seed).child("plan")) { plan_.recording.world.seed = seed; }

  Plan draw() {
    nodes();
    length_ = seconds(60 + static_cast<int64_t>(rng_.below(300)));
    workloads();
    const size_t actions = 5 + rng_.below(25);
    const size_t faults = rng_.below(7);
    for (size_t i = 0; i < actions; ++i) action();
    for (size_t i = 0; i < faults; ++i) fault();
    heal();
    std::vector<Input>& inputs = plan_.recording.inputs;
    std::stable_sort(inputs.begin(), inputs.end(), [](const Input& a, const Input& b) { return a.at < b.at; });
    uint64_t typed = 0;
    for (Input& input : inputs)
      if (input.kind == Kind::Type) input.number = ++typed;
    return std::move(plan_);
  }

 private:
  int64_t between(int64_t low, int64_t high) { return low + static_cast<int64_t>(rng_.below(static_cast<uint64_t>(high - low + 1))); }
  Duration some_time() { return seconds(10) + nanos(static_cast<int64_t>(rng_.below(static_cast<uint64_t>((length_ - seconds(10)).ns)))); }
  const std::string& some(const std::vector<std::string>& list) { return list[rng_.below(list.size())]; }
  void add(Duration at, Kind kind, std::string text) { plan_.recording.inputs.push_back({Instant{} + at, kind, Str(std::move(text)), 0}); }
  void kubectl(Duration at, const std::string& line) { add(at, Kind::Type, cat("kubectl ", line)); }

  void nodes() {
    int64_t count = between(1, 5);
    for (int64_t i = 1; i <= count; ++i) {
      NodeSpec spec;
      spec.name = cat("node-", i);
      spec.cpu = Str(std::to_string(between(4, 8)));
      plan_.recording.world.nodes.push_back(spec);
      nodes_.push_back(spec.name.str());
    }
  }

  void workloads() {
    static const char* const kKinds[] = {"deployment", "deployment", "deployment", "statefulset", "statefulset", "daemonset", "job", "cronjob"};
    int64_t count = between(1, 5);
    for (int64_t i = 0; i < count; ++i) {
      std::string kind = kKinds[rng_.below(8)], name = cat(kind.substr(0, 3), "-", i);
      Rng own = rng_.child(name);
      Duration at = nanos(static_cast<int64_t>(rng_.below(20'000'000'000)));
      apply(at, cat(name, ".yaml"), draw_workload(own, kind, name));
      workloads_.push_back(cat(kind, "/", name));
      if (kind == "deployment") deployments_.push_back(name);
      if (kind == "deployment" || kind == "statefulset") scaled_.push_back(cat(kind, "/", name));
      if (kind != "job" && kind != "cronjob") rolled_.push_back(cat(kind, "/", name));
      if (kind == "cronjob") crons_.push_back(name);
    }
    if (rng_.below(4) != 0) return;
    Rng own = rng_.child("quota");
    apply(seconds(5), "quota.yaml", draw_quota(own, "small"));
    quota_ = true;
  }

  void apply(Duration at, const std::string& file, std::string text) {
    plan_.recording.files[file] = std::move(text);
    kubectl(at, cat("apply -f ", file));
  }

  void action() {
    Duration at = some_time();
    switch (rng_.below(14)) {
      case 0: if (!scaled_.empty()) scale(at); return;
      case 1: if (!rolled_.empty()) set_image(at); return;
      case 2: if (!rolled_.empty()) kubectl(at, cat("rollout restart ", some(rolled_))); return;
      case 3: if (!rolled_.empty()) kubectl(at, cat("rollout undo ", some(rolled_))); return;
      case 4: return delete_pods(at);
      case 5: return drain(at);
      case 6: return cordon(at);
      case 7: return taint(at);
      case 8: return replace(at);
      case 9: return node_goes(at);
      case 10: return config(at);
      case 11: if (!deployments_.empty()) pause(at); return;
      case 12: return label(at);
      case 13: if (quota_) kubectl(at, "delete namespace small --wait=false"); return;
    }
  }

  void scale(Duration at) {
    std::string workload = some(scaled_);
    kubectl(at, cat("scale ", workload, " --replicas=", between(0, 7)));
  }
  void set_image(Duration at) {
    std::string workload = some(rolled_);
    kubectl(at, cat("set image ", workload, " web=orrery/web:", between(1, 3)));
  }
  void delete_pods(Duration at) {
    std::string name = name_of(some(workloads_));
    kubectl(at, cat("delete pods -l app=", name, " --wait=false", between(0, 3) == 0 ? " --grace-period=1" : ""));
  }
  void label(Duration at) {
    std::string node = some(nodes_);
    kubectl(at, cat("label node ", node, " zone=", between(1, 2), " --overwrite"));
  }

  static std::string name_of(const std::string& workload) { return workload.substr(workload.find('/') + 1); }

  void drain(Duration at) {
    std::string node = some(nodes_);
    kubectl(at, cat("drain ", node, " --ignore-daemonsets --delete-emptydir-data --force --timeout=60s"));
    kubectl(at + seconds(between(20, 90)), cat("uncordon ", node));
  }
  void cordon(Duration at) {
    std::string node = some(nodes_);
    kubectl(at, cat("cordon ", node));
    kubectl(at + seconds(between(5, 60)), cat("uncordon ", node));
  }
  void taint(Duration at) {
    std::string node = some(nodes_);
    std::string effect = rng_.below(2) ? "NoExecute" : "NoSchedule";
    kubectl(at, cat("taint node ", node, " swarm=yes:", effect, " --overwrite"));
    kubectl(at + seconds(between(5, 60)), cat("taint node ", node, " swarm-"));
  }
  // In the foreground a pod that was scaled away waits for the claim it owns, and the claim for the pod that uses it: a
  // deadlock in Kubernetes, too (pvc_protection_controller.go, podUsesPVC: whatever the pod's phase).
  bool waits_for_itself(const std::string& workload) const {
    const auto file = plan_.recording.files.find(name_of(workload) + ".yaml");
    return file != plan_.recording.files.end() && file->second.find("whenScaled: Delete") != std::string::npos;
  }
  // Deleted with a policy of its own, and made anew a little later.
  void replace(Duration at) {
    const std::string& workload = some(workloads_);
    const char* policies[] = {"background", "foreground", "background"};
    const char* policy = policies[rng_.below(3)];
    if (waits_for_itself(workload)) policy = "background";
    kubectl(at, cat("delete ", workload, " --wait=false --cascade=", policy));
    if (rng_.below(3)) kubectl(at + seconds(between(1, 30)), cat("apply -f ", name_of(workload), ".yaml"));
  }
  void node_goes(Duration at) {
    if (nodes_.size() < 2) return;
    std::string node = cat("extra-", between(1, 2));
    add(at, Kind::AddNode, node);
    Duration gone = at + seconds(between(10, 120));
    add(gone, Kind::RemoveNode, node);
    // Whoever deletes a Node sees to it that its machine is off, else its pods could run twice (Kubernetes documentation,
    // "Force Delete StatefulSet Pods"): it may have been added again meanwhile.
    const Duration deleted = gone + seconds(between(1, 60));
    add(deleted, Kind::RemoveNode, node);
    kubectl(deleted, cat("delete node ", node));
    extra_.push_back(node);
  }
  void config(Duration at) {
    kubectl(at, "create configmap settings --from-literal=a=1");
    int64_t changes = between(1, 20);
    for (int64_t i = 0; i < changes; ++i) kubectl(at + millis(300 * (i + 1)), cat("annotate configmap settings n=", i, " --overwrite"));
    if (rng_.below(2)) kubectl(at + seconds(30), "delete configmap settings");
  }
  void pause(Duration at) {
    std::string name = some(deployments_);
    kubectl(at, cat("rollout pause deployment/", name));
    kubectl(at + seconds(between(2, 40)), cat("rollout resume deployment/", name));
  }

  void fault() {
    Duration at = some_time();
    Duration end = at + seconds(between(1, 120));
    std::string what = draw_fault();
    if (what.empty()) return;
    add(at, Kind::Fault, what);
    if (!starts_with(what, "kill") && !starts_with(what, "oom")) add(end, Kind::Heal, what);
  }

  std::string draw_fault() {
    static const char* const kParts[] = {"apiserver", "etcd", "scheduler", "controller-manager", "dns", "metrics-server"};
    std::string node = some(nodes_);
    std::string pods = cat("default/", name_of(some(workloads_)));
    std::string peer = rng_.below(2) ? std::string("apiserver") : some(nodes_);
    if (peer == node) peer = "apiserver";
    uint64_t which = rng_.below(18);
    // Numbers are drawn before the words are put together: the order of a call's arguments is the compiler's.
    bool coin = rng_.below(2) != 0;
    int64_t percent = between(5, 60), part = between(0, 5);
    switch (which) {
      case 0: return cat("stop node/", node);
      case 1: return cat("stop kubelet/", node);
      case 2: return cat("stop kube-proxy/", node);
      case 3:
      case 4: return cat("stop ", kParts[part]);
      case 5:
      case 6: return cat("cut ", node, " ", peer);
      case 7: return cat("loss ", node, " ", peer, " ", percent);
      case 8: return cat("loss ", kParts[coin ? 2 : 3], " apiserver ", percent);
      case 9: return cat("slow-disk etcd ", between(10, 3000), "ms");
      case 10: return cat("slow-disk ", node, " ", between(2, 20));
      case 11: return coin ? std::string("full-disk etcd") : cat("full-disk ", node);
      case 12: return cat("clock-skew ", node, " ", coin ? "-" : "", between(1, 90), "s");
      case 13: return coin ? std::string("registry-down") : cat("image-missing orrery/web:", between(1, 3));
      case 14: return cat("crash-loop ", pods);
      case 15: return cat("leak ", pods, " ", between(1, 20), "Mi");
      case 16: return coin ? cat("fail-probes ", pods) : cat("noisy ", node, " ", between(10, 95));
      default: return cat(coin ? "kill " : "oom ", pods);
    }
  }

  // What is left over by actions that were overtaken by others.
  void heal() {
    Duration end = length_;
    for (const Input& input : plan_.recording.inputs) end = std::max(end, input.at - Instant{});
    end = end + seconds(5);
    for (const std::string& node : nodes_) {
      kubectl(end, cat("uncordon ", node));
      kubectl(end, cat("taint node ", node, " swarm-"));
    }
    for (const std::string& name : deployments_) kubectl(end, cat("rollout resume deployment/", name));
    for (const std::string& name : crons_) kubectl(end, cat("delete cronjob ", name));
    for (const std::string& node : extra_) {
      add(end, Kind::RemoveNode, node);
      kubectl(end, cat("delete node ", node));
    }
    plan_.healed_at = Instant{} + end;
  }

  Rng rng_;
  Plan plan_;
  Duration length_;
  std::vector<std::string> nodes_, workloads_, deployments_, scaled_, rolled_, crons_, extra_;
  bool quota_ = false;
};

}  // namespace

Plan draw_plan(uint64_t seed) { return Drawer(seed).draw(); }

Recording part_of(const Plan& plan, const std::vector<bool>& keep) {
  Recording out = plan.recording;
  if (keep.empty()) return out;
  out.inputs.clear();
  for (size_t i = 0; i < plan.recording.inputs.size(); ++i)
    if (keep[i]) out.inputs.push_back(plan.recording.inputs[i]);
  return out;
}

}  // namespace orrery::sim
