#include "core/controllers/persistent_volume.h"

#include "core/controllers/provisioner.h"
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::test;
using namespace orrery::controllers;
using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using api::storage_v1::StorageClass;
using client::kClaimProtection;
using client::kVolumeProtection;

namespace {

Quantity gi(const char* text) { return *Quantity::parse(text); }

PersistentVolume volume(const char* name, const char* size, const char* storage_class = "manual") {
  PersistentVolume v;
  v.metadata.name = name;
  v.spec.capacity.set("storage", gi(size));
  v.spec.accessModes.push_back("ReadWriteOnce");
  v.spec.storageClassName = storage_class;
  v.spec.hostPath.mut().path = "/mnt/data";
  return v;
}

PersistentVolumeClaim claim_of(const char* name, const char* size, const char* storage_class = "manual") {
  PersistentVolumeClaim c;
  c.metadata.namespace_ = "default";
  c.metadata.name = name;
  c.spec.accessModes.push_back("ReadWriteOnce");
  c.spec.resources.requests.set("storage", gi(size));
  c.spec.storageClassName = Str(storage_class);
  return c;
}

StorageClass local_class(const char* name, const char* mode) {
  StorageClass c;
  c.metadata.name = name;
  c.provisioner = kLocalProvisioner;
  c.volumeBindingMode = Str(mode);
  return c;
}

Pod user_of(const char* name, const char* claim) {
  Pod p;
  p.metadata.namespace_ = "default";
  p.metadata.name = name;
  p.spec.containers.push_back({});
  p.spec.containers.mut(0).name = "web";
  p.spec.containers.mut(0).image = "web:1";
  api::core_v1::Volume v;
  v.name = "data";
  v.persistentVolumeClaim.mut().claimName = claim;
  p.spec.volumes.push_back(v);
  return p;
}

Str node_of(const PersistentVolume& v) {
  return v.spec.nodeAffinity ? v.spec.nodeAffinity->required->nodeSelectorTerms[0].matchExpressions[0].values[0] : Str();
}

std::string phases(Cluster& c, const char* claim, const char* volume) {
  auto one = c.get<PersistentVolumeClaim>(claim);
  auto other = c.get<PersistentVolume>(volume);
  return cat(one ? one->status.phase : Str("gone"), " ", other ? other->status.phase : Str("gone"));
}

}  // namespace

// https://kubernetes.io/docs/tasks/configure-pod-container/configure-persistent-volume-storage/
TEST_CASE("PersistentVolume: a claim gets the smallest volume that suits it, and both say so") {
  Cluster c(1);
  c.create(volume("big", "100Gi"));
  c.create(volume("small", "10Gi"));
  c.create(volume("tiny", "1Gi"));
  c.wait(seconds(1));
  CHECK(c.get<PersistentVolume>("small")->status.phase == "Available");
  c.create(claim_of("task", "3Gi"));
  c.wait(seconds(1));
  CHECK(phases(c, "task", "small") == "Bound Bound");
  auto claim = c.get<PersistentVolumeClaim>("task");
  CHECK(claim->spec.volumeName == "small");
  CHECK(claim->status.capacity.get("storage").str() == "10Gi");
  CHECK(claim->metadata.annotations.get("pv.kubernetes.io/bind-completed") == "yes");
  CHECK(claim->metadata.annotations.get("pv.kubernetes.io/bound-by-controller") == "yes");
  auto volume = c.get<PersistentVolume>("small");
  CHECK(volume->spec.claimRef->name == "task");
  CHECK(volume->spec.claimRef->uid == claim->metadata.uid);
  CHECK(c.get<PersistentVolume>("big")->status.phase == "Available");
}

TEST_CASE("PersistentVolume: a claim without a volume and without a class says what it waits for") {
  Cluster c(1);
  c.create(claim_of("alone", "1Gi", ""));
  c.wait(seconds(1));
  CHECK(c.get<PersistentVolumeClaim>("alone")->status.phase == "Pending");
  CHECK(
      c.has_event("Normal FailedBinding persistentvolume-controller: no persistent volumes available for this claim "
                  "and no storage class is set"));
  c.create(claim_of("typo", "1Gi", "fats"));
  c.wait(seconds(1));
  CHECK(c.has_event(
      "Warning ProvisioningFailed persistentvolume-controller: storageclass.storage.k8s.io \"fats\" not found"));
  c.create(volume("late", "1Gi", ""));  // bound as soon as there is one
  c.wait(seconds(1));
  CHECK(phases(c, "alone", "late") == "Bound Bound");
}

TEST_CASE("PersistentVolume: Retain keeps a released volume, which no other claim gets") {
  Cluster c(1);
  c.create(volume("kept", "1Gi"));
  c.create(claim_of("first", "1Gi"));
  c.wait(seconds(1));
  REQUIRE(phases(c, "first", "kept") == "Bound Bound");
  c.remove<PersistentVolumeClaim>("first");
  c.wait(seconds(1));
  CHECK(phases(c, "first", "kept") == "gone Released");
  c.create(claim_of("second", "1Gi"));
  c.wait(seconds(20));
  CHECK(phases(c, "second", "kept") == "Pending Released");
}

TEST_CASE("PersistentVolume: a bound claim whose volume is deleted by force is Lost") {
  Cluster c(1);
  c.create(volume("gone", "1Gi"));
  c.create(claim_of("left", "1Gi"));
  c.wait(seconds(1));
  PersistentVolume v = *c.get<PersistentVolume>("gone");
  c.remove<PersistentVolume>("gone");
  if (auto still = c.get<PersistentVolume>("gone"); still && still->metadata.deletionTimestamp) {
    PersistentVolume forced = *still;
    forced.metadata.finalizers = {};
    c.update(forced);
  }
  c.wait(seconds(1));
  CHECK(c.get<PersistentVolumeClaim>("left")->status.phase == "Lost");
  CHECK(
      c.has_event("Warning ClaimLost persistentvolume-controller: Bound claim has lost its PersistentVolume. Data on "
                  "the volume is lost!"));
}

// https://kubernetes.io/docs/concepts/storage/dynamic-provisioning/
TEST_CASE("LocalProvisioner: makes a volume for a claim, and deletes it after the claim") {
  Cluster c(1);
  c.create(local_class("now", "Immediate"));
  c.create(claim_of("data", "2Gi", "now"));
  c.wait(seconds(2));
  auto claim = c.get<PersistentVolumeClaim>("data");
  REQUIRE(claim->status.phase == "Bound");
  CHECK(claim->spec.volumeName == cat("pvc-", claim->metadata.uid));
  Str name = claim->spec.volumeName;
  auto volume = c.get<PersistentVolume>(name.str().c_str());
  CHECK(volume->spec.persistentVolumeReclaimPolicy == "Delete");
  CHECK(volume->spec.hostPath->path == cat("/var/lib/orrery/volumes/", name));
  CHECK(volume->metadata.annotations.get("pv.kubernetes.io/provisioned-by") == "orrery.dev/local-path");
  CHECK(
      c.has_event(cat("Normal ProvisioningSucceeded local-path-provisioner: Successfully provisioned volume ", name)));
  c.remove<PersistentVolumeClaim>("data");
  c.wait(seconds(2));
  CHECK(phases(c, "data", name.str().c_str()) == "gone gone");
}

TEST_CASE("LocalProvisioner: an Immediate volume is on one node, and claims that are numbered go round the nodes") {
  Cluster c(3);
  c.create(local_class("now", "Immediate"));
  std::set<Str> nodes;
  for (const char* name : {"data-db-0", "data-db-1", "data-db-2"}) {
    c.create(claim_of(name, "1Gi", "now"));
    c.wait(seconds(1));
    auto claim = c.get<PersistentVolumeClaim>(name);
    REQUIRE(claim->status.phase == "Bound");
    nodes.insert(node_of(*c.get<PersistentVolume>(claim->spec.volumeName.str().c_str())));
  }
  CHECK(nodes.size() == 3);
}

// https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
TEST_CASE("WaitForFirstConsumer: the volume is made where the pod goes, and the pod waits for it") {
  Cluster c(3);
  c.create(local_class("later", "WaitForFirstConsumer"));
  c.create(claim_of("data", "2Gi", "later"));
  c.wait(seconds(2));
  CHECK(c.get<PersistentVolumeClaim>("data")->status.phase == "Pending");
  CHECK(
      c.has_event("Normal WaitForFirstConsumer persistentvolume-controller: waiting for first consumer to be created "
                  "before binding"));
  c.create(user_of("web", "data"));
  c.wait(seconds(2));
  auto pod = c.get<Pod>("web");
  CHECK(pod->status.phase == "Running");
  auto claim = c.get<PersistentVolumeClaim>("data");
  REQUIRE(claim->status.phase == "Bound");
  CHECK(claim->metadata.annotations.get("volume.kubernetes.io/selected-node") == pod->spec.nodeName);
  CHECK(node_of(*c.get<PersistentVolume>(claim->spec.volumeName.str().c_str())) == pod->spec.nodeName);
  CHECK(c.has_event(cat("Normal Scheduled default-scheduler: Successfully assigned default/web to ", pod->spec.nodeName)));
  CHECK(c.events("FailedScheduling").empty());
  CHECK(c.scheduler.idle());
  // Whoever uses the claim later goes there, too.
  for (const char* name : {"a", "b", "c"}) c.create(user_of(name, "data"));
  c.wait(seconds(2));
  for (const char* name : {"a", "b", "c"}) CHECK(c.get<Pod>(name)->spec.nodeName == pod->spec.nodeName);
}

TEST_CASE("WaitForFirstConsumer: a claim says which pods have to be scheduled first") {
  Cluster c(1);
  c.create(local_class("later", "WaitForFirstConsumer"));
  c.create(claim_of("data", "2Gi", "later"));
  Pod nowhere = user_of("stuck", "data");
  nowhere.spec.nodeSelector.set("disk", "ssd");
  c.create(nowhere);
  c.wait(seconds(20));
  CHECK(c.has_event("Normal WaitForPodScheduled persistentvolume-controller: waiting for pod stuck to be scheduled"));
  Pod second = nowhere;
  second.metadata.name = "too";
  c.create(second);
  c.wait(seconds(20));
  CHECK(c.has_event("Normal WaitForPodScheduled persistentvolume-controller: waiting for pods stuck,too to be scheduled"));
  CHECK_FALSE(c.get<PersistentVolumeClaim>("data")->metadata.annotations.contains("volume.kubernetes.io/selected-node"));
}

TEST_CASE("WaitForFirstConsumer: the scheduler gives the claim a volume that exists, on a node that reaches it") {
  Cluster c(3);
  StorageClass by_hand = local_class("by-hand", "WaitForFirstConsumer");
  by_hand.provisioner = "kubernetes.io/no-provisioner";
  c.create(by_hand);
  c.create(claim_of("data", "2Gi", "by-hand"));
  c.create(user_of("web", "data"));
  c.wait(seconds(2));
  CHECK(c.has_event("Warning FailedScheduling default-scheduler: 0/3 nodes are available: 3 node(s) didn't find available "
                    "persistent volumes to bind. preemption: 0/3 nodes are available: 3 Preemption is not helpful for "
                    "scheduling."));
  PersistentVolume v = volume("disk", "5Gi", "by-hand");
  api::core_v1::NodeSelectorRequirement on;
  on.key = "kubernetes.io/hostname";
  on.operator_ = "In";
  on.values.push_back("node-2");
  api::core_v1::NodeSelectorTerm term;
  term.matchExpressions.push_back(on);
  v.spec.nodeAffinity.mut().required.mut().nodeSelectorTerms.push_back(term);
  c.create(v);
  c.wait(seconds(5));
  CHECK(phases(c, "data", "disk") == "Bound Bound");
  CHECK(c.get<Pod>("web")->spec.nodeName == "node-2");
  CHECK(c.get<PersistentVolume>("disk")->metadata.annotations.get("pv.kubernetes.io/bound-by-controller") == "yes");
}

TEST_CASE("WaitForFirstConsumer: a volume that nobody makes sends the pod back to the queue") {
  Cluster c(1);
  StorageClass slow = local_class("slow", "WaitForFirstConsumer");
  slow.provisioner = "example.com/nobody";
  c.create(slow);
  c.create(claim_of("data", "2Gi", "slow"));
  c.create(user_of("web", "data"));
  c.wait(seconds(590));
  CHECK(c.get<Pod>("web")->spec.nodeName.empty());
  CHECK(c.events("FailedScheduling").empty());
  CHECK_FALSE(c.scheduler.idle());
  c.wait(seconds(20));
  CHECK(c.has_event("Warning FailedScheduling default-scheduler: running PreBind plugin \"VolumeBinding\": binding volumes: "
                    "context deadline exceeded"));
  // It goes when its pod goes.
  c.remove<Pod>("web");
  c.wait(seconds(2));
  CHECK(c.scheduler.idle());
}

TEST_CASE("WaitForFirstConsumer: a node that is gone is taken off the claim") {
  Cluster c(1);
  c.create(local_class("later", "WaitForFirstConsumer"));
  PersistentVolumeClaim lost = claim_of("data", "2Gi", "later");
  lost.metadata.annotations.set("volume.kubernetes.io/selected-node", "node-9");
  c.create(lost);
  c.wait(seconds(2));
  CHECK_FALSE(c.get<PersistentVolumeClaim>("data")->metadata.annotations.contains("volume.kubernetes.io/selected-node"));
  CHECK(c.has_event("Warning ProvisioningFailed local-path-provisioner: failed to get target node: node \"node-9\" not found"));
  c.create(user_of("web", "data"));
  c.wait(seconds(3));
  CHECK(c.get<Pod>("web")->status.phase == "Running");
}

TEST_CASE("Immediate: a pod waits for its claim, and runs when that is bound") {
  Cluster c(2);
  c.create(claim_of("task", "3Gi"));
  c.create(user_of("web", "task"));
  c.wait(seconds(2));
  CHECK(c.has_event("Warning FailedScheduling default-scheduler: 0/2 nodes are available: pod has unbound immediate "
                    "PersistentVolumeClaims. preemption: 0/2 nodes are available: 2 Preemption is not helpful for "
                    "scheduling."));
  c.create(volume("late", "10Gi"));
  c.wait(seconds(5));
  CHECK(c.get<Pod>("web")->status.phase == "Running");
}

// https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
TEST_CASE("EphemeralVolume: a pod's own claim comes and goes with it") {
  Cluster c(1);
  Pod p = user_of("web", "none");
  p.spec.volumes = {};
  api::core_v1::Volume v;
  v.name = "scratch";
  auto& tmpl = v.ephemeral.mut().volumeClaimTemplate.mut();
  tmpl.metadata.labels.set("type", "my-frontend-volume");
  tmpl.spec = claim_of("any", "1Gi", "standard").spec;
  p.spec.volumes.push_back(v);
  c.create(p);
  c.wait(seconds(3));
  auto claim = c.get<PersistentVolumeClaim>("web-scratch");
  REQUIRE(claim);
  CHECK(claim->metadata.ownerReferences[0].kind == "Pod");
  CHECK(claim->metadata.labels.get("type") == "my-frontend-volume");
  CHECK(c.get<Pod>("web")->status.phase == "Running");
  c.remove<Pod>("web");
  c.wait(seconds(3));
  CHECK(c.get<PersistentVolumeClaim>("web-scratch") == nullptr);
}

// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection
TEST_CASE("Protection: a claim in use stays Terminating until no pod uses it, a bound volume until its claim is gone") {
  Cluster c(1);
  c.create(volume("kept", "1Gi"));
  c.create(claim_of("data", "1Gi"));
  c.wait(seconds(1));
  c.create(user_of("web", "data"));
  c.wait(seconds(2));
  REQUIRE(c.get<Pod>("web")->status.phase == "Running");
  CHECK(c.get<PersistentVolumeClaim>("data")->metadata.finalizers[0] == kClaimProtection);
  CHECK(c.get<PersistentVolume>("kept")->metadata.finalizers[0] == kVolumeProtection);
  c.remove<PersistentVolume>("kept");
  c.remove<PersistentVolumeClaim>("data");
  c.wait(seconds(30));
  auto claim = c.get<PersistentVolumeClaim>("data");
  REQUIRE(claim);
  CHECK(claim->metadata.deletionTimestamp);
  CHECK(claim->status.phase == "Bound");
  REQUIRE(c.get<PersistentVolume>("kept"));
  CHECK(c.get<PersistentVolume>("kept")->metadata.deletionTimestamp);
  // Nobody new gets it.
  c.create(user_of("late", "data"));
  c.wait(seconds(1));
  CHECK(c.has_event("Warning FailedScheduling default-scheduler: 0/1 nodes are available: persistentvolumeclaim \"data\" is "
                    "being deleted. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."));
  c.remove<Pod>("web");
  c.wait(seconds(2));
  CHECK(phases(c, "data", "kept") == "gone gone");
}

TEST_CASE("Protection: what is not in use goes at once") {
  Cluster c(1);
  c.create(claim_of("idle", "1Gi"));
  c.create(volume("free", "1Gi", "other"));
  c.wait(seconds(1));
  c.remove<PersistentVolumeClaim>("idle");
  c.remove<PersistentVolume>("free");
  c.wait(seconds(1));
  CHECK(phases(c, "idle", "free") == "gone gone");
}
