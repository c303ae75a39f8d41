// What of one object goes into a copy of its cluster, as JSON without what the server and the controllers set.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "runtime_sim/copy/cluster_reader.h"

namespace orrery::sim {

// Facts of the whole cluster that the rules for one object need.
struct ClusterFacts {
  explicit ClusterFacts(const Reading& reading);
  std::set<std::string> nodes;      // of the copy
  std::set<std::string> volumes;    // PersistentVolumes that were read
  std::set<std::string> selecting;  // "ns/name" of Services with a selector
  std::map<std::string, std::string>
      revision;  // "StatefulSet/ns/name": the hash label that Orrery gives to its present template
  std::map<std::string, std::string> present;  // the same: that label in the cluster; "" when it can't be known
};

struct Cleaned {
  std::optional<nlohmann::json> object;
  std::string why_not;  // a reason for people, when there is no object
  std::string changed;  // what was put in place of something, when so
};

Cleaned clean(const Listing& kind, const nlohmann::json& object, const ClusterFacts& facts);

// The pod's template of a workload, or a Pod itself: where its spec stands, or null. Kinds of core, apps and batch.
const nlohmann::json* pod_spec_in(const std::string& kind, const nlohmann::json& object);

}  // namespace orrery::sim
