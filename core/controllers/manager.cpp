#include "core/controllers/manager.h"

#include "core/controllers/certificates.h"
#include "core/controllers/cluster_role_aggregation.h"
#include "core/controllers/cron_job.h"
#include "core/controllers/daemon_set.h"
#include "core/controllers/deployment.h"
#include "core/controllers/disruption.h"
#include "core/controllers/endpoints.h"
#include "core/controllers/ephemeral_volume.h"
#include "core/controllers/garbage_collector.h"
#include "core/controllers/horizontal_pod_autoscaler.h"
#include "core/controllers/job.h"
#include "core/controllers/namespaces.h"
#include "core/controllers/node_lifecycle.h"
#include "core/controllers/persistent_volume.h"
#include "core/controllers/protection.h"
#include "core/controllers/provisioner.h"
#include "core/controllers/replica_set.h"
#include "core/controllers/resource_quota.h"
#include "core/controllers/stateful_set.h"

namespace orrery::controllers {
namespace {

ports::Identity identity(Str user) {
  ports::Identity id;
  id.user = std::move(user);
  id.groups = {"system:authenticated"};
  return id;
}

// Each controller acts as its own service account, as with --use-service-account-credentials.
ports::Identity account(const Str& controller) {
  ports::Identity id = identity(cat("system:serviceaccount:kube-system:", controller));
  id.groups.push_back("system:serviceaccounts");
  id.groups.push_back("system:serviceaccounts:kube-system");
  return id;
}

// A controller's account. Some have another name where they are the source of events.
Str account_of(const Str& controller) {
  struct Row {
    std::string_view source, account;
  };
  constexpr Row kRows[] = {{"controllermanager", "disruption-controller"},
                           {"daemonset-controller", "daemon-set-controller"},
                           {"ephemeral_volume", "ephemeral-volume-controller"},
                           {"endpoint-slice-controller", "endpointslice-controller"},
                           {"endpoint-slice-mirroring-controller", "endpointslicemirroring-controller"},
                           {"replicationcontroller-controller", "replication-controller"},
                           {"persistentvolume-controller", "persistent-volume-binder"}};
  for (const Row& row : kRows)
    if (row.source == controller.view()) return Str(row.account);
  return controller;
}

}  // namespace

ControllerManager::ControllerManager(ports::TaskQueue& queue, ports::ApiHandler& api, const ports::Clock& clock,
                                     ManagerOptions options)
    : queue_(&queue),
      api_(&api),
      clock_(&clock),
      options_(std::move(options)),
      client_(api, queue, identity("system:kube-controller-manager"), "controller-manager"),
      informers_(client_, queue) {
  add(std::make_unique<DeploymentController>(), "deployment");
  add(std::make_unique<ReplicaSetController>(), "replicaset");
  add(std::make_unique<ReplicaSetController>(replication_controllers()), "replicationcontroller");
  add(std::make_unique<StatefulSetController>(), "statefulset");
  add(std::make_unique<DaemonSetController>(), "daemonset");
  add(std::make_unique<JobController>(), "job");
  add(std::make_unique<CronJobController>(), "cronjob");
  add(std::make_unique<TtlAfterFinishedController>(), "ttl-after-finished");
  add(std::make_unique<DisruptionController>(), "disruption");
  add(std::make_unique<HorizontalPodAutoscalerController>(), "horizontalpodautoscaler");
  add(std::make_unique<PersistentVolumeController>(), "persistentvolume");
  add(std::make_unique<LocalProvisioner>(), "provisioner");
  add(std::make_unique<EphemeralVolumeController>(), "ephemeral-volume");
  add(std::make_unique<ClaimProtectionController>(), "pvc-protection");
  add(std::make_unique<VolumeProtectionController>(), "pv-protection");
  add(std::make_unique<EndpointSliceController>(), "endpointslice");
  add(std::make_unique<EndpointsController>(), "endpoints");
  add(std::make_unique<EndpointSliceMirroringController>(), "endpointslicemirroring");
  add(std::make_unique<NodeLifecycleController>(), "node-lifecycle");
  add(std::make_unique<PodGcController>(), "pod-gc");
  add(std::make_unique<GarbageCollector>(), "garbage-collector");
  add(std::make_unique<NamespaceController>(), "namespace");
  add(std::make_unique<ResourceQuotaController>(), "resourcequota");
  add(std::make_unique<ServiceAccountController>(), "serviceaccount");
  add(std::make_unique<ClusterRoleAggregationController>(), "clusterrole-aggregation");
  if (options_.certificates) add(std::make_unique<CertificateController>(*options_.certificates), "certificate");
  if (!options_.root_ca.empty()) add(std::make_unique<RootCaPublisher>(options_.root_ca), "root-ca");
}

void ControllerManager::add(std::unique_ptr<client::Controller> controller, std::string_view short_name) {
  client::Client own(*api_, *queue_, account(account_of(controller->name())), cat("controller-manager/", short_name));
  controllers_.push_back(std::move(controller));
  reconcilers_.push_back(std::make_unique<client::Reconciler>(*controllers_.back(), informers_, std::move(own), *queue_,
                                                              *clock_, options_.reconciler));
}

void ControllerManager::start() {
  if (running_) return;
  running_ = true;
  for (auto& reconciler : reconcilers_) reconciler->start();
  informers_.start();
}

void ControllerManager::stop() {
  running_ = false;
  informers_.stop();
  for (auto& reconciler : reconcilers_) reconciler->stop();
}

ControllerManager::Snapshot ControllerManager::snapshot() const {
  Snapshot out;
  out.running = running_;
  for (const auto& informer : informers_.all()) out.informers.push_back(informer->state());
  for (const auto& reconciler : reconcilers_) out.reconcilers.push_back(reconciler->snapshot());
  return out;
}

void ControllerManager::restore(Snapshot snapshot) {
  restore_parts(std::move(snapshot));
  informers_.restored();
}

void ControllerManager::copy_from(const ControllerManager& other) {
  informers_.copy_custom(other.informers_);
  restore_parts(other.snapshot());
}

void ControllerManager::restore_parts(Snapshot snapshot) {
  ORRERY_CHECK(
      snapshot.informers.size() == informers_.all().size() && snapshot.reconcilers.size() == reconcilers_.size(),
      "a snapshot is restored into a manager with the same parts");
  running_ = snapshot.running;
  for (size_t i = 0; i < snapshot.informers.size(); ++i) informers_.all()[i]->restore(std::move(snapshot.informers[i]));
  for (size_t i = 0; i < snapshot.reconcilers.size(); ++i) reconcilers_[i]->restore(std::move(snapshot.reconcilers[i]));
}

bool ControllerManager::idle() const {
  for (const auto& reconciler : reconcilers_)
    if (!reconciler->idle()) return false;
  return true;
}

client::Reconciler* ControllerManager::find(std::string_view controller) {
  for (auto& reconciler : reconcilers_)
    if (reconciler->controller().name() == controller) return reconciler.get();
  return nullptr;
}

}  // namespace orrery::controllers
