// Paths that are no resources: health, version, discovery, OpenAPI.
#pragma once

#include "core/apiserver/apiserver.h"

namespace orrery::apiserver {

Answer answer_nonresource(const CallRecord& call, const Options& options, const CustomKinds& custom,
                          Documents& documents);
// openapi.cpp
std::optional<Answer> answer_openapi(const CallRecord& call, const CustomKinds& custom, Documents& documents);
// Discovery (discovery.cpp): /api, /apis, /api/v1, /apis/<group>, /apis/<group>/<version>.
std::optional<Answer> answer_discovery(const CallRecord& call, const Options& options, const CustomKinds& custom);

}  // namespace orrery::apiserver
