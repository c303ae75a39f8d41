// What stands beside the map before a lesson is chosen.
#pragma once

#include "playground/viewmodel/document.h"
#include "playground/viewmodel/words.h"

namespace orrery::app {

viewmodel::Document welcome(viewmodel::Language language);

}  // namespace orrery::app
