// The scheduler's reasons as the view model sees them.
#pragma once

#include "core/scheduler/scheduler.h"
#include "playground/viewmodel/placement.h"

namespace orrery::app {

// `start` is what the wall clock showed when the loop's clock stood at zero.
viewmodel::Placement placement_of(const scheduler::Scheduler& scheduler, const viewmodel::ObjectRef& pod, WallTime start);

}  // namespace orrery::app
