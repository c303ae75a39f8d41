// The manifest editor, drawn without a window.
#include <doctest/doctest.h>

#include "playground/views/editor_view.h"
#include "tests/unit/playground/off_screen.h"

using namespace orrery;
using viewmodel::Rect;

namespace {

constexpr float kLeft = 44 + 8, kTop = 8;  // of the text: behind the line numbers

struct OpenEditor : test::OffScreen {
  viewmodel::Model model;
  views::ViewState state;

  explicit OpenEditor(const std::string& text) : OffScreen(800, 400) {
    fonts.give(state.theme);
    widgets::apply_style(state.theme);
    model.editing.text = model.editing.original = text;
    model.editing.state = viewmodel::Editing::State::Open;
    model.editing.version = 1;
    draw();
  }
  void draw() {
    ImGui::NewFrame();
    commands::CommandQueue queue;
    views::draw_editor(model, state, queue, Rect{0, 0, 800, 400});
    ImGui::Render();
  }
  // On a letter; both count from 0.
  void click(int line, int column, int times = 1) {
    const float step = widgets::imgui_size(state.theme, widgets::Face::Mono, widgets::kSmall);
    const float letter = widgets::Pen{&state.theme, nullptr}.width("M", widgets::kSmall, widgets::Face::Mono);
    ImGui::GetIO().AddMousePosEvent(kLeft + float(column) * letter, kTop + (float(line) + 0.5f) * step);
    draw();
    for (int i = 0; i < 2 * times; ++i) {
      ImGui::GetIO().AddMouseButtonEvent(0, i % 2 == 0);
      draw();
    }
  }
  void type(const char* text) {
    ImGui::GetIO().AddInputCharactersUTF8(text);
    for (int i = 0; i < 4; ++i) draw();
  }
};

}  // namespace

TEST_CASE("Editor: a double click takes a word, and of what ends the line nothing") {
  struct Case {
    const char* text;
    int line, column;
    const char *typed, *after;
  };
  for (const Case& c : {Case{"  port: 8080\n  scheme: HTTP\n", 0, 10, "80", "  port: 80\n  scheme: HTTP\n"},
                        Case{"  port: 8080\n  scheme: HTTP\n", 0, 4, "x", "  x 8080\n  scheme: HTTP\n"},
                        Case{"  port: 8080\n\n  scheme: HTTP\n", 0, 10, "80", "  port: 80\n\n  scheme: HTTP\n"},
                        Case{"  port: 8080\n\n  scheme: HTTP\n", 1, 2, "x", "  port: 8080\nx\n  scheme: HTTP\n"}}) {
    OpenEditor editor(c.text);
    editor.click(c.line, c.column, 2);
    editor.type(c.typed);
    CHECK(editor.state.editor.text == c.after);
  }
}

TEST_CASE("Editor: a new line begins where the one before does") {
  OpenEditor editor("spec:\n  port: 8080\n");
  editor.click(1, 14);
  ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, true);
  editor.draw();
  ImGui::GetIO().AddKeyEvent(ImGuiKey_Enter, false);
  editor.draw();
  editor.type("x");
  CHECK(editor.state.editor.text == "spec:\n  port: 8080\n  x\n");
}

TEST_CASE("Editor: the first line that is complained about comes into sight, once") {
  std::string text;
  for (int i = 1; i <= 80; ++i) text += "line" + std::to_string(i) + ": 1\n";
  OpenEditor editor(text);
  editor.draw();
  CHECK(editor.state.editor.scroll == 0);
  editor.model.editing.errors = {{60, "mapping values are not allowed in this context"}};
  for (int i = 0; i < 3; ++i) editor.draw();
  const float there = editor.state.editor.scroll;
  CHECK(there > 500);
  ImGui::GetIO().AddMousePosEvent(400, 200);
  ImGui::GetIO().AddMouseWheelEvent(0, 200);
  for (int i = 0; i < 30; ++i) editor.draw();
  CHECK(editor.state.editor.scroll < there);
}
