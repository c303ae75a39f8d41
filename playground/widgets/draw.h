// Drawing with the theme: text on a base line, rooms, arrows, the signs of a state.
#pragma once

#include <string>
#include <string_view>

#include "playground/viewmodel/layout.h"
#include "playground/widgets/theme.h"

namespace orrery::widgets {

using viewmodel::Rect;

struct Pen {
  const Theme* theme = nullptr;
  ImDrawList* list = nullptr;

  const Palette& colors() const { return theme->colors(); }

  // `points` is the size of the em, as designers say it, not Dear ImGui's line height. `baseline` is where letters stand.
  void text(float x, float baseline, std::string_view text, ImU32 color, float points = kBody, Face face = Face::Regular) const;
  // The same, the capitals' middle on `cy`; for one line in a box.
  void text_mid(float x, float cy, std::string_view text, ImU32 color, float points = kBody, Face face = Face::Regular) const;
  void text_center(float cx, float cy, std::string_view text, ImU32 color, float points = kBody, Face face = Face::Regular) const;
  float width(std::string_view text, float points = kBody, Face face = Face::Regular) const;
  // `text`, or its beginning with an ellipsis, no wider than `room`.
  std::string fitted(const std::string& text, float room, float points = kBody, Face face = Face::Regular) const;
  // Like fitted, but the middle is left out: names of pods differ at their end.
  std::string fitted_middle(const std::string& text, float room, float points = kBody, Face face = Face::Regular) const;

  void fill(const Rect& rect, ImU32 color, float radius = kRadius) const;
  void outline(const Rect& rect, ImU32 color, float thickness = 1, float radius = kRadius) const;
  void dashed(const Rect& rect, ImU32 color, float dash = 4) const;
  void line(float x0, float y0, float x1, float y1, ImU32 color, float thickness = 1) const;
  // A state as a shape, readable without colour: tick ring (good), half ring (waiting), cross (bad), check (done), ring (idle),
  // dotted ring (unknown).
  void sign(float cx, float cy, float radius, Tone tone, ImU32 color) const;
  // How much of a limit is asked for: a box filled up to `level` (0 to 1), without a lid when nothing limits it, dashed when
  // nothing is asked for either.
  void gauge(float cx, float cy, float radius, float level, bool open, ImU32 color) const;
};

// Dear ImGui's font size for an em of `points`.
float imgui_size(const Theme& theme, Face face, float points);

inline ImVec2 at(const Rect& rect) { return {rect.x, rect.y}; }

// Wrapped plain text; returns the height it took.
float paragraph(const Pen& pen, float x, float y, float width, const std::string& text, ImU32 color, float points = kBody,
                float line_height = 1.6f);

}  // namespace orrery::widgets
