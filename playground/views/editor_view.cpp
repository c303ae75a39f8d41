#include "playground/views/editor_view.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Editing;
using viewmodel::ManifestError;
using viewmodel::Word;

constexpr float kFoot = 44, kGutter = 44, kErrorRow = 22, kPad = 8;
constexpr std::size_t kErrorsShown = 3;

// Dear ImGui 1.92.2 selects the line's end along with its last word: what was typed over it would join two lines.
void keep_line_end(ImGuiInputTextCallbackData* data) {
  const int from = std::min(data->SelectionStart, data->SelectionEnd), to = std::max(data->SelectionStart, data->SelectionEnd);
  const char* line_end = static_cast<const char*>(std::memchr(data->Buf + from, '\n', std::size_t(to - from)));
  if (ImGui::GetIO().MouseClickedCount[0] != 2 || line_end == nullptr) return;
  data->SelectionStart = from;
  data->SelectionEnd = data->CursorPos = int(line_end - data->Buf);
}

// A new line begins below the one before: in YAML most lines are their neighbours' siblings.
void indent(ImGuiInputTextCallbackData* data) {
  const int end = data->CursorPos - 1;
  if (end < 0 || data->Buf[end] != '\n') return;
  int begin = end;
  while (begin > 0 && data->Buf[begin - 1] != '\n') --begin;
  int spaces = 0;
  while (begin + spaces < end && data->Buf[begin + spaces] == ' ') ++spaces;
  if (spaces > 0) data->InsertChars(data->CursorPos, std::string(std::size_t(spaces), ' ').c_str());
}

int on_edit(ImGuiInputTextCallbackData* data) {
  auto& editor = *static_cast<EditorState*>(data->UserData);
  if (data->EventFlag == ImGuiInputTextFlags_CallbackAlways) {
    keep_line_end(data);
    if (data->BufTextLen == editor.length + 1) indent(data);  // one character came
    editor.length = data->BufTextLen;
  }
  if (data->EventFlag != ImGuiInputTextFlags_CallbackResize) return 0;
  editor.text.resize(std::size_t(data->BufTextLen));
  data->Buf = editor.text.data();
  return 0;
}

// What was complained about first comes into sight, once.
void lead_to_complaint(const Editing& editing, EditorState& editor, ImGuiWindow* child, float step) {
  const std::string first = editing.errors.empty() ? "" : std::to_string(editing.errors[0].line) + editing.errors[0].text;
  if (first == std::exchange(editor.led_to, first) || first.empty() || editing.errors[0].line == 0) return;
  const float y = float(editing.errors[0].line - 1) * step;
  if (y < child->Scroll.y || y + step > child->Scroll.y + child->InnerRect.GetHeight()) ImGui::SetScrollY(child, std::max(0.0f, y - 3 * step));
}

// Under the text: its ground, the numbers, the lines that were refused. `step` is a line's height.
void ground(const Pen& pen, const Editing& editing, const EditorState& editor, const Rect& rect, float step) {
  const Palette& c = pen.colors();
  pen.fill(rect, c.raised);
  const std::size_t count = std::size_t(std::count(editor.text.begin(), editor.text.end(), '\n')) + 1;
  pen.list->PushClipRect(at(rect), ImVec2(rect.right(), rect.bottom()), true);
  const std::size_t first = std::size_t(std::max(0.0f, editor.scroll / step));
  for (std::size_t i = first; i < count; ++i) {
    const float y = rect.y + kPad + float(i) * step - editor.scroll;
    if (y > rect.bottom()) break;
    const bool refused = std::any_of(editing.errors.begin(), editing.errors.end(), [&](const ManifestError& error) { return error.line == i + 1; });
    if (refused) pen.fill({rect.x, y, rect.w, step}, with_alpha(c.bad, 0.16f), 0);
    if (refused) pen.sign(rect.x + 10, y + step / 2, 4, Tone::Bad, c.bad);
    const std::string number = std::to_string(i + 1);
    pen.text_mid(rect.x + kGutter - 10 - pen.width(number, kSmall, Face::Mono), y + step / 2, number, refused ? c.bad : c.soft, kSmall, Face::Mono);
  }
  pen.list->PopClipRect();
}

void field(const Pen& pen, const Editing& editing, ViewState& state, const Rect& rect, float step) {
  EditorState& editor = state.editor;
  const std::string before = editor.text;
  ImGui::SetCursorScreenPos(ImVec2(rect.x + kGutter, rect.y));
  ImGui::PushStyleColor(ImGuiCol_FrameBg, ImVec4(0, 0, 0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(kPad, kPad));
  ImGui::InputTextMultiline("##manifest", editor.text.data(), editor.text.capacity() + 1, ImVec2(rect.w - kGutter, rect.h),
                            ImGuiInputTextFlags_CallbackResize | ImGuiInputTextFlags_CallbackAlways, on_edit, &editor);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  // Escape leaves the field; it must not take back what was typed there.
  if (ImGui::IsKeyPressed(ImGuiKey_Escape) && editor.text != before) editor.text = before;
  const auto& children = ImGui::GetCurrentWindow()->DC.ChildWindows;
  if (!children.empty()) {
    lead_to_complaint(editing, editor, children.back(), step);
    editor.scroll = children.back()->Scroll.y;
  }
  if (!ImGui::IsItemActive()) return;
  const ImGuiPlatformImeData& ime = ImGui::GetCurrentContext()->PlatformImeData;
  state.caret = {ime.InputPos.x, ime.InputPos.y, ime.InputLineHeight, true};
  pen.outline(rect, pen.colors().accent, 1.5f);
}

// What was said about the text as a whole and about its lines, the first few; returns where it ends.
float said(const Pen& pen, const viewmodel::Model& model, const Rect& rect) {
  const Editing& editing = model.editing;
  float y = rect.y;
  for (std::size_t i = 0; i < std::min(editing.errors.size(), kErrorsShown); ++i) {
    const ManifestError& error = editing.errors[i];
    const std::string text = error.line > 0 ? model.say(Word::edit_line, {std::to_string(error.line), error.text}) : error.text;
    pen.sign(rect.x + 6, y + kErrorRow / 2, 4, Tone::Bad, pen.colors().bad);
    pen.text_mid(rect.x + 20, y + kErrorRow / 2, pen.fitted(text, rect.w - 20, kSmall), pen.colors().bad, kSmall);
    if (rect.contains(ImGui::GetIO().MousePos.x, ImGui::GetIO().MousePos.y) && std::abs(ImGui::GetIO().MousePos.y - y - kErrorRow / 2) < kErrorRow / 2 && ImGui::IsWindowHovered())
      tip(pen, text);
    y += kErrorRow;
  }
  if (editing.errors.size() > kErrorsShown) {
    pen.text_mid(rect.x + 20, y + kErrorRow / 2, model.say(Word::map_more, {std::to_string(editing.errors.size() - kErrorsShown)}), pen.colors().soft, kSmall);
    y += kErrorRow;
  }
  return y;
}

Word note_of(const Editing& editing, bool changed) {
  switch (editing.state) {
    case Editing::State::Asked: return Word::edit_waits;
    case Editing::State::NotHere: return Word::edit_not_here;
    case Editing::State::Stored: return changed ? Word::edit_same : Word::edit_done;
    case Editing::State::Loading:
    case Editing::State::Open:
    case Editing::State::Refused: break;
  }
  return Word::edit_same;
}

void foot(const Pen& pen, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& rect) {
  const Editing& editing = model.editing;
  const bool changed = state.editor.text != editing.original, asked = editing.state == Editing::State::Asked;
  float x = rect.x;
  const auto press = [&](const char* id, Word label, ButtonLook look, bool enabled) {
    const float width = button_width(pen, model.say(label), kSmall);
    const bool pressed = button(pen, {id, {x, rect.y + 4, width, 36}, model.say(label), look, enabled, false, kSmall, ""});
    x += width + 8;
    return pressed;
  };
  if (press("apply", Word::edit_apply, ButtonLook::Primary, changed && !asked)) queue.push(commands::ApplyEdit{state.editor.text, true});
  if (press("again", Word::edit_again, ButtonLook::Quiet, !asked)) queue.push(commands::EditAgain{});
  const float room = rect.right() - x - 8;
  const bool line = changed || asked || editing.state == Editing::State::Refused;
  const std::string command = editing.command.empty() ? "kubectl replace -f " + file_stem(editing.of) + ".yaml" : editing.command;
  if (line && !asked) pen.text_mid(x + 8, rect.cy(), pen.fitted(command, room, kSmall, Face::Mono), pen.colors().soft, kSmall, Face::Mono);
  else pen.text_mid(x + 8, rect.cy(), pen.fitted(model.say(note_of(editing, changed)), room, kSmall), pen.colors().soft, kSmall);
}

}  // namespace

void draw_editor(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& rect) {
  const Pen pen = begin_region(state.theme, "editor", rect);
  const Editing& editing = model.editing;
  if (editing.state == Editing::State::Loading) {
    pen.text_mid(rect.x, rect.y + 16, model.say(Word::object_loading), pen.colors().soft);
    return end_region();
  }
  if (state.editor.version != editing.version) state.editor = {editing.text, editing.version, 0, int(editing.text.size()), ""};
  const std::size_t rows = std::min(editing.errors.size(), kErrorsShown) + (editing.errors.size() > kErrorsShown);
  const Rect box = {rect.x, rect.y, rect.w, std::max(60.0f, rect.h - kFoot - float(rows) * kErrorRow - 8)};
  ImGui::PushFont(state.theme.faces[int(Face::Mono)], imgui_size(state.theme, Face::Mono, kSmall));
  ground(pen, editing, state.editor, box, ImGui::GetTextLineHeight());
  field(pen, editing, state, box, ImGui::GetTextLineHeight());
  ImGui::PopFont();
  const float below = said(pen, model, {rect.x, box.bottom() + 4, rect.w, float(rows) * kErrorRow});
  foot(pen, model, state, queue, {rect.x, below, rect.w, kFoot});
  end_region();
}

}  // namespace orrery::views
