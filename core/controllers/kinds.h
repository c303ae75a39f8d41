// The kinds that controllers of all content look at: everything that can be listed, watched and deleted, each stored
// kind once (the newest version), without Events.
#pragma once

#include <vector>

#include "core/api/kinds.h"

namespace orrery::controllers {

const std::vector<const api::KindInfo*>& deletable_kinds();
bool is_events(const api::KindInfo& kind);

}  // namespace orrery::controllers
