#include "playground/viewmodel/terminal_rows.h"

#include <algorithm>

#include "playground/viewmodel/utf8.h"

namespace orrery::viewmodel {

std::vector<std::size_t> row_starts(const std::string& text, int columns, int first, bool between_words) {
  std::vector<std::size_t> starts = {0};
  int column = first, since_space = -1;  // columns since the last place where a word began
  std::size_t word = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const int wide = columns_of(decode_utf8(text, at));
    if (between_words && from > starts.back() && text[from - 1] == ' ' && text[from] != ' ') {
      word = from;
      since_space = 0;
    }
    const bool hangs = between_words && text[from] == ' ';  // a space at the end takes no room
    if (column + wide > columns && !hangs) {
      const bool at_word = since_space >= 0 && word > starts.back();
      starts.push_back(at_word ? word : from);
      column = at_word ? since_space : 0;
      since_space = -1;
    }
    column += wide;
    if (since_space >= 0) since_space += wide;
  }
  return starts;
}

void TerminalRows::lay_out(const Terminal& terminal, int columns) {
  if (version_ == terminal.version() && columns_ == columns) return;
  version_ = terminal.version();
  columns_ = columns;
  rows_.clear();
  command_row_ = rule_row_ = rule_line_ = 0;
  long at = 0;
  std::size_t number = 0;
  for (const TerminalLine& line : terminal.lines()) {
    using Kind = TerminalLine::Kind;
    if (line.kind == Kind::Prompt || line.kind == Kind::Rule) command_row_ = rows_.size();
    if (line.kind == Kind::Rule) {
      rule_row_ = rows_.size();
      rule_line_ = number;
    }
    const bool breaks = line.kind == Kind::Prompt || line.kind == Kind::Error;
    const std::vector<std::size_t> starts =
        breaks ? row_starts(line.text, columns, line.kind == Kind::Prompt ? kPromptColumns : 0, line.kind == Kind::Error) : std::vector<std::size_t>{0};
    for (std::size_t i = 0; i < starts.size(); ++i)
      rows_.push_back({number, starts[i], i + 1 < starts.size() ? starts[i + 1] : line.text.size(), at + long(starts[i])});
    at += long(line.text.size()) + 1;
    ++number;
  }
  const std::size_t read = std::max(rule_row_, std::min(command_row_, rows_.size() - std::min(rows_.size(), kStillRead)));
  widest_ = 0;
  for (std::size_t row = read; row < rows_.size(); ++row) {
    const TerminalLine& line = terminal.lines()[rows_[row].line];
    if (line.kind == TerminalLine::Kind::Output) widest_ = std::max(widest_, columns_of(line.text));
  }
}

std::size_t TerminalRows::gap(std::size_t screen) const {
  const std::size_t since = rows_.size() - rule_row_;
  return rule_row_ > 0 && since < screen ? screen - since : 0;
}

const TerminalRow* TerminalRows::at(std::size_t place, std::size_t screen) const {
  const std::size_t empty = gap(screen);
  if (place >= rule_row_ && place < rule_row_ + empty) return nullptr;
  const std::size_t row = place < rule_row_ ? place : place - empty;
  return row < rows_.size() ? &rows_[row] : nullptr;
}

std::size_t TerminalRows::most_scroll(std::size_t screen) const {
  const std::size_t all = height(screen);
  return all > screen ? all - screen + 1 : 0;
}

std::size_t TerminalRows::scroll_to_command(std::size_t screen) const {
  const std::size_t since = rows_.size() - command_row_;
  return since > screen ? since - screen + 1 : 0;
}

}  // namespace orrery::viewmodel
