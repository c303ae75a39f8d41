#include "playground/views/events_view.h"

#include <cstdio>


#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Word;

constexpr float kEventRow = 52;

std::string clock_text(viewmodel::Nanos at) {
  const long seconds = long(at / viewmodel::kSecond % 86400);
  char text[16];
  std::snprintf(text, sizeof text, "%02ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return text;
}

void row(const Pen& pen, const viewmodel::Model& model, const viewmodel::Event& event, const Rect& rect, bool hovered) {
  const Palette& c = pen.colors();
  if (hovered) pen.fill(rect, c.surface);
  const float x = rect.x + 12, top = rect.y + 16, below = rect.y + 36;
  pen.text_mid(x, top, clock_text(event.at), c.soft, kSmall);
  float at = x + 88;
  if (event.warning) {
    pen.sign(at + 5, top, 5, Tone::Bad, c.bad);
    at += 18;
  }
  pen.text_mid(at, top, event.reason, c.ink, kSmall, Face::Bold);
  at += pen.width(event.reason, kSmall, Face::Bold) + 16;
  const std::string about = event.about.kind + " " + event.about.name;
  const std::string count = event.count > 1 ? model.say(Word::events_count, {std::to_string(event.count)}) : "";
  pen.text_mid(at, top, pen.fitted_middle(about, rect.right() - at - 96, kSmall), c.soft, kSmall);
  if (!count.empty()) pen.text_mid(rect.right() - 12 - pen.width(count, kSmall), top, count, c.soft, kSmall);
  pen.text_mid(x + 88, below, pen.fitted(event.message, rect.right() - x - 100, kSmall), c.ink, kSmall);
}

}  // namespace

void EventsView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Rect& view = state.layout.main;
  Pen pen = begin_region(state.theme, "events", view, true);
  const auto& events = model.cluster.events;
  const float x = view.x + kPadding - 12, width = view.w - 2 * kPadding + 16;
  const float top = view.y + 8 - ImGui::GetScrollY();
  if (events.empty()) pen.text_mid(view.x + kPadding, top + 32, model.say(Word::events_none), pen.colors().soft);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Rect rect = {x, top + float(i) * kEventRow, width, kEventRow};
    if (rect.bottom() < view.y || rect.y > view.bottom()) continue;
    const viewmodel::Event& event = events[events.size() - 1 - i];
    bool hovered = false;
    if (area(pen, event.uid, rect, hovered))
      queue.push(commands::SelectObject{event.about.kind, event.about.ns, event.about.name});
    row(pen, model, event, rect, hovered);
  }
  ImGui::SetCursorScreenPos(ImVec2(x, top + kEventRow * float(events.size()) + 8));
  ImGui::Dummy(ImVec2(1, 1));
  end_region();
}

}  // namespace orrery::views
