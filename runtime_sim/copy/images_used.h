// How a cluster's pods use their images: what a simulated registry needs so that they run in a copy.
#pragma once

#include <string>
#include <vector>

#include "runtime_sim/copy/cluster_reader.h"
#include "runtime_sim/images/registry.h"

namespace orrery::sim {

struct ImagesUsed {
  List<PlainImage> plain;             // by name
  std::vector<std::string> built_in;  // those that Orrery's catalogue has and that suit
  std::vector<std::string> missing;   // the cluster couldn't pull them either: they stay missing
};

// Plain images get the ports that containers declare, that probes name by number and that Services lead to; and the CPU
// and memory that their containers use on average where metrics.k8s.io was read.
ImagesUsed images_used(const Reading& reading);

}  // namespace orrery::sim
