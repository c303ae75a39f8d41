#include "playground/viewmodel/terminal_rows.h"

#include <doctest/doctest.h>

using namespace orrery::viewmodel;

namespace {

// A terminal in which `line` was run and printed `output`.
void run(Terminal& terminal, const std::string& line, const std::string& output, bool error = false) {
  std::uint64_t run = 0;
  terminal.enter_line(line, run);
  terminal.take({run, output, error, true, error ? 1 : 0});
}

std::string numbered(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "row " + std::to_string(i) + "\n";
  return text;
}

std::string text_at(const Terminal& terminal, const TerminalRows& rows, std::size_t place, std::size_t screen) {
  const TerminalRow* row = rows.at(place, screen);
  return row ? terminal.lines()[row->line].text.substr(row->from, row->to - row->from) : "(empty)";
}

// The row that a screen scrolled to the last command shows first.
std::string first_in_sight(const Terminal& terminal, const TerminalRows& rows, std::size_t screen) {
  const std::size_t below = rows.scroll_to_command(screen), shown = screen - (below > 0 ? 1 : 0);
  return text_at(terminal, rows, rows.height(screen) - below - shown, screen);
}

}  // namespace

TEST_CASE("TerminalRows: a table never breaks, however wide; a prompt and an error do") {
  Terminal t;
  const std::string wide = "web-7d4b9c6f5-6ggrq   1/1   Running   0   3m   10.1.2.3   node-1   <none>   <none>";
  run(t, "kubectl get pods -o wide", wide + "\n");
  TerminalRows rows;
  rows.lay_out(t, 20);
  REQUIRE(rows.rows().size() == 3);  // the prompt's two, the table's one
  CHECK(text_at(t, rows, 0, 3) == "kubectl get pods -");
  CHECK(text_at(t, rows, 1, 3) == "o wide");
  CHECK(text_at(t, rows, 2, 3) == wide);
  CHECK(rows.widest() == int(wide.size()));
  run(t, "x", "error: the server could not find it\n", true);
  rows.lay_out(t, 20);
  CHECK(text_at(t, rows, 4, 3) == "error: the server ");
  CHECK(text_at(t, rows, 5, 3) == "could not find it");
  CHECK(rows.widest() == int(wide.size()));  // it still stands there to be read
  run(t, "cat list", std::string(40, '\n'));
  rows.lay_out(t, 20);
  CHECK(rows.widest() == 0);
}

TEST_CASE("TerminalRows: words longer than the screen break within") {
  CHECK(row_starts("aaaaaaaaaa bb", 4, 0, true) == std::vector<std::size_t>{0, 4, 8, 11});
  CHECK(row_starts("ab cd ef", 5, 0, true) == std::vector<std::size_t>{0, 6});
  CHECK(row_starts("가나다", 4, 0, false) == std::vector<std::size_t>{0, 6});
  CHECK(row_starts("", 4, 0, true) == std::vector<std::size_t>{0});
}

TEST_CASE("TerminalRows: after a long output its command stands first, after a short one the end is in sight") {
  Terminal t;
  run(t, "kubectl get nodes", numbered(3));
  run(t, "kubectl describe deployment shop", numbered(40));
  TerminalRows rows;
  rows.lay_out(t, 80);
  CHECK(first_in_sight(t, rows, 10) == "kubectl describe deployment shop");
  CHECK(rows.scroll_to_command(10) == 32);  // 41 rows, 9 of them shown above the sign
  CHECK(rows.most_scroll(10) == 36);
  run(t, "kubectl get pods", numbered(9));
  rows.lay_out(t, 80);
  CHECK(rows.scroll_to_command(10) == 0);  // fits to the row
  CHECK(rows.scroll_to_command(9) == 2);
  CHECK(first_in_sight(t, rows, 9) == "kubectl get pods");
}

TEST_CASE("TerminalRows: what another cluster printed is out of sight, and can be scrolled to") {
  Terminal t;
  run(t, "kubectl delete pod web-6ggrq", "pod \"web-6ggrq\" deleted\n");
  t.editor().insert("kubectl delete pod web-");
  t.complete({"web-a", "web-b"});
  t.rule("new cluster: A1 Delete one");
  CHECK(t.editor().text().empty());
  CHECK(t.candidates().empty());
  CHECK(t.history().size() == 1);
  TerminalRows rows;
  rows.lay_out(t, 80);
  CHECK(rows.height(6) == 8);  // two of before, five empty ones, the rule
  CHECK(rows.most_scroll(6) == 3);
  CHECK(rows.scroll_to_command(6) == 0);
  for (std::size_t place = 2; place < 7; ++place) CHECK(text_at(t, rows, place, 6) == "(empty)");
  CHECK(text_at(t, rows, 7, 6) == "new cluster: A1 Delete one");
  CHECK(rows.stale(*rows.at(1, 6)));
  CHECK_FALSE(rows.stale(*rows.at(7, 6)));
  run(t, "kubectl get pods", numbered(8));
  rows.lay_out(t, 80);
  CHECK(rows.height(6) == 12);
  CHECK(text_at(t, rows, 2, 6) == "new cluster: A1 Delete one");
}

TEST_CASE("Terminal: a rule says the last cluster's name alone, and nothing on an empty terminal") {
  Terminal t;
  t.editor().insert("kubectl get");
  t.rule("new cluster: A1");
  CHECK(t.lines().empty());
  CHECK(t.editor().text() == "kubectl get");  // typed ahead
  run(t, "kubectl version", "v1\n");
  t.rule("new cluster: A1");
  t.rule("new cluster: A2");
  CHECK(t.lines().size() == 3);
  CHECK(t.lines().back().text == "new cluster: A2");
}
