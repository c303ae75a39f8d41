// Source: printers.go printPersistentVolume, printPersistentVolumeClaim, printStorageClass, printCSIDriver, ...
#include "core/api/gen/core_v1.h"
#include "core/api/gen/storage_v1.h"
#include "core/apiserver/printers/printer.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using namespace api::storage_v1;

// helper.GetAccessModesAsString
std::string modes_text(const List<Str>& modes) {
  std::string out;
  for (auto& [mode, brief] : {std::pair<std::string_view, std::string_view>{"ReadWriteOnce", "RWO"},
                              {"ReadOnlyMany", "ROX"},
                              {"ReadWriteMany", "RWX"},
                              {"ReadWriteOncePod", "RWOP"}})
    for (const Str& m : modes)
      if (m == mode) {
        out += cat(out.empty() ? "" : ",", brief);
        break;
      }
  return out;
}

std::string_view or_unset(const std::optional<Str>& s) { return s ? s->view() : std::string_view("<unset>"); }
std::string_view or_text(const std::optional<Str>& s, std::string_view otherwise) { return s ? s->view() : otherwise; }

std::string amount(const Map<Quantity>& list) {
  const Quantity* q = list.find("storage");
  return q ? q->str() : "0";
}

// The class by annotation (as it was before it became a field), else by field.
std::string_view class_of(const api::meta_v1::ObjectMeta& meta, std::string_view field) {
  const Str* annotation = meta.annotations.find("volume.beta.kubernetes.io/storage-class");
  return annotation ? annotation->view() : field;
}

void volume_cells(const PersistentVolume& o, WallTime now, Cells& out) {
  const auto& s = o.spec;
  out.text(o.metadata.name);
  out.text(amount(s.capacity));
  out.text(modes_text(s.accessModes));
  out.text(s.persistentVolumeReclaimPolicy);
  out.text(o.metadata.deletionTimestamp.is_set() ? std::string_view("Terminating") : o.status.phase.view());
  out.text(s.claimRef ? cat(s.claimRef->namespace_, '/', s.claimRef->name) : "");
  out.text(class_of(o.metadata, s.storageClassName));
  out.text(or_unset(s.volumeAttributesClassName));
  out.text(o.status.reason);
  out.age(o.metadata.creationTimestamp, now);
  out.text(or_unset(s.volumeMode));
}

void claim_cells(const PersistentVolumeClaim& o, WallTime now, Cells& out) {
  bool bound = !o.spec.volumeName.empty();
  out.text(o.metadata.name);
  out.text(o.metadata.deletionTimestamp.is_set() ? std::string_view("Terminating") : o.status.phase.view());
  out.text(o.spec.volumeName);
  out.text(bound ? amount(o.status.capacity) : "");
  out.text(bound ? modes_text(o.status.accessModes) : "");
  out.text(class_of(o.metadata, or_text(o.spec.storageClassName, "")));
  out.text(or_unset(o.spec.volumeAttributesClassName));
  out.age(o.metadata.creationTimestamp, now);
  out.text(or_unset(o.spec.volumeMode));
}

bool is_default(const api::meta_v1::ObjectMeta& meta, std::string_view kind) {
  return meta.annotations.get(cat(kind, ".kubernetes.io/is-default-class")) == "true" ||
         meta.annotations.get(cat(kind, ".beta.kubernetes.io/is-default-class")) == "true";
}

void storage_class_cells(const StorageClass& o, WallTime now, Cells& out) {
  out.text(cat(o.metadata.name, is_default(o.metadata, "storageclass") ? " (default)" : ""));
  out.text(o.provisioner);
  out.text(or_text(o.reclaimPolicy, "Delete"));
  out.text(or_text(o.volumeBindingMode, "Immediate"));
  out.boolean(o.allowVolumeExpansion.value_or(false));
  out.age(o.metadata.creationTimestamp, now);
}

void attributes_cells(const VolumeAttributesClass& o, WallTime now, Cells& out) {
  out.text(cat(o.metadata.name, is_default(o.metadata, "volumeattributesclass") ? " (default)" : ""));
  out.text(o.driverName);
  out.age(o.metadata.creationTimestamp, now);
}

void attachment_cells(const VolumeAttachment& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(o.spec.attacher);
  out.text(or_text(o.spec.source.persistentVolumeName, ""));
  out.text(o.spec.nodeName);
  out.boolean(o.status.attached);
  out.age(o.metadata.creationTimestamp, now);
}

void driver_cells(const CSIDriver& o, WallTime now, Cells& out) {
  std::string modes, audiences;
  for (const Str& m : o.spec.volumeLifecycleModes) modes += cat(modes.empty() ? "" : ",", m);
  for (const auto& t : o.spec.tokenRequests) audiences += cat(audiences.empty() ? "" : ",", t.audience);
  out.text(o.metadata.name);
  out.boolean(o.spec.attachRequired.value_or(true));
  out.boolean(o.spec.podInfoOnMount.value_or(false));
  out.boolean(o.spec.storageCapacity.value_or(false));
  out.text(o.spec.tokenRequests.empty() ? "<unset>" : audiences);
  out.boolean(o.spec.requiresRepublish.value_or(false));
  out.text(modes.empty() ? "<none>" : modes);
  out.age(o.metadata.creationTimestamp, now);
}

void csinode_cells(const CSINode& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.number(o.spec.drivers.size());
  out.age(o.metadata.creationTimestamp, now);
}

void capacity_cells(const CSIStorageCapacity& o, WallTime, Cells& out) {
  out.text(o.metadata.name);
  out.text(o.storageClassName);
  out.text(o.capacity ? o.capacity->str() : "<unset>");
}

}  // namespace

void add_storage_printers(std::vector<Printer>& all) {
  all.push_back(printer<PersistentVolume, volume_cells>(
      {kName, text_column("Capacity"), text_column("Access Modes"), text_column("Reclaim Policy"),
       text_column("Status"), text_column("Claim"), text_column("StorageClass"), text_column("VolumeAttributesClass"),
       text_column("Reason"), kAge, text_column("VolumeMode", 1)}));
  all.push_back(printer<PersistentVolumeClaim, claim_cells>(
      {kName, text_column("Status"), text_column("Volume"), text_column("Capacity"), text_column("Access Modes"),
       text_column("StorageClass"), text_column("VolumeAttributesClass"), kAge, text_column("VolumeMode", 1)}));
  all.push_back(printer<StorageClass, storage_class_cells>({kName, text_column("Provisioner"), text_column("ReclaimPolicy"),
                                                    text_column("VolumeBindingMode"),
                                                    text_column("AllowVolumeExpansion"), kAge}));
  all.push_back(printer<VolumeAttributesClass, attributes_cells>({kName, text_column("DriverName"), kAge}));
  all.push_back(printer<VolumeAttachment, attachment_cells>({kName,
                                                             {"Attacher", "string", "name", 0},
                                                             text_column("PV"),
                                                             text_column("Node"),
                                                             boolean_column("Attached"),
                                                             kAge}));
  all.push_back(printer<CSIDriver, driver_cells>(
      {kName, boolean_column("AttachRequired"), boolean_column("PodInfoOnMount"), boolean_column("StorageCapacity"),
       text_column("TokenRequests"), boolean_column("RequiresRepublish"), text_column("Modes"), kAge}));
  all.push_back(printer<CSINode, csinode_cells>({kName, number_column("Drivers"), kAge}));
  all.push_back(
      printer<CSIStorageCapacity, capacity_cells>({kName, text_column("StorageClassName"), text_column("Capacity")}));
}

}  // namespace orrery::apiserver
