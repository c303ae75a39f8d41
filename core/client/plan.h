// Plan: what a controller decided to do about one key - data that tests read and the Reconciler carries out.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "core/client/client.h"
#include "core/client/event_recorder.h"

namespace orrery::client {

// An event to record. In the message {name} becomes the name that the server gave, {error} what it answered.
struct Note {
  EventTarget about;
  Str type;  // "Normal", "Warning"
  Str reason;
  Str message;
};

struct Write {
  enum class Op : uint8_t {
    Create, Update, UpdateStatus, Finalize, Patch, Delete, Evict,
    DeleteAll,    // every object of the kind in the namespace key.ns
    CheckEmpty,   // asks the server whether the namespace key.ns holds none of the kind; if it does, later stages are left out
    Scale,        // writes an autoscaling/v1 Scale to `path`
    CheckAbsent,  // asks the server whether the object (of removal.uid) is really gone; if not, later stages are left out
  };
  Op op = Op::Update;
  const api::KindInfo* kind = nullptr;
  Key key;
  api::ObjectPtr object;  // Create, Update, UpdateStatus, Finalize
  client::Patch patch;    // Patch
  Removal removal;        // Delete, Evict, CheckAbsent
  Str path;               // Scale
  // Stages go one after another, each when all of the one before succeeded; writes of a stage go together.
  uint16_t stage = 0;
  Str why;                // in plain words: "web wants 3 pods and has 2: creating 1"
  std::optional<Note> on_success, on_failure;
  // An error of this reason counts as done. (NotFound always does for Delete and Evict.)
  Reason fine = Reason::Unknown;
};
std::string_view verb_of(Write::Op op);  // "create", "update status", ...

Write create(api::ObjectPtr object, Str why);
Write update(api::ObjectPtr object, Str why);
Write update_status(api::ObjectPtr object, Str why);
Write patch(const api::ObjectPtr& object, client::Patch patch, Str why);
Write on_namespace(Write::Op op, const api::KindInfo& kind, const Str& ns, Str why);  // DeleteAll, CheckEmpty
// Deletes just this object: its uid is a precondition.
Write remove(const api::ObjectPtr& object, Str why);

// What a controller asks the server before it decides: a GET of an object or list that no informer holds. Asked of each
// plan anew; the plan is made again with the answers, and what it writes then counts.
struct Read {
  Str path;  // may end with one parameter, not encoded: "...?metricLabelSelector=path=/x"
  Str label_selector;
  friend auto operator<=>(const Read&, const Read&) = default;
};
struct Answer {
  api::ObjectPtr object;  // or a typed list
  std::optional<Error> error;
};
// A plan may ask again for what the answers made it curious about, so often at most; then its key has failed.
constexpr int kReadRoundsMax = 4;

struct Plan {
  std::vector<Read> reads;      // when there are any, nothing else of the plan counts
  std::vector<Write> writes;
  std::vector<Note> notes;
  Duration requeue_after{};     // 0: only when something changes
  std::optional<Error> error;   // tried again with growing waits

  bool empty() const { return reads.empty() && writes.empty() && notes.empty() && !error; }
  uint16_t next_stage() const;  // one after the last write's
};

// Numbers writes so that 1, then 2, 4, 8 ... go together: if the first fails, the rest isn't tried (as upstream's
// slowStartBatch, so that a quota of one denial isn't met by thousands).
void slow_start(std::vector<Write>& writes, uint16_t first_stage = 0);

// What a plan may know besides the caches.
struct Attempt {
  WallTime now;
  Instant at;                   // for what waits: monotonic
  int failures = 0;             // in a row, for this key
  std::optional<Error> error;   // of the last try
  std::map<Read, Answer> answers;
};

}  // namespace orrery::client
