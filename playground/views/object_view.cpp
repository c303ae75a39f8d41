#include "playground/views/object_view.h"

#include "playground/views/changes_view.h"
#include "playground/views/editor_view.h"
#include "playground/views/events_view.h"
#include "playground/views/links_view.h"
#include "playground/views/usage_view.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Word;

constexpr float kLine = 22, kObjectHead = 80;

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

// What a narrow page has no room for is in the mirror.
void tabs(const Pen& pen, const viewmodel::Model& model, commands::CommandQueue& queue, float x, float y, float right) {
  for (const viewmodel::ObjectTab tab : object_tabs(model)) {
    const std::string label = model.say(viewmodel::label_of(tab));
    const float width = button_width(pen, label, kSmall) - 8;
    if (x + width > right) return;
    if (button(pen, {viewmodel::name_of(tab), {x, y, width, 32}, label, ButtonLook::Quiet, true, model.object_tab == tab, kSmall, ""}))
      queue.push(commands::RequestText{model.selected.kind, model.selected.ns, model.selected.name, viewmodel::name_of(tab)});
    x += width + 4;
  }
}

void text(const viewmodel::Model& model, ViewState& state, const Rect& body) {
  Pen pen = begin_region(state.theme, "object", body, true);
  ImGui::SetScrollX(0);
  const float x = body.x + kPadding, y = body.y - ImGui::GetScrollY();
  const viewmodel::ObjectText& text = model.object_text;
  if (!text.error.empty()) paragraph(pen, x, y, body.w - 2 * kPadding, text.error, pen.colors().bad);
  else if (!text.arrived) pen.text_mid(x, y + 16, model.say(Word::object_loading), pen.colors().soft);
  else lines(pen, text.text, x, y, body);
  ImGui::SetCursorScreenPos(ImVec2(x, y + height_of(text.text)));
  ImGui::Dummy(ImVec2(1, 1));
  end_region();
}

void object_events(const viewmodel::Model& model, ViewState& state, const Rect& body) {
  Pen pen = begin_region(state.theme, "object-events", body, true);
  float y = body.y - ImGui::GetScrollY();
  bool any = false;
  for (auto event = model.cluster.events.rbegin(); event != model.cluster.events.rend(); ++event) {
    if (!(event->about == model.selected)) continue;
    any = true;
    draw_event(pen, model, *event, {body.x + kPadding - 12, y, body.w - 2 * kPadding + 16, kEventRow}, false);
    y += kEventRow;
  }
  if (!any) pen.text_mid(body.x + kPadding, y + 16, model.say(Word::object_no_events), pen.colors().soft);
  ImGui::SetCursorScreenPos(ImVec2(body.x, y + 8));
  ImGui::Dummy(ImVec2(1, 1));
  end_region();
}

}  // namespace

void ObjectView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  using viewmodel::ObjectTab;
  const Rect& view = state.layout.main;
  const float x = view.x + kPadding;
  Pen top = begin_region(state.theme, "object-head", {view.x, view.y, view.w, kObjectHead});
  if (model.selected.kind.empty() || model.selected.kind == "Part") {
    top.text_mid(x, view.y + 32, top.fitted(model.say(Word::object_none), view.w - 2 * kPadding), top.colors().soft);
    end_region();
    return;
  }
  const std::string title = model.selected.kind + " " + model.selected.name;
  top.text_mid(x, view.y + 20, top.fitted_middle(title, view.w - 2 * kPadding, kBody, Face::Bold), top.colors().ink, kBody, Face::Bold);
  tabs(top, model, queue, x, view.y + 40, view.right() - kPadding);
  end_region();
  const Rect body = {view.x, view.y + kObjectHead, view.w, view.h - kObjectHead};
  const Rect inner = {x, body.y, view.w - 2 * kPadding, body.h};
  switch (model.object_tab) {
    case ObjectTab::Edit: return draw_editor(model, state, queue, inner);
    case ObjectTab::Links: return draw_links(model, state, queue, inner);
    case ObjectTab::Changes: return draw_changes(model, state, queue, inner);
    case ObjectTab::Usage: return draw_usage(model, state, inner);
    case ObjectTab::Events: return object_events(model, state, body);
    case ObjectTab::Yaml:
    case ObjectTab::Describe:
    case ObjectTab::Logs: break;
  }
  text(model, state, body);
}

}  // namespace orrery::views
