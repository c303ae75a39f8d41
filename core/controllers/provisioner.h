// Makes volumes for claims of the storage classes whose provisioner is kLocalProvisioner: a directory on the node that the
// scheduler chose (WaitForFirstConsumer) or, where nobody chose (Immediate), on one that the claim's name picks. The volume
// says by its node affinity where it is. Deletes released ones whose policy is Delete; what was in the directory stays.
// Works as an external provisioner does (sigs.k8s.io/sig-storage-lib-external-provisioner, and
// kubernetes-csi/external-provisioner for the node of an Immediate claim), whose events it words.
#pragma once

#include "core/controllers/persistent_volume.h"

namespace orrery::controllers {

inline constexpr const char* kLocalProvisioner = "orrery.dev/local-path";
// Where volumes stand on a node; the kubelet's volume port maps it below its own root.
inline constexpr const char* kLocalVolumes = "/var/lib/orrery/volumes";

using NodePtr = std::shared_ptr<const api::core_v1::Node>;
struct ProvisionView {
  ClaimView claim;
  std::vector<NodePtr> nodes;  // by name
};
// What to do for a claim that waits for the local provisioner.
client::Plan plan_provision(const ProvisionView& view, const client::Attempt& attempt);

class LocalProvisioner final : public client::Controller {
 public:
  Str name() const override { return "local-path-provisioner"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* volumes_ = nullptr;
  client::Informer* claims_ = nullptr;
  client::Informer* classes_ = nullptr;
  client::Informer* nodes_ = nullptr;
};

}  // namespace orrery::controllers
