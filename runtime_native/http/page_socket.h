// One WebSocket that carries every API call of the page: browsers allow only six HTTP connections an origin.
//
// Text messages, one JSON object each. From the page:
//   {"id":7,"method":"GET","path":"/api/v1/pods?watch=1","headers":{"accept":"application/json"},"body":"..."}   starts call 7
//   {"id":7,"method":"GET","path":"/api/v1/.../exec?...","subprotocols":"v5.channel.k8s.io"}                     a duplex call
//   {"id":7,"frame":"BASE64"}     a frame to a duplex call, channel byte first
//   {"id":7,"cancel":true}        no more of call 7
// To the page:
//   {"id":7,"status":200,"headers":{"content-type":"application/json"},"body":"..."}             a whole answer
//   {"id":7,"status":200,"headers":{...},"stream":true,"subprotocol":"v5.channel.k8s.io"}        a stream begins
//   {"id":7,"chunk":"..."}        its text; {"id":7,"chunk64":"BASE64"} when it isn't UTF-8
//   {"id":7,"frame":"BASE64"}     a frame of a duplex call
//   {"id":7,"end":true}           the stream's end
// An id is the page's own positive number and may be used again after its call has ended. GET /orrery/trace?after=N is a
// stream of the cluster's trace records, one JSON object a line.
#pragma once

#include <memory>

#include "core/ports/api.h"
#include "runtime_native/host/trace_hub.h"
#include "runtime_native/http/api_calls.h"
#include "runtime_native/http/exchange.h"

namespace orrery::http {

// Takes over the exchange, whose upgrade it accepts. Calls are made as `identity`.
void serve_page_socket(std::shared_ptr<Exchange> exchange, ApiCalls& calls, host::TraceHub* trace,
                       const ports::Identity& identity);

// A trace record as the page reads it.
std::string trace_json(const ports::TraceRecord& record);

}  // namespace orrery::http
