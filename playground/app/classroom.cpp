#include "playground/app/classroom.h"

#include "playground/lesson_engine/lesson_document.h"

namespace orrery::app {

using viewmodel::Block;
using viewmodel::BlockKind;
using viewmodel::Document;
using viewmodel::Language;
using viewmodel::Word;

void Classroom::begin(const std::string& id, lesson::LessonWorld& world) {
  session_ = std::make_unique<lesson::Session>(library_.find(id), world);
}

std::vector<lesson::Fault> Classroom::update(lesson::LessonWorld& world) {
  return session_ ? session_->update(world) : std::vector<lesson::Fault>();
}

void Classroom::command_ended() {
  if (session_) session_->note_command();
}

bool Classroom::act(const std::string& action, const std::string& block) {
  return session_ && lesson::act(*session_, action, block);
}

Document Classroom::document(Language language) const {
  Document document = lesson::make_document(*session_, language, library_.glossary);
  Block title;
  title.kind = BlockKind::Heading;
  title.id = "title";
  title.level = 2;
  title.spans = {{viewmodel::SpanKind::Text, document.title, ""}};
  document.blocks.insert(document.blocks.begin(), title);
  return document;
}

Document Classroom::list(Language language) const {
  Document document;
  document.id = "lessons";
  document.language = viewmodel::code_of(language);
  document.title = viewmodel::word(language, Word::lessons_title);
  const auto add = [&](BlockKind kind, const std::string& id, const std::string& line, const std::string& action) {
    Block block;
    block.kind = kind;
    block.id = id;
    block.spans = viewmodel::parse_inline(line);
    block.action = action;
    document.blocks.push_back(block);
  };
  add(BlockKind::Heading, "title", document.title, "");
  if (library_.lessons.empty()) add(BlockKind::Paragraph, "none", viewmodel::word(language, Word::lessons_none), "");
  for (const auto& lesson : library_.lessons) {
    const std::string minutes = viewmodel::phrase(language, Word::lessons_minutes, {std::to_string(lesson->minutes)});
    add(BlockKind::Button, lesson->id, lesson->module + std::to_string(lesson->order) + "  " + lesson->title.in(language) + "  ·  " + minutes,
        "open:" + lesson->id);
    add(BlockKind::Paragraph, lesson->id + ".summary", lesson->summary.in(language), "");
  }
  return document;
}

std::vector<viewmodel::GlossaryEntry> Classroom::glossary(Language language) const {
  std::vector<viewmodel::GlossaryEntry> entries;
  for (const lesson::Term& term : library_.glossary) entries.push_back({term.id, term.name.in(language), term.meaning.in(language)});
  return entries;
}

}  // namespace orrery::app
