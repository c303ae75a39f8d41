#include "playground/lesson_engine/runner.h"

#include <algorithm>
#include <optional>

#include "playground/lesson_engine/session.h"

namespace orrery::lesson {
namespace {

// A learner who answers rightly and types what the lesson's solution says.
class Player {
 public:
  Player(std::shared_ptr<const Lesson> lesson, StageFactory& factory) : lesson_(std::move(lesson)) {
    std::string error;
    stage_ = factory.make(lesson_->world, error);
    if (!stage_) {
      why_ = "the world can't be made: " + error;
      return;
    }
    session_.emplace(lesson_, *stage_);
    if (!wait_for(kReadyMaxNs, [&] { return session_->started(); }))
      why_ = "the world does not become ready in five minutes";
  }

  // The step of the lesson under way; null at its end.
  const Step* step() const { return session_->complete() ? nullptr : &session_->step(); }

  // Plays until `step_id` is the current step, or to the end when it is empty; false with why() when stuck.
  bool play_to(const std::string& step_id) {
    while (why_.empty() && !session_->complete() && session_->step().id != step_id) play_step();
    return why_.empty();
  }

  // Carries out `acts`, then waits for the step to be done; false when it isn't.
  bool carry_out(const std::vector<Act>& acts) {
    act(acts);
    return wait_for(kReachedMaxNs, [&] { return session_->done(); });
  }

  void act(const std::vector<Act>& acts) {
    for (const Act& act : acts) {
      if (!why_.empty()) return;
      if (act.run.empty()) {
        advance(act.wait_ns);
        continue;
      }
      const std::string line = session_->filled_now(act.run);
      const Outcome outcome = stage_->run(line);
      log_ += "  $ " + line + "\n  " + outcome.output +
              (outcome.exit_code ? "  exit code " + std::to_string(outcome.exit_code) + "\n" : "");
      session_->note_command();
      update();
    }
  }

  // True as soon as `done()`, after at most `ns` of the world's time.
  template <class Done>
  bool wait_for(std::int64_t ns, Done done) {
    update();
    for (std::int64_t waited = 0; why_.empty() && !done() && waited < ns; waited += kSecondNs) advance(kSecondNs);
    return why_.empty() && done();
  }

  void advance(std::int64_t ns) {
    stage_->advance(ns);
    update();
  }

  void play_step() {
    const Step& step = session_->step();
    update();
    if (step.asks()) {
      for (const Option& option : step.options)
        if (option.right) session_->choose(option.id);
    } else if (step.kind == StepKind::See) {
      if (!wait_for(kReadyMaxNs, [&] { return session_->done(); }))
        why_ = step.id + ": what is to be seen does not happen in five minutes";
      else look(step);
    } else if (!carry_out(step.solution) && why_.empty()) {
      why_ = step.id + ": the solution does not reach the goals";
    }
    if (why_.empty()) session_->next();
    update();
  }

  bool has_session() const { return session_.has_value(); }
  const Session& session() const { return *session_; }  // REQUIRES: has_session()
  const std::string& why() const { return why_; }
  const std::string& log() const { return log_; }

 private:
  void update() {
    for (const std::string& line : session_->update(*stage_)) {
      const Outcome outcome = stage_->run(line);
      if (outcome.exit_code != 0) why_ = line + ": " + outcome.output;
    }
  }

  // What a `see` step offers to look with must answer.
  void look(const Step& step) {
    if (step.command.empty()) return;
    const std::string line = session_->filled(step.command);
    const Outcome outcome = stage_->run(line);
    if (outcome.exit_code != 0) why_ = step.id + ": " + line + ": " + outcome.output;
    update();
  }

  std::shared_ptr<const Lesson> lesson_;
  std::unique_ptr<LessonStage> stage_;
  std::optional<Session> session_;
  std::string why_;
  std::string log_;
};

// The goals of the current step as a learner sees them, and what was typed.
std::string describe(const Player& player) {
  std::string out = player.why() + "\n";
  if (player.has_session() && !player.session().complete())
    for (const GoalState& state : player.session().goals()) {
      out += std::string("  ") + (state.reached ? "[x] " : "[ ] ") + state.goal->id;
      if (state.feedback)
        out += " (" + state.feedback->id + "): " + player.session().filled_now(state.feedback->text.en);
      out += "\n";
    }
  return out + player.log();
}

bool says(const Session& session, const std::string& feedback) {
  for (const GoalState& state : session.goals())
    if (state.feedback != nullptr && state.feedback->id == feedback) return true;
  return false;
}

Proof idle(const std::shared_ptr<const Lesson>& lesson, const Step& step, StageFactory& factory) {
  Proof proof;
  proof.name = lesson->id + ": " + step.id + " is not solved by an hour of waiting";
  Player player(lesson, factory);
  if (!player.why().empty() || !player.play_to(step.id)) {
    proof.why = player.why();
    return proof;
  }
  for (std::int64_t waited = 0; waited < kIdleNs; waited += 60 * kSecondNs) player.advance(60 * kSecondNs);
  proof.passed = !player.session().done();
  if (!proof.passed) proof.why = "its goals were reached by doing nothing";
  return proof;
}

Proof near_miss(const std::shared_ptr<const Lesson>& lesson, const Step& step, const NearMiss& miss,
                StageFactory& factory) {
  Proof proof;
  proof.name = lesson->id + ": near miss " + miss.id;
  Player player(lesson, factory);
  if (!player.why().empty() || !player.play_to(step.id)) {
    proof.why = player.why();
    return proof;
  }
  const bool solved = player.carry_out(miss.acts);
  proof.passed = !solved && player.why().empty() && says(player.session(), miss.feedback);
  if (!proof.passed)
    proof.why = (solved ? "it solves the step" : "the feedback is not '" + miss.feedback + "'") + std::string("\n") +
                describe(player);
  if (proof.passed && !miss.way_out.empty() && !player.carry_out(miss.way_out)) {
    proof.passed = false;
    proof.why = "its way out does not reach the goals\n" + describe(player);
  }
  return proof;
}

std::vector<Proof> live_solution(const std::shared_ptr<const Lesson>& lesson, StageFactory& factory) {
  std::vector<Proof> proofs(1);
  proofs[0].name = lesson->id + ": solution";
  Player player(lesson, factory);
  while (player.why().empty() && player.step() != nullptr) {
    const Step& step = *player.step();
    if (step.acts()) {
      Proof idle;
      idle.name = lesson->id + ": " + step.id + " is not solved by " + std::to_string(kLiveIdleNs / kSecondNs) + " seconds of waiting";
      idle.passed = !player.wait_for(kLiveIdleNs, [&] { return player.session().done(); });
      if (!idle.passed) idle.why = "its goals were reached by doing nothing";
      proofs.push_back(std::move(idle));
    }
    player.play_step();
  }
  proofs[0].passed = player.why().empty();
  if (!proofs[0].passed) proofs[0].why = describe(player);
  return proofs;
}

Proof live_near_miss(const std::shared_ptr<const Lesson>& lesson, const Step& step, const NearMiss& miss,
                     StageFactory& factory) {
  Proof proof;
  proof.name = lesson->id + ": near miss " + miss.id;
  Player player(lesson, factory);
  if (!player.why().empty() || !player.play_to(step.id)) {
    proof.why = describe(player);
    return proof;
  }
  const Session& session = player.session();
  player.act(miss.acts);
  player.wait_for(kLiveFeedbackNs, [&] { return session.done() || says(session, miss.feedback); });
  player.wait_for(kLiveWatchNs, [&] { return session.done(); });
  proof.passed = player.why().empty() && !session.done() && says(session, miss.feedback);
  if (!proof.passed)
    proof.why = (session.done() ? "it solves the step" : "the feedback is not '" + miss.feedback + "'") +
                std::string("\n") + describe(player);
  return proof;
}

Proof prove_solution(std::shared_ptr<const Lesson> lesson, StageFactory& factory) {
  Proof proof;
  proof.name = lesson->id + ": solution";
  Player player(lesson, factory);
  proof.passed = player.why().empty() && player.play_to("") && player.session().complete();
  if (!proof.passed) proof.why = describe(player);
  return proof;
}

}  // namespace

void prove_live(std::shared_ptr<const Lesson> lesson, StageFactory& factory, const std::string& only,
                const std::function<void(const Proof&)>& tell) {
  if (only.empty() || only == "solution")
    for (const Proof& proof : live_solution(lesson, factory)) tell(proof);
  for (const Step& step : lesson->steps)
    for (const NearMiss& miss : step.near_misses)
      if (only.empty() || only == miss.id) tell(live_near_miss(lesson, step, miss, factory));
}

std::vector<Proof> prove(std::shared_ptr<const Lesson> lesson, StageFactory& factory) {
  std::vector<Proof> proofs{prove_solution(lesson, factory)};
  for (const Step& step : lesson->steps) {
    if (!step.acts()) continue;
    proofs.push_back(idle(lesson, step, factory));
    for (const NearMiss& miss : step.near_misses) proofs.push_back(near_miss(lesson, step, miss, factory));
  }
  return proofs;
}

}  // namespace orrery::lesson
