#include "playground/app/classroom.h"

#include <algorithm>
#include <utility>

#include "playground/lesson_engine/lesson_document.h"
#include "playground/lesson_engine/lesson_words.h"
#include "playground/lesson_engine/printed.h"
#include "playground/viewmodel/document_writer.h"

namespace orrery::app {

using viewmodel::Block;
using viewmodel::BlockKind;
using viewmodel::Document;
using viewmodel::Language;
using viewmodel::Word;

namespace {

std::string module_name(const std::string& module, Language language) {
  if (module == "A") return viewmodel::word(language, Word::module_a);
  if (module == "B") return viewmodel::word(language, Word::module_b);
  if (module == "C") return viewmodel::word(language, Word::module_c);
  return module.size() == 1 ? module : viewmodel::word(language, Word::lessons_incident);
}

}  // namespace

std::string numbered_title(const lesson::Lesson& lesson, Language language) {
  const std::string number = lesson.module.size() == 1 ? lesson.module + std::to_string(lesson.order) + " " : "";
  return number + lesson.title.in(language);
}

void Classroom::begin(const std::string& id, lesson::LessonWorld& world, bool goes_back) {
  goes_back_ = goes_back;
  asked_before_ = false;
  session_ = std::make_unique<lesson::Session>(library_.find(id), world);
  noted_ = false;
  round_.reset();
  const lesson::Lesson& begun = session_->lesson();
  const lesson::ModuleQuestions* questions = library_.questions_of(begun.module);
  if (questions == nullptr || !library_.begins_module(begun) || learning_.has_done(id)) return;
  round_.emplace(*questions, lesson::QuestionRound::When::Before);
  if (round_->over(learning_)) round_.reset();
  asked_before_ = round_.has_value();
}

std::vector<std::string> Classroom::update(lesson::LessonWorld& world) {
  if (!session_) return {};
  std::vector<std::string> lines = session_->update(world);
  note_completion();
  return lines;
}

void Classroom::command_ended() {
  if (session_) session_->note_command();
}

bool Classroom::act(const std::string& action, const std::string& block) {
  if (action == "questions" && session_ && session_->complete()) {
    if (const lesson::ModuleQuestions* questions = library_.questions_of(session_->lesson().module)) round_.emplace(*questions, lesson::QuestionRound::When::After);
    return true;
  }
  if (round_ && round_->act(action, block, learning_, day_)) {
    learned_ = true;
    if (round_->over(learning_)) round_.reset();
    return true;
  }
  if (action == "review") {
    const lesson::Card* due = learning_.due(day_);
    if (due && library_.find(due->lesson)) card_ = *due;
    answer_.clear();
  } else if (action == "review.choose" && card_) {
    answer_ = block;
    const auto lesson = library_.find(card_->lesson);
    const lesson::Step* step = lesson->find_step(card_->step);
    const bool right = step && std::any_of(step->options.begin(), step->options.end(), [&](const lesson::Option& o) { return o.right && o.id == block; });
    lesson::answer_card(learning_, *card_, right, day_);
    learned_ = true;
  } else if (action == "review.close") {
    card_.reset();
  } else {
    return session_ && lesson::act(*session_, action, block);
  }
  return true;
}

void Classroom::note_completion() {
  if (!session_ || !session_->complete() || std::exchange(noted_, true)) return;
  lesson::complete_lesson(learning_, session_->progress(), day_);
  learned_ = true;
}

const lesson::Card* Classroom::due() const {
  const lesson::Card* card = learning_.due(day_);
  return card && library_.find(card->lesson) ? card : nullptr;
}

// The last lesson of a module ends with the questions that its first one began with, in other clothes.
bool Classroom::asks_after() const {
  const lesson::Lesson& lesson = session_->lesson();
  const lesson::ModuleQuestions* questions = library_.questions_of(lesson.module);
  return questions && library_.ends_module(lesson) && !lesson::QuestionRound(*questions, lesson::QuestionRound::When::After).over(learning_);
}

// Where to go from a lesson's end: what is asked again, the questions after the module, the next lesson.
std::vector<Block> Classroom::ways_on(Language language) const {
  std::vector<Block> out;
  if (due()) out.push_back(viewmodel::make_button("review", viewmodel::word(language, Word::lessons_review)));
  if (asks_after()) out.push_back(viewmodel::make_button("questions", lesson::QuestionRound::invitation(language), true));
  const auto& all = library_.lessons;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i]->id != session_->lesson().id) continue;
    out.push_back(viewmodel::make_button("open:" + all[i + 1]->id, viewmodel::phrase(language, Word::lessons_next, {all[i + 1]->title.in(language)}), !asks_after()));
    out.back().id = "next";
  }
  if (!printed_.empty()) {
    out.push_back(viewmodel::make_button("go:" + printed_ + lesson::printed_name(session_->lesson().id, language), lesson::kPrintedOne.in(language)));
    out.back().id = "printed";
  }
  return out;
}

// Once its questions are over, too, the module's end stands above that of its last lesson.
void Classroom::add_module_end(Document& document, Language language) const {
  const lesson::Lesson& last = session_->lesson();
  if (!library_.ends_module(last) || asks_after() || last.module.size() != 1) return;
  std::size_t lessons = 0, taken = 0;
  for (const auto& lesson : library_.lessons) {
    lessons += lesson->module == last.module;
    taken += lesson->module == last.module && learning_.has_done(lesson->id);
  }
  std::string text = lesson::kLessonsDone.in(language) + " " + std::to_string(taken) + "/" + std::to_string(lessons) + ".";
  const auto add = [&](const lesson::Text& label, const std::string& round) {
    const auto [right, asked] = lesson::round_result(learning_, last.module + round);
    if (asked > 0) text += " " + label.in(language) + " " + std::to_string(right) + "/" + std::to_string(asked) + ".";
  };
  add(lesson::kQuestionsBefore, "/before");
  add(lesson::kQuestionsAfter, "/after");
  Block end = viewmodel::make_block(BlockKind::Heading, "module_end", lesson::kModuleEnd.in(language) + " " + module_name(last.module, language));
  end.level = 2;
  document.blocks.insert(document.blocks.begin(), {end, viewmodel::make_block(BlockKind::Paragraph, "module_end.text", text)});
}

Document Classroom::document(Language language) const {
  if (card_) return lesson::review_document(*library_.find(card_->lesson), *card_, answer_, language);
  if (round_) return round_->document(learning_, language);
  Document document = lesson::make_document(*session_, language, library_.glossary);
  if (session_->complete()) {
    const auto score = std::find_if(document.blocks.begin(), document.blocks.end(), [](const Block& block) { return block.id == "score"; });
    const std::vector<Block> on = ways_on(language);
    document.blocks.insert(score == document.blocks.end() ? score : score + 1, on.begin(), on.end());
    add_module_end(document, language);
  } else if (goes_back_ && session_->started() && session_->step().acts() && session_->tried() && !session_->done()) {
    document.blocks.push_back(viewmodel::make_button("lesson.over", lesson::kStartOver.in(language)));
  }
  if (asked_before_ && session_->index() == 0 && !session_->complete())
    document.blocks.insert(document.blocks.begin(), viewmodel::make_block(BlockKind::Note, "begins", lesson::kLessonBegins.in(language)));
  Block title = viewmodel::make_block(BlockKind::Heading, "title", "");
  title.level = 2;
  title.spans = {{viewmodel::SpanKind::Text, document.title, ""}};
  document.blocks.insert(document.blocks.begin(), title);
  return document;
}

Document Classroom::list(Language language, bool keeps, bool asks_reset) const {
  viewmodel::DocumentWriter out(language, "lessons", viewmodel::word(language, Word::lessons_title));
  const auto press = [&](const char* action, Word label) { out.button(action, viewmodel::word(language, label)); };
  if (due()) press("review", Word::lessons_review);
  if (library_.lessons.empty()) out.text("none", viewmodel::word(language, Word::lessons_none));
  std::string module;
  for (const auto& lesson : library_.lessons) {
    if (std::exchange(module, lesson->module) != lesson->module) out.heading("module." + module, module_name(module, language), 3);
    const std::string minutes = viewmodel::phrase(language, Word::lessons_minutes, {std::to_string(lesson->minutes)});
    const std::string number = lesson->module.size() == 1 ? lesson->module + std::to_string(lesson->order) + "  " : "";
    const std::string done = learning_.has_done(lesson->id) ? "✓ " : "";
    out.button("open:" + lesson->id, done + number + lesson->title.in(language) + "  (" + minutes + ")").id = lesson->id;
  }
  if (!printed_.empty() && !library_.lessons.empty())
    out.button("go:" + printed_ + lesson::printed_index(language), lesson::kPrintedAll.in(language)).id = "printed";
  if (!keeps) return out.take();
  if (!library_.worlds.empty()) out.heading("worlds", viewmodel::word(language, Word::worlds_title), 2);
  for (const lesson::World& world : library_.worlds) {
    out.button("world:" + world.id, world.title.in(language)).id = "world." + world.id;
    out.text("world." + world.id + ".about", world.about.in(language));
  }
  out.heading("keep", viewmodel::word(language, Word::keep_title), 2);
  out.text("keep.about", viewmodel::word(language, Word::keep_about));
  press("share", Word::keep_share);
  press("file", Word::keep_file);
  press("choose", Word::keep_open);
  if (!asks_reset) press("reset", Word::keep_reset);
  if (!asks_reset) return out.take();
  out.text("reset.about", viewmodel::word(language, Word::reset_about));
  press("reset.yes", Word::reset_yes);
  press("reset.no", Word::reset_no);
  return out.take();
}

Document Classroom::world(const std::string& id, Language language) const {
  const auto found = std::find_if(library_.worlds.begin(), library_.worlds.end(), [&](const lesson::World& w) { return w.id == id; });
  if (found == library_.worlds.end()) return {};
  viewmodel::DocumentWriter out(language, "world/" + id, found->title.in(language));
  out.text("about", found->about.in(language));
  out.command("pods", "kubectl get pods -A -o wide");
  out.command("events", "kubectl get events -A");
  out.command("faults", "faults");
  out.text("more", viewmodel::word(language, Word::free_2));
  return out.take();
}

std::vector<viewmodel::GlossaryEntry> Classroom::glossary(Language language) const {
  std::vector<viewmodel::GlossaryEntry> entries;
  for (const lesson::Term& term : library_.glossary) entries.push_back({term.id, term.name.in(language), viewmodel::plain_text(viewmodel::parse_inline(term.meaning.in(language)))});
  return entries;
}

}  // namespace orrery::app
