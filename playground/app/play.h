// The desktop window and the page: one program.
#pragma once

#include <functional>
#include <memory>

#include "playground/viewmodel/cluster_source.h"

namespace orrery::app {

using MakeSource = std::function<std::unique_ptr<viewmodel::ClusterSource>()>;

// Reads the options of `orrery play`, opens the window, shows the cluster that `source` makes. Returns the exit status.
int play(int argc, char** argv, const MakeSource& source);

}  // namespace orrery::app
