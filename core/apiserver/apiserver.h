// ApiServer: the Kubernetes API as a function from ports::ApiRequest to ports::ApiReply.
//
//   request -> authenticate -> authorise -> admit -> decode, default -> strategy, validate -> store -> encode
//
// A call is worked on at once, in the caller's task; its answer arrives as a task, for a write when it is durable.
// Knows no sockets: the native HTTPS server, the page's terminal, in-process components and tests all call the same.
#pragma once

#include <deque>

#include "core/api/apply/apply.h"
#include "core/apiserver/call.h"
#include "core/apiserver/rbac/decisions.h"
#include "core/apiserver/registry/registry.h"
#include "core/base/rng.h"
#include "core/loop/loop.h"
#include "core/ports/api.h"
#include "core/ports/certificate_signer.h"
#include "core/ports/clock.h"
#include "core/ports/journal.h"
#include "core/ports/metrics_source.h"
#include "core/ports/node_link.h"
#include "core/ports/token_signer.h"
#include "core/ports/trace.h"

namespace orrery::apiserver {

struct Options {
  RegistryOptions registry;
  store::Options store;
  Str kubernetes_service_ip = "10.96.0.1";
  Str advertise_address;  // of the endpoints of default/kubernetes; "": none are made
  int32_t advertise_port = 6443;
  Str git_version = "v1.35.0";
  Str platform = "linux/amd64";
  Duration bookmark_period = minutes(1);
  const ports::CertificateSigner* certificates = nullptr;  // reads what certificate requests ask for; null: nobody does
  ports::TokenSigner* tokens = nullptr;           // null: no ServiceAccount tokens are made or taken
  const ports::MetricsSource* metrics = nullptr;  // null: metrics.k8s.io is empty
  uint32_t watch_queue_max = 100'000;  // changes waiting for a watcher that doesn't read: then its watch ends
};

class ApiServer final : public ports::ApiHandler, public ports::Target, public store::Listener {
 public:
  // `trace` and `nodes` may be null: nothing is traced, nodes can't be reached.
  ApiServer(loop::Loop& loop, ports::Journal& journal, const ports::Clock& clock, Rng rng, ports::TraceSink* trace,
            ports::NodeLink* nodes, Options options = {});
  ~ApiServer() override;
  // Reads the journal and creates the bootstrap objects. Calls before it are answered with ServiceUnavailable.
  Result<void> start();
  // The process died: all memory is dropped, streams end without a word (the transport says so), calls are answered with
  // ServiceUnavailable until start() has read the journal again.
  void crash();

  uint64_t call(ports::ApiRequestPtr request, ports::ReplyTo reply) override;
  void send(uint64_t call, Str frame) override;
  void cancel(uint64_t call) override;
  void consumed(uint64_t call, uint32_t amount) override;

  void on_task(const ports::Task& task) override;
  void on_change(uint64_t watch, const store::ChangePtr& change) override;
  void on_commit(uint64_t revision) override;
  void on_discard(const Error& error) override;

  // For the owner of the world: copies, reads without a request (checkers, the playground's model).
  store::Store& store() { return store_; }
  struct State {
    uint64_t next_call = 1;
    bool started = false;
    uint64_t bootstrapped = 0;         // revision of the last bootstrap object: calls wait until it is durable
    std::vector<CallRecord> held;      // those that do
    std::deque<Waiting> waiting;  // answers that wait for their revision, in order of revision
    IndexedMap<uint64_t, WatchCall, NumberHash> watches;
    std::map<uint64_t, ListCall> lists;  // long lists, answered in slices
    std::map<uint64_t, NodeCall> node_calls;
    std::map<uint64_t, CallRecord> retrying;  // creations of pods that wait for their default service account
    std::deque<uint64_t> dirty;               // watches with something to send
    bool drain_posted = false;
    CustomKinds custom;
    std::set<Str> definitions_due, definitions_ending;  // to be looked at; waiting for their objects to go
    bool definitions_posted = false;
  };
  struct Snapshot {
    State own;
    Registry::State registry;
    store::Store::State store;
  };
  Snapshot snapshot() const { return {state_, registry_.state(), store_.state()}; }
  void restore(Snapshot s);

  // Lines that several watchers get, by object and type of event. The object is kept, so that no other takes its address.
  struct WatchLine {
    api::ObjectPtr object;
    Str text;
  };
  using WatchLines = std::map<std::pair<const void*, uint8_t>, WatchLine>;

 private:
  enum TaskKind : uint32_t { kDrain = 1, kBookmark, kTimeout, kListSlice, kNodePart, kRetry, kDefinitions };
  static constexpr uint64_t kDefinitionsWatch = 0;  // the server's own watch: calls are numbered from 1

  // apiserver.cpp
  void answer(CallRecord call, Answer answer);
  void reply(const CallRecord& call, Answer& answer);
  // tracing.cpp
  uint64_t trace(const CallRecord& call);
  void trace_write(const CallRecord& call, const Answer& answer);
  void trace_event(const WatchCall& watch, ports::WatchType type, const api::ObjectPtr& object,
                   const store::Change& change);
  // dispatch.cpp
  void run(CallRecord call);
  void run_held();
  Answer handle(CallRecord& call);
  Answer handle_resource(CallRecord& call);
  // reads.cpp
  Answer get(CallRecord& call);
  bool list(CallRecord& call);  // true: answers later by itself
  void list_slice(uint64_t id);
  // writes.cpp
  Answer create(CallRecord& call);
  Answer update(CallRecord& call);
  Answer remove(CallRecord& call);
  Answer remove_collection(CallRecord& call);
  Writer writer_for(const CallRecord& call) const;
  Answer try_again(CallRecord& call);
  Result<Stored> admit_and_store(const CallRecord& call, api::MutableObject object, const api::ObjectPtr& old,
                                 Writer& writer);
  // patching.cpp
  Answer patch(CallRecord& call);
  Answer apply(CallRecord& call);
  void track(const CallRecord& call, const api::ObjectPtr& live, api::MutableObject& next) const;
  api::FieldManager field_manager(const CallRecord& call) const;
  Result<void> take_notes(CallRecord& call, const api::DecodeNotes& notes, const api::TypeDesc& type,
                          std::string_view kind);
  Result<api::MutableObject> read_patch(CallRecord& call, const api::ObjectPtr& current, std::string_view kind);
  // subresource/
  Answer handle_subresource(CallRecord& call);
  Answer bind(CallRecord& call);
  Answer evict(CallRecord& call);
  Answer finalize(CallRecord& call);
  Answer scale(CallRecord& call);
  Answer create_token(CallRecord& call);
  Answer reach_node(CallRecord& call);
  Answer send_to_node(const Str& node, ports::NodeRequest ask, NodeCall node_call, CallRecord call);
  Answer open_session(NodeCall session, CallRecord call);
  Answer proxy(CallRecord& call);
  void node_part(uint64_t id, const ports::StreamPart& part);
  // reviews.cpp
  Answer review(CallRecord& call);
  // metrics.cpp
  bool metrics(CallRecord& call);
  Answer stored_answer(CallRecord& call, Result<Stored> stored, Writer& writer, int status);
  // watch_calls.cpp
  bool watch(CallRecord& call);
  void drain();
  void drain_one(WatchCall& watch, uint32_t& budget, WatchLines* lines);
  void end_watch(uint64_t id, const Error* error);
  void mark_dirty(WatchCall& watch);
  void bookmark(uint64_t id);
  void refuse(CallRecord& call, Error error);

  // bootstrap.cpp
  void bootstrap();
  // custom/definitions.cpp
  void watch_definitions();
  void definition_changed(const Str& name);
  void review_definitions();
  void review_definition(const Str& name);
  void end_definition(CustomKinds::Definition next, Writer& writer);
  void serve_definition(const Str& name, const std::shared_ptr<const CustomKinds::Definition>& definition);

  loop::Loop& loop_;
  const ports::Clock& clock_;
  ports::TraceSink* trace_;
  ports::NodeLink* nodes_;
  Options options_;
  ports::TargetId self_;
  store::Store store_;
  Registry registry_;
  Documents documents_;
  mutable StrPool texts_;  // no state: what it forgets is kept twice
  Decisions decisions_;  // no state: what is missing is found again
  WatchLines lines_;  // while watchers are behind; no state: what is missing is made again
  State state_;
};

}  // namespace orrery::apiserver
