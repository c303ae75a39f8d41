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

  // Brings model.things and model.links up to the present; true when they changed.
  bool update(viewmodel::ClusterModel& model);

  const std::vector<client::Informer*>& kinds() const { return kinds_; }

  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before, const api::ObjectPtr& after) override;

 private:
  void tell(const client::Informer& informer, viewmodel::ClusterModel& model) const;
  void tie(const api::ObjectPtr& object, viewmodel::ClusterModel& model) const;

  client::Informer& pods_;
  client::Informer& slices_;
  std::vector<client::Informer*> kinds_;  // in the order in which the map shows them
  // What each pod uses, and which Service each pod stands behind: (kind, name) in the pod's own namespace.
  std::map<std::string, std::set<std::pair<std::string, std::string>>> uses_;       // by pod uid
  std::map<client::Key, std::vector<std::string>> behind_;                          // slice -> pod uids
  std::map<client::Key, client::Key> service_of_;                                   // slice -> Service
  std::map<std::string, std::string> ns_of_;                                        // pod uid -> namespace
  bool changed_ = false;
};

}  // namespace orrery::app
