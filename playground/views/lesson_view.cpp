#include "playground/views/lesson_view.h"

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Word;

void press(const viewmodel::Document& document, const ProsePress& press, commands::CommandQueue& queue) {
  if (press.block.empty()) return;
  if (press.copy) queue.push(commands::CopyText{press.text});
  else if (press.action == "run") queue.push(commands::RunLine{press.text});
  else if (press.action == "type") queue.push(commands::TypeLine{press.text});
  else queue.push(commands::DocumentAction{document.id, press.block, press.action});
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
    ImGui::SetScrollY(0);
  }
  const ProseLabels labels = {model.say(Word::act_run), model.say(Word::act_type), model.say(Word::act_copy)};
  press(model.document, state.prose.draw(pen, model.document, body.x + kPadding, body.y + 8 - ImGui::GetScrollY(), body.w - 2 * kPadding, labels), queue);
  for (const viewmodel::GlossaryEntry& entry : model.glossary)
    if (entry.id == state.prose.hovered_term()) tip(pen, entry.name + ": " + entry.meaning);
  ImGui::Dummy(ImVec2(1, kPadding));
  end_region();
}

}  // namespace orrery::views
