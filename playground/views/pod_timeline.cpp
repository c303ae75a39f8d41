#include "playground/views/pod_timeline.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::kSecond;
using viewmodel::Mark;
using viewmodel::Nanos;
using viewmodel::Word;

constexpr float kLane = 32, kName = 152;

// Seconds between two ticks, of 1, 2, 5, 10, 30, 60, ... so that there are at most eight.
Nanos tick_for(Nanos span) {
  for (Nanos step : {1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400})
    if (span <= step * kSecond * 8) return step * kSecond;
  return 7 * 86400 * kSecond;
}

std::string duration_text(Nanos after) {
  const long seconds = long(after / kSecond);
  char text[32];
  if (seconds < 60) std::snprintf(text, sizeof text, "%lds", seconds);
  else if (seconds < 3600) std::snprintf(text, sizeof text, "%ldm%02lds", seconds / 60, seconds % 60);
  else std::snprintf(text, sizeof text, "%ldh%02ldm", seconds / 3600, seconds / 60 % 60);
  return text;
}

// The time axis: begins with the pod and ends a little after now, in whole ticks, so that it doesn't creep.
struct Axis {
  Nanos from = 0, span = kSecond;
  float x = 0, w = 1;
  float at(Nanos time) const { return x + w * float(std::clamp(double(time - from) / double(span), 0.0, 1.0)); }
};

Axis axis_for(Nanos from, Nanos now, float x, float w) {
  Axis axis{from, std::max<Nanos>(kSecond, now - from), x, w};
  const Nanos tick = tick_for(axis.span);
  axis.span = (axis.span / tick + 1) * tick;
  return axis;
}

ImU32 bar_color(const Pen& pen, Tone tone) {
  const Palette& c = pen.colors();
  switch (tone) {
    case Tone::Good: return c.tint;
    case Tone::Bad: return with_alpha(c.bad, 0.22f);
    case Tone::Waiting: return with_alpha(c.waiting, 0.2f);
    case Tone::Idle:
    case Tone::Unknown:
    case Tone::Done: break;
  }
  return c.surface;
}

void lane(const Pen& pen, const viewmodel::PodHistory& history, const std::string& name, const Axis& axis, Nanos now, float x, float y) {
  pen.text_mid(x, y + kLane / 2, pen.fitted(name, kName - 16, kSmall), pen.colors().soft, kSmall);
  for (std::size_t i = 0; i < history.marks.size(); ++i) {
    const Mark& mark = history.marks[i];
    if (mark.lane != name) continue;
    Nanos until = history.gone ? history.gone_at : now;
    for (std::size_t j = i + 1; j < history.marks.size(); ++j)
      if (history.marks[j].lane == name) {
        until = history.marks[j].at;
        break;
      }
    const float x0 = axis.at(mark.at), x1 = std::max(x0 + 3, axis.at(until) - 1);
    const Rect bar = {x0, y + 4, x1 - x0, kLane - 8};
    pen.fill(bar, bar_color(pen, mark.tone), 4);
    float text = x0 + 8;
    if (bar.w > 24) {
      pen.sign(x0 + 12, bar.cy(), 4.5f, mark.tone, pen.theme->tone(mark.tone));
      text += 14;
    }
    if (bar.right() - text > 40)
      pen.text_mid(text, bar.cy(), pen.fitted(mark.label, bar.right() - text - 4, kSmall), pen.colors().ink, kSmall);
  }
}

}  // namespace

float draw_timeline(const Pen& pen, const viewmodel::Model& model, const viewmodel::Pod& pod, const Rect& rect) {
  const viewmodel::PodHistory* history = model.history.of(pod.uid);
  if (!history || history->marks.empty()) return 0;
  float y = rect.y;
  pen.text_mid(rect.x, y + 12, model.say(Word::life_timeline), pen.colors().ink, kBody, Face::Bold);
  y += 32;
  Nanos from = pod.created ? pod.created : history->marks.front().at;
  for (const Mark& mark : history->marks) from = std::min(from, mark.at);
  const Nanos now = model.cluster.clock.now;
  const Axis axis = axis_for(from, now, rect.x + kName, rect.w - kName);
  const float bottom = y + kLane * float(history->lanes.size());
  const Nanos tick = tick_for(axis.span);
  for (Nanos at = 0; at <= axis.span; at += tick) {
    const float x = axis.at(from + at);
    pen.line(x, y, x, bottom, pen.colors().line);
    if (at < axis.span) pen.text_mid(x + 4, bottom + 12, duration_text(at), pen.colors().soft, kSmall);
  }
  for (const std::string& name : history->lanes) {
    lane(pen, *history, name, axis, now, rect.x, y);
    y += kLane;
  }
  return bottom + 24 - rect.y;
}

}  // namespace orrery::views
