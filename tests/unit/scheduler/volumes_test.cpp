// Kubernetes' documentation: "Storage Classes" (volume binding mode), "Persistent Volumes" (access modes, node
// affinity), "Storage Capacity"; texts as kube-scheduler words them.
#include <doctest/doctest.h>

#include "core/scheduler/messages.h"
#include "core/scheduler/queue.h"
#include "tests/unit/scheduler/make.h"

using namespace orrery;
using namespace orrery::scheduler;
using namespace orrery::test;
using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using api::storage_v1::StorageClass;

namespace {

PersistentVolumeClaim claim(const char* name, const char* storage_class, const char* size = "1Gi") {
  PersistentVolumeClaim c;
  c.metadata.namespace_ = "default";
  c.metadata.name = name;
  c.metadata.uid = cat("uid-", name);
  c.spec.accessModes.push_back("ReadWriteOnce");
  c.spec.storageClassName = Str(storage_class);
  c.spec.resources.requests.set("storage", quantity(size));
  c.status.phase = "Pending";
  return c;
}

PersistentVolume volume(const char* name, const char* storage_class, const char* on, const char* size = "1Gi") {
  PersistentVolume v;
  v.metadata.name = name;
  v.spec.accessModes.push_back("ReadWriteOnce");
  v.spec.storageClassName = storage_class;
  v.spec.capacity.set("storage", quantity(size));
  v.status.phase = "Available";
  if (!*on) return v;
  api::core_v1::NodeSelectorRequirement r;
  r.key = "kubernetes.io/hostname";
  r.operator_ = "In";
  r.values.push_back(on);
  api::core_v1::NodeSelectorTerm term;
  term.matchExpressions.push_back(r);
  v.spec.nodeAffinity.mut().required.mut().nodeSelectorTerms.push_back(term);
  return v;
}

StorageClass of_mode(const char* name, const char* mode, const char* provisioner = "example.com/disk") {
  StorageClass c;
  c.metadata.name = name;
  c.provisioner = provisioner;
  c.volumeBindingMode = Str(mode);
  return c;
}

template <class T>
std::shared_ptr<const T> shared(T object) {
  return std::make_shared<const T>(std::move(object));
}
void add(Cluster& c, PersistentVolumeClaim claim) {
  Key key{claim.metadata.namespace_, claim.metadata.name};
  c.storage().set_claim(key, shared(std::move(claim)));
}
void add(Cluster& c, PersistentVolume v) {
  Str name = v.metadata.name;
  c.storage().set_volume(name, shared(std::move(v)));
}
void add(Cluster& c, StorageClass s) {
  Str name = s.metadata.name;
  c.storage().set_class(name, shared(std::move(s)));
}
using test::add;

void bind(PersistentVolumeClaim& claim, PersistentVolume& volume) {
  volume = client::taken_by(volume, claim);
  volume.status.phase = "Bound";
  claim.spec.volumeName = volume.metadata.name;
  claim.metadata.annotations.set(client::kBindCompleted, "yes");
  claim.status.phase = "Bound";
}

Pod user_of(const char* name, std::initializer_list<const char*> claims, int32_t priority = 0) {
  Pod p = pod(name);
  p.spec.priority = priority;
  for (const char* claim : claims) {
    api::core_v1::Volume v;
    v.name = claim;
    v.persistentVolumeClaim.mut().claimName = claim;
    p.spec.volumes.push_back(v);
  }
  return p;
}

std::string says(const Cluster& cluster, const Pod& p) {
  return refusal_message(refused(*info(p), cluster), cluster.node_count()).str();
}

// "node-1: data=small, log=make", or "": no node.
std::string placed(Cluster& cluster, const Pod& p) {
  Rng rng(1);
  auto pod = info(p);
  Choice choice = Chooser(cluster).choose(*pod, rng);
  if (choice.node < 0) return {};
  const NodeInfo& node = cluster.nodes()[static_cast<size_t>(choice.node)];
  std::string out = node.name.str() + ":";
  VolumePlan plan = VolumeCheck(*pod, cluster).plan(node);
  for (const auto& pair : plan.bindings) out += cat(" ", pair.claim->metadata.name, "=", pair.volume->metadata.name);
  for (const auto& made : plan.provisions) out += cat(" ", made->metadata.name, "=make");
  return out;
}

Cluster three() {
  Cluster c;
  for (const char* name : {"n1", "n2", "n3"}) add(c, node(name));
  return c;
}

}  // namespace

TEST_CASE("volumes: a pod without claims asks nothing") {
  Cluster c = three();
  CHECK_FALSE(VolumeCheck(*info(pod("web")), c).any());
}

TEST_CASE("volumes: what is wrong with a claim itself is told once, for no node was looked at") {
  Cluster c = three();
  add(c, of_mode("now", "Immediate"));
  CHECK(says(c, user_of("web", {"data"})) == "0/3 nodes are available: persistentvolumeclaim \"data\" not found.");
  add(c, claim("data", "now"));
  CHECK(says(c, user_of("web", {"data"})) ==
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.");
  PersistentVolumeClaim going = claim("data", "now");
  going.metadata.deletionTimestamp = WallTime{1};
  add(c, going);
  CHECK(says(c, user_of("web", {"data"})) ==
        "0/3 nodes are available: persistentvolumeclaim \"data\" is being deleted.");
  PersistentVolumeClaim lost = claim("data", "now");
  lost.status.phase = "Lost";
  lost.spec.volumeName = "pv-9";
  add(c, lost);
  CHECK(says(c, user_of("web", {"data"})) ==
        "0/3 nodes are available: persistentvolumeclaim \"data\" bound to non-existent persistentvolume \"pv-9\".");
  Refusals r = refused(*info(user_of("web", {"data"})), c);
  CHECK(r.unresolvable == 3);
  CHECK(plugin_of(r.why) == "VolumeBinding");
  CHECK(Chooser(c).explain(*info(user_of("web", {"data"})))[0].verdict.why == kClaims);
}

TEST_CASE("volumes: a missing class, and a claim that names its volume, are no reason to wait for a consumer") {
  Cluster c = three();
  add(c, of_mode("later", "WaitForFirstConsumer"));
  add(c, claim("typo", "latre"));
  CHECK(says(c, user_of("a", {"typo"})) ==
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.");
  PersistentVolumeClaim named = claim("named", "later");
  named.spec.volumeName = "mine";
  add(c, named);
  CHECK(says(c, user_of("b", {"named"})) ==
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.");
}

TEST_CASE("volumes: a generic ephemeral volume waits for its claim, which must be the pod's own") {
  Cluster c = three();
  add(c, of_mode("later", "WaitForFirstConsumer"));
  Pod p = pod("web");
  api::core_v1::Volume v;
  v.name = "scratch";
  v.ephemeral.mut();
  p.spec.volumes.push_back(v);
  CHECK(says(c, p) ==
        "0/3 nodes are available: waiting for ephemeral volume controller to create the persistentvolumeclaim "
        "\"web-scratch\".");
  add(c, claim("web-scratch", "later"));
  CHECK(says(c, p) ==
        "0/3 nodes are available: PVC default/web-scratch was not created for pod default/web (pod is not owner).");
  PersistentVolumeClaim own = claim("web-scratch", "later");
  own.metadata.ownerReferences.push_back(client::controller_ref(api::kind<Pod>(), p.metadata));
  add(c, own);
  CHECK(placed(c, p).substr(3) == " web-scratch=make");
}

TEST_CASE("volumes: a bound claim's volume says which nodes reach it") {
  Cluster c = three();
  auto data = claim("data", "local");
  auto disk = volume("disk", "local", "n2");
  bind(data, disk);
  add(c, data);
  add(c, disk);
  CHECK(placed(c, user_of("web", {"data"})) == "n2:");
  Node gone = node("n2");
  gone.spec.unschedulable = true;
  add(c, gone);
  CHECK(says(c, user_of("web", {"data"})) ==
        "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match PersistentVolume's node "
        "affinity.");
  CHECK(refused(*info(user_of("web", {"data"})), c).unresolvable == 3);
}

TEST_CASE("volumes: a claim whose volume is gone") {
  Cluster c = three();
  auto data = claim("data", "local");
  auto disk = volume("disk", "local", "n2");
  bind(data, disk);
  add(c, data);
  CHECK(says(c, user_of("web", {"data"})) == "0/3 nodes are available: persistentvolume \"disk\" not found.");
  CHECK(plugin_of(refused(*info(user_of("web", {"data"})), c).why) == "VolumeZone");
}

TEST_CASE("volumes: WaitForFirstConsumer takes a volume that the node reaches, the smallest that suits") {
  Cluster c = three();
  add(c, of_mode("local", "WaitForFirstConsumer", "kubernetes.io/no-provisioner"));
  add(c, claim("data", "local", "2Gi"));
  CHECK(says(c, user_of("web", {"data"})) ==
        "0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind.");
  add(c, volume("tiny", "local", "n1", "1Gi"));
  add(c, volume("huge", "local", "n3", "100Gi"));
  add(c, volume("other", "else", "n1", "2Gi"));
  CHECK(placed(c, user_of("web", {"data"})) == "n3: data=huge");
  add(c, volume("fine", "local", "n3", "5Gi"));
  CHECK(placed(c, user_of("web", {"data"})) == "n3: data=fine");
  auto taken = volume("fine", "local", "n3", "5Gi");
  auto other = claim("other", "local");
  bind(other, taken);
  add(c, taken);
  CHECK(placed(c, user_of("web", {"data"})) == "n3: data=huge");
}

TEST_CASE("volumes: two claims of a pod get two volumes of one node") {
  Cluster c = three();
  add(c, of_mode("local", "WaitForFirstConsumer", "kubernetes.io/no-provisioner"));
  add(c, claim("big", "local", "5Gi"));
  add(c, claim("small", "local", "1Gi"));
  add(c, volume("a", "local", "n1", "10Gi"));
  add(c, volume("b", "local", "n2", "10Gi"));
  CHECK(placed(c, user_of("web", {"big", "small"})) == "");
  add(c, volume("c", "local", "n2", "2Gi"));
  CHECK(placed(c, user_of("web", {"big", "small"})) == "n2: small=c big=b");
}

TEST_CASE("volumes: where no volume suits, one is made, if the class's topologies admit the node") {
  Cluster c = three();
  StorageClass made = of_mode("made", "WaitForFirstConsumer");
  api::core_v1::TopologySelectorLabelRequirement only;
  only.key = "kubernetes.io/hostname";
  only.values.push_back("n2");
  api::core_v1::TopologySelectorTerm term;
  term.matchLabelExpressions.push_back(only);
  made.allowedTopologies.push_back(term);
  add(c, made);
  add(c, claim("data", "made"));
  CHECK(placed(c, user_of("web", {"data"})) == "n2: data=make");
  add(c, volume("there", "made", "n1"));
  Cluster without = c;
  without.remove_node("n2");
  CHECK(placed(without, user_of("web", {"data"})) == "n1: data=there");
  without.remove_node("n1");
  CHECK(says(without, user_of("web", {"data"})) ==
        "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind.");
}

TEST_CASE("volumes: a claim whose node is chosen already binds the next pod to that node") {
  Cluster c = three();
  add(c, of_mode("made", "WaitForFirstConsumer"));
  auto data = claim("data", "made");
  add(c, data);
  data.metadata.annotations.set("volume.kubernetes.io/selected-node", "n3");
  c.storage().assume(shared(data));
  CHECK(placed(c, user_of("web", {"data"})) == "n3: data=make");
  c.storage().take_back_claim({"default", "data"});
  add(c, claim("data", "made"));
  Rng rng(1);
  CHECK(Chooser(c).choose(*info(user_of("web", {"data"})), rng).fitting == 3);
}

TEST_CASE("volumes: an assumed volume counts as taken until the API shows it anew") {
  Cluster c = three();
  add(c, of_mode("local", "WaitForFirstConsumer", "kubernetes.io/no-provisioner"));
  add(c, claim("first", "local"));
  add(c, claim("second", "local"));
  add(c, volume("disk", "local", "n1"));
  c.storage().assume(shared(client::taken_by(volume("disk", "local", "n1"), claim("first", "local"))));
  CHECK(placed(c, user_of("b", {"second"})) == "");
  CHECK(placed(c, user_of("a", {"first"})) == "n1: first=disk");  // reserved for it
  add(c, volume("disk", "local", "n1"));
  CHECK(placed(c, user_of("b", {"second"})) == "n1: second=disk");
}

TEST_CASE("volumes: ReadWriteOncePod is for one pod in the whole cluster, and yields to a more important one") {
  Cluster c = three();
  add(c, of_mode("made", "WaitForFirstConsumer"));
  auto data = claim("data", "made");
  data.spec.accessModes = {Str("ReadWriteOncePod")};
  auto disk = volume("disk", "made", "");
  bind(data, disk);
  add(c, data);
  add(c, disk);
  add(c, user_of("first", {"data"}, 1), "n1");
  Pod second = user_of("second", {"data"}, 1);
  const std::string why =
      "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another "
      "pod";
  CHECK(says(c, second) == "0/3 nodes are available: 3 " + why + ".");
  CHECK(plugin_of(refused(*info(second), c).why) == "VolumeRestrictions");
  CHECK(find_victims(*info(second), c, refused(*info(second), c), {}, 0).node == "");
  Pod important = user_of("second", {"data"}, 10);
  Preemption p = find_victims(*info(important), c, refused(*info(important), c), {}, 0);
  CHECK(p.node == "n1");
  REQUIRE(p.victims.size() == 1);
  CHECK(p.victims[0]->pod->metadata.name == "first");
  Pod elsewhere = second;
  elsewhere.metadata.namespace_ = "other";
  CHECK(says(c, elsewhere) == "0/3 nodes are available: persistentvolumeclaim \"data\" not found.");
  c.remove_pod({"default", "first"});
  CHECK(placed(c, second) != "");
}

TEST_CASE("volumes: a volume's zone labels must be the node's, unless the node has none") {
  Cluster c;
  for (const auto& [name, zone] : {std::pair{"n1", "a"}, {"n2", "b"}, {"n3", "c"}}) {
    Node n = node(name);
    n.metadata.labels.set("topology.kubernetes.io/zone", zone);
    add(c, n);
  }
  auto data = claim("data", "cloud");
  auto disk = volume("disk", "cloud", "");
  bind(data, disk);
  disk.metadata.labels.set("topology.kubernetes.io/zone", "b");
  add(c, data);
  add(c, disk);
  CHECK(placed(c, user_of("web", {"data"})) == "n2:");
  disk.metadata.labels.set("topology.kubernetes.io/zone", "d__e");
  add(c, disk);
  CHECK(says(c, user_of("web", {"data"})) == "0/3 nodes are available: 3 node(s) had no available volume zone.");
  PersistentVolume old = disk;
  old.metadata.labels = {};
  old.metadata.labels.set("failure-domain.beta.kubernetes.io/zone", "c");  // the node has the newer name only
  add(c, old);
  CHECK(placed(c, user_of("web", {"data"})) == "n3:");
  add(c, disk);
  add(c, node("plain"));
  CHECK(placed(c, user_of("web", {"data"})) == "plain:");
}

TEST_CASE("volumes: what happens to storage wakes the pods that it may help") {
  SchedulingQueue q;
  const Key a{"default", "a"};
  auto wait_for = [&](uint32_t why) {
    q.clear();
    q.add(info(user_of("a", {"data"})), Instant{});
    q.take();
    q.refused(a, why, Instant{});
  };
  auto woken = [&] { return q.unschedulable() == 0; };
  wait_for(kClaims);
  q.happened(Happening::ClaimChanged, {"default", "other"}, Instant{});
  q.happened(Happening::ClaimChanged, {"else", "data"}, Instant{});
  q.happened(Happening::PodRemoved, Instant{});
  q.happened(Happening::ClaimFreed, {"default", "data"}, Instant{});
  CHECK_FALSE(woken());
  q.happened(Happening::ClaimChanged, {"default", "data"}, Instant{});
  CHECK(woken());
  wait_for(kNoVolume);
  q.happened(Happening::StorageChanged, Instant{});
  CHECK(woken());
  wait_for(kVolumeAffinity);
  q.happened(Happening::NodeAdded, Instant{});
  CHECK(woken());
  wait_for(kOncePod);
  q.happened(Happening::PodRemoved, Instant{});
  q.happened(Happening::ClaimChanged, {"default", "data"}, Instant{});
  CHECK_FALSE(woken());
  q.happened(Happening::ClaimFreed, {"default", "data"}, Instant{});
  CHECK(woken());
  wait_for(kCpu);
  q.happened(Happening::StorageChanged, Instant{});
  CHECK_FALSE(woken());
}
