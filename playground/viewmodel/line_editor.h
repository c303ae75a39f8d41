// One line of text being edited: a caret, a selection, the usual keys of a shell. UTF-8; the caret is a byte offset
// that always stands between code points.
#pragma once

#include <string>

namespace orrery::viewmodel {

class LineEditor {
 public:
  const std::string& text() const { return text_; }
  std::size_t caret() const { return caret_; }
  std::size_t selection_from() const { return caret_ < mark_ ? caret_ : mark_; }
  std::size_t selection_to() const { return caret_ < mark_ ? mark_ : caret_; }
  bool has_selection() const { return caret_ != mark_; }
  std::string selected() const { return text_.substr(selection_from(), selection_to() - selection_from()); }

  void set_text(const std::string& text);  // caret at the end
  void insert(const std::string& text);    // over the selection; line breaks become spaces
  void erase_before();
  void erase_after();
  void erase_word_before();  // Ctrl-W
  void erase_to_start();     // Ctrl-U
  void erase_to_end();       // Ctrl-K

  enum class Move { Left, Right, WordLeft, WordRight, Home, End };
  void move(Move to, bool select = false);
  void place(std::size_t caret, bool select = false);
  void select_all();

 private:
  bool erase_selection();
  std::size_t target(Move to) const;

  std::string text_;
  std::size_t caret_ = 0;
  std::size_t mark_ = 0;  // the selection's other end
};

}  // namespace orrery::viewmodel
