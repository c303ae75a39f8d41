#include "playground/lesson_engine/lesson_document.h"

#include <algorithm>

#include "playground/lesson_engine/lesson_words.h"
#include "playground/viewmodel/document_writer.h"

namespace orrery::lesson {
namespace {

using viewmodel::Block;
using viewmodel::BlockKind;
using viewmodel::BlockState;
using viewmodel::Document;

// What the engine itself says around a lesson's texts.
const Text kWaiting = {"The cluster is starting.", "클러스터가 시작되고 있어요."};
const Text kSee = {"See what happens", "직접 확인하기"};
const Text kSeeAnswer = {"See the answer", "정답 보기"};
const Text kHint = {"Give me a hint", "힌트 보기"};
const Text kSolution = {"Show the solution", "정답 명령 보기"};
const Text kLeavings = {"If the terminal answers `already exists`, delete that object first: `kubectl delete`, its kind and its name.",
                        "터미널에 `already exists`라고 나오면 그 오브젝트부터 지우세요. `kubectl delete` 뒤에 종류와 이름을 적어요."};
const Text kPredicted = {"Your prediction:", "내 예측:"};
const Text kTruth = {"The answer:", "정답:"};
const Text kReached = {"Done. You can go on.", "해냈어요. 다음으로 넘어가세요."};
const Text kComplete = {"Lesson complete", "레슨을 마쳤어요"};
const Text kScore = {"Right at the first try:", "한 번에 맞힌 질문:"};
const Text kWordsMet = {"Words you met", "이번에 만난 용어"};

class Writer {
 public:
  Writer(const Session& session, Language language) : session_(session), language_(language) {}

  Document write(const std::vector<Term>& glossary) {
    const Lesson& lesson = session_.lesson();
    document_.language = viewmodel::code_of(language_);
    document_.title = lesson.title.in(language_);
    if (session_.started() && !session_.complete())
      document_.title += "  " + std::to_string(session_.index() + 1) + "/" + std::to_string(lesson.steps.size());
    document_.id = "lesson/" + lesson.id + "#" + (session_.complete() ? "done" : std::to_string(session_.index() + 1));
    if (!session_.started()) {
      document_.id = "lesson/" + lesson.id + "#waiting";
      paragraph("waiting", kWaiting.in(language_));
    } else if (session_.complete()) {
      ending(glossary);
    } else {
      current();
    }
    return document_;
  }

 private:
  Block& add(BlockKind kind, const std::string& id, const std::string& line) {
    document_.blocks.push_back(viewmodel::make_block(kind, id, line));
    return document_.blocks.back();
  }

  // Lines of one paragraph flow together; an empty line parts paragraphs, "- " starts a bullet.
  void paragraph(const std::string& id, const std::string& text, BlockKind kind = BlockKind::Paragraph) {
    std::size_t at = 0, number = 0;
    std::string flow;
    BlockKind flow_kind = kind;
    const auto flush = [&] {
      if (!flow.empty()) add(flow_kind, number == 0 ? id : id + "." + std::to_string(number), flow);
      number += !flow.empty();
      flow.clear();
      flow_kind = kind;
    };
    while (at <= text.size()) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      std::string line = text.substr(at, end - at);
      at = end + 1;
      const bool bullet = line.compare(0, 2, "- ") == 0;
      if (line.empty() || bullet) flush();
      if (bullet) {
        flow_kind = BlockKind::Bullet;
        line.erase(0, 2);
      }
      flow += (flow.empty() || line.empty() ? "" : " ") + line;
    }
    flush();
  }

  Block& code(const std::string& id, const std::string& text, const std::string& action) {
    Block& block = add(BlockKind::Code, id, "");
    block.text = text;
    block.action = action;
    return block;
  }

  void button(const std::string& action, const Text& label, bool primary) {
    Block& block = add(BlockKind::Button, action, label.in(language_));
    block.action = action;
    block.primary = primary;
  }

  void current() {
    const Step& step = session_.step();
    if (step.kind == StepKind::See && !step.resolves.empty()) judgement(*session_.lesson().find_step(step.resolves));
    if (&step == session_.lesson().first_quoting()) paragraph("about_2019", kAbout2019.in(language_));
    if (step.has_2019)
      paragraph("said_2019", kSaid2019.in(language_) + " " + step.said_2019.in(language_), BlockKind::Note);
    paragraph("text", session_.filled(step.text.in(language_)));
    if (step.kind == StepKind::See && !step.command.empty()) code("command", session_.filled(step.command), "run");
    if (step.asks()) question(step);
    if (step.acts()) action(step);
    if (!session_.done()) return;
    const bool last = session_.index() + 1 == session_.lesson().steps.size();
    const bool unjudged = step.kind == StepKind::Predict && session_.lesson().judged_in(step.id) != nullptr;
    const bool at_once = unjudged && !last && session_.lesson().steps[session_.index() + 1].resolves == step.id;
    button("lesson.next", at_once ? kSeeAnswer : unjudged ? kSee : last ? kFinish : kNext, true);
  }

  // A prediction or question. One that a later step judges keeps its secret until then.
  void question(const Step& step) {
    const Option* chosen = session_.chosen(step.id);
    const bool judged = chosen != nullptr && session_.lesson().judged_in(step.id) == nullptr;
    for (const Option& option : step.options) {
      Block& block = add(BlockKind::Choice, option.id, option.text.in(language_));
      block.state = chosen == &option ? BlockState::Chosen : BlockState::Open;
      if (judged)
        block.state = option.right ? BlockState::Right : chosen == &option ? BlockState::Wrong : BlockState::Open;
      block.enabled = !judged;
      if (!judged) block.action = "lesson.choose";
      if (judged) reason(option, *chosen);
    }
    if (judged) today(step);
  }

  // Under its own option, so that nobody reads it as said of another.
  void reason(const Option& option, const Option& chosen) {
    if (&option == &chosen || option.right) paragraph(&option == &chosen ? "why" : "why_right", option.why.in(language_), BlockKind::Feedback);
  }

  void today(const Step& step) {
    if (step.has_2019) paragraph("today", kToday.in(language_) + " " + step.today.in(language_), BlockKind::Note);
  }

  void judgement(const Step& step) {
    const Option* chosen = session_.chosen(step.id);
    if (chosen == nullptr) return;
    paragraph("asked", question_in(session_.filled(step.text.in(language_))), BlockKind::Feedback);
    add(BlockKind::Heading, "predicted", kPredicted.in(language_)).level = 3;
    choice(*chosen, *chosen);
    if (!chosen->right) {
      add(BlockKind::Heading, "truth", kTruth.in(language_)).level = 3;
      for (const Option& option : step.options)
        if (option.right) choice(option, *chosen);
    }
    today(step);
  }

  // A prediction's text ends with what it asks; by the time it is judged that has been forgotten.
  static std::string question_in(const std::string& text) {
    const std::size_t part = text.rfind("\n\n");
    return part == std::string::npos ? text : text.substr(part + 2);
  }

  void choice(const Option& option, const Option& chosen) {
    Block& block = add(BlockKind::Choice, option.id, option.text.in(language_));
    block.state = option.right ? BlockState::Right : BlockState::Wrong;
    block.enabled = false;
    reason(option, chosen);
  }

  // What can be pressed stands above what changes while one watches, so that it stays where it is.
  void action(const Step& step) {
    if (!step.command.empty())
      code("command", session_.filled(step.command), step.help == Help::Worked ? "run" : "type").primary =
          !session_.done();
    hints(step);
    for (const GoalState& state : session_.goals()) {
      Block& block = add(BlockKind::Goal, state.goal->id, state.goal->text.in(language_) + held(state.holding));
      block.state = state.reached ? BlockState::Right : BlockState::Open;
      if (state.feedback != nullptr && session_.tried())
        paragraph(state.goal->id + ".feedback", session_.filled_now(state.feedback->text.in(language_)),
                  BlockKind::Feedback);
    }
    const int taken = session_.hints_taken(), count = static_cast<int>(step.hints.size());
    if (session_.done()) {
      paragraph("reached", kReached.in(language_), BlockKind::Feedback);
    } else if (step.help != Help::Worked && taken <= count) {  // a worked step shows its command already
      button("lesson.hint", taken < count ? kHint : kSolution, false);
    }
  }

  // " (12 of 30 s)": how far a goal is that needs time.
  std::string held(const Holding& holding) const {
    if (holding.must_ns == 0) return "";
    constexpr std::int64_t kSecond = 1'000'000'000;
    const std::string has = std::to_string(holding.has_ns / kSecond), must = std::to_string(holding.must_ns / kSecond);
    return language_ == Language::Korean ? " (" + must + "초 중 " + has + "초)" : " (" + has + " of " + must + " s)";
  }

  void hints(const Step& step) {
    const int taken = session_.hints_taken();
    const int count = static_cast<int>(step.hints.size());
    for (int i = 0; i < std::min(taken, count); ++i)
      paragraph("hint." + std::to_string(i), session_.filled_now(step.hints[i].in(language_)), BlockKind::Note);
    if (taken <= count) return;
    int number = 0;
    bool makes = false;
    for (const Act& act : step.solution) {
      if (act.run.empty()) continue;
      code("solution." + std::to_string(number++), session_.filled_now(act.run), "run");
      for (const char* verb : {"kubectl create ", "kubectl run ", "kubectl expose "}) makes |= act.run.rfind(verb, 0) == 0;
    }
    if (makes) paragraph("leavings", kLeavings.in(language_), BlockKind::Note);
  }

  void ending(const std::vector<Term>& glossary) {
    const Lesson& lesson = session_.lesson();
    add(BlockKind::Heading, "complete", kComplete.in(language_)).level = 2;
    paragraph("summary", lesson.summary.in(language_));
    const Progress progress = session_.progress();
    paragraph("score", kScore.in(language_) + " " + std::to_string(progress.answers.size() - progress.missed.size()) +
                           "/" + std::to_string(progress.answers.size()));
    bool words = false;
    for (const Term& term : glossary) {
      if (std::find(lesson.terms.begin(), lesson.terms.end(), term.id) == lesson.terms.end()) continue;
      if (!words) add(BlockKind::Heading, "words", kWordsMet.in(language_)).level = 3;
      words = true;
      paragraph("term." + term.id, "**" + term.name.in(language_) + "** - " + term.meaning.in(language_),
                BlockKind::Bullet);
    }
    if (lesson.real_commands.empty()) return;
    add(BlockKind::Heading, "real", kReal.in(language_)).level = 3;
    paragraph("real.text", lesson.real_cluster.in(language_));
    int number = 0;
    for (const std::string& line : lesson.real_commands) code("real." + std::to_string(number++), line, "");
    if (lesson.real_task.en.empty()) return;
    add(BlockKind::Heading, "task", kTask.in(language_)).level = 3;
    paragraph("task.text", lesson.real_task.in(language_));
  }

  const Session& session_;
  Language language_;
  Document document_;
};

}  // namespace

Document make_document(const Session& session, Language language, const std::vector<Term>& glossary) {
  return Writer(session, language).write(glossary);
}

bool act(Session& session, const std::string& action, const std::string& block) {
  if (action == "lesson.choose") return session.choose(block);
  if (action == "lesson.next") return session.next();
  if (action == "lesson.hint") return session.take_hint();
  return false;
}

}  // namespace orrery::lesson
