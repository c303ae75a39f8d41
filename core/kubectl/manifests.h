// Objects from files: what -f and -k name.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "core/kubectl/resources.h"

namespace orrery::kubectl {

// The objects of -f and -k: all documents of the files, items of Lists unpacked. The files are read once a session, so
// the references stay good while it runs. Empty with `error` set when one can't be read or its kind isn't known.
struct Manifest {
  nlohmann::json object;
  ObjectRef ref;
};
const std::vector<Manifest>& manifests_of(Context& context, std::string& error);

}  // namespace orrery::kubectl
