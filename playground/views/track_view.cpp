#include "playground/views/track_view.h"

#include <algorithm>

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Clock;
using viewmodel::Nanos;
using viewmodel::Tone;
using viewmodel::Word;

constexpr Nanos kKeyStep = 5 * viewmodel::kSecond;
constexpr float kKnob = 6;

struct Scale {
  Rect rect;
  Nanos start = 0, end = 1;
  float x(Nanos at) const { return rect.x + rect.w * float(double(std::clamp(at, start, end) - start) / double(end - start)); }
  Nanos time(float x) const {
    const double share = std::clamp(double((x - rect.x) / rect.w), 0.0, 1.0);
    return start + Nanos(share * double(end - start));
  }
};

// What went wrong stands tall, what became well is short, what the user did hangs below: no colour is needed to tell.
void paint(const Pen& pen, const viewmodel::Model& model, const Scale& scale, bool lit) {
  const Clock& clock = model.cluster.clock;
  const float y = scale.rect.cy(), now = scale.x(clock.now);
  pen.line(scale.rect.x, y, scale.rect.right(), y, pen.colors().line, 2);
  pen.line(scale.rect.x, y, now, y, pen.colors().soft, 2);
  float last = -10;
  for (const viewmodel::TimeMark& mark : model.timeline.marks()) {
    const float x = scale.x(mark.at);
    const bool bad = mark.tone == Tone::Bad;
    if (!bad && x - last < 2) continue;
    last = x;
    pen.line(x, y - (bad ? 9 : 5), x, y, pen.theme->tone(mark.tone), 2);
  }
  for (const Nanos at : clock.acts) {
    if (at <= clock.start) continue;
    const float x = scale.x(at);
    pen.list->AddTriangleFilled({x, y + 2}, {x - 4, y + 8}, {x + 4, y + 8}, pen.colors().accent);
  }
  pen.list->AddCircleFilled({now, y}, kKnob, clock.past() ? pen.colors().ground : pen.colors().accent);
  pen.list->AddCircle({now, y}, kKnob, pen.colors().accent, 0, lit ? 3 : 2);
}

void answer(const viewmodel::Model& model, const Scale& scale, commands::CommandQueue& queue) {
  const Clock& clock = model.cluster.clock;
  if (ImGui::IsItemActive()) {
    const float x = ImGui::GetIO().MousePos.x;
    const bool moved = std::abs(x - scale.x(clock.now)) >= 1.5f;
    if (moved && (ImGui::IsItemActivated() || ImGui::GetIO().MouseDelta.x != 0)) queue.push(commands::GoToTime{scale.time(x)});
  }
  if (!ImGui::IsItemFocused()) return;
  if (ImGui::IsKeyPressed(ImGuiKey_LeftArrow)) queue.push(commands::GoToTime{clock.now - kKeyStep});
  if (ImGui::IsKeyPressed(ImGuiKey_RightArrow)) queue.push(commands::GoToTime{std::min(clock.end, clock.now + kKeyStep)});
}

// From anywhere on the page.
void keys(const Clock& clock, commands::CommandQueue& queue) {
  if (!ImGui::GetIO().KeyAlt) return;
  if (ImGui::IsKeyPressed(ImGuiKey_Comma)) queue.push(commands::GoToTime{clock.now - kKeyStep});
  if (ImGui::IsKeyPressed(ImGuiKey_Period) && clock.past()) queue.push(commands::GoToTime{std::min(clock.end, clock.now + kKeyStep)});
}

// To the right of the track; returns where it begins.
float beside(const Pen& pen, const viewmodel::Model& model, commands::CommandQueue& queue, const Rect& rect) {
  const Clock& clock = model.cluster.clock;
  float right = rect.right() - kPadding + 8;
  const auto press = [&](const char* id, const std::string& label) {
    const float width = button_width(pen, label, kSmall) - 8;
    right -= width;
    return button(pen, {id, {right, rect.y, width, rect.h}, label, ButtonLook::Plain, true, false, kSmall, ""});
  };
  if (clock.past() && press("now", model.say(Word::time_now))) queue.push(commands::GoToTime{clock.end});
  if (clock.branches > 0 && press("branch", model.say(Word::time_branch, {std::to_string(clock.branches)})))
    queue.push(commands::OpenBranch{clock.branches - 1});
  const std::string now = viewmodel::clock_text(clock.now - clock.start), end = viewmodel::clock_text(clock.end - clock.start);
  const std::string text = clock.past() ? model.say(Word::time_position, {now, end}) : now;
  const float width = std::max(48.0f, pen.width(text, kSmall));
  right -= width + 8;
  pen.text_mid(right, rect.cy(), text, clock.past() ? pen.colors().ink : pen.colors().soft, kSmall);
  return right;
}

}  // namespace

void TrackView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Rect& rect = state.layout.track;
  const Clock& clock = model.cluster.clock;
  if (!clock.controllable || clock.end <= clock.start) return;
  Pen pen = begin_region(state.theme, "track", rect);
  const float right = beside(pen, model, queue, rect);
  const Scale scale{{rect.x + kPadding, rect.y, std::max(32.0f, right - 16 - rect.x - kPadding), rect.h}, clock.start, clock.end};
  ImGui::SetCursorScreenPos({scale.rect.x - kKnob, rect.y});
  ImGui::InvisibleButton("history", {scale.rect.w + 2 * kKnob, rect.h});
  const bool lit = ImGui::IsItemHovered() || ImGui::IsItemFocused();
  if (ImGui::IsItemHovered()) tip(pen, viewmodel::clock_text(scale.time(ImGui::GetIO().MousePos.x) - clock.start) + "  " + model.say(Word::time_track));
  answer(model, scale, queue);
  keys(clock, queue);
  paint(pen, model, scale, lit);
  end_region();
}

}  // namespace orrery::views
