// Requests that are passed on to what a pod or service listens on.
#pragma once

#include "core/apiserver/call.h"
#include "core/ports/dialer.h"

namespace orrery::apiserver {

Answer proxied(const ports::HttpAnswer& answer);
// 503 "error trying to reach service: dial tcp ...".
Error unreachable(const Error& error);

}  // namespace orrery::apiserver
