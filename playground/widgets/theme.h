// How everything looks: a palette, four faces, four sizes, a grid of 8. One accent; colour never alone tells a state.
#pragma once

#include <imgui.h>

#include <string>

#include "playground/viewmodel/history.h"

namespace orrery::widgets {

using viewmodel::Tone;

enum class Face { Regular, Bold, Mono, Signs };
constexpr int kFaces = 4;

// In points, before the user's text scale.
constexpr float kSmall = 13, kBody = 16, kTitle = 20, kDisplay = 28;
constexpr float kGrid = 8, kPadding = 24, kRadius = 8;

struct Palette {
  ImU32 ground;       // behind everything
  ImU32 surface;      // rooms, notes
  ImU32 raised;       // what stands in a room, code
  ImU32 line;         // hairlines
  ImU32 ink;          // text, at least 4.5:1 on ground, surface and raised
  ImU32 soft;         // secondary text, the same
  ImU32 accent;       // the one accent
  ImU32 on_accent;
  ImU32 tint;         // the accent as a ground
  ImU32 good, waiting, bad;
};

const Palette& palette(bool dark);
ImU32 with_alpha(ImU32 color, float alpha);
ImU32 blend(ImU32 from, ImU32 to, float share);

struct Theme {
  bool dark = false;
  float scale = 1;             // the user's text size
  ImFont* faces[kFaces] = {};  // nullptr until its file has arrived

  const Palette& colors() const { return palette(dark); }
  ImU32 tone(Tone tone) const;
  float size(float points) const { return points * scale; }
};

// Sets Dear ImGui's own style (scroll bars, focus ring, window ground) to match.
void apply_style(const Theme& theme);

}  // namespace orrery::widgets
