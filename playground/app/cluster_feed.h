// Keeps a ClusterModel up to date from the API alone: informers over core/client, whatever cluster stands behind them.
#pragma once

#include <set>
#include <string>

#include "core/client/informer.h"
#include "playground/app/revision_log.h"
#include "playground/app/things.h"
#include "playground/viewmodel/cluster_model.h"

namespace orrery::app {

class ClusterFeed final : public client::InformerHandler {
 public:
  ClusterFeed(client::Client& client, ports::TaskQueue& queue);

  void start() { informers_.start(); }
  void stop() { informers_.stop(); }
  // Brings the objects of `model` up to the present; true when anything changed. Parts, traces, clock are others' work.
  bool update(viewmodel::ClusterModel& model);
  // What can be named: nodes, pods and workloads as they are now.
  viewmodel::ClusterModel names() const;

  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before, const api::ObjectPtr& after) override;

 private:
  using Keys = std::set<client::Key>;
  bool update_pods(viewmodel::ClusterModel& model);
  bool update_nodes(viewmodel::ClusterModel& model);
  bool update_events(viewmodel::ClusterModel& model);
  bool update_workloads(viewmodel::ClusterModel& model);
  std::vector<viewmodel::Workload> workloads() const;
  bool update_revisions(viewmodel::ClusterModel& model);

  client::InformerSet informers_;
  client::Informer& pods_;
  client::Informer& nodes_;
  client::Informer& events_;
  client::Informer& deployments_;
  client::Informer& sets_;
  std::vector<client::Informer*> others_;  // that own pods: StatefulSets, DaemonSets, Jobs, CronJobs
  Things things_;
  Keys changed_pods_, changed_events_;
  RevisionLog revisions_;
  std::uint64_t told_ = 0;  // version of the revisions in the model
  bool nodes_changed_ = false, workloads_changed_ = false;
};

}  // namespace orrery::app
