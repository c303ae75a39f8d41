#include "playground/viewmodel/layout.h"

#include <algorithm>
#include <cmath>

namespace orrery::viewmodel {
namespace {

constexpr float kProseMin = 400, kProseMax = 460;
constexpr float kMapShare = 0.55f, kTerminalShare = 0.25f;
constexpr float kBar = 56, kCaption = 40, kTrack = 24;
constexpr float kTerminalMin = 120;

float snap(float value) { return std::floor(value / 8) * 8; }

}  // namespace

Layout compute_layout(float width, float height, bool with_terminal, bool with_time) {
  Layout layout;
  const float prose = std::clamp(snap(width * 0.32f), kProseMin, kProseMax);
  layout.stacked = width - prose < width * kMapShare;
  const float terminal = !with_terminal ? 0 : std::max(snap(height * kTerminalShare), std::min(kTerminalMin, snap(height * 0.2f)));
  float left = prose, top = 0;
  if (layout.stacked) {
    left = 0;
    top = snap(height * 0.3f);
    layout.prose = {0, 0, width, top};
  } else {
    layout.prose = {0, 0, prose, height};
  }
  const float right = width - left;
  layout.bar = {left, top, right, kBar};
  layout.terminal = {left, height - terminal, right, terminal};
  const float track = with_time ? kTrack : 0;
  layout.track = {left, layout.terminal.y - track, right, track};
  layout.caption = {left, layout.track.y - kCaption, right, kCaption};
  layout.main = {left, top + kBar, right, layout.caption.y - top - kBar};
  return layout;
}

}  // namespace orrery::viewmodel
