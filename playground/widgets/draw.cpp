#include "playground/widgets/draw.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "playground/viewmodel/utf8.h"

namespace orrery::widgets {
namespace {

// Dear ImGui sizes a font by its ascent plus descent. Half the capitals' height in ems centres a line optically.
constexpr float kHalfCap = 0.36f;
constexpr int kDashes = 8;      // of the ring of what nobody has told
constexpr float kSpeck = 2;     // a round one would look the same
constexpr float kAsks = 7;      // from here on a question mark fits in

// Line height over em of each face, from the fonts' own metrics.
float line_over_em(Face face) {
  switch (face) {
    case Face::Regular:
    case Face::Bold: return 1.448f;   // Noto Sans CJK
    case Face::Mono: return 1.15f;    // NanumGothicCoding
    case Face::Signs: break;
  }
  return 1.164f;                      // DejaVu Sans
}

ImFont* font_of(const Theme& theme, Face face) { return theme.faces[int(face)]; }

}  // namespace

float imgui_size(const Theme& theme, Face face, float points) { return theme.size(points) * line_over_em(face); }

void Pen::text(float x, float baseline, std::string_view text, ImU32 color, float points, Face face) const {
  ImFont* font = font_of(*theme, face);
  if (!font || text.empty()) return;
  const float size = imgui_size(*theme, face, points);
  ImFontBaked* baked = font->GetFontBaked(size);
  list->AddText(font, size, ImVec2(x, std::round(baseline - baked->Ascent)), color, text.data(), text.data() + text.size());
}

void Pen::text_mid(float x, float cy, std::string_view text, ImU32 color, float points, Face face) const {
  this->text(x, std::round(cy + theme->size(points) * kHalfCap), text, color, points, face);
}

void Pen::text_center(float cx, float cy, std::string_view text, ImU32 color, float points, Face face) const {
  text_mid(std::round(cx - width(text, points, face) / 2), cy, text, color, points, face);
}

float Pen::width(std::string_view text, float points, Face face) const {
  ImFont* font = font_of(*theme, face);
  if (!font) return 0;
  return font->CalcTextSizeA(imgui_size(*theme, face, points), 1e9f, 0, text.data(), text.data() + text.size()).x;
}

std::string Pen::fitted(const std::string& text, float room, float points, Face face) const {
  if (width(text, points, face) <= room) return text;
  std::string cut = text;
  while (!cut.empty()) {
    cut.resize(viewmodel::previous_point(cut, cut.size()));
    if (width(cut + "...", points, face) <= room) break;
  }
  return cut + "...";
}

std::string Pen::fitted_middle(const std::string& text, float room, float points, Face face) const {
  if (width(text, points, face) <= room) return text;
  std::size_t head = text.size() / 2, tail = text.size() / 2;
  std::string out;
  for (bool from_head = true; head > 0 && tail < text.size(); from_head = !from_head) {
    if (from_head) head = viewmodel::previous_point(text, head);
    else tail = viewmodel::next_point(text, tail);
    out = text.substr(0, head) + "..." + text.substr(tail);
    if (width(out, points, face) <= room) return out;
  }
  return out;
}

void Pen::fill(const Rect& rect, ImU32 color, float radius) const {
  list->AddRectFilled(at(rect), ImVec2(rect.right(), rect.bottom()), color, radius);
}

void Pen::outline(const Rect& rect, ImU32 color, float thickness, float radius) const {
  list->AddRect(at(rect), ImVec2(rect.right(), rect.bottom()), color, radius, 0, thickness);
}

void Pen::dashed(const Rect& rect, ImU32 color, float dash) const {
  const auto run = [&](float x0, float y0, float x1, float y1) {
    const float length = std::hypot(x1 - x0, y1 - y0);
    for (float from = 0; from < length; from += 2 * dash) {
      const float to = std::min(from + dash, length);
      line(x0 + (x1 - x0) * from / length, y0 + (y1 - y0) * from / length, x0 + (x1 - x0) * to / length,
           y0 + (y1 - y0) * to / length, color);
    }
  };
  run(rect.x, rect.y, rect.right(), rect.y);
  run(rect.right(), rect.y, rect.right(), rect.bottom());
  run(rect.right(), rect.bottom(), rect.x, rect.bottom());
  run(rect.x, rect.bottom(), rect.x, rect.y);
}

void Pen::line(float x0, float y0, float x1, float y1, ImU32 color, float thickness) const {
  list->AddLine(ImVec2(x0, y0), ImVec2(x1, y1), color, thickness);
}

void Pen::sign(float cx, float cy, float radius, Tone tone, ImU32 color) const {
  const ImVec2 center(cx, cy);
  const float stroke = std::max(1.5f, radius * 0.22f);
  switch (tone) {
    case Tone::Good:
      if (radius <= kSpeck) return fill({cx - radius * 0.9f, cy - radius * 0.9f, radius * 1.8f, radius * 1.8f}, color, 0);
      list->AddCircleFilled(center, radius, color);
      return;
    case Tone::Waiting:
      list->AddCircle(center, radius - stroke / 2, color, 0, stroke);
      list->PathArcTo(center, radius - stroke / 2, 1.5708f, 4.7124f);
      list->PathFillConvex(color);
      return;
    case Tone::Bad:
      line(cx - radius * 0.8f, cy - radius * 0.8f, cx + radius * 0.8f, cy + radius * 0.8f, color, stroke * 1.3f);
      line(cx - radius * 0.8f, cy + radius * 0.8f, cx + radius * 0.8f, cy - radius * 0.8f, color, stroke * 1.3f);
      return;
    case Tone::Done: {
      const ImVec2 points[3] = {{cx - radius * 0.9f, cy}, {cx - radius * 0.25f, cy + radius * 0.7f}, {cx + radius * 0.9f, cy - radius * 0.7f}};
      list->AddPolyline(points, 3, color, 0, stroke * 1.2f);
      return;
    }
    case Tone::Unknown:
      for (int i = 0; i < kDashes; ++i) {
        const float from = 6.2832f * float(i) / float(kDashes);
        list->PathArcTo(center, radius - stroke / 2, from, from + 3.1416f / float(kDashes) * 1.1f);
        list->PathStroke(color, 0, stroke);
      }
      if (radius >= kAsks) text_center(cx, cy, "?", color, radius * 1.1f / theme->scale, Face::Bold);
      return;
    case Tone::Idle:
      list->AddCircle(center, radius - stroke / 2, color, 0, stroke);
      return;
  }
}

void Pen::gauge(float cx, float cy, float radius, float level, bool open, ImU32 color) const {
  const Rect box = {cx - radius * 0.8f, cy - radius * 0.9f, radius * 1.6f, radius * 1.8f};
  const float stroke = std::max(1.0f, radius * 0.18f), filled = box.h * std::clamp(level, 0.0f, 1.0f);
  if (radius < 3) return filled > 0 ? fill({box.x, box.bottom() - filled, box.w, filled}, color, 0) : outline(box, color, 1, 0);
  if (filled > 0) fill({box.x, box.bottom() - filled, box.w, filled}, color, 1);
  if (open && level <= 0) return dashed(box, color, std::max(2.0f, radius * 0.35f));
  line(box.x, box.y, box.x, box.bottom(), color, stroke);
  line(box.right(), box.y, box.right(), box.bottom(), color, stroke);
  line(box.x, box.bottom(), box.right(), box.bottom(), color, stroke);
  if (!open) line(box.x, box.y, box.right(), box.y, color, stroke);
}

float paragraph(const Pen& pen, float x, float y, float width, const std::string& text, ImU32 color, float points, float line_height) {
  const float step = std::round(pen.theme->size(points) * line_height);
  float top = y;
  std::size_t from = 0;
  while (from < text.size()) {
    std::size_t end = from, fits = from;
    while (end <= text.size()) {  // word by word
      std::size_t space = text.find(' ', end);
      if (space == std::string::npos) space = text.size();
      if (fits > from && pen.width(std::string_view(text).substr(from, space - from), points) > width) break;
      fits = space;
      end = space + 1;
    }
    pen.text_mid(x, top + step / 2, std::string_view(text).substr(from, fits - from), color, points);
    from = std::min(text.size(), fits + 1);
    top += step;
  }
  return top - y;
}

}  // namespace orrery::widgets
