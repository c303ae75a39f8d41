// The Status in a refused request's body, read back into the Error that in-process callers get.
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace orrery::api {

// code: the answer's HTTP status. A body that is no Status gives an Error whose message is the body.
Error error_of_status(int code, std::string_view body);

}  // namespace orrery::api
