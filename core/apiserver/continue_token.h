// The opaque token of a list's next page. Source: apiserver pkg/storage/continue.go.
#pragma once

#include <string>

#include "core/base/result.h"

namespace orrery::apiserver {

struct ContinueToken {
  uint64_t revision = 0;  // 0: the current one (an inconsistent continuation)
  Str after;              // the last key that was returned
};

std::string make_continue(uint64_t revision, const Str& after);
// Errors: BadRequest "continue key is not valid: ...".
Result<ContinueToken> read_continue(const Str& token);

}  // namespace orrery::apiserver
