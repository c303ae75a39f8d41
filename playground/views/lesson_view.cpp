#include "playground/views/lesson_view.h"

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Word;

constexpr float kGoOn = 56;
constexpr double kReadSeconds = 0.3;

// Nobody has read what stands under the pointer when a click follows so soon on another, or on a new text.
bool hasty(const ViewState& state) {
  const ImGuiIO& io = ImGui::GetIO();
  if (!ImGui::IsMouseReleased(ImGuiMouseButton_Left)) return false;
  return io.MouseClickedLastCount[0] > 1 || io.MouseClickedTime[0] - state.shown_at < kReadSeconds;
}

void press(const viewmodel::Document& document, const ProsePress& press, ViewState& state, commands::CommandQueue& queue) {
  if (press.block.empty() || (!press.copy && hasty(state))) return;
  if (press.action == "type" && !press.copy) ImGui::SetWindowFocus(nullptr);  // what follows is meant for the prompt
  if (press.copy) queue.push(commands::CopyText{press.text});
  else if (press.action == "run") queue.push(commands::RunLine{press.text});
  else if (press.action == "type") queue.push(commands::TypeLine{press.text});
  else queue.push(commands::DocumentAction{document.id, press.block, press.action});
}

// The button that leads on, in sight though the text goes on below the edge.
void go_on(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& body) {
  const viewmodel::Block* block = state.prose.primary(model.document);
  if (block == nullptr) return;
  Pen pen = begin_overlay(state.theme, "go-on", {body.x, body.bottom() - kGoOn, body.w - 16, kGoOn});
  pen.fill({body.x, body.bottom() - kGoOn, body.w - 16, kGoOn}, pen.colors().ground, 0);
  pen.line(body.x + kPadding, body.bottom() - kGoOn, body.right() - kPadding, body.bottom() - kGoOn, pen.colors().line);
  std::string label;
  for (const viewmodel::Span& span : block->spans) label += span.text;
  const float width = std::min(button_width(pen, label), body.w - 2 * kPadding);
  if (button(pen, {"go-on", {body.x + kPadding, body.bottom() - kGoOn + 8, width, 40}, label, ButtonLook::Primary, true, false, kBody, ""}))
    press(model.document, {block->id, block->action, "", false}, state, queue);
  end_region();
}

}  // namespace

void LessonView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Rect& rect = state.layout.prose;
  const float head = 56;
  Pen top = begin_region(state.theme, "brand", {rect.x, rect.y, rect.w, head});
  const std::string brand = model.say(Word::app_name), lessons = model.say(Word::all_lessons);
  const float brand_w = button_width(top, brand, kSmall);
  if (button(top, {"home", {rect.x + kPadding - 16, rect.y + 8, brand_w, head - 16}, brand, ButtonLook::Plain, true, false, kSmall, ""}))
    queue.push(commands::DocumentAction{model.document.id, "home", "home"});
  const float lessons_w = button_width(top, lessons, kSmall);
  if (button(top, {"lessons", {rect.right() - kPadding + 16 - lessons_w, rect.y + 8, lessons_w, head - 16}, lessons, ButtonLook::Plain, true, false, kSmall, ""}))
    queue.push(commands::DocumentAction{model.document.id, "lessons", "lessons"});
  end_region();
  const Rect body = {rect.x, rect.y + head, rect.w, rect.h - head};
  Pen pen = begin_region(state.theme, "lesson", body, true);
  if (state.shown_document != model.document.id) {
    state.shown_document = model.document.id;
    state.shown_at = ImGui::GetTime();
    ImGui::SetScrollY(0);
  }
  const ProseLabels labels = {model.say(Word::act_run), model.say(Word::act_type), model.say(Word::act_copy)};
  press(model.document, state.prose.draw(pen, model.document, body.x + kPadding, body.y + 8 - ImGui::GetScrollY(), body.w - 2 * kPadding, labels), state, queue);
  const bool moved = ImGui::GetIO().MouseDelta.x != 0 || ImGui::GetIO().MouseDelta.y != 0;
  if (state.explained != state.prose.hovered_term() && (moved || state.prose.hovered_term().empty())) state.explained = state.prose.hovered_term();
  for (const viewmodel::GlossaryEntry& entry : model.glossary)
    if (entry.id == state.explained && entry.id == state.prose.hovered_term()) tip(pen, entry.name + ": " + entry.meaning);
  const bool below = state.prose.primary_bottom() > body.bottom() - 8;
  ImGui::Dummy(ImVec2(1, below ? kGoOn : kPadding));
  end_region();
  if (below) go_on(model, state, queue, body);
}

}  // namespace orrery::views
