#include "playground/app/classroom.h"

#include "playground/lesson_engine/lesson_document.h"

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

void Classroom::begin(const std::string& id, lesson::LessonWorld& world) {
  session_ = std::make_unique<lesson::Session>(library_.find(id), world);
  noted_ = false;
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

// Where a lesson ends and where lessons are listed.
void Classroom::add_return(Document& document, Language language) const {
  const lesson::Card* due = learning_.due(day_);
  if (!due || !library_.find(due->lesson)) return;
  Block block;
  block.kind = BlockKind::Button;
  block.id = block.action = "review";
  block.spans = viewmodel::parse_inline(viewmodel::word(language, Word::lessons_review));
  document.blocks.push_back(block);
}

void Classroom::add_next(Document& document, Language language) const {
  const auto& all = library_.lessons;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i]->id != session_->lesson().id) continue;
    Block block;
    block.kind = BlockKind::Button;
    block.id = "next";
    block.action = "open:" + all[i + 1]->id;
    block.primary = true;
    block.spans = viewmodel::parse_inline(viewmodel::phrase(language, Word::lessons_next, {all[i + 1]->title.in(language)}));
    document.blocks.push_back(block);
  }
}

Document Classroom::document(Language language) const {
  if (card_) return lesson::review_document(*library_.find(card_->lesson), *card_, answer_, language);
  Document document = lesson::make_document(*session_, language, library_.glossary);
  if (session_->complete()) {
    add_return(document, language);
    add_next(document, language);
  }
  Block title;
  title.kind = BlockKind::Heading;
  title.id = "title";
  title.level = 2;
  title.spans = {{viewmodel::SpanKind::Text, document.title, ""}};
  document.blocks.insert(document.blocks.begin(), title);
  return document;
}

Document Classroom::list(Language language, bool keeps, bool asks_reset) const {
  Document document;
  document.id = "lessons";
  document.language = viewmodel::code_of(language);
  document.title = viewmodel::word(language, Word::lessons_title);
  const auto add = [&](BlockKind kind, const std::string& id, const std::string& line, const std::string& action, int level = 1) {
    Block block;
    block.kind = kind;
    block.id = id;
    block.level = level;
    block.spans = viewmodel::parse_inline(line);
    block.action = action;
    document.blocks.push_back(block);
  };
  const auto press = [&](const char* action, Word label) { add(BlockKind::Button, action, viewmodel::word(language, label), action); };
  add(BlockKind::Heading, "title", document.title, "");
  add_return(document, language);
  if (library_.lessons.empty()) add(BlockKind::Paragraph, "none", viewmodel::word(language, Word::lessons_none), "");
  std::string module;
  for (const auto& lesson : library_.lessons) {
    if (std::exchange(module, lesson->module) != lesson->module) add(BlockKind::Heading, "module." + module, module_name(module, language), "", 3);
    const std::string minutes = viewmodel::phrase(language, Word::lessons_minutes, {std::to_string(lesson->minutes)});
    const std::string number = lesson->module.size() == 1 ? lesson->module + std::to_string(lesson->order) + "  " : "";
    add(BlockKind::Button, lesson->id, (learning_.has_done(lesson->id) ? "✓ " : "") + number + lesson->title.in(language) + "  ·  " + minutes, "open:" + lesson->id);
  }
  if (!keeps) return document;
  if (!library_.worlds.empty()) add(BlockKind::Heading, "worlds", viewmodel::word(language, Word::worlds_title), "", 2);
  for (const lesson::World& world : library_.worlds) {
    add(BlockKind::Button, "world." + world.id, world.title.in(language), "world:" + world.id);
    add(BlockKind::Paragraph, "world." + world.id + ".about", world.about.in(language), "");
  }
  add(BlockKind::Heading, "keep", viewmodel::word(language, Word::keep_title), "", 2);
  add(BlockKind::Paragraph, "keep.about", viewmodel::word(language, Word::keep_about), "");
  press("share", Word::keep_share);
  press("file", Word::keep_file);
  press("choose", Word::keep_open);
  if (!asks_reset) press("reset", Word::keep_reset);
  if (!asks_reset) return document;
  add(BlockKind::Paragraph, "reset.about", viewmodel::word(language, Word::reset_about), "");
  press("reset.yes", Word::reset_yes);
  press("reset.no", Word::reset_no);
  return document;
}

Document Classroom::world(const std::string& id, Language language) const {
  Document document;
  document.id = "world/" + id;
  document.language = viewmodel::code_of(language);
  const auto add = [&](BlockKind kind, const std::string& block_id, const std::string& line) -> Block& {
    Block block;
    block.kind = kind;
    block.id = block_id;
    if (kind == BlockKind::Code) block.text = line, block.action = "run";
    else block.spans = viewmodel::parse_inline(line);
    document.blocks.push_back(block);
    return document.blocks.back();
  };
  for (const lesson::World& world : library_.worlds) {
    if (world.id != id) continue;
    document.title = world.title.in(language);
    add(BlockKind::Heading, "title", document.title);
    add(BlockKind::Paragraph, "about", world.about.in(language));
    add(BlockKind::Code, "pods", "kubectl get pods -A -o wide");
    add(BlockKind::Code, "events", "kubectl get events -A");
    add(BlockKind::Code, "faults", "faults");
    add(BlockKind::Paragraph, "more", viewmodel::word(language, Word::free_2));
  }
  return document;
}

std::vector<viewmodel::GlossaryEntry> Classroom::glossary(Language language) const {
  std::vector<viewmodel::GlossaryEntry> entries;
  for (const lesson::Term& term : library_.glossary) entries.push_back({term.id, term.name.in(language), term.meaning.in(language)});
  return entries;
}

}  // namespace orrery::app
