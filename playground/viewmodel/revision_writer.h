// Who wrote a revision, when and how.
#pragma once

#include <string>

#include "playground/viewmodel/model.h"

namespace orrery::viewmodel {

struct RevisionWriter {
  std::string who, how;  // empty: not known
  Nanos at = 0;
};

// As the object's own managedFields tell, which leave out what the cluster's parts write into a status; else as the trace
// tells, while the model still has the record of that write.
RevisionWriter writer_of(const Model& model, const Revision& revision);

}  // namespace orrery::viewmodel
