// The Kubernetes API over HTTP: turns each request into an ApiRequest and the parts of its answer into HTTP - a whole
// body, a chunked stream (watch, logs -f) or a WebSocket (exec, attach, port-forward, and watch or logs for browsers).
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "runtime_native/http/api_calls.h"
#include "runtime_native/http/exchange.h"

namespace orrery::http {

// Answers on the io thread. `calls` must outlive every exchange.
Handler api_gateway(ApiCalls& calls);

// The request as the API server sees it. BadRequest when the target is no path or has broken percent-encoding.
Result<ports::ApiRequest> to_api_request(const HttpRequest& request);

// Parses "a=1&b=x%20y+z" into decoded parameters in order.
List<ports::QueryParameter> parse_query(std::string_view text);

// The headers of an answer, content type first. A Warning header each warning.
Headers reply_headers(const ports::ApiReply& reply);

}  // namespace orrery::http
