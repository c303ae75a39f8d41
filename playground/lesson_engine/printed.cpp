#include "playground/lesson_engine/printed.h"

#include <algorithm>

#include "playground/lesson_engine/evaluator.h"
#include "playground/lesson_engine/lesson_words.h"
#include "playground/viewmodel/document_html.h"
#include "playground/viewmodel/document_writer.h"

namespace orrery::lesson {
namespace {

using viewmodel::BlockKind;
using viewmodel::Document;
using viewmodel::DocumentWriter;

const Text kLessons = {"Lessons", "레슨"};
const Text kIncidents = {"Incidents", "장애 대응"};
const Text kModule = {"Module", "모듈"};
const Text kPredict = {"Predict", "예측하기"};
const Text kDo = {"Do", "해 보기"};
const Text kSeeStep = {"See", "확인하기"};
const Text kVary = {"On your own", "혼자 해 보기"};
const Text kQuiz = {"Question", "질문"};
const Text kAnswer = {"Answer:", "답:"};
const Text kHintIs = {"Hint:", "힌트:"};
const Text kSolutionIs = {"One way to do it:", "한 가지 방법:"};
const Text kWordsOfLesson = {"Words", "용어"};
const Text kOther = {"한국어", "English"};

const Text& name_of_step(StepKind kind) {
  return kind == StepKind::Predict ? kPredict : kind == StepKind::Do ? kDo : kind == StepKind::See ? kSeeStep : kind == StepKind::Vary ? kVary : kQuiz;
}

class Printer {
 public:
  Printer(const Lesson& lesson, Language language)
      : lesson_(lesson), language_(language), out_(language, "printed/" + lesson.id, lesson.title.in(language)) {}

  Document print(const std::vector<Term>& glossary) {
    line(BlockKind::Paragraph, "summary", lesson_.summary.in(language_));
    int number = 0;
    for (const Step& one : lesson_.steps) step(one, ++number);
    ending(glossary);
    return out_.take();
  }

 private:
  std::string filled(std::string text) const {
    for (const std::string& name : placeholders(text)) {
      const std::string whole = "{" + name + "}";
      for (std::size_t at; (at = text.find(whole)) != std::string::npos;) text.replace(at, whole.size(), "…");
    }
    return text;
  }

  // Lines flow together, an empty one parts paragraphs, "- " makes a bullet.
  void line(BlockKind kind, const std::string& id, const std::string& text) {
    std::string flow;
    BlockKind now = kind;
    int number = 0;
    const auto flush = [&] {
      if (!flow.empty()) out_.add(now, id + (number == 0 ? "" : "." + std::to_string(number)), filled(flow)), ++number;
      flow.clear();
      now = kind;
    };
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      std::string part = text.substr(at, end - at);
      at = end + 1;
      const bool bullet = part.rfind("- ", 0) == 0;
      if (part.empty() || bullet) flush();
      if (bullet) now = BlockKind::Bullet, part.erase(0, 2);
      flow += (flow.empty() || part.empty() ? "" : " ") + part;
    }
    flush();
  }
  void labelled(const std::string& id, const Text& label, const Text& text) {
    line(BlockKind::Note, id, label.in(language_) + " " + text.in(language_));
  }

  void step(const Step& step, int number) {
    out_.heading(step.id, std::to_string(number) + ". " + name_of_step(step.kind).in(language_), 2);
    const std::string id = step.id + ".";
    if (&step == lesson_.first_quoting()) line(BlockKind::Paragraph, id + "about", kAbout2019.in(language_));
    if (step.has_2019) labelled(id + "said", kSaid2019, step.said_2019);
    line(BlockKind::Paragraph, id + "text", step.text.in(language_));
    if (!step.command.empty()) out_.shown(id + "command", filled(step.command));
    for (const Option& option : step.options) line(BlockKind::Choice, id + option.id, option.text.in(language_));
    for (const Option& option : step.options)
      if (option.right) line(BlockKind::Note, id + "answer", kAnswer.in(language_) + " **" + option.text.in(language_) + "** " + option.why.in(language_));
    if (step.has_2019) labelled(id + "today", kToday, step.today);
    for (const Goal& goal : step.goals) line(BlockKind::Goal, id + goal.id, goal.text.in(language_));
    int hint = 0;
    for (const Text& text : step.hints) labelled(id + "hint." + std::to_string(hint++), kHintIs, text);
    if (step.acts() && step.help != Help::Worked) solution(step);
  }
  void solution(const Step& step) {
    line(BlockKind::Paragraph, step.id + ".way", kSolutionIs.in(language_));
    int number = 0;
    for (const Act& act : step.solution)
      if (!act.run.empty()) out_.shown(step.id + ".way." + std::to_string(number++), filled(act.run));
  }

  void ending(const std::vector<Term>& glossary) {
    bool words = false;
    for (const Term& term : glossary) {
      if (std::find(lesson_.terms.begin(), lesson_.terms.end(), term.id) == lesson_.terms.end()) continue;
      if (!std::exchange(words, true)) out_.heading("words", kWordsOfLesson.in(language_), 2);
      line(BlockKind::Bullet, "term." + term.id, "**" + term.name.in(language_) + "** - " + term.meaning.in(language_));
    }
    if (lesson_.real_commands.empty()) return;
    out_.heading("real", kReal.in(language_), 2);
    line(BlockKind::Paragraph, "real.text", lesson_.real_cluster.in(language_));
    int number = 0;
    for (const std::string& command : lesson_.real_commands) out_.shown("real." + std::to_string(number++), command);
    if (lesson_.real_task.en.empty()) return;
    out_.heading("task", kTask.in(language_), 2);
    line(BlockKind::Paragraph, "task.text", lesson_.real_task.in(language_));
  }

  const Lesson& lesson_;
  Language language_;
  DocumentWriter out_;
};

}  // namespace

std::string printed_name(const std::string& lesson, Language language) { return lesson + "." + viewmodel::code_of(language) + ".html"; }
std::string printed_index(Language language) { return language == Language::English ? "index.html" : "index.ko.html"; }

Document printed_lesson(const Lesson& lesson, Language language, const std::vector<Term>& glossary) {
  return Printer(lesson, language).print(glossary);
}

Document printed_list(const Library& library, Language language) {
  DocumentWriter out(language, "printed", kLessons.in(language));
  std::string module;
  for (const auto& lesson : library.lessons) {
    if (std::exchange(module, lesson->module) != lesson->module)
      out.heading("module." + module, module.size() == 1 ? kModule.in(language) + " " + module : kIncidents.in(language), 2);
    out.button("go:" + printed_name(lesson->id, language), lesson->title.in(language));
  }
  return out.take();
}

std::map<std::string, std::string> printed_pages(const Library& library) {
  std::map<std::string, std::string> out;
  for (const Language language : {Language::English, Language::Korean}) {
    const Language other = language == Language::English ? Language::Korean : Language::English;
    out[printed_index(language)] = viewmodel::html_of(printed_list(library, language), {printed_index(other), kOther.in(language), "", ""});
    for (const auto& lesson : library.lessons)
      out[printed_name(lesson->id, language)] = viewmodel::html_of(printed_lesson(*lesson, language, library.glossary),
                                                              {printed_name(lesson->id, other), kOther.in(language), printed_index(language), kLessons.in(language)});
  }
  return out;
}

}  // namespace orrery::lesson
