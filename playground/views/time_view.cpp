#include "playground/views/time_view.h"

#include <algorithm>
#include <cstdio>

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Word;

constexpr double kSpeeds[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100};
constexpr int kSpeedCount = 10;

int speed_index(double speed) {
  int best = 0;
  for (int i = 0; i < kSpeedCount; ++i)
    if (kSpeeds[i] <= speed * 1.0001) best = i;
  return best;
}

std::string speed_text(double speed) {
  char text[16];
  std::snprintf(text, sizeof text, "%g", speed);
  return text;
}

enum class Sign { Pause, Go, Step, Slower, Faster };

// Drawn rather than written: no font has them all in one weight.
void sign(const Pen& pen, const Rect& r, Sign sign, ImU32 ink) {
  const float x = r.cx(), y = r.cy();
  const auto triangle = [&](float at) { pen.list->AddTriangleFilled({at - 5, y - 7}, {at - 5, y + 7}, {at + 6, y}, ink); };
  switch (sign) {
    case Sign::Pause:
      pen.fill({x - 6, y - 7, 4, 14}, ink, 1);
      pen.fill({x + 2, y - 7, 4, 14}, ink, 1);
      return;
    case Sign::Go: return triangle(x);
    case Sign::Step:
      triangle(x - 2);
      pen.fill({x + 5, y - 7, 3, 14}, ink, 1);
      return;
    case Sign::Faster:
      pen.fill({x - 1, y - 6, 2, 12}, ink, 1);
      [[fallthrough]];
    case Sign::Slower:
      pen.fill({x - 6, y - 1, 12, 2}, ink, 1);
      return;
  }
}

bool key(const Pen& pen, const char* id, const Rect& rect, Sign what, const std::string& tip, bool enabled) {
  const bool pressed = button(pen, {id, rect, "", ButtonLook::Plain, enabled, false, kBody, tip});
  sign(pen, rect, what, enabled ? pen.colors().ink : pen.colors().line);
  return pressed;
}

// Returns where the controls begin.
float controls(const Pen& pen, const viewmodel::Model& model, commands::CommandQueue& queue, const Rect& rect) {
  const viewmodel::Clock& clock = model.cluster.clock;
  const float size = rect.h;
  float x = rect.right() - kPadding + 8 - size;
  const int index = speed_index(clock.speed);
  if (key(pen, "faster", {x, rect.y, size, size}, Sign::Faster, model.say(Word::time_faster), clock.controllable && index + 1 < kSpeedCount))
    queue.push(commands::SetSpeed{kSpeeds[index + 1]});
  const std::string speed = model.say(Word::time_speed, {speed_text(clock.speed)});
  const float width = std::max(88.0f, pen.width(speed, kSmall) + 8);
  x -= width;
  pen.text_center(x + width / 2, rect.cy(), clock.paused ? model.say(Word::time_paused) : speed, pen.colors().soft, kSmall);
  x -= size;
  if (key(pen, "slower", {x, rect.y, size, size}, Sign::Slower, model.say(Word::time_slower), clock.controllable && index > 0))
    queue.push(commands::SetSpeed{kSpeeds[index - 1]});
  x -= size;
  if (key(pen, "step", {x, rect.y, size, size}, Sign::Step, model.say(Word::time_step), clock.controllable)) queue.push(commands::StepOnce{});
  x -= size;
  if (key(pen, "pause", {x, rect.y, size, size}, clock.paused ? Sign::Go : Sign::Pause,
          model.say(clock.paused ? Word::time_resume : Word::time_pause), clock.controllable))
    queue.push(commands::SetPaused{!clock.paused});
  return x;
}

}  // namespace

void TimeView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Rect& rect = state.layout.caption;
  Pen pen = begin_region(state.theme, "time", rect);
  const float right = shows(model, "time") ? controls(pen, model, queue, rect) : rect.right();
  const float x = rect.x + kPadding;
  pen.text_mid(x, rect.cy(), pen.fitted(caption(model), right - x - 16, kSmall), pen.colors().soft, kSmall);
  end_region();
}

}  // namespace orrery::views
