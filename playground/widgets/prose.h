// Draws a Document in the current region: inline styles, things to press, text that can be selected and copied.
#pragma once

#include <string>

#include "playground/viewmodel/document.h"
#include "playground/widgets/prose_layout.h"

namespace orrery::widgets {

// What was pressed in a document. Empty block: nothing.
struct ProsePress {
  std::string block;
  std::string action;
  std::string text;   // of a Code block
  bool copy = false;  // the block's copy button, not its action
};

class Prose {
 public:
  // `x`, `y`: the top left corner on the screen. The height it took is in height().
  ProsePress draw(const Pen& pen, const viewmodel::Document& document, float x, float y, float width, const ProseLabels& labels);
  float height() const { return layout_.height; }
  std::string selected_text() const;
  // The last primary button: where it ends on the screen as last drawn (0: there is none), and its block.
  float primary_bottom() const { return primary_bottom_; }
  const viewmodel::Block* primary(const viewmodel::Document& document) const;
  // The glossary id under the pointer, empty when there is none.
  const std::string& hovered_term() const { return hovered_term_; }

 private:
  struct Point {
    int run = -1;
    int byte = 0;
    bool operator<(const Point& other) const { return run != other.run ? run < other.run : byte < other.byte; }
  };

  void refresh(const Pen& pen, const viewmodel::Document& document, float width, const ProseLabels& labels);
  ProsePress blocks(const Pen& pen, const viewmodel::Document& document, float x, float y, const ProseLabels& labels);
  ProsePress code_buttons(const Pen& pen, const viewmodel::Block& block, const Rect& rect, const ProseLabels& labels);
  void runs(const Pen& pen, const viewmodel::Document& document, float x, float y);
  void select(const Pen& pen, float x, float y, float width);
  Point point_at(const Pen& pen, float px, float py) const;

  ProseLayout layout_;
  viewmodel::Document laid_out_;
  float width_ = 0, scale_ = 0, primary_bottom_ = 0;
  Point from_, to_;
  bool selecting_ = false;
  std::string hovered_term_;
};

}  // namespace orrery::widgets
