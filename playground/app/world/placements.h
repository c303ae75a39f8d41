// The scheduler's reasons as the view model sees them.
#pragma once

#include "core/scheduler/scheduler.h"
#include "playground/viewmodel/placement.h"

namespace orrery::app {

// `start` is what the wall clock showed when the loop's clock stood at zero. `known` is the answer before this one, of
// whatever pod: it is given again while the decision is the one that it explains.
viewmodel::Placement placement_of(const scheduler::Scheduler& scheduler, const viewmodel::ObjectRef& pod, WallTime start,
                                  const viewmodel::Placement& known);

}  // namespace orrery::app
