// How the terminal's lines lie on a screen of so many columns and rows. Pure arithmetic, so that tests hold it to the rules:
// what a command prints is never broken (a table stays a table: it goes on to the side), a prompt breaks where the screen
// ends, an error between words; after a long output the command's own line comes first.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "playground/viewmodel/terminal.h"

namespace orrery::viewmodel {

// A piece of a line: bytes [from, to) of its text.
struct TerminalRow {
  std::size_t line = 0, from = 0, to = 0;
  long at = 0;  // of `from` in all lines' text, a line break counting as a byte
};

// Where a line breaks, the first row beginning at column `first`. Bytes where rows begin; always one.
std::vector<std::size_t> row_starts(const std::string& text, int columns, int first, bool between_words);

class TerminalRows {
 public:
  static constexpr int kPromptColumns = 2;       // "$ "
  static constexpr std::size_t kStillRead = 20;  // rows above the last one

  // Does nothing while neither has changed.
  void lay_out(const Terminal& terminal, int columns);
  const std::vector<TerminalRow>& rows() const { return rows_; }
  // Columns of the widest line that the last command printed, or that stands just above it: what somebody still reads must
  // not be cut because the next command prints less.
  int widest() const { return widest_; }

  // The rows that a screen of `screen` rows can be scrolled over: all, and empty ones before the last rule as far as what
  // follows it does not fill the screen. So nothing of the cluster before is in sight until it is scrolled to.
  std::size_t height(std::size_t screen) const { return rows_.size() + gap(screen); }
  // The row at that place from the top; nullptr: an empty one.
  const TerminalRow* at(std::size_t place, std::size_t screen) const;
  // Whether that row is of the cluster before.
  bool stale(const TerminalRow& row) const { return row.line < rule_line_; }
  // Rows that can stay below the screen. While some do, its last row is not a line's: it says how many they are.
  std::size_t most_scroll(std::size_t screen) const;
  // How many rows stay below the screen so that the last command's line is in sight, once that command has ended.
  std::size_t scroll_to_command(std::size_t screen) const;

 private:
  std::size_t gap(std::size_t screen) const;

  std::vector<TerminalRow> rows_;
  std::uint64_t version_ = ~0ull;
  int columns_ = 0, widest_ = 0;
  std::size_t command_row_ = 0, rule_row_ = 0, rule_line_ = 0;  // 0: there is no rule, or nothing stands before it
};

}  // namespace orrery::viewmodel
