#include "playground/views/object_view.h"

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::TextForm;
using viewmodel::Word;

constexpr float kLine = 22;

void lines(const Pen& pen, const std::string& text, float x, float top, const Rect& view) {
  std::size_t from = 0;
  for (float y = top; from < text.size(); y += kLine) {
    std::size_t end = text.find('\n', from);
    if (end == std::string::npos) end = text.size();
    if (y + kLine > view.y && y < view.bottom()) {
      const std::string line = text.substr(from, end - from);
      const std::size_t colon = line.find(':');
      const bool field = colon != std::string::npos && line.find_first_of("\"'/") > colon;
      const std::string key = field ? line.substr(0, colon + 1) : "";
      pen.text_mid(x, y + kLine / 2, key, pen.colors().soft, kBody, Face::Mono);
      pen.text_mid(x + pen.width(key, kBody, Face::Mono), y + kLine / 2, line.substr(key.size()), pen.colors().ink, kBody, Face::Mono);
    }
    from = end + 1;
  }
}

float height_of(const std::string& text) {
  int count = 1;
  for (char c : text) count += c == '\n';
  return float(count) * kLine;
}

void forms(const Pen& pen, const viewmodel::Model& model, commands::CommandQueue& queue, float right, float y) {
  const struct {
    Word label;
    const char* form;
    TextForm value;
  } choices[] = {{Word::act_logs, "logs", TextForm::Logs}, {Word::act_describe, "describe", TextForm::Describe}, {Word::act_yaml, "yaml", TextForm::Yaml}};
  for (const auto& choice : choices) {
    if (choice.value == TextForm::Logs && model.selected.kind != "Pod") continue;
    const std::string label = model.say(choice.label);
    const float width = button_width(pen, label, kSmall);
    right -= width;
    if (button(pen, {choice.form, {right, y, width, 40}, label, ButtonLook::Quiet, true, model.object_text.form == choice.value, kSmall, ""}))
      queue.push(commands::RequestText{model.selected.kind, model.selected.ns, model.selected.name, choice.form});
    right -= 4;
  }
}

}  // namespace

void ObjectView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Rect& view = state.layout.main;
  const float head = 56;
  const Rect body = {view.x, view.y + head, view.w, view.h - head};
  const float x = view.x + kPadding;
  Pen top = begin_region(state.theme, "object-head", {view.x, view.y, view.w, head});
  if (model.selected.kind.empty() || model.selected.kind == "Part") {
    top.text_mid(x, view.y + 32, top.fitted(model.say(Word::object_none), view.w - 2 * kPadding), top.colors().soft);
    end_region();
    return;
  }
  const std::string title = model.selected.kind + " " + model.selected.name;
  top.text_mid(x, view.y + 28, top.fitted_middle(title, view.w - 2 * kPadding - 280, kBody, Face::Bold), top.colors().ink, kBody, Face::Bold);
  forms(top, model, queue, view.right() - kPadding, view.y + 8);
  end_region();
  Pen pen = begin_region(state.theme, "object", body, true);
  ImGui::SetScrollX(0);
  const float y = body.y - ImGui::GetScrollY();
  const viewmodel::ObjectText& text = model.object_text;
  if (!text.error.empty()) paragraph(pen, x, y, view.w - 2 * kPadding, text.error, pen.colors().bad);
  else if (!text.arrived) pen.text_mid(x, y + 16, model.say(Word::object_loading), pen.colors().soft);
  else lines(pen, text.text, x, y, body);
  ImGui::SetCursorScreenPos(ImVec2(x, y + height_of(text.text)));
  ImGui::Dummy(ImVec2(1, 1));
  end_region();
}

}  // namespace orrery::views
