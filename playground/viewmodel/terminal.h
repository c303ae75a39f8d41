// The terminal's state: what was printed, the line being typed, history, completion. Draws nothing, runs nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "playground/viewmodel/cluster_source.h"
#include "playground/viewmodel/line_editor.h"

namespace orrery::viewmodel {

struct TerminalLine {
  enum class Kind { Prompt, Output, Error, Rule };  // Rule: what follows is of another cluster
  Kind kind = Kind::Output;
  std::string text;
};

class Terminal {
 public:
  static constexpr std::size_t kMaxLines = 5000;
  static constexpr std::size_t kMaxHistory = 500;
  static constexpr const char* kBlank = "___";

  LineEditor& editor() { return editor_; }
  const LineEditor& editor() const { return editor_; }
  const std::deque<TerminalLine>& lines() const { return lines_; }
  // Completions that were offered and not narrowed yet.
  const std::vector<std::string>& candidates() const { return candidates_; }
  // Grows with each Tab that offers the same words again: where they do not fit at once, the next ones are to be shown.
  int candidate_page() const { return candidate_page_; }
  bool busy() const { return running_ != 0; }
  std::uint64_t running() const { return running_; }
  // Who reads what is typed; of a command that has ended nobody.
  void set_listener(Listener listener);
  Listener listener() const { return busy() ? listener_ : Listener::Nobody; }
  // What stands before the line being typed: "$ ", or what a program that listens has printed there ("/ # ").
  const std::string& prompt() const;
  // Return was pressed while a program listens: what it reads.
  std::string answer();
  int last_status() const { return last_status_; }
  std::uint64_t version() const { return version_; }  // grows with every printed line, and with a listener's prompt

  // A line to complete by hand: its first blank (kBlank) is selected, so that typing replaces it.
  void type(const std::string& line);
  // Selects the next blank behind the caret, or the first; false: there is none.
  bool next_blank();
  // The words in which Return found a blank; until the line is changed.
  const std::vector<std::string>& unfilled() const { return unfilled_; }

  // Return was pressed. The line to run, trimmed, with `run` set; empty when there is nothing to run (nothing typed, `clear`,
  // a blank left: the line stays then).
  std::string enter(std::uint64_t& run);
  // A line from elsewhere (a button): run as if typed, the line being typed is kept.
  std::string enter_line(const std::string& line, std::uint64_t& run);
  void note_output(const std::string& line) { print(TerminalLine::Kind::Output, line); }
  // A line from elsewhere that runs beside the one that goes on; nothing it prints is shown.
  void note_line(const std::string& line) { print(TerminalLine::Kind::Prompt, line); }
  // What follows is of another cluster, called so: the line being typed goes, what could complete it too, history stays.
  // Nothing, but that completions go, when nothing was printed before.
  void rule(const std::string& text);
  void take(const ShellOutput& output);
  void interrupted();  // Ctrl-C: gives the prompt back
  void clear();

  void older();
  void newer();
  // Tab: `words` could replace the last word. Completes their common beginning, offers them when there are several.
  void complete(const std::vector<std::string>& words);
  void edited();  // the line was changed by typing: history and candidates start anew

  // The line as it would read in Latin mode, when it was typed in Hangul mode by mistake; empty otherwise.
  std::string rescue() const;
  void accept_rescue();

  // For saving over a reload, newest last.
  const std::vector<std::string>& history() const { return history_; }
  void set_history(std::vector<std::string> history);
  // As it was left: with nothing running.
  void restore(const std::vector<TerminalLine>& lines, std::vector<std::string> history);

 private:
  std::string start(const std::string& line, std::uint64_t& run);
  std::vector<std::string> words_with_blanks() const;
  void print(TerminalLine::Kind kind, const std::string& text);

  LineEditor editor_;
  std::deque<TerminalLine> lines_;
  std::string partial_, partial_error_;  // output without its line break yet
  std::vector<std::string> history_;
  std::size_t history_at_ = 0;           // == size: the line being typed
  std::string typed_;                    // that line, kept while walking through history
  std::vector<std::string> candidates_, unfilled_;
  int candidate_page_ = 0;
  std::uint64_t running_ = 0, next_run_ = 1, version_ = 0;
  int last_status_ = 0;
  Listener listener_ = Listener::Nobody;
};

}  // namespace orrery::viewmodel
