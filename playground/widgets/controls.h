// What can be pressed. Each is drawn by us and answered by Dear ImGui, so that keyboard and focus work the same.
#pragma once

#include <string>

#include "playground/widgets/draw.h"

namespace orrery::widgets {

enum class ButtonLook {
  Primary,  // the one expected next
  Quiet,    // a raised ground
  Plain,    // text alone
  Tab,      // plain, with a mark below when chosen
};

struct ButtonSpec {
  std::string id;  // from a UID or a fixed name, never from the label
  Rect rect;
  std::string label;
  ButtonLook look = ButtonLook::Quiet;
  bool enabled = true;
  bool chosen = false;
  float points = 16;  // kBody
  std::string tip;    // shown when hovered
};

// True when it was pressed by mouse, touch or keyboard.
bool button(const Pen& pen, const ButtonSpec& spec);

// The width a button with this label needs.
float button_width(const Pen& pen, const std::string& label, float points = kBody);

// An area that only listens: true when pressed. `hovered` is set while the pointer is over it or focus is in it.
bool area(const Pen& pen, const std::string& id, const Rect& rect, bool& hovered);

void tip(const Pen& pen, const std::string& text);

// A region of the page: a window without any of a window's dress. Always followed by end_region.
Pen begin_region(const Theme& theme, const char* name, const Rect& rect, bool scrolls = false);
// One that lies over the others and takes what is pressed there; may be begun within another.
Pen begin_overlay(const Theme& theme, const char* name, const Rect& rect);
void end_region();

}  // namespace orrery::widgets
