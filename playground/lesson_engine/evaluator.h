// Follows a cluster's changes and answers predicates about its present and its history.
// Keeps the objects of the watched kinds and, of the past, only what the lesson's predicates ask for.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "playground/lesson_engine/lesson.h"
#include "playground/lesson_engine/lesson_world.h"

namespace orrery::lesson {

// The objects that exist now, by kind, then namespace and name.
class ObjectTable {
 public:
  using Objects = std::map<std::string, Json>;  // by "namespace/name"
  const Objects& of_kind(const std::string& kind) const;
  const Json* find(const Change& change) const;
  void apply(const Change& change);

  std::vector<const Json*> matching(const Selector& selector) const;

 private:
  std::map<std::string, Objects> kinds_;
};

// The state of one atom of a predicate (any form but all, any, not).
struct AtomState {
  bool holds = false;               // Now, Eventually: the count holds at present ...
  std::int64_t since_ns = 0;        // ... since then
  bool reached = false;             // Eventually
  std::set<std::string> counted;    // uids: Created, Deleted, Became, Seen
  std::set<std::string> came_from;  // uids that have matched `from`
};

// For how long something has been so without a break, and for how long it must; must_ns 0: nothing of the kind holds now.
struct Holding {
  std::int64_t has_ns = 0;
  std::int64_t must_ns = 0;
};

// REQUIRES: `lesson` outlives the evaluator. Copyable: a copy goes on from the same past.
class Evaluator {
 public:
  explicit Evaluator(const Lesson& lesson);

  // The kinds that any predicate or value of the lesson reads, sorted.
  const std::vector<std::string>& kinds() const { return kinds_; }
  // Changes in the order in which they happened.
  void observe(const Change& change);
  // It is now `now_ns` and nothing else has changed.
  void advance(std::int64_t now_ns);
  // The world was taken back to where this evaluator left it. `told`: what exists there, as it is told once more; faults
  // only where they differ. Nothing of it is news. Not `whole`: the API server doesn't answer, so what exists isn't told.
  void rejoin(const std::vector<Change>& told, bool whole);
  // Predicates with `since: step` forget what was before.
  void begin_step();

  bool holds(const Predicate& predicate) const;
  // Of the first part with a `for` that holds and hasn't done so for long enough.
  Holding holding(const Predicate& predicate) const;
  const ObjectTable& objects() const { return objects_; }

 private:
  void collect(const Predicate& predicate);
  void observe_one(const Change& change);
  void note_past(const Predicate& atom, AtomState& state, const Change& change, const Json* before);
  void note_present(const Predicate& atom, AtomState& state);
  void latch_held(std::int64_t until_ns);

  std::vector<const Predicate*> atoms_;
  std::vector<AtomState> states_;  // by Predicate::atom
  std::vector<std::string> kinds_;
  ObjectTable objects_;
  std::int64_t now_ns_ = 0;
};

// Every predicate of a lesson, wherever it stands.
std::vector<const Predicate*> predicates_of(const Lesson& lesson);

// `text` with each {value} replaced by what the cluster says; "-" where it says nothing. Unknown names stay.
std::string expand(const std::string& text, const Values& values, const ObjectTable& objects);
// The names in braces that `text` holds: {a_z_0_9}.
std::vector<std::string> placeholders(const std::string& text);

}  // namespace orrery::lesson
