// An object's manifest while it is edited in the page.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/cluster_model.h"
#include "playground/viewmodel/manifest_errors.h"

namespace orrery::viewmodel {

struct Editing {
  enum class State { Loading, Open, Asked, Stored, Refused, NotHere };
  ObjectRef of;
  State state = State::Loading;
  std::string original;       // as it was handed out
  std::string text;           // what was applied last, at first the same
  std::uint64_t version = 0;  // grows when `text` is another than what the editor holds
  std::string command;        // the line that applied it
  std::vector<ManifestError> errors;
};

// A manifest as kubectl prints it, without what only the API server writes: status, and of the metadata its revision, uid,
// generation and time of creation.
std::string editable(const std::string& yaml);

// The manifest file that an object is written to: "deployment-web".
std::string file_stem(const ObjectRef& ref);

}  // namespace orrery::viewmodel
