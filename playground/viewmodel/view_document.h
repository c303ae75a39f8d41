// What the present view shows and what can be chosen in it, as a Document: the page's second mirror in the DOM, beside the
// text of the lesson. Its choices carry actions that the page reads as it reads those of the first.
#pragma once

#include "playground/viewmodel/model.h"

namespace orrery::viewmodel {

constexpr std::size_t kMirrorRowsMax = 12;  // of groups, links, changes: the rest is counted

// Empty of blocks for a view that has nothing to choose.
Document view_document(const Model& model);

}  // namespace orrery::viewmodel
