#include "core/controllers/provisioner.h"

#include "core/base/rng.h"
#include "core/base/text.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::core_v1::Node;
using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using api::storage_v1::StorageClass;
using client::Attempt;
using client::Key;
using client::Note;
using client::Plan;
using client::Write;
using client::class_of;
using client::kProvisionedBy;
using client::kProvisioner;

namespace {

constexpr const char* kHostname = "kubernetes.io/hostname";
constexpr Duration kNodeWait = seconds(15);  // for a first node


PersistentVolume volume_for(const PersistentVolumeClaim& claim, const StorageClass& c, const Node& node) {
  PersistentVolume volume;
  volume.metadata.name = cat("pvc-", claim.metadata.uid);
  volume.metadata.annotations.set(kProvisionedBy, kLocalProvisioner);
  auto& spec = volume.spec;
  spec.capacity = claim.spec.resources.requests;
  spec.accessModes = claim.spec.accessModes;
  spec.persistentVolumeReclaimPolicy = c.reclaimPolicy.value_or(Str("Delete"));
  spec.storageClassName = c.metadata.name;
  spec.mountOptions = c.mountOptions;
  spec.volumeMode = claim.spec.volumeMode;
  auto& ref = spec.claimRef.mut();
  ref.kind = "PersistentVolumeClaim";
  ref.apiVersion = "v1";
  ref.namespace_ = claim.metadata.namespace_;
  ref.name = claim.metadata.name;
  ref.uid = claim.metadata.uid;
  ref.resourceVersion = claim.metadata.resourceVersion;
  auto& directory = spec.hostPath.mut();
  directory.path = cat(kLocalVolumes, "/", volume.metadata.name);
  directory.type = Str("DirectoryOrCreate");
  api::core_v1::NodeSelectorRequirement on;
  on.key = kHostname;
  on.operator_ = "In";
  on.values.push_back(node.metadata.labels.contains(kHostname) ? node.metadata.labels.get(kHostname) : node.metadata.name);
  api::core_v1::NodeSelectorTerm term;
  term.matchExpressions.push_back(std::move(on));
  spec.nodeAffinity.mut().required.mut().nodeSelectorTerms.push_back(std::move(term));
  return volume;
}

// Where nobody chose, the claim's name does: claims that differ by a number at the end, as those of a StatefulSet do, go
// round the nodes.
const Node* picked_by_name(const Str& claim, const std::vector<NodePtr>& nodes) {
  if (nodes.empty()) return nullptr;
  std::string_view name = claim, stem = name;
  uint64_t offset = 0;
  size_t dash = name.rfind('-');
  int64_t number = 0;
  if (dash != std::string_view::npos && parse_int64(name.substr(dash + 1), number) && number >= 0) {
    stem = name.substr(0, dash);
    offset = static_cast<uint64_t>(number);
  }
  return nodes[(fnv1a32(stem) + offset) % nodes.size()].get();
}

// The scheduler shall choose again.
void send_back(Plan& plan, const client::ClaimPtr& claim, const Str& node) {
  plan.notes.push_back({client::event_target(ObjectPtr(claim)), "Warning", "ProvisioningFailed",
                        cat("failed to get target node: node \"", node, "\" not found")});
  PersistentVolumeClaim free = *claim;
  free.metadata.annotations.erase(client::kSelectedNode);
  plan.writes.push_back(client::update(api::make_object(std::move(free)), cat(node, " is gone: another node is to be chosen")));
}

// Makes the volume there.
void provision(Plan& plan, const ClaimView& view, const Node& node) {
  const PersistentVolumeClaim& claim = *view.claim;
  const StorageClass& c = *view.storage_class;
  PersistentVolume volume = volume_for(claim, c, node);
  for (const VolumePtr& have : view.volumes)
    if (have->metadata.name == volume.metadata.name) return;
  client::EventTarget about = client::event_target(ObjectPtr(view.claim));
  Str name = cat(claim.metadata.namespace_, "/", claim.metadata.name);
  plan.notes.push_back(
      {about, "Normal", "Provisioning", cat("External provisioner is provisioning volume for claim \"", name, "\"")});
  Str made = volume.metadata.name;
  Write w = client::create(api::make_object(std::move(volume)),
                           cat("no volume suits ", claim.metadata.name, ": making one on ", node.metadata.name));
  w.fine = Reason::AlreadyExists;
  w.on_success = Note{about, "Normal", "ProvisioningSucceeded", cat("Successfully provisioned volume ", made)};
  w.on_failure = Note{about, "Warning", "ProvisioningFailed",
                      cat("failed to provision volume with StorageClass \"", c.metadata.name, "\": {error}")};
  plan.writes.push_back(std::move(w));
}

}  // namespace

Plan plan_provision(const ProvisionView& view, const Attempt&) {
  Plan plan;
  const PersistentVolumeClaim& claim = *view.claim.claim;
  if (!(claim.metadata.annotations.get(kProvisioner) == kLocalProvisioner) || !claim.spec.volumeName.empty() ||
      claim.metadata.deletionTimestamp || !view.claim.storage_class)
    return plan;
  const Str* selected = claim.metadata.annotations.find(client::kSelectedNode);
  if (!selected && client::waits_for_consumer(view.claim.storage_class.get())) return plan;
  const Node* node = selected ? nullptr : picked_by_name(claim.metadata.name, view.nodes);
  for (const NodePtr& n : view.nodes)
    if (selected && n->metadata.name == *selected) node = n.get();
  if (node)
    provision(plan, view.claim, *node);
  else if (selected)
    send_back(plan, view.claim.claim, *selected);
  else
    plan.requeue_after = kNodeWait;
  return plan;
}

void LocalProvisioner::setup(client::InformerSet& informers) {
  volumes_ = &informers.of<PersistentVolume>();
  claims_ = &informers.of<PersistentVolumeClaim>();
  classes_ = &informers.of<StorageClass>();
  nodes_ = &informers.of<Node>();
  volumes_->add_handler(*this);
  claims_->add_handler(*this);
}

void LocalProvisioner::on_change(const client::Informer&, ports::WatchType, const ObjectPtr&, const ObjectPtr& after) {
  if (after) queue().add(client::key_of(after));
}

Plan LocalProvisioner::plan(const Key& key, const Attempt& attempt) {
  if (!key.ns.empty()) {
    ProvisionView view;
    view.claim.claim = claims_->find(key).get<PersistentVolumeClaim>();
    if (!view.claim.claim || !view.claim.claim->spec.volumeName.empty()) return {};
    view.claim.storage_class = classes_->find({{}, class_of(*view.claim.claim)}).get<StorageClass>();
    for (const auto& [name, volume] : volumes_->objects()) view.claim.volumes.push_back(volume.get<PersistentVolume>());
    for (const auto& [name, node] : nodes_->objects()) view.nodes.push_back(node.get<Node>());
    return plan_provision(view, attempt);
  }
  Plan plan;
  const ObjectPtr& object = volumes_->find(key);
  const PersistentVolume* volume = object.as<PersistentVolume>();
  if (volume && volume->metadata.annotations.get(kProvisionedBy) == kLocalProvisioner &&
      volume->spec.persistentVolumeReclaimPolicy == "Delete" && volume->status.phase == "Released" &&
      !volume->metadata.deletionTimestamp)
    plan.writes.push_back(client::remove(object, cat("its claim is gone, and its policy is Delete")));
  return plan;
}

}  // namespace orrery::controllers
