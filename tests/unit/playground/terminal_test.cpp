#include <doctest/doctest.h>

#include "playground/viewmodel/terminal.h"

using namespace orrery::viewmodel;

TEST_CASE("Terminal: a line runs, prints, and ends") {
  Terminal t;
  t.editor().insert("  kubectl get pods ");
  std::uint64_t run = 0;
  CHECK(t.enter(run) == "kubectl get pods");
  CHECK(t.busy());
  t.take({run, "a\nb", false, false, 0});
  CHECK(t.lines().size() == 2);  // b waits for its line break
  t.take({run, "c\n", false, true, 3});
  CHECK(t.lines().back().text == "bc");
  CHECK_FALSE(t.busy());
  CHECK(t.last_status() == 3);
}

TEST_CASE("Terminal: output after an interrupt is dropped") {
  Terminal t;
  std::uint64_t run = 0;
  t.enter_line("kubectl get pods -w", run);
  t.interrupted();
  CHECK_FALSE(t.busy());
  const std::size_t lines = t.lines().size();
  t.take({run, "late\n", false, false, 0});
  CHECK(t.lines().size() == lines);
  CHECK(t.last_status() == 130);
}

TEST_CASE("Terminal: history keeps the line being typed") {
  Terminal t;
  std::uint64_t run = 0;
  t.enter_line("one", run);
  t.take({run, "", false, true, 0});
  t.enter_line("two", run);
  t.take({run, "", false, true, 0});
  t.editor().insert("thr");
  t.older();
  CHECK(t.editor().text() == "two");
  t.older();
  t.older();
  CHECK(t.editor().text() == "one");
  t.newer();
  t.newer();
  CHECK(t.editor().text() == "thr");
}

TEST_CASE("Terminal: completion replaces the last word") {
  Terminal t;
  t.editor().insert("kubectl ge");
  t.complete({"get"});
  CHECK(t.editor().text() == "kubectl get ");
  t.editor().insert("p");
  t.complete({"persistentvolumes", "pods"});
  CHECK(t.editor().text() == "kubectl get p");
  CHECK(t.candidates().size() == 2);
  t.complete({"pods"});
  CHECK(t.editor().text() == "kubectl get pods ");
  CHECK(t.candidates().empty());
}

TEST_CASE("Terminal: completion in the middle of a line keeps what follows") {
  Terminal t;
  t.editor().insert("kubectl ge pods");
  t.editor().place(10);
  t.complete({"get"});
  CHECK(t.editor().text() == "kubectl get pods");
  CHECK(t.editor().caret() == 12);
}

TEST_CASE("Terminal: completion of an empty line") {
  Terminal t;
  t.complete({"clear", "kubectl"});
  CHECK(t.editor().text() == "");
  CHECK(t.candidates().size() == 2);
}

TEST_CASE("Terminal: Hangul mode is rescued") {
  Terminal t;
  t.editor().insert("ㅏㅕㅠㄷㅊ시 ㅎㄷㅅ ㅔㅐㅇㄴ");
  CHECK(t.rescue() == "kubectl get pods");
  t.accept_rescue();
  CHECK(t.editor().text() == "kubectl get pods");
  CHECK(t.rescue() == "");
}

TEST_CASE("LineEditor: edits by code points") {
  LineEditor e;
  e.insert("가나다");
  e.erase_before();
  CHECK(e.text() == "가나");
  e.move(LineEditor::Move::Left);
  e.insert("x");
  CHECK(e.text() == "가x나");
  e.move(LineEditor::Move::Home, true);
  CHECK(e.selected() == "가x");
  e.insert("\n\x01");
  CHECK(e.text() == " 나");
  e.move(LineEditor::Move::End);
  e.insert(" word two");
  e.erase_word_before();
  CHECK(e.text() == " 나 word ");
  e.erase_to_start();
  CHECK(e.text().empty());
}
