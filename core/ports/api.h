// The API server as others see it: a function from ApiRequest to ApiReply (whole, or a stream of parts).
// The same whether a socket, the playground's terminal, a controller or a test calls it.
#pragma once

#include "core/api/object.h"
#include "core/base/result.h"
#include "core/ports/task.h"

namespace orrery::ports {

// Who asks. Filled by the transport for what it alone can prove (a client certificate, an in-process component); bearer
// tokens and impersonation headers are resolved by the API server.
struct Identity {
  Str user;  // empty: not authenticated by the transport
  Str uid;
  List<Str> groups;
  Map<List<Str>> extra;
};

struct QueryParameter {
  Str name;
  Str value;
};

struct ApiRequest {
  Str method;                   // "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"
  Str path;                     // percent-decoded, without query: "/api/v1/namespaces/default/pods"
  List<QueryParameter> query;   // decoded, in order; names may repeat (exec's command)
  Map<Str> headers;             // lower-case names: accept, content-type, user-agent, authorization, impersonate-user ...
  Str body;                     // bytes, or
  api::ObjectPtr object;        // an object in place of a JSON body (in-process callers)
  bool want_object = false;     // answer with objects instead of bytes where the answer is an object, list or watch
  Str subprotocols;             // WebSocket upgrade: those offered, comma separated; empty: not an upgrade
  Identity identity;
  Str source;                   // component that calls ("kubectl", "scheduler", "kubelet node-1"): for trace and events

  // First value of a query parameter, or "".
  Str param(std::string_view name) const {
    for (const QueryParameter& p : query)
      if (p.name == name) return p.value;
    return {};
  }
  bool has_param(std::string_view name) const {
    for (const QueryParameter& p : query)
      if (p.name == name) return true;
    return false;
  }
};
using ApiRequestPtr = std::shared_ptr<const ApiRequest>;

enum class WatchType : uint8_t { Added, Modified, Deleted, Bookmark, Error };
std::string_view watch_type_text(WatchType type);  // "ADDED"

struct WatchEvent {
  WatchType type = WatchType::Added;
  api::ObjectPtr object;     // Bookmark: carries metadata.resourceVersion only
  uint64_t revision = 0;
  bool initial_end = false;  // the bookmark that ends sendInitialEvents
  Error error;               // type Error
};

// A part of an answer. Whole answers are one part. Streams are Head, any number of Data, End.
struct ApiReply {
  enum class Part : uint8_t { Whole, Head, Data, End };
  Part part = Part::Whole;
  uint64_t call = 0;
  int status = 200;
  Str content_type;            // "application/json"
  Map<Str> headers;            // further response headers, lower-case
  List<Str> warnings;          // each becomes a `Warning: 299 - "..."` header
  Str body;                    // bytes; in a duplex stream one frame, channel byte first
  Str subprotocol;             // Head of an accepted upgrade
  api::ObjectPtr object;       // want_object: the object or typed list
  List<WatchEvent> events;     // want_object: Data of a watch
  std::optional<Error> error;  // set for every status >= 400 (the body holds it as a Status too)
};

class ApiHandler {
 public:
  virtual ~ApiHandler() = default;
  // Starts a call; each part of the answer arrives as a task with an ApiReply payload. Returns the call's id (never 0).
  virtual uint64_t call(ApiRequestPtr request, ReplyTo reply) = 0;
  // A frame from the client to a duplex stream (exec, attach, port-forward): channel byte first.
  virtual void send(uint64_t call, Str frame) = 0;
  // The client went away, or no longer wants the watch. No part arrives after this returns... save those already queued:
  // callers drop parts of calls they cancelled.
  virtual void cancel(uint64_t call) = 0;
  // Flow control of streams: the server stops sending Data to a call that has more than kStreamWindow unconsumed bytes
  // or events; the receiver grants more as it writes them out.
  virtual void consumed(uint64_t call, uint32_t amount) = 0;
};
constexpr uint32_t kStreamWindow = 1u << 20;

}  // namespace orrery::ports
