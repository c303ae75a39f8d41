// What pods point to, and what points to pods: Services, Ingresses, claims, ConfigMaps and Secrets that a user made.
// Kept for the map from the API alone.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/client/informer.h"
#include "playground/viewmodel/cluster_model.h"

namespace orrery::app {

class Things final : public client::InformerHandler {
 public:
  // `pods` is the set's informer of pods. REQUIRES: both outlive it.
  Things(client::InformerSet& informers, client::Informer& pods);

  // Brings things, links and ties of `model`, always the same one, up to the present; true when one of their objects changed.
  // Costs what changed, and a pointer for each of the rest.
  bool update(viewmodel::ClusterModel& model);

  std::vector<client::Informer*> kinds() const;

  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before, const api::ObjectPtr& after) override;

 private:
  using Links = viewmodel::SharedBlocks<viewmodel::Link>::Block;
  struct Told {
    viewmodel::SharedList<viewmodel::Thing>::Shared thing;  // null: the cluster's own, not shown
    std::vector<viewmodel::Tie> ties;
  };
  struct Kind {
    client::Informer* informer;
    std::map<client::Key, Told> told;
    std::set<client::Key> changed;  // since the last update
  };

  void pod_changed(const api::ObjectPtr& before, const api::ObjectPtr& after);
  void update_things(viewmodel::ClusterModel& model);
  void update_links(viewmodel::ClusterModel& model);

  client::Informer& pods_;
  client::Informer& slices_;
  std::vector<Kind> kinds_;                        // in the order in which the map shows them
  std::map<client::Key, Links> behind_;            // of each slice: its Service and the pods behind it
  std::set<client::Key> changed_slices_;
  std::map<std::string, Links> uses_;              // by pod uid, of pods that use something
  bool changed_ = false, uses_changed_ = false;
  bool fresh_ = true;                              // the model has nothing of this yet
};

}  // namespace orrery::app
