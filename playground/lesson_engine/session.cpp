#include "playground/lesson_engine/session.h"

#include <algorithm>

namespace orrery::lesson {

Session::Session(std::shared_ptr<const Lesson> lesson, LessonWorld& world)
    : lesson_(std::move(lesson)), evaluator_(*lesson_), at_start_(evaluator_) {
  world.watch(evaluator_.kinds());
}

std::vector<std::string> Session::update(LessonWorld& world) {
  for (const Change& change : world.take_changes()) {
    evaluator_.observe(change);
    // Goals that hold together for a moment are reached, even when a later change of the same batch undoes one.
    if (entered_) judge();
  }
  evaluator_.advance(world.now_ns());
  if (!started_) started_ = evaluator_.holds(lesson_->world.ready);
  if (!started_ || complete()) return {};
  std::vector<std::string> lines;
  if (!entered_) {
    at_start_ = evaluator_;
    began_ns_ = world.now_ns();
    enter();
    for (const std::string& fault : step().mend) lines.push_back("mend " + filled_now(fault));
    for (const std::string& fault : step().inject) lines.push_back("break " + filled_now(fault));
  }
  for (const std::string& text : {step().text.en, step().text.ko, step().command}) freeze(text);
  judge();
  return lines;
}

void Session::enter() {
  evaluator_.begin_step();
  entered_ = true;
  frozen_.clear();
}

void Session::judge() {
  if (done_ || complete()) return;
  const Step& now = step();
  if (now.acts()) {
    done_ = std::all_of(now.goals.begin(), now.goals.end(), [&](const Goal& g) { return evaluator_.holds(g.when); });
  } else if (now.kind == StepKind::See) {
    done_ = !now.has_until || evaluator_.holds(now.until);
  }
}

void Session::freeze(const std::string& text) {
  if (frozen_.count(text)) return;
  for (const std::string& name : placeholders(text))
    if (filled_now("{" + name + "}") == "-") return;  // not there yet
  frozen_[text] = filled_now(text);
}

bool Session::choose(const std::string& option) {
  if (!started_ || complete() || !step().asks()) return false;
  // A prediction that a later step judges can be changed until one goes on; an answer that was judged stands.
  if (done_ && !lesson_->judged_in(step().id)) return false;
  const auto& options = step().options;
  if (std::none_of(options.begin(), options.end(), [&](const Option& o) { return o.id == option; })) return false;
  answers_[step().id] = option;
  done_ = true;
  return true;
}

const Option* Session::chosen(const std::string& step_id) const {
  const auto answer = answers_.find(step_id);
  const Step* asked = lesson_->find_step(step_id);
  if (answer == answers_.end() || asked == nullptr) return nullptr;
  for (const Option& option : asked->options)
    if (option.id == answer->second) return &option;
  return nullptr;
}

bool Session::next() {
  if (complete() || !done_) return false;
  ++index_;
  entered_ = done_ = tried_ = false;
  return true;
}

void Session::start_over(LessonWorld& world) {
  evaluator_ = at_start_;
  const std::vector<Change> told = world.take_changes();
  evaluator_.rejoin(told, world.answers());
  entered_ = done_ = tried_ = false;
}

bool Session::take_hint() {
  if (complete() || !step().acts()) return false;
  int& taken = hints_[step().id];
  if (taken > static_cast<int>(step().hints.size())) return false;
  ++taken;
  tried_ = true;
  return true;
}

int Session::hints_taken() const {
  if (complete()) return 0;
  const auto it = hints_.find(step().id);
  return it == hints_.end() ? 0 : it->second;
}

std::vector<GoalState> Session::goals() const {
  std::vector<GoalState> out;
  if (complete()) return out;
  for (const Goal& goal : step().goals) {
    GoalState state;
    state.goal = &goal;
    state.reached = done_ || evaluator_.holds(goal.when);
    if (!state.reached) state.holding = evaluator_.holding(goal.when);
    for (const Feedback& feedback : goal.feedback) {
      if (state.reached || state.feedback != nullptr) break;
      if (feedback.always || evaluator_.holds(feedback.when)) state.feedback = &feedback;
    }
    out.push_back(state);
  }
  return out;
}

std::string Session::filled(const std::string& text) const {
  const auto it = frozen_.find(text);
  return it == frozen_.end() ? filled_now(text) : it->second;
}

std::string Session::filled_now(const std::string& text) const {
  return expand(text, lesson_->values, evaluator_.objects());
}

std::vector<std::string> Session::panels() const {
  std::vector<std::string> out = lesson_->panels;
  for (std::size_t i = 0; i <= index_ && i < lesson_->steps.size(); ++i)
    for (const std::string& panel : lesson_->steps[i].panels)
      if (std::find(out.begin(), out.end(), panel) == out.end()) out.push_back(panel);
  return out;
}

double Session::speed() const {
  const auto end = lesson_->steps.begin() + static_cast<std::ptrdiff_t>(std::min(index_ + 1, lesson_->steps.size()));
  if (std::none_of(lesson_->steps.begin(), end, [](const Step& step) { return step.speed > 0; })) return 0;
  if (complete() || step().asks() || step().speed == 0) return 1;
  const bool shows = step().kind == StepKind::See && !step().has_until;  // a `see` that waits for nothing says how it is to be seen
  return !done_ || shows ? step().speed : 1;
}

Progress Session::progress() const {
  Progress out;
  out.lesson = lesson_->id;
  out.complete = complete();
  out.step = complete() ? "" : step().id;
  out.answers = answers_;
  out.hints = hints_;
  for (const auto& answer : answers_) {
    const Option* option = chosen(answer.first);
    if (option != nullptr && !option->right) out.missed.push_back(answer.first);
  }
  return out;
}

}  // namespace orrery::lesson
