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

ProseLayout lay_out(const Pen& pen, const viewmodel::Document& document, float width);

}  // namespace orrery::widgets
