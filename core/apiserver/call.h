// A call on its way through the API server: plain data, so that a world can be copied while calls are open.
#pragma once

#include <deque>
#include <map>

#include "core/apiserver/errors.h"
#include "core/apiserver/media.h"
#include "core/apiserver/query.h"
#include "core/apiserver/request_info.h"
#include "core/apiserver/selection.h"
#include "core/base/hash.h"
#include "core/base/indexed_map.h"
#include "core/ports/api.h"
#include "core/store/table.h"

namespace orrery::apiserver {

struct CallRecord {
  uint64_t id = 0;
  ports::ApiRequestPtr request;
  ports::ReplyTo reply;
  RequestInfo info;
  Query query;
  Accept accept;
  ports::Identity user;
  List<Str> warnings;
  uint64_t trace = 0;  // id of the request's trace record
  StrPool* texts = nullptr;  // the server's
  uint8_t tries = 0;   // how often it waited for a default service account
};

struct Answer {
  int status = 200;
  api::ObjectPtr object;  // encoded as the client accepts it
  std::optional<Error> error;
  Str body, content_type;  // or these bytes
  Map<Str> headers;
  uint64_t after = 0;  // the answer waits until this revision is durable
  bool later = false;  // something else answers this call
};

// Documents that are costly to make and never change.
struct Document {
  Str text, etag;
};
using Documents = std::map<std::string, Document>;

inline Answer fail(Error error) {
  Answer a;
  a.status = error.http();
  a.error = std::move(error);
  return a;
}

// Nothing is served at that path: plain text, as Go's http.NotFound answers; clients make their own words of it.
inline Answer not_served() {
  Answer a = fail(no_such_resource());
  a.body = "404 page not found\n";
  a.content_type = "text/plain; charset=utf-8";
  return a;
}

struct Waiting {
  CallRecord call;
  Answer answer;
};

struct WatchCall {
  CallRecord call;
  Selection selection;
  std::deque<store::ChangePtr> queue;
  std::deque<api::ObjectPtr> initial;  // sendInitialEvents: objects still to send, before the queue
  bool initial_bookmark = false;       // a bookmark ends them
  uint64_t initial_revision = 0;
  uint64_t sent_revision = 0;
  uint64_t unconsumed = 0;  // bytes, or events for want_object
  bool dirty = false;
  uint64_t timeout_task = 0, bookmark_task = 0;
  bool table_head_sent = false;  // Table watches name their columns once
};

struct ListCall {
  CallRecord call;
  std::vector<api::ObjectPtr> objects;
  size_t next = 0;
  uint64_t revision = 0;
  Str continue_;
  std::optional<int64_t> remaining;
  StrBuilder body;
};

struct NodeCall {
  CallRecord call;
  uint64_t stream = 0;  // of the node link
  Str protocol;         // of the accepted upgrade
  bool upgraded = false, tty = false, port_forward = false, head_sent = false;
};

}  // namespace orrery::apiserver
