// A lesson as read from lessons/NN_topic/lesson.yaml (format version 1; lessons/README.md explains each part).
// Plain data: no member points into another. The loader fills it; nothing here judges.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "playground/lesson_engine/predicate.h"
#include "playground/viewmodel/words.h"

namespace orrery::lesson {

constexpr int kFormat = 1;

using viewmodel::Language;

// One text in both languages.
struct Text {
  std::string en;
  std::string ko;
  const std::string& in(Language language) const { return language == Language::Korean ? ko : en; }
};

struct NodeSpec {
  std::string name;
  std::string cpu;  // a Quantity; empty: the world's default
  std::string memory;
  std::map<std::string, std::string> labels;
};

// The world in which a lesson starts.
struct WorldSpec {
  std::uint64_t seed = 0;
  std::vector<NodeSpec> nodes;
  std::vector<std::string> images;
  std::string manifests;  // YAML documents
  Predicate ready;
};

// Something a text or command may name as {value}, read from the cluster when it is shown.
struct Value {
  enum class Kind { NameOf, NamesOf, CountOf, FieldOf };
  Kind kind = Kind::NameOf;
  Selector of;
  FieldPath path;  // FieldOf only
};
using Values = std::map<std::string, Value>;

struct Option {
  std::string id;
  Text text;
  bool right = false;
  Text why;  // why it is wrong, or right
};

// `when` not given: the last of its goal, said when none before it fits.
struct Feedback {
  std::string id;
  bool always = true;
  Predicate when;
  Text text;
};

struct Goal {
  std::string id;
  Text text;
  Predicate when;
  std::vector<Feedback> feedback;
};

// What a learner might do: type a line, or wait.
struct Act {
  std::string run;  // empty: wait
  std::int64_t wait_ns = 0;
};

// A plausible mistake, the feedback that must name it, and what leads out of it: after that the step is done.
struct NearMiss {
  std::string id;
  std::vector<Act> acts;
  std::string feedback;
  std::vector<Act> way_out;  // empty: not proved
};

enum class StepKind { Predict, Do, See, Vary, Quiz };
enum class Help { Worked, Completed, Goal };

struct Step {
  std::string id;
  StepKind kind = StepKind::See;
  Text text;
  std::vector<std::string> panels;
  double speed = 0;  // 0: as it was
  std::vector<std::string> mend, inject;  // faults that end, and then begin, with the step; may hold {value}s

  std::vector<Option> options;  // Predict, Quiz
  bool has_2019 = false;        // Predict: what the source of 2019 said, and what is so today
  Text said_2019;
  Text today;

  std::string resolves;  // See: the id of the prediction judged here
  bool has_until = false;
  Predicate until;

  Help help = Help::Goal;  // Do, Vary
  std::string command;    // See: to look with, ready to run
  std::vector<Text> hints;
  std::vector<Goal> goals;
  std::vector<Act> solution;
  std::vector<NearMiss> near_misses;

  bool asks() const { return kind == StepKind::Predict || kind == StepKind::Quiz; }
  bool acts() const { return kind == StepKind::Do || kind == StepKind::Vary; }
};

struct Lesson {
  std::string id;
  std::string module;
  int order = 0;
  int minutes = 0;
  std::vector<int> concepts;
  std::vector<std::string> needs;
  bool on_simulated = false;
  bool on_containers = false;
  Text title;
  Text summary;
  std::vector<std::string> panels;
  std::vector<std::string> terms;  // ids of the glossary
  WorldSpec world;
  Values values;
  std::vector<Step> steps;  // the quiz's questions last, as Quiz steps
  Text real_cluster;        // empty when the lesson has none
  std::vector<std::string> real_commands;
  Text real_task;           // to be done there, without the map; empty when the lesson has none
  std::size_t atoms = 0;  // how many slots a PredicateTracker needs

  const Step* find_step(const std::string& step_id) const;
  // The first that quotes the text of 2019; null: none does.
  const Step* first_quoting() const;
  // The See step that judges a prediction; null when it is judged at once.
  const Step* judged_in(const std::string& prediction) const;
};

struct Term {
  std::string id;
  Text name;
  Text meaning;
};

// What is wrong with a lesson's file. `line` is 1-based, 0 when it concerns the whole file.
struct Problem {
  std::string file;
  int line = 0;
  std::string path;  // "steps[1].goals[0].when"
  std::string message;
};
// "lessons/01_x/lesson.yaml:12: steps[1].text: ..."
std::string to_string(const Problem& problem);

}  // namespace orrery::lesson
