// Where each word of a Document lies: computed once for a document, width and text size, then only drawn.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/document.h"
#include "playground/widgets/draw.h"

namespace orrery::widgets {

// A piece of text on one line in one style. Positions are relative to the document's top left corner.
struct ProseRun {
  std::string text;
  float x = 0, baseline = 0, width = 0;
  float top = 0, bottom = 0;  // of its line, for selecting
  float points = kBody;
  Face face = Face::Regular;
  viewmodel::SpanKind kind = viewmodel::SpanKind::Text;
  std::string ref;  // of a Term
  int block = 0;
  bool ends_block = false;
};

// A block's place; `content` is where its text lies.
struct ProseBox {
  Rect rect;
  int block = 0;
};

struct ProseLayout {
  std::vector<ProseRun> runs;
  std::vector<ProseBox> boxes;  // one a block
  float height = 0;
};

// What is written on a Code block's buttons.
struct ProseLabels {
  std::string run, type, copy;
};

ProseLayout lay_out(const Pen& pen, const viewmodel::Document& document, float width, const ProseLabels& labels);
// Room that a Code block's buttons need, side by side, at the end of its last line or below it.
float code_buttons_width(const Pen& pen, const viewmodel::Block& block, const ProseLabels& labels);

}  // namespace orrery::widgets
