#include "playground/viewmodel/layout.h"

#include <algorithm>
#include <cmath>

namespace orrery::viewmodel {
namespace {

constexpr float kProseMin = 400, kProseMax = 460;
constexpr float kMapShare = 0.55f, kTerminalShare = 0.25f, kWorkShare = 0.38f, kStackedWorkShare = 0.3f;
constexpr float kBar = 56, kCaption = 40, kTrack = 24;
constexpr float kTerminalMin = 120;
constexpr float kTerminalLeast = 112, kViewLeast = 120;  // however it is dragged
constexpr float kProseStacked = 0.3f;

float snap(float value) { return std::floor(value / 8) * 8; }

}  // namespace

float terminal_height(const Layout& layout, float height, float wanted) {
  const float above = layout.bar.y + kBar + kViewLeast + kCaption + kTrack;
  return std::clamp(snap(wanted), kTerminalLeast, std::max(kTerminalLeast, snap(height - above)));
}

Layout compute_layout(float width, float height, TerminalRoom room, bool with_time) {
  Layout layout;
  const float prose = std::clamp(snap(width * 0.32f), kProseMin, kProseMax);
  layout.stacked = width - prose < width * kMapShare;
  float left = prose, top = 0;
  if (layout.stacked) {
    left = 0;
    top = snap(height * kProseStacked);
    layout.prose = {0, 0, width, top};
  } else {
    layout.prose = {0, 0, prose, height};
  }
  const float right = width - left;
  layout.bar = {left, top, right, kBar};
  const float share = !room.work ? kTerminalShare : layout.stacked ? kStackedWorkShare : kWorkShare;
  float terminal = std::max(snap(height * share), std::min(kTerminalMin, snap(height * 0.2f)));
  if (room.height > 0) terminal = terminal_height(layout, height, room.height);
  if (!room.shown) terminal = 0;
  layout.terminal = {left, height - terminal, right, terminal};
  const float track = with_time ? kTrack : 0;
  layout.track = {left, layout.terminal.y - track, right, track};
  layout.caption = {left, layout.track.y - kCaption, right, kCaption};
  layout.main = {left, top + kBar, right, layout.caption.y - top - kBar};
  return layout;
}

}  // namespace orrery::viewmodel
