#include "playground/viewmodel/terminal.h"

#include <algorithm>

#include "playground/viewmodel/hangul.h"

namespace orrery::viewmodel {
namespace {

std::string trimmed(const std::string& text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string::npos) return "";
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

std::string common_beginning(const std::vector<std::string>& words) {
  std::string common = words.front();
  for (const std::string& word : words) {
    std::size_t same = 0;
    while (same < common.size() && same < word.size() && common[same] == word[same]) ++same;
    common.resize(same);
  }
  return common;
}

}  // namespace

void Terminal::type(const std::string& line) {
  editor_.set_text(line);
  edited();
  editor_.place(0);
  if (!next_blank()) editor_.place(line.size());
}

bool Terminal::next_blank() {
  const std::string& text = editor_.text();
  std::size_t at = text.find(kBlank, editor_.selection_to());
  if (at == std::string::npos) at = text.find(kBlank);
  if (at == std::string::npos) return false;
  editor_.place(at);
  editor_.place(at + std::string(kBlank).size(), true);
  return true;
}

std::vector<std::string> Terminal::words_with_blanks() const {
  std::vector<std::string> words;
  const std::string& text = editor_.text();
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find(' ', from), text.size());
    const std::string word = text.substr(from, end - from);
    if (word.find(kBlank) != std::string::npos) words.push_back(word);
    from = end + 1;
  }
  return words;
}

std::string Terminal::enter(std::uint64_t& run) {
  unfilled_ = words_with_blanks();
  if (!unfilled_.empty()) {
    editor_.place(0);
    next_blank();
    return "";
  }
  const std::string line = trimmed(editor_.text());
  editor_.set_text("");
  return start(line, run);
}

std::string Terminal::enter_line(const std::string& line, std::uint64_t& run) { return start(trimmed(line), run); }

std::string Terminal::start(const std::string& line, std::uint64_t& run) {
  candidates_.clear();
  if (!line.empty() && (history_.empty() || history_.back() != line)) history_.push_back(line);
  if (history_.size() > kMaxHistory) history_.erase(history_.begin());
  history_at_ = history_.size();
  if (line == "clear") {
    clear();
    return "";
  }
  print(TerminalLine::Kind::Prompt, line);
  if (line.empty()) return "";
  run = running_ = next_run_++;
  listener_ = Listener::Nobody;
  return line;
}

void Terminal::set_listener(Listener listener) {
  if (listener != listener_) ++version_;
  listener_ = listener;
}

const std::string& Terminal::prompt() const {
  static const std::string kOwn = "$ ";
  return listener() == Listener::Nobody ? kOwn : partial_;
}

std::string Terminal::answer() {
  const std::string line = editor_.text();
  editor_.set_text("");
  edited();
  if (listener() == Listener::Terminal) return line + '\r';
  print(TerminalLine::Kind::Output, partial_ + line);  // nobody else echoes it
  partial_.clear();
  return line + '\n';
}

void Terminal::print(TerminalLine::Kind kind, const std::string& text) {
  lines_.push_back({kind, text});
  if (lines_.size() > kMaxLines) lines_.pop_front();
  ++version_;
}

void Terminal::rule(const std::string& text) {
  edited();
  if (lines_.empty()) return;  // it is the first: what is typed ahead is meant for it
  editor_.set_text("");
  if (lines_.back().kind == TerminalLine::Kind::Rule) lines_.pop_back();
  print(TerminalLine::Kind::Rule, text);
}

void Terminal::take(const ShellOutput& output) {
  if (output.run == 0 || output.run != running_) return;  // nobody's, or interrupted meanwhile
  const auto kind = output.error ? TerminalLine::Kind::Error : TerminalLine::Kind::Output;
  std::string& partial = output.error ? partial_error_ : partial_;
  for (char c : output.text) {
    if (c == '\r') continue;
    if (c == '\b') {
      if (!partial.empty()) partial.pop_back();
      continue;
    }
    if (c != '\n') {
      partial += c;
      continue;
    }
    print(kind, partial);
    partial.clear();
  }
  if (listener_ != Listener::Nobody) ++version_;  // its prompt may have changed
  if (!output.finished) return;
  if (!partial_.empty()) print(TerminalLine::Kind::Output, partial_);
  if (!partial_error_.empty()) print(TerminalLine::Kind::Error, partial_error_);
  partial_.clear();
  partial_error_.clear();
  last_status_ = output.exit_status;
  running_ = 0;
  listener_ = Listener::Nobody;
  ++version_;
}

void Terminal::restore(const std::vector<TerminalLine>& lines, std::vector<std::string> history) {
  lines_.assign(lines.begin(), lines.end());
  set_history(std::move(history));
  partial_.clear();
  partial_error_.clear();
  running_ = 0;
  ++version_;
}

void Terminal::interrupted() {
  if (running_ == 0) print(TerminalLine::Kind::Prompt, editor_.text() + "^C");
  else print(TerminalLine::Kind::Output, "^C");
  running_ = 0;
  last_status_ = 130;
  partial_.clear();
  partial_error_.clear();
  editor_.set_text("");
  edited();
}

void Terminal::clear() {
  lines_.clear();
  ++version_;
}

void Terminal::older() {
  if (history_at_ == 0) return;
  if (history_at_ == history_.size()) typed_ = editor_.text();
  editor_.set_text(history_[--history_at_]);
  candidates_.clear();
  unfilled_.clear();
}

void Terminal::newer() {
  if (history_at_ == history_.size()) return;
  ++history_at_;
  editor_.set_text(history_at_ == history_.size() ? typed_ : history_[history_at_]);
  candidates_.clear();
  unfilled_.clear();
}

void Terminal::complete(const std::vector<std::string>& words) {
  candidate_page_ = words.size() > 1 && words == candidates_ ? candidate_page_ + 1 : 0;
  candidates_.clear();
  if (words.empty()) return;
  const std::string& text = editor_.text();
  const std::size_t space = text.rfind(' ', editor_.caret() ? editor_.caret() - 1 : 0);
  const std::size_t word_at = space == std::string::npos ? 0 : space + 1;
  std::string word = words.size() == 1 ? words.front() : common_beginning(words);
  const bool whole = words.size() == 1 && word.back() != '/' && word.back() != '=';
  if (word_at > editor_.caret()) return;
  editor_.place(word_at);
  editor_.place(word_at, false);
  std::string rest = text.substr(word_at);
  const std::size_t end = rest.find(' ');
  rest = end == std::string::npos ? "" : rest.substr(end);
  const std::string before = text.substr(0, word_at);
  editor_.set_text(before + word + (whole ? " " : ""));
  const std::size_t caret = editor_.caret();
  if (!rest.empty()) {
    editor_.set_text(editor_.text() + rest.substr(whole ? 1 : 0));
    editor_.place(caret);
  }
  if (words.size() > 1) candidates_ = words;
}

void Terminal::edited() {
  history_at_ = history_.size();
  candidates_.clear();
  unfilled_.clear();
}

std::string Terminal::rescue() const {
  static const std::vector<std::string> known = {"kubectl", "k", "helm", "kubeadm", "clear", "help", "ls", "cat", "history", "echo"};
  return hangul_rescue(editor_.text(), known);
}

void Terminal::accept_rescue() {
  const std::string line = rescue();
  if (!line.empty()) editor_.set_text(line);
}

void Terminal::set_history(std::vector<std::string> history) {
  history_ = std::move(history);
  history_at_ = history_.size();
}

}  // namespace orrery::viewmodel
