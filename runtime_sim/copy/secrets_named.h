// The Secrets that pods can't start without.
#pragma once

#include <map>
#include <set>
#include <string>

#include "runtime_sim/copy/cluster_reader.h"

namespace orrery::sim {

// "ns/name" -> the keys that are named; those of a Secret that is taken as a whole aren't. Optional ones are left out.
std::map<std::string, std::set<std::string>> secrets_named(const Reading& reading);

}  // namespace orrery::sim
