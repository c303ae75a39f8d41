#include "playground/lesson_engine/check.h"

#include <algorithm>
#include <set>

#include "playground/lesson_engine/evaluator.h"
#include "playground/lesson_engine/loader.h"
#include "playground/lesson_engine/schema.h"
#include "playground/lesson_engine/text_rules.h"

namespace orrery::lesson {
namespace {

// What a learner may type in a lesson.
constexpr const char* kWords[] = {"kubectl ", "break ", "mend"};

std::string indexed(const std::string& list, std::size_t i) { return list + "[" + std::to_string(i) + "]"; }

class LessonChecker {
 public:
  LessonChecker(const std::string& file, const YamlFile& yaml, const Lesson& lesson, const std::vector<Term>& glossary,
                std::vector<Problem>& problems)
      : file_(file), yaml_(yaml), lesson_(lesson), problems_(problems) {
    for (const Term& term : glossary) terms_.insert(term.id);
  }

  void run() {
    check(lesson_.title, "title");
    check(lesson_.summary, "summary");
    for (const std::string& term : lesson_.terms)
      if (!terms_.count(term)) say("terms", "'" + term + "' is not in lessons/glossary.yaml");
    if (!lesson_.real_commands.empty()) check_limited({&lesson_.real_cluster}, "real_cluster.text");
    if (!lesson_.real_task.en.empty() || !lesson_.real_task.ko.empty()) check_limited({&lesson_.real_task}, "real_cluster.task");
    std::size_t quiz = 0;
    for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
      const Step& step = lesson_.steps[i];
      check_step(step, step.kind == StepKind::Quiz ? indexed("quiz", quiz++) : indexed("steps", i), i);
    }
    check_course();
    if (lesson_.on_containers) check_real();
  }

 private:
  void say(const std::string& path, const std::string& message) {
    problems_.push_back({file_, yaml_.line_of(path), path, message});
  }

  void check(const Text& text, const std::string& path) {
    for (const std::string& message : check_text(text)) say(path, message);
    for (const std::string& name : placeholders(text.en)) check_value(name, path);
    for (const std::string& term : term_refs(text.en))
      if (!terms_.count(term)) say(path, "the term '" + term + "' is not in lessons/glossary.yaml");
  }

  void check_value(const std::string& name, const std::string& path) {
    if (!lesson_.values.count(name)) say(path, "{" + name + "} is not among the lesson's values");
  }

  // Texts that stand on the screen together, each checked, the sum limited.
  void check_limited(const std::vector<const Text*>& texts, const std::string& path) {
    int words = 0, syllables = 0;
    for (const Text* text : texts) {
      check(*text, path);
      words += count_words(text->en);
      syllables += count_syllables(text->ko);
    }
    if (words > kWordsMax)
      say(path, std::to_string(words) + " English words stand together; at most " + std::to_string(kWordsMax));
    if (syllables > kSyllablesMax)
      say(path,
          std::to_string(syllables) + " Korean syllables stand together; at most " + std::to_string(kSyllablesMax));
  }

  void unique(const std::string& id, const std::string& path) {
    if (!ids_.insert(id).second) say(path, "the id '" + id + "' stands twice in this lesson");
  }

  void check_step(const Step& step, const std::string& path, std::size_t index) {
    unique(step.id, path);
    std::vector<const Text*> together{&step.text};
    for (const Option& option : step.options) together.push_back(&option.text);
    for (const Goal& goal : step.goals) together.push_back(&goal.text);
    if (step.has_2019) together.push_back(&step.said_2019);
    check_limited(together, path);
    if (step.has_2019) check_limited({&step.today}, path + ".said_2019.today");
    for (const Option& option : step.options) check_limited({&option.why}, path + ".options");
    for (const Text& hint : step.hints) check_limited({&hint}, path + ".hints");
    check_shape(step, path);
    if (step.asks()) check_options(step, path);
    if (step.acts()) check_acting(step, path);
    if (!step.resolves.empty()) check_resolves(step, path, index);
    for (const auto* faults : {&step.mend, &step.inject})
      for (const std::string& fault : *faults)
        for (const std::string& name : placeholders(fault)) check_value(name, path + (faults == &step.mend ? ".mend" : ".inject"));
  }

  void check_shape(const Step& step, const std::string& path) {
    if (step.asks() == step.options.empty()) say(path, "options belong to a predict step, and it needs them");
    if (step.acts() == step.goals.empty()) say(path, "goals belong to do and vary steps, and these need them");
    if (!step.acts() &&
        (!step.solution.empty() || !step.near_misses.empty() || !step.hints.empty()))
      say(path, "hints, solution and near_misses belong to do and vary steps");
    if (!step.command.empty() && step.asks()) say(path, "a command belongs to do, vary and see steps");
    if (step.kind == StepKind::See) check_look(step, path);
    if (step.kind != StepKind::See && (step.has_until || !step.resolves.empty()))
      say(path, "until and resolves belong to see steps");
    if (step.has_2019 && step.kind != StepKind::Predict) say(path, "said_2019 belongs to a predict step");
  }

  // What a `see` step offers to look with runs as it stands.
  void check_look(const Step& step, const std::string& path) {
    check_command(step.command, path + ".command");
    if (step.command.find("___") != std::string::npos) say(path, "the command of a see step has nothing to fill in");
  }

  void check_options(const Step& step, const std::string& path) {
    std::set<std::string> ids;
    for (const Option& option : step.options)
      if (!ids.insert(option.id).second) say(path, "the option '" + option.id + "' stands twice");
    if (std::count_if(step.options.begin(), step.options.end(), [](const Option& o) { return o.right; }) != 1)
      say(path, "exactly one option must be right");
  }

  void check_acting(const Step& step, const std::string& path) {
    if (step.solution.empty()) say(path, "a solution is missing");
    const bool blank = step.command.find("___") != std::string::npos;
    if (step.help == Help::Worked && (step.command.empty() || blank))
      say(path, "worked help needs a command that can run as it stands");
    if (step.help == Help::Completed && !blank) say(path, "completed help needs a command with ___ to fill in");
    if (step.help == Help::Goal && !step.command.empty()) say(path, "goal-only help shows no command");
    if (step.help != Help::Worked && step.hints.empty()) say(path, "a hint is missing");
    check_command(step.command, path + ".command");
    for (const Act& act : step.solution) check_command(act.run, path + ".solution");
    std::set<std::string> feedback_ids;
    for (std::size_t i = 0; i < step.goals.size(); ++i)
      check_goal(step.goals[i], indexed(path + ".goals", i), feedback_ids);
    for (const NearMiss& miss : step.near_misses) {
      const std::string at = path + ".near_misses";
      unique(miss.id, at);
      if (!feedback_ids.count(miss.feedback)) say(at, "'" + miss.feedback + "' is no feedback of this step");
      for (const auto* acts : {&miss.acts, &miss.way_out})
        for (const Act& act : *acts) check_command(act.run, at);
    }
  }

  void check_command(const std::string& line, const std::string& path) {
    const bool known = std::any_of(std::begin(kWords), std::end(kWords), [&](const char* word) { return line.rfind(word, 0) == 0; });
    if (!line.empty() && !known) say(path, "a command line starts with kubectl, break or mend");
    for (const std::string& name : placeholders(line)) check_value(name, path);
  }

  void check_goal(const Goal& goal, const std::string& path, std::set<std::string>& feedback_ids) {
    unique(goal.id, path);
    for (std::size_t i = 0; i < goal.feedback.size(); ++i) {
      const Feedback& feedback = goal.feedback[i];
      const std::string at = indexed(path + ".feedback", i);
      unique(feedback.id, at);
      feedback_ids.insert(feedback.id);
      check_limited({&feedback.text}, at);
      if (feedback.always != (i + 1 == goal.feedback.size()))
        say(at, "the last feedback, and no other, stands without 'if'");
    }
  }

  void check_resolves(const Step& step, const std::string& path, std::size_t index) {
    for (std::size_t i = 0; i < index; ++i)
      if (lesson_.steps[i].id == step.resolves && lesson_.steps[i].kind == StepKind::Predict) return;
    say(path + ".resolves", "'" + step.resolves + "' is no prediction before this step");
  }

  // The lesson as a whole: predict, do, see, vary; help that fades; near misses.
  void check_course() {
    bool has[5] = {};
    std::size_t misses = 0;
    std::vector<const Step*> acting;
    for (const Step& step : lesson_.steps) {
      has[static_cast<int>(step.kind)] = true;
      misses += step.near_misses.size();
      if (step.acts()) acting.push_back(&step);
    }
    if (!has[0] || !has[1] || !has[2] || !has[3])
      say("steps", "a lesson predicts, does, sees and varies: one of these kinds is missing");
    if (misses < kNearMissesMin) say("steps", "at least two near misses must be told apart from the solution");
    for (std::size_t i = 1; i < acting.size(); ++i)
      if (acting[i]->help < acting[i - 1]->help)
        say("steps", "help fades: " + acting[i]->id + " helps more than the step before it");
    if (!acting.empty() && (acting.front()->help != Help::Worked || acting.back()->help != Help::Goal))
      say("steps", "help fades: the first action is worked, the last one names the goal only");
  }

  // Real parts and nodes are not the lesson's to break.
  void check_real() {
    const auto breaks = [](const std::vector<Act>& acts) {
      return std::any_of(acts.begin(), acts.end(), [](const Act& act) { return !act.run.empty() && act.run.rfind("kubectl ", 0) != 0; });
    };
    for (const Step& step : lesson_.steps)
      if (!step.mend.empty() || !step.inject.empty() || breaks(step.solution) ||
          std::any_of(step.near_misses.begin(), step.near_misses.end(), [&](const NearMiss& miss) { return breaks(miss.acts) || breaks(miss.way_out); }))
        say("runs_on", step.id + " breaks or mends parts, and real ones can't be: leave containers out");
  }

  const std::string& file_;
  const YamlFile& yaml_;
  const Lesson& lesson_;
  std::vector<Problem>& problems_;
  std::set<std::string> terms_;
  std::set<std::string> ids_;
};

}  // namespace

std::vector<Problem> check_lesson(const std::string& file, const std::string& text, const nlohmann::json& schema,
                                  const std::vector<Term>& glossary) {
  std::vector<Problem> problems;
  const YamlFile yaml = read_yaml(file, text, problems);
  if (!problems.empty()) return problems;
  check_schema(file, yaml, schema, problems);
  if (!problems.empty()) return problems;
  const std::shared_ptr<const Lesson> lesson = load_lesson(file, yaml, problems);
  if (lesson) LessonChecker(file, yaml, *lesson, glossary, problems).run();
  return problems;
}

std::vector<Problem> check_glossary(const std::string& file, const std::vector<Term>& glossary) {
  std::vector<Problem> problems;
  std::set<std::string> ids;
  for (const Term& term : glossary) {
    if (!ids.insert(term.id).second) problems.push_back({file, 0, term.id, "stands twice"});
    if (term.name.en.empty() || term.name.ko.empty())
      problems.push_back({file, 0, term.id, "has no name in one language"});
    for (const std::string& message : check_text(term.meaning)) problems.push_back({file, 0, term.id, message});
  }
  return problems;
}

std::vector<Problem> check_together(const std::vector<const Lesson*>& lessons) {
  std::vector<Problem> problems;
  std::set<std::string> ids;
  for (const Lesson* lesson : lessons)
    if (!ids.insert(lesson->id).second) problems.push_back({"lessons", 0, lesson->id, "two lessons have this id"});
  for (const Lesson* lesson : lessons)
    for (const std::string& need : lesson->needs)
      if (!ids.count(need))
        problems.push_back({"lessons", 0, lesson->id, "needs a lesson '" + need + "' that does not exist"});
  return problems;
}

}  // namespace orrery::lesson
