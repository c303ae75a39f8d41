// Paths that are no resources: health, version, discovery, OpenAPI.
#pragma once

#include "core/apiserver/apiserver.h"

namespace orrery::apiserver {

Answer answer_nonresource(const CallRecord& call, const Options& options, uint64_t revision);
// Discovery (discovery.cpp): /api, /apis, /api/v1, /apis/<group>, /apis/<group>/<version>.
std::optional<Answer> answer_discovery(const CallRecord& call, const Options& options);

}  // namespace orrery::apiserver
