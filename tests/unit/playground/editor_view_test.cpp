// The manifest editor, drawn without a window.
#include <doctest/doctest.h>

#include "playground/views/editor_view.h"
#include "tests/unit/playground/off_screen.h"

using namespace orrery;
using viewmodel::Rect;

namespace {

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
  void press(bool down) {
    ImGui::GetIO().AddMouseButtonEvent(0, down);
    draw();
  }
  void double_click(float x, float y) {
    ImGui::GetIO().AddMousePosEvent(x, y);
    draw();
    for (const bool down : {true, false, true, false}) press(down);
  }
  void type(const char* text) {
    ImGui::GetIO().AddInputCharactersUTF8(text);
    for (int i = 0; i < 4; ++i) draw();
  }
};

}  // namespace

TEST_CASE("Editor: a double click takes the last word of a line and not the line's end") {
  OpenEditor editor("  port: 8080\n  scheme: HTTP\n");
  const float letter = widgets::Pen{&editor.state.theme, nullptr}.width("M", widgets::kSmall, widgets::Face::Mono);
  editor.double_click(44 + 8 + 10 * letter, 16);  // behind the line numbers, on the third letter of 8080
  editor.type("80");
  CHECK(editor.state.editor.text == "  port: 80\n  scheme: HTTP\n");
}

TEST_CASE("Editor: a double click before blank lines, or on one, takes none of them") {
  OpenEditor editor("  port: 8080\n\n  scheme: HTTP\n");
  const float letter = widgets::Pen{&editor.state.theme, nullptr}.width("M", widgets::kSmall, widgets::Face::Mono);
  editor.double_click(44 + 8 + 10 * letter, 16);
  editor.type("80");
  CHECK(editor.state.editor.text == "  port: 80\n\n  scheme: HTTP\n");
  editor.double_click(44 + 8 + 2 * letter, 8 + 1.5f * widgets::imgui_size(editor.state.theme, widgets::Face::Mono, widgets::kSmall));
  editor.type("x");
  CHECK(editor.state.editor.text == "  port: 80\nx\n  scheme: HTTP\n");
}

TEST_CASE("Editor: a double click within a line takes the word") {
  OpenEditor editor("  port: 8080\n  scheme: HTTP\n");
  const float letter = widgets::Pen{&editor.state.theme, nullptr}.width("M", widgets::kSmall, widgets::Face::Mono);
  editor.double_click(44 + 8 + 4 * letter, 16);
  editor.type("x");
  CHECK(editor.state.editor.text == "  x 8080\n  scheme: HTTP\n");
}

TEST_CASE("Editor: a new line begins where the one before does; what is pasted stays as it is") {
  OpenEditor editor("spec:\n  port: 8080\n");
  const float letter = widgets::Pen{&editor.state.theme, nullptr}.width("M", widgets::kSmall, widgets::Face::Mono);
  ImGui::GetIO().AddMousePosEvent(44 + 8 + 14 * letter, 8 + 1.5f * widgets::imgui_size(editor.state.theme, widgets::Face::Mono, widgets::kSmall));
  editor.draw();
  editor.press(true), editor.press(false);
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
