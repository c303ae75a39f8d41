// EventRecorder: tells what happened to an object, as Events worded, joined and counted as client-go's correlator does:
// - the same event again raises `count` and `lastTimestamp` of the first one;
// - more than 10 similar ones in 10 minutes become one "(combined from similar events): ..." with a count;
// - an object's flood beyond 25 events (refilled one every 5 minutes) is dropped.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "core/api/gen/core_v1.h"
#include "core/base/hash.h"
#include "core/client/client.h"
#include "core/ports/clock.h"

namespace orrery::client {

// Whom an event is about: what ends in Event.involvedObject.
struct EventTarget {
  Str api_version;
  Str kind;
  Key key;
  Str uid;
  Str resource_version;
  Str field_path;  // "spec.containers{web}"
};
// REQUIRES: the object's kind is served.
EventTarget event_target(const api::ObjectPtr& object, Str field_path = {});

class EventRecorder final : public ports::Target {
 public:
  // `component` and `host` are the event's source: "kubelet", "node-1".
  EventRecorder(Client& client, ports::TaskQueue& queue, const ports::Clock& clock, Str component, Str host = {});
  ~EventRecorder() override;
  EventRecorder(const EventRecorder&) = delete;
  EventRecorder& operator=(const EventRecorder&) = delete;

  // type: "Normal" or "Warning".
  void record(const EventTarget& about, Str type, Str reason, Str message);
  void normal(const EventTarget& about, Str reason, Str message) {
    record(about, "Normal", std::move(reason), std::move(message));
  }
  void warning(const EventTarget& about, Str reason, Str message) {
    record(about, "Warning", std::move(reason), std::move(message));
  }
  // Forgets everything (a crash).
  void clear();

  void on_task(const ports::Task& task) override;

  static constexpr size_t kEntriesMax = 4096;        // client-go's maxLruCacheEntries; then the older half goes
  static constexpr int kSimilarMax = 10;             // in kSimilarWithin, then they are combined
  static constexpr Duration kSimilarWithin = minutes(10);
  static constexpr int kBurst = 25;                  // tokens of an object
  static constexpr Duration kRefill = minutes(5);    // of one token

  // What makes an event one of its kind, as two hashes of all its texts: those are some hundred bytes an event.
  struct Mark {
    uint64_t first = 0, second = 1;
    Mark with(std::string_view text) const { return {quick_hash(text, first), quick_hash(text, second)}; }
    friend bool operator==(const Mark&, const Mark&) = default;
  };
  struct MarkHash {
    size_t operator()(const Mark& mark) const { return static_cast<size_t>(mark.first); }
  };
  // What a copy of a world copies.
  struct Known {
    api::ObjectPtr event;    // as sent last, the server's own once it answered
    uint64_t used = 0;
  };
  struct Similar {
    std::set<Str> messages;
    WallTime last;
    uint64_t used = 0;
  };
  struct Tokens {
    int left = kBurst;
    WallTime refilled;
    uint64_t used = 0;
  };
  struct Sent {
    Mark known;              // its key in `known`
    bool created = false;
    int tries = 0;
  };
  // The order in which they are walked doesn't show.
  template <class T>
  using Entries = std::unordered_map<Mark, T, MarkHash>;
  struct State {
    Entries<Known> known;
    Entries<Similar> similar;
    Entries<Tokens> tokens;
    std::map<uint64_t, Sent> sent;  // calls under way, by token
    uint64_t next_token = 1;
    uint64_t uses = 0;
    int64_t last_name_ns = 0;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  static Mark object_mark(const EventTarget& about);
  bool take_token(const Mark& object, WallTime now);
  Str unique_name(const Str& object, WallTime now);
  void send(const Mark& known, bool create, int tries);

  Client* client_;
  ports::TaskQueue* queue_;
  const ports::Clock* clock_;
  Str component_, host_;
  ports::TargetId id_;
  State state_;
};

}  // namespace orrery::client
