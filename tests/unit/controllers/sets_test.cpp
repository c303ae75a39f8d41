// DaemonSets and StatefulSets, over a real API server.
#include "core/controllers/daemon_set.h"
#include "core/controllers/stateful_set.h"
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::test;
using api::apps_v1::DaemonSet;
using api::apps_v1::StatefulSet;

namespace {

template <class Set>
Set make_set(const char* name) {
  Set s;
  s.metadata.namespace_ = "default";
  s.metadata.name = name;
  s.spec.selector.mut().matchLabels.set("app", name);
  s.spec.template_.metadata.labels.set("app", name);
  s.spec.template_.spec.containers.push_back({});
  s.spec.template_.spec.containers.mut(0).name = "web";
  s.spec.template_.spec.containers.mut(0).image = "web:1";
  return s;
}

// "web-0 web-1", living pods in order.
std::string names(Cluster& c) {
  std::string out;
  for (const Pod& p : c.pods())
    if (!p.metadata.deletionTimestamp) out += (out.empty() ? "" : " ") + p.metadata.name.str();
  return out;
}

template <class Set>
void set_image(Cluster& c, const char* name, const char* image) {
  Set s = *c.get<Set>(name);
  s.spec.template_.spec.containers.mut(0).image = image;
  c.update(s);
}

int with_image(Cluster& c, const char* image) {
  int n = 0;
  for (const Pod& p : c.pods()) n += p.spec.containers[0].image == image && !p.metadata.deletionTimestamp;
  return n;
}

StatefulSet stateful(int32_t replicas) {
  StatefulSet s = make_set<StatefulSet>("db");
  s.spec.replicas = replicas;
  s.spec.serviceName = "db";
  return s;
}

}  // namespace

TEST_CASE("DaemonSet: a pod on each node, new ones too, tolerating trouble") {
  Cluster c(3);
  c.create(make_set<DaemonSet>("agent"));
  c.wait(seconds(2));
  CHECK(c.ready_pods() == 3);
  std::set<Str> nodes;
  for (const Pod& p : c.pods()) nodes.insert(p.spec.nodeName);
  CHECK(nodes.size() == 3);
  auto ds = c.get<DaemonSet>("agent");
  CHECK(ds->status.desiredNumberScheduled == 3);
  CHECK(ds->status.numberReady == 3);
  CHECK(ds->status.updatedNumberScheduled == 3);
  CHECK(ds->status.numberUnavailable == 0);
  c.kubelets.add_node("late");
  c.wait(seconds(2));
  CHECK(c.ready_pods() == 4);
  api::core_v1::Node cordoned = *c.get<api::core_v1::Node>("node-1", "");
  cordoned.spec.unschedulable = true;
  c.update(cordoned);
  c.wait(seconds(2));
  CHECK(c.ready_pods() == 4);
}

TEST_CASE("DaemonSet: only where its selector and tolerations let it") {
  Cluster c(3);
  DaemonSet ds = make_set<DaemonSet>("agent");
  ds.spec.template_.spec.nodeSelector.set("disk", "ssd");
  c.create(ds);
  c.wait(seconds(1));
  CHECK(c.pods().empty());
  api::core_v1::Node node = *c.get<api::core_v1::Node>("node-2", "");
  node.metadata.labels.set("disk", "ssd");
  c.update(node);
  c.wait(seconds(1));
  REQUIRE(c.ready_pods() == 1);
  CHECK(c.pods()[0].spec.nodeName == "node-2");
  node = *c.get<api::core_v1::Node>("node-2", "");
  node.metadata.labels.erase("disk");
  c.update(node);
  c.wait(seconds(1));
  CHECK(c.pods().empty());
}

TEST_CASE("DaemonSet: a rolling update replaces one after another, and keeps the history") {
  Cluster c(3);
  c.create(make_set<DaemonSet>("agent"));
  c.wait(seconds(2));
  set_image<DaemonSet>(c, "agent", "web:2");
  for (int i = 0; i < 40; ++i) {
    c.wait(millis(50));
    CHECK(c.ready_pods() >= 2);
  }
  c.wait(seconds(2));
  CHECK(with_image(c, "web:2") == 3);
  CHECK(c.get<DaemonSet>("agent")->status.updatedNumberScheduled == 3);
  auto revisions = c.list<api::apps_v1::ControllerRevision, api::apps_v1::ControllerRevisionList>();
  REQUIRE(revisions.size() == 2);
  set_image<DaemonSet>(c, "agent", "web:1");
  c.wait(seconds(5));
  CHECK(with_image(c, "web:1") == 3);
  revisions = c.list<api::apps_v1::ControllerRevision, api::apps_v1::ControllerRevisionList>();
  CHECK(revisions.size() == 2);
  CHECK(std::max(revisions[0].revision, revisions[1].revision) == 3);
}

TEST_CASE("DaemonSet: a failed pod is told and replaced") {
  Cluster c(1);
  c.create(make_set<DaemonSet>("agent"));
  c.wait(seconds(2));
  Pod p = c.pods()[0];
  p.status.phase = "Failed";
  c.update(p, "status");
  c.wait(seconds(2));
  REQUIRE(c.ready_pods() == 1);
  CHECK_FALSE(c.pods()[0].metadata.name == p.metadata.name);
  CHECK(c.has_event(cat("Warning FailedDaemonPod daemonset-controller: Found failed daemon pod default/", p.metadata.name,
                        " on node node-1, will try to kill it")));
}

// daemon_controller.go failedPodsBackoff: 1 s, 2 s, 4 s ... so that it doesn't fight with a kubelet that refuses the pod.
TEST_CASE("DaemonSet: a node that fails its pods gets new ones less and less often") {
  Cluster c(1);
  c.create(make_set<DaemonSet>("agent"));
  c.wait(seconds(2));
  std::set<Str> seen;
  for (int second = 0; second < 12; ++second) {
    if (!c.pods().empty()) {
      Pod p = c.pods()[0];
      seen.insert(p.metadata.name);
      p.status.phase = "Failed";
      c.update(p, "status");
    }
    c.wait(seconds(1));
  }
  CHECK(seen.size() >= 3);
  CHECK(seen.size() <= 6);
}

// findUpdatedPodsOnNode counts a failed pod as the new one: until its back-off is over the surge is used up.
TEST_CASE("DaemonSet: a surging update whose new pods fail waits as well, and keeps the old pod") {
  Cluster c(1);
  DaemonSet set = make_set<DaemonSet>("agent");
  set.spec.updateStrategy.type = "RollingUpdate";
  auto& rolling = set.spec.updateStrategy.rollingUpdate.mut();
  rolling.maxSurge = api::IntOrString::of(1);
  rolling.maxUnavailable = api::IntOrString::of(0);
  c.create(set);
  c.wait(seconds(2));
  const Str old = c.pods()[0].metadata.name;
  c.kubelets.starts_in = seconds(60);
  set_image<DaemonSet>(c, "agent", "web:2");
  std::set<Str> seen;
  for (int i = 0; i < 240; ++i) {
    c.wait(millis(50));
    for (Pod p : c.pods())
      if (p.spec.containers[0].image == "web:2" && !p.metadata.deletionTimestamp && !(p.status.phase == "Failed")) {
        seen.insert(p.metadata.name);
        p.status.phase = "Failed";
        c.update(p, "status");
      }
  }
  CHECK(seen.size() >= 3);
  CHECK(seen.size() <= 6);
  CHECK(names(c).find(old.str()) != std::string::npos);
}

TEST_CASE("StatefulSet: pods come in order, each when the one before is ready, and go in reverse") {
  Cluster c(2);
  c.kubelets.starts_in = seconds(1);
  c.create(stateful(3));
  c.wait(millis(500));
  CHECK(names(c) == "db-0");
  c.wait(seconds(1));
  CHECK(names(c) == "db-0 db-1");
  c.wait(seconds(5));
  CHECK(names(c) == "db-0 db-1 db-2");
  auto set = c.get<StatefulSet>("db");
  CHECK(set->status.readyReplicas == 3);
  CHECK(set->status.currentReplicas == 3);
  CHECK(set->status.currentRevision == set->status.updateRevision);
  CHECK(c.has_event("Normal SuccessfulCreate statefulset-controller: create Pod db-0 in StatefulSet db successful"));
  const Pod p = c.pods()[1];
  CHECK(p.spec.hostname == "db-1");
  CHECK(p.spec.subdomain == "db");
  CHECK(p.metadata.labels.get("apps.kubernetes.io/pod-index") == "1");
  CHECK(p.metadata.labels.get("statefulset.kubernetes.io/pod-name") == "db-1");
  StatefulSet fewer = *set;
  fewer.spec.replicas = 1;
  c.update(fewer);
  c.wait(millis(500));
  CHECK(names(c) == "db-0 db-1");
  c.wait(seconds(5));
  CHECK(names(c) == "db-0");
}

TEST_CASE("StatefulSet: never two pods of one name, and the same name comes back") {
  Cluster c(2);
  c.create(stateful(2));
  c.wait(seconds(3));
  Str uid = c.get<Pod>("db-0")->metadata.uid;
  c.remove<Pod>("db-0");
  c.wait(seconds(3));
  CHECK(names(c) == "db-0 db-1");
  CHECK_FALSE(c.get<Pod>("db-0")->metadata.uid == uid);
}

TEST_CASE("StatefulSet: Parallel starts all at once") {
  Cluster c(2);
  c.kubelets.starts_in = seconds(1);
  StatefulSet s = stateful(3);
  s.spec.podManagementPolicy = "Parallel";
  c.create(s);
  c.wait(millis(500));
  CHECK(names(c) == "db-0 db-1 db-2");
}

TEST_CASE("StatefulSet: updates from the last to the first, down to the partition") {
  Cluster c(2);
  StatefulSet s = stateful(3);
  s.spec.updateStrategy.type = "RollingUpdate";
  s.spec.updateStrategy.rollingUpdate.mut().partition = 1;
  c.create(s);
  c.wait(seconds(3));
  set_image<StatefulSet>(c, "db", "web:2");
  c.wait(seconds(5));
  CHECK(c.get<Pod>("db-0")->spec.containers[0].image == "web:1");
  CHECK(c.get<Pod>("db-1")->spec.containers[0].image == "web:2");
  CHECK(c.get<Pod>("db-2")->spec.containers[0].image == "web:2");
  auto now = c.get<StatefulSet>("db");
  CHECK(now->status.updatedReplicas == 2);
  CHECK(now->status.currentReplicas == 1);
  c.remove<Pod>("db-0");  // below the partition it comes back as it was
  c.wait(seconds(3));
  CHECK(c.get<Pod>("db-0")->spec.containers[0].image == "web:1");
  StatefulSet all = *c.get<StatefulSet>("db");
  all.spec.updateStrategy.rollingUpdate.mut().partition = 0;
  c.update(all);
  c.wait(seconds(5));
  CHECK(with_image(c, "web:2") == 3);
  now = c.get<StatefulSet>("db");
  CHECK(now->status.currentRevision == now->status.updateRevision);
}

TEST_CASE("StatefulSet: a broken update stops at the first pod that doesn't get ready") {
  Cluster c(2);
  c.kubelets.broken_images.insert("web:broken");
  c.create(stateful(3));
  c.wait(seconds(3));
  set_image<StatefulSet>(c, "db", "web:broken");
  c.wait(seconds(10));
  CHECK(with_image(c, "web:broken") == 1);
  CHECK(c.ready_pods() == 2);
}

TEST_CASE("StatefulSet: each pod has claims of its own that stay") {
  Cluster c(2);
  StatefulSet s = stateful(2);
  api::core_v1::PersistentVolumeClaim claim;
  claim.metadata.name = "data";
  claim.spec.accessModes.push_back("ReadWriteOnce");
  claim.spec.resources.requests.set("storage", Quantity::of(1 << 20, Quantity::Format::BinarySI));
  s.spec.volumeClaimTemplates.push_back(claim);
  c.create(s);
  c.wait(seconds(3));
  CHECK(c.get<api::core_v1::PersistentVolumeClaim>("data-db-0") != nullptr);
  CHECK(c.get<api::core_v1::PersistentVolumeClaim>("data-db-1") != nullptr);
  auto p = c.get<Pod>("db-1");
  REQUIRE(p);
  CHECK(p->spec.volumes.find_if([](const api::core_v1::Volume& v) {
    return v.persistentVolumeClaim && v.persistentVolumeClaim->claimName == "data-db-1";
  }));
  StatefulSet fewer = *c.get<StatefulSet>("db");
  fewer.spec.replicas = 0;
  c.update(fewer);
  c.wait(seconds(3));
  CHECK(c.pods().empty());
  CHECK(c.get<api::core_v1::PersistentVolumeClaim>("data-db-1") != nullptr);
}

// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
namespace {

using api::core_v1::PersistentVolumeClaim;

StatefulSet with_claims(int32_t replicas, const char* when_deleted, const char* when_scaled) {
  StatefulSet s = stateful(replicas);
  PersistentVolumeClaim claim;
  claim.metadata.name = "data";
  claim.spec.accessModes.push_back("ReadWriteOnce");
  claim.spec.resources.requests.set("storage", Quantity::of(1 << 20, Quantity::Format::BinarySI));
  s.spec.volumeClaimTemplates.push_back(claim);
  auto& policy = s.spec.persistentVolumeClaimRetentionPolicy.mut();
  policy.whenDeleted = when_deleted;
  policy.whenScaled = when_scaled;
  return s;
}

// "StatefulSet/db", "Pod/db-1", "nobody", "gone"
std::string owner_of(Cluster& c, const char* name) {
  auto claim = c.get<PersistentVolumeClaim>(name);
  if (!claim) return "gone";
  if (claim->metadata.ownerReferences.empty()) return "nobody";
  REQUIRE(claim->metadata.ownerReferences.size() == 1);
  const auto& owner = claim->metadata.ownerReferences[0];
  CHECK(owner.controller.value_or(false));
  return cat(owner.kind, "/", owner.name);
}

void scale(Cluster& c, int32_t replicas) {
  StatefulSet s = *c.get<StatefulSet>("db");
  s.spec.replicas = replicas;
  c.update(s);
}

}  // namespace

// stateful_set_control.go: "If the Pod is in pending state then trigger PVC creation to create missing PVCs"
TEST_CASE("StatefulSet: a claim that goes while its pod is pending is made anew") {
  Cluster c(1);
  StatefulSet s = with_claims(1, "Retain", "Retain");
  s.spec.template_.spec.containers.mut(0).resources.requests.set("cpu", Quantity::of(1000));
  c.create(s);
  c.wait(seconds(5));
  const Str before = c.get<PersistentVolumeClaim>("data-db-0")->metadata.uid;
  REQUIRE(c.get<Pod>("db-0")->status.phase == "Pending");
  c.remove<PersistentVolumeClaim>("data-db-0");
  c.wait(minutes(6));  // until the pod is tried again and its condition says what it lacks
  const auto again = c.get<PersistentVolumeClaim>("data-db-0");
  REQUIRE(again);
  CHECK(!(again->metadata.uid == before));
}

TEST_CASE("StatefulSet: whenDeleted Delete, claims go with the set and stay when it shrinks") {
  Cluster c(2);
  c.create(with_claims(2, "Delete", "Retain"));
  c.wait(seconds(5));
  CHECK(owner_of(c, "data-db-0") == "StatefulSet/db");
  scale(c, 1);
  c.wait(seconds(5));
  CHECK(c.pods().size() == 1);
  CHECK(owner_of(c, "data-db-1") == "StatefulSet/db");
  c.remove<StatefulSet>("db");
  c.wait(seconds(5));
  CHECK(c.pods().empty());
  CHECK(owner_of(c, "data-db-0") == "gone");
  CHECK(owner_of(c, "data-db-1") == "gone");
}

TEST_CASE("StatefulSet: whenScaled Delete, claims go with the pods that are too many and stay without the set") {
  Cluster c(2);
  c.create(with_claims(2, "Retain", "Delete"));
  c.wait(seconds(5));
  CHECK(owner_of(c, "data-db-1") == "nobody");
  scale(c, 1);
  c.wait(seconds(5));
  CHECK(owner_of(c, "data-db-1") == "gone");
  // A pod that is merely replaced keeps its claim.
  auto before = c.get<PersistentVolumeClaim>("data-db-0");
  c.remove<Pod>("db-0");
  c.wait(seconds(5));
  CHECK(c.ready_pods() == 1);
  CHECK(c.get<PersistentVolumeClaim>("data-db-0")->metadata.uid == before->metadata.uid);
  c.remove<StatefulSet>("db");
  c.wait(seconds(5));
  CHECK(c.pods().empty());
  CHECK(owner_of(c, "data-db-0") == "nobody");
}

TEST_CASE("StatefulSet: Delete on both, and back to Retain") {
  Cluster c(2);
  c.create(with_claims(3, "Delete", "Delete"));
  c.wait(seconds(5));
  CHECK(owner_of(c, "data-db-2") == "StatefulSet/db");
  scale(c, 2);
  c.wait(seconds(5));
  CHECK(owner_of(c, "data-db-2") == "gone");
  CHECK(owner_of(c, "data-db-1") == "StatefulSet/db");
  StatefulSet s = *c.get<StatefulSet>("db");
  s.spec.persistentVolumeClaimRetentionPolicy.mut().whenDeleted = "Retain";
  s.spec.persistentVolumeClaimRetentionPolicy.mut().whenScaled = "Retain";
  c.update(s);
  c.wait(seconds(3));
  CHECK(owner_of(c, "data-db-0") == "nobody");
  CHECK(owner_of(c, "data-db-1") == "nobody");
  c.remove<StatefulSet>("db");
  c.wait(seconds(5));
  CHECK(owner_of(c, "data-db-0") == "nobody");
}

TEST_CASE("StatefulSet: another controller's claim is left alone") {
  Cluster c(1);
  PersistentVolumeClaim theirs;
  theirs.metadata.namespace_ = "default";
  theirs.metadata.name = "data-db-0";
  theirs.spec = with_claims(1, "", "").spec.volumeClaimTemplates[0].spec;
  auto settings = c.create([] {
    api::core_v1::ConfigMap m;
    m.metadata.namespace_ = "default";
    m.metadata.name = "theirs";
    return m;
  }());
  theirs.metadata.ownerReferences.push_back(client::controller_ref(api::kind<api::core_v1::ConfigMap>(), settings.metadata));
  c.create(theirs);
  c.create(with_claims(1, "Delete", "Delete"));
  c.wait(seconds(5));
  CHECK(c.ready_pods() == 1);
  CHECK(owner_of(c, "data-db-0") == "ConfigMap/theirs");
}

TEST_CASE("StatefulSet: no pod while the former claim of its name is being deleted") {
  Cluster c(1);
  PersistentVolumeClaim going;
  going.metadata.namespace_ = "default";
  going.metadata.name = "data-db-0";
  going.metadata.finalizers.push_back("example.com/kept");
  going.spec = with_claims(1, "", "").spec.volumeClaimTemplates[0].spec;
  c.create(going);
  c.remove<PersistentVolumeClaim>("data-db-0");
  c.create(with_claims(1, "Retain", "Retain"));
  c.wait(seconds(5));
  CHECK(c.pods().empty());
  CHECK(c.has_event("Warning FailedCreate statefulset-controller: create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted"));
  PersistentVolumeClaim free = *c.get<PersistentVolumeClaim>("data-db-0");
  free.metadata.finalizers = {};
  c.update(free);
  c.wait(seconds(5));
  CHECK(c.ready_pods() == 1);
}
