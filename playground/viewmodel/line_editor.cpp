#include "playground/viewmodel/line_editor.h"

#include <algorithm>

#include "playground/viewmodel/utf8.h"

namespace orrery::viewmodel {

void LineEditor::set_text(const std::string& text) {
  text_ = text;
  caret_ = mark_ = text_.size();
}

void LineEditor::insert(const std::string& text) {
  erase_selection();
  std::string clean;
  for (char c : text)
    if (c == '\n' || c == '\t') clean += ' ';
    else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) clean += c;
  text_.insert(caret_, clean);
  caret_ += clean.size();
  mark_ = caret_;
}

bool LineEditor::erase_selection() {
  if (!has_selection()) return false;
  const std::size_t from = selection_from();
  text_.erase(from, selection_to() - from);
  caret_ = mark_ = from;
  return true;
}

void LineEditor::erase_before() {
  if (!has_selection()) move(Move::Left, true);
  erase_selection();
}

void LineEditor::erase_after() {
  if (!has_selection()) move(Move::Right, true);
  erase_selection();
}

void LineEditor::erase_word_before() {
  if (!has_selection()) move(Move::WordLeft, true);
  erase_selection();
}

void LineEditor::erase_to_start() {
  mark_ = 0;
  erase_selection();
}

void LineEditor::erase_to_end() {
  mark_ = text_.size();
  erase_selection();
}

std::size_t LineEditor::target(Move to) const {
  std::size_t at = caret_;
  switch (to) {
    case Move::Left: return previous_point(text_, at);
    case Move::Right: return next_point(text_, at);
    case Move::Home: return 0;
    case Move::End: return text_.size();
    case Move::WordLeft:
      while (at > 0 && text_[at - 1] == ' ') --at;
      while (at > 0 && text_[at - 1] != ' ') --at;
      return at;
    case Move::WordRight:
      while (at < text_.size() && text_[at] == ' ') ++at;
      while (at < text_.size() && text_[at] != ' ') ++at;
      return at;
  }
  return at;
}

void LineEditor::move(Move to, bool select) {
  const bool sideways = to == Move::Left || to == Move::Right;
  if (!select && sideways && has_selection()) {  // collapses to that side
    place(to == Move::Left ? selection_from() : selection_to());
    return;
  }
  place(target(to), select);
}

void LineEditor::place(std::size_t caret, bool select) {
  caret_ = std::min(caret, text_.size());
  if (!select) mark_ = caret_;
}

void LineEditor::select_all() {
  mark_ = 0;
  caret_ = text_.size();
}

}  // namespace orrery::viewmodel
