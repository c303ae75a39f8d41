// The desktop window and the page: one program.
#pragma once

#include <functional>
#include <memory>

#include "playground/app/page_source.h"

namespace orrery::app {

// Reads the options of `orrery play`, opens the window, shows the clusters that `worlds` makes. Returns the exit status.
int play(int argc, char** argv, const Worlds& worlds);

}  // namespace orrery::app
