// What the lesson engine asks of a cluster. LessonWorld is read-only, and is all that the page needs to give;
// LessonStage is a world that a proof can act upon: simulated, or real containers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "playground/lesson_engine/lesson.h"

namespace orrery::lesson {

constexpr const char* kFaultKind = "Fault";

// One step in the life of an object, as a watch tells it.
struct Change {
  enum class Type {
    Existing,  // was there when the watch began
    Added,
    Modified,
    Deleted,  // `object` is its last state
  };
  Type type = Type::Added;
  std::int64_t at_ns = 0;  // the world's clock
  std::string kind;        // "Pod"; kFaultKind: something is broken, its name is the fault's line
  Json object;             // as the API encodes it in JSON, metadata.uid set
};

class LessonWorld {
 public:
  virtual ~LessonWorld() = default;
  // Monotonic, in nanoseconds; virtual time in a simulated world.
  virtual std::int64_t now_ns() const = 0;
  // Asks for all objects of these kinds in all namespaces. Called once, before the first take_changes.
  virtual void watch(const std::vector<std::string>& kinds) = 0;
  // Everything since the last call, in order; the first call begins with what exists.
  virtual std::vector<Change> take_changes() = 0;
  // Whether what exists has been told since the watch began. Not while the API server is down: what was known before then
  // is the last that is known.
  virtual bool answers() const { return true; }
};

struct Outcome {
  int exit_code = 0;
  std::string output;  // standard output, then standard error
};

class LessonStage : public LessonWorld {
 public:
  // Runs a command line as if typed at the page's prompt; returns when it has ended. "break FAULT" and "mend FAULT" are
  // such lines where faults can be made.
  virtual Outcome run(const std::string& line) = 0;
  // Lets the world's time pass.
  virtual void advance(std::int64_t ns) = 0;
};

class StageFactory {
 public:
  virtual ~StageFactory() = default;
  // A new world with the nodes, images and manifests given, at its time 0. Null with `error` when it can't be made.
  virtual std::unique_ptr<LessonStage> make(const WorldSpec& spec, std::string& error) = 0;
};

}  // namespace orrery::lesson
