// What the map says of a pod in few letters.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "playground/viewmodel/cluster_model.h"

namespace orrery::viewmodel {

// The pod's name and shorter forms of it, longest first. What it is of stays longer than all of its own ending, of which the
// last letters always stay, for they tell it from its like: "web-7d4b9c6f5-6ggrq", "web-...-6ggrq" (without the hash of its
// template), "web...6ggrq", "web...rq", "we...rq", ..., "...rq", "rq".
// A pod that nobody made loses its end instead, "script-shop", "script-...", unless that is a number: "visitor-1",
// "vis...-1".
std::vector<std::string> shorter_names(const Pod& pod);

// As kubectl's AGE; what lies ahead is "0s".
std::string age_text(Nanos age);

// Names of the nodes that are not ready: few, and looked up for every pod of a frame.
using SilentNodes = std::set<std::string>;
SilentNodes silent_nodes(const ClusterModel& model);
// Whether the pod's state is only what its node last said: that node is not ready, and the pod has not ended.
bool out_of_touch(const SilentNodes& silent, const Pod& pod);

}  // namespace orrery::viewmodel
