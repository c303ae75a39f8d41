// The terminal's rows of cells: what was printed above, the line being typed below.
#pragma once

#include <imgui.h>

#include <string>
#include <vector>

#include "playground/viewmodel/model.h"
#include "playground/views/view_state.h"
#include "playground/widgets/draw.h"

namespace orrery::views {

// What is typed is the terminal's as long as no text field has the keyboard.
inline bool takes_keys() { return !ImGui::GetIO().WantTextInput; }

class TerminalScreen {
 public:
  // Lays everything out within `rect`; what is still read makes the letters a step smaller where it is too wide.
  TerminalScreen(const widgets::Pen& pen, const viewmodel::Model& model, ViewState& state, const viewmodel::Rect& rect);

  void draw();

  std::size_t rows() const { return screen_; }  // for what was printed
  float row_height() const { return step_; }
  std::size_t below() const { return std::size_t(state_.terminal.scroll); }
  float hidden_columns() const { return std::max(0.0f, float(widest_ - columns_)); }  // of the rows in sight
  int columns() const { return columns_; }
  // The row that says how many more there are; h == 0: there is none.
  viewmodel::Rect sign() const;
  viewmodel::Rect printed() const { return {rect_.x, rect_.y, rect_.w, float(screen_) * step_}; }
  // The byte of all lines' text under a point, -1 when there is none.
  long byte_at(float px, float py) const;
  // The byte of the line being typed under a point in its rows, -1 elsewhere.
  long caret_at(float px, float py) const;

 private:
  struct Drawn {
    std::string text;
    float x, y;
    long at;
    std::size_t byte_under(float px, float cell) const;
  };

  void measure(float points, float step);
  void place();
  void draw_printed();
  void draw_prompt();
  void row(const viewmodel::TerminalRow& row, float y);
  void rule(const std::string& text, float y);
  void selection(const std::string& text, float x, float y, long at);
  void caret(const std::string& row, float x, float y, std::size_t offset);
  void cells(float x, float y, const std::string& text, ImU32 color);
  std::string prompt_text() const;

  const widgets::Pen& pen_;
  const viewmodel::Model& model_;
  ViewState& state_;
  viewmodel::Rect rect_;
  float points_ = 16, wide_points_ = 16, cell_ = 8, step_ = 20;  // wide: of a character that takes two cells
  int columns_ = 80, widest_ = 0;
  std::size_t screen_ = 1;
  std::vector<std::size_t> prompt_;  // where its rows begin
  bool takes_lines_ = true;          // there is one
  int prompt_columns_ = 0;           // of what stands before the line
  std::vector<Drawn> drawn_, typed_;
};

}  // namespace orrery::views
