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

TEST_CASE("Terminal: a line with blanks is completed by hand") {
  Terminal t;
  std::uint64_t run = 0;
  t.type("kubectl label pod a machine=___ os=___ app=web");
  CHECK(t.editor().selected() == "___");
  t.editor().insert("one");
  t.edited();
  CHECK(t.editor().text() == "kubectl label pod a machine=one os=___ app=web");
  CHECK(t.enter(run).empty());  // it does not run
  CHECK(run == 0);
  CHECK(t.lines().empty());
  CHECK(t.unfilled() == std::vector<std::string>{"os=___"});
  CHECK(t.editor().selected() == "___");
  t.editor().insert("two");
  t.edited();
  CHECK(t.unfilled().empty());
  CHECK_FALSE(t.next_blank());
  CHECK(t.enter(run) == "kubectl label pod a machine=one os=two app=web");
}

TEST_CASE("Terminal: Tab goes from blank to blank, and from the last to the first") {
  Terminal t;
  t.type("a=___ b=___");
  CHECK(t.editor().selection_from() == 2);
  CHECK(t.next_blank());
  CHECK(t.editor().selection_from() == 8);
  CHECK(t.next_blank());
  CHECK(t.editor().selection_from() == 2);
  t.type("kubectl get pods");
  CHECK(t.editor().caret() == 16);
  CHECK_FALSE(t.editor().has_selection());
}

TEST_CASE("Terminal: Tab again turns to the next completions") {
  Terminal t;
  t.editor().insert("kubectl ");
  t.complete({"get", "scale"});
  CHECK(t.candidate_page() == 0);
  t.complete({"get", "scale"});
  CHECK(t.candidate_page() == 1);
  t.editor().insert("g");
  t.edited();
  t.complete({"get", "grow"});
  CHECK(t.candidate_page() == 0);
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
