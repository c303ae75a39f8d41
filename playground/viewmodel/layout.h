// Where the page's three regions lie, in points. Pure arithmetic, so that tests hold it to the rules:
// prose 400 to 460 wide, map at least 55 % of the width, terminal at most 25 % of the height; 38 % while a lesson wants
// commands, and as high as it was dragged.
#pragma once

namespace orrery::viewmodel {

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;
  float right() const { return x + w; }
  float bottom() const { return y + h; }
  float cx() const { return x + w / 2; }
  float cy() const { return y + h / 2; }
  bool contains(float px, float py) const { return px >= x && px < x + w && py >= y && py < y + h; }
  Rect inset(float by) const { return {x + by, y + by, w - 2 * by, h - 2 * by}; }
  friend bool operator==(const Rect&, const Rect&) = default;
};

struct Layout {
  bool stacked = false;  // narrow: prose above the map
  Rect prose, bar, main, caption, track, terminal;
};

struct TerminalRoom {
  bool shown = true;   // without a terminal the view has its space
  bool work = false;   // there is something to type
  float height = 0;    // as the user wants it; 0: not said
};

// Without `time` the view has the track's space, too.
Layout compute_layout(float width, float height, TerminalRoom terminal = {}, bool time = true);
// `wanted`, or the nearest height that leaves the view its least and the terminal three rows.
float terminal_height(const Layout& layout, float height, float wanted);

}  // namespace orrery::viewmodel
