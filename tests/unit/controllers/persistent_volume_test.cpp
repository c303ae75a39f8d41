#include "core/controllers/persistent_volume.h"

#include "core/controllers/provisioner.h"
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::test;
using namespace orrery::controllers;
using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using api::storage_v1::StorageClass;

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

TEST_CASE("LocalProvisioner: with WaitForFirstConsumer the volume is made on the node that the scheduler chose") {
  Cluster c(1);
  c.create(local_class("later", "WaitForFirstConsumer"));
  c.create(claim_of("data", "2Gi", "later"));
  c.wait(seconds(2));
  CHECK(c.get<PersistentVolumeClaim>("data")->status.phase == "Pending");
  CHECK(
      c.has_event("Normal WaitForFirstConsumer persistentvolume-controller: waiting for first consumer to be created "
                  "before binding"));
  PersistentVolumeClaim chosen = *c.get<PersistentVolumeClaim>("data");
  chosen.metadata.annotations.set("volume.kubernetes.io/selected-node", "node-1");
  c.update(chosen);
  c.wait(seconds(2));
  auto claim = c.get<PersistentVolumeClaim>("data");
  REQUIRE(claim->status.phase == "Bound");
  auto volume = c.get<PersistentVolume>(claim->spec.volumeName.str().c_str());
  CHECK(volume->spec.nodeAffinity->required->nodeSelectorTerms[0].matchExpressions[0].values[0] == "node-1");
}
