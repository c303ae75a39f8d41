// Goals and conditions: predicates over the objects of the API and their history.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "playground/lesson_engine/field_path.h"

namespace orrery::lesson {

// Which objects are meant. Empty members don't restrict; a name may end in '*'.
struct Selector {
  std::string kind;
  std::string ns;
  std::string name;
  std::map<std::string, std::string> labels;
  std::vector<Comparison> where;
};

// Everything but `where`: is this object one of those that are spoken of?
bool selects(const Selector& selector, const Json& object);
// `selects`, and all of `where` holds.
bool matches(const Selector& selector, const Json& object);

struct Predicate {
  enum class Form {
    All,
    Any,
    Not,
    Now,         // so many objects match at present, and have for `hold_ns`
    Eventually,  // they did at some moment
    Created,     // so many different objects that matched have been created
    Deleted,     // so many different objects that matched when last seen are gone
    Became,      // so many different objects came to match that didn't before
    Seen,        // so many different objects have matched at any time (events)
  };
  Form form = Form::All;
  std::vector<Predicate> children;  // All, Any, Not
  Selector selector;                // all other forms
  std::vector<Comparison> from;     // Became: what the object was at some earlier moment
  CountCheck count;
  std::int64_t hold_ns = 0;
  bool since_step = false;  // history starts with the step, not with the lesson
  std::size_t atom = 0;     // slot in a PredicateTracker; unique in a lesson
};

// The kinds that the predicate needs to see.
void add_kinds(const Predicate& predicate, std::vector<std::string>& kinds);

}  // namespace orrery::lesson
