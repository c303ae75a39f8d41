// Client: typed calls to an API server, wherever it is. Objects travel as objects, never as JSON.
//
// Every call is asynchronous: its answer is a task for `to` with a ports::ApiReply payload, whose `error` is set when
// the call failed. Nothing is retried here. Each call returns its id (never 0), for cancel().
#pragma once

#include "core/api/gen/meta_v1.h"
#include "core/client/key.h"
#include "core/ports/api.h"

namespace orrery::client {

// Which objects of a kind. An empty namespace means all of them.
struct Selection {
  Str ns;
  Str label_selector;
  Str field_selector;
  friend bool operator==(const Selection&, const Selection&) = default;
};

struct ListPage {
  int64_t limit = 0;  // 0: everything at once
  Str continue_;
  Str resource_version;
};

struct WatchFrom {
  uint64_t revision = 0;        // changes after it; ignored with initial
  bool initial = false;         // first every object as ADDED, then a bookmark with initial_end (sendInitialEvents)
};

struct Patch {
  Str type;                     // "application/merge-patch+json", "application/strategic-merge-patch+json", ...
  Str body;                     // JSON (YAML for apply)
  Str subresource;              // "status", or none
  Str field_manager;
  bool force = false;
};
constexpr const char* kMergePatch = "application/merge-patch+json";
constexpr const char* kStrategicPatch = "application/strategic-merge-patch+json";
constexpr const char* kJsonPatch = "application/json-patch+json";
constexpr const char* kApplyPatch = "application/apply-patch+yaml";

// How to delete: DeleteOptions' usual fields.
struct Removal {
  std::optional<int64_t> grace_s;  // unset: the object's own default
  Str propagation;                 // "Background", "Foreground", "Orphan"; empty: the kind's default
  Str uid;                         // preconditions; empty: none
  Str resource_version;
};

class Client {
 public:
  using Kind = api::KindInfo;

  // `source` names the caller in traces and managed fields: "kubelet/node-1".
  Client(ports::ApiHandler& api, ports::TaskQueue& queue, ports::Identity identity, Str source);

  uint64_t get(const Kind& kind, const Key& key, ports::ReplyTo to);
  uint64_t list(const Kind& kind, const Selection& what, const ListPage& page, ports::ReplyTo to);
  // Namespace and name (or generateName) are the object's own.
  uint64_t create(const Kind& kind, api::ObjectPtr object, ports::ReplyTo to);
  // A conflict is reported when the object's resourceVersion is set and not the newest.
  uint64_t update(const Kind& kind, api::ObjectPtr object, ports::ReplyTo to, std::string_view subresource = {});
  uint64_t update_status(const Kind& kind, api::ObjectPtr object, ports::ReplyTo to) {
    return update(kind, std::move(object), to, "status");
  }
  uint64_t patch(const Kind& kind, const Key& key, const Patch& patch, ports::ReplyTo to);
  uint64_t remove(const Kind& kind, const Key& key, const Removal& how, ports::ReplyTo to);
  // Deletes every object of the selection (deletecollection).
  uint64_t remove_all(const Kind& kind, const Selection& what, const Removal& how, ports::ReplyTo to);
  // Binds a pod to a node (subresource binding). A non-empty uid must be the pod's.
  uint64_t bind(const Key& pod, const Str& uid, const Str& node, ports::ReplyTo to);
  // Asks for a pod's eviction (subresource eviction), which a disruption budget may refuse with TooManyRequests.
  uint64_t evict(const Key& pod, const Removal& how, ports::ReplyTo to);
  // A stream: Head, any number of Data (call consumed() with the number of events), End.
  uint64_t watch(const Kind& kind, const Selection& what, const WatchFrom& from, ports::ReplyTo to);
  // By path, for what has no kind here: a scale, a measured list. The path may end with one parameter: "...?name=value".
  uint64_t read(const Str& path, const Str& label_selector, ports::ReplyTo to);
  uint64_t put(const Str& path, api::ObjectPtr object, ports::ReplyTo to);
  // Anything else, for instance a log. Identity, source and want_object are filled in.
  uint64_t call(ports::ApiRequest request, ports::ReplyTo to);

  // Gives the next call a reason in plain words, which the API server shows in its trace of the request:
  //   client.because("web wants 3 pods and has 2: creating 1").create(...)
  Client& because(Str why) {
    why_ = std::move(why);
    return *this;
  }

  void consumed(uint64_t call, uint32_t amount) { api_->consumed(call, amount); }
  // Parts that are queued already still arrive: drop those of calls that were cancelled.
  void cancel(uint64_t call) { api_->cancel(call); }

  const Str& source() const { return source_; }
  ports::TaskQueue& queue() { return *queue_; }

  // "/apis/apps/v1/namespaces/default/deployments/web/status"
  static std::string path(const Kind& kind, const Str& ns, std::string_view name = {},
                          std::string_view subresource = {});

 private:
  ports::ApiHandler* api_;
  ports::TaskQueue* queue_;
  ports::Identity identity_;
  Str source_;
  Str why_;
};
inline constexpr const char* kWhyHeader = "orrery-why";

}  // namespace orrery::client
