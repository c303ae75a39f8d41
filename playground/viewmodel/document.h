// One source for text: everything that the page says at length is a Document.
// ImGui draws it through widgets/prose, the web bridge mirrors it to the DOM, the build writes it as static HTML.
// Pure data: copyable, comparable, no pointers into anything else.
#pragma once

#include <string>
#include <vector>

namespace orrery::viewmodel {

enum class SpanKind {
  Text,
  Strong,
  Code,  // can be typed as it stands: drawn in the monospaced face
  Term,  // `ref` is the glossary id
};

struct Span {
  SpanKind kind = SpanKind::Text;
  std::string text;  // UTF-8, no line breaks
  std::string ref;
  friend bool operator==(const Span&, const Span&) = default;
};

enum class BlockKind {
  Heading,    // `level` 1..3
  Paragraph,
  Bullet,
  Code,       // one command or manifest, `text` keeps its line breaks; runnable when `action` is set
  Note,       // set apart: an explanation after the fact, an analogy, 'today'
  Goal,       // `state` tells whether it is reached; feedback goes in a following Feedback block
  Feedback,   // what is seen, what is missing, where to look
  Choice,     // one answer of a prediction or quiz; `state` after the commitment
  Button,     // `action` is sent when pressed; `primary` for the one expected next
  Slot,       // a live view belongs here; `action` names it ("map", "pod", "layers", ...)
};

enum class BlockState {
  None,
  Open,      // a goal not reached yet, a choice not made
  Chosen,    // the learner's committed choice, not judged yet
  Right,     // a goal reached, a right choice
  Wrong,
};

struct Block {
  BlockKind kind = BlockKind::Paragraph;
  std::string id;           // unique in its document and stable from one version to the next
  std::vector<Span> spans;  // what is read, for every kind but Code
  std::string text;         // Code only
  std::string action;       // see DocumentAction in commands/command.h; empty: nothing to press
  int level = 1;
  BlockState state = BlockState::None;
  bool primary = false;
  bool enabled = true;
  friend bool operator==(const Block&, const Block&) = default;
};

struct Document {
  std::string id;        // "lesson/delete-one#2"; a new id scrolls back to the top
  std::string language;  // "en" or "ko"
  std::string title;
  std::vector<Block> blocks;
  friend bool operator==(const Document&, const Document&) = default;
};

// Spans of a line with **strong**, `code` and [term](term:id). What doesn't parse stays as it was written.
std::vector<Span> parse_inline(const std::string& line);

// The text of spans without their marks.
std::string plain_text(const std::vector<Span>& spans);

}  // namespace orrery::viewmodel
