#include "playground/widgets/prose_layout.h"

#include <algorithm>
#include <cmath>

#include "playground/viewmodel/utf8.h"
#include "playground/widgets/controls.h"

namespace orrery::widgets {
namespace {

using viewmodel::Block;
using viewmodel::BlockKind;
using viewmodel::Span;
using viewmodel::SpanKind;

constexpr float kCodeLine = 24, kLineHeight = 1.6f;
constexpr float kCodeMargin = 4;  // its ground reaches so far beyond the letters
constexpr float kCopyButton = 32;  // a sign
constexpr float kButtonRow = 36;   // below code that leaves its buttons no room beside it

struct BlockStyle {
  float points = kBody;
  Face face = Face::Regular;
  float before = 16;     // space above
  float indent = 0;      // of the text, from the left
  float pad = 0;         // inside the box, above and below
  float side = 0;        // inside the box, left and right
};

BlockStyle style_of(const Block& block) {
  switch (block.kind) {
    case BlockKind::Heading: return {block.level <= 1 ? kDisplay : block.level == 2 ? kTitle : kBody, Face::Bold, block.level <= 1 ? 8.f : 24.f};
    case BlockKind::Bullet: return {.before = 8, .indent = 20};
    case BlockKind::Code: return {.before = 16, .pad = 12, .side = 16};
    case BlockKind::Note: return {.before = 24, .pad = 16, .side = 16};
    case BlockKind::Goal: return {.before = 12, .indent = 28};
    case BlockKind::Feedback: return {.before = 8, .indent = 28};
    case BlockKind::Choice: return {.before = 8, .indent = 28, .pad = 8, .side = 16};
    case BlockKind::Button: return {.before = 16, .pad = 8, .side = 16};
    case BlockKind::Slot: return {.before = 8};
    case BlockKind::Paragraph: break;
  }
  return {};
}

// Where a piece that is too long for its line may part, so that each half can still be read: after a sign such as '=' or '/',
// before a dot. 0: nowhere.
std::size_t parting(const std::string& part) {
  constexpr std::size_t kLeast = 4;  // "--" and "/" alone would look lost
  for (std::size_t at = part.size(); at >= kLeast; --at) {
    if (std::string_view("=/,:-_@").find(part[at - 1]) != std::string_view::npos) return at;
    if (at < part.size() && part[at] == '.') return at;
  }
  return 0;
}

class Composer {
 public:
  Composer(const Pen& pen, float width, const ProseLabels& labels) : pen_(pen), width_(width), labels_(labels) {}

  void add(const Block& block, int index) {
    const BlockStyle style = style_of(block);
    if (index > 0) y_ += style.before;
    const float top = y_;
    block_ = index;
    ref_.clear();
    left_ = style.side + style.indent;
    right_ = width_ - style.side;
    y_ += style.pad;
    if (block.kind == BlockKind::Code) code(block);
    else flow(block, style);
    y_ += style.pad;
    if (!out_.runs.empty()) out_.runs.back().ends_block = true;
    if (block.kind == BlockKind::Button) {
      float label = 0;  // the longest line's end
      for (auto run = out_.runs.rbegin(); run != out_.runs.rend() && run->block == index; ++run) label = std::max(label, run->x + run->width);
      out_.boxes.push_back({{0, top, std::min(width_, label + style.side), y_ - top}, index});
    } else {
      out_.boxes.push_back({{0, top, width_, y_ - top}, index});
    }
  }

  ProseLayout take() {
    out_.height = y_;
    return std::move(out_);
  }

 private:
  // No letter is ever under its buttons: they stand behind the last line, or in a row of their own.
  void code(const Block& block) {
    const float step = pen_.theme->size(kCodeLine);
    std::size_t from = 0;
    while (from <= block.text.size()) {
      std::size_t end = block.text.find('\n', from);
      if (end == std::string::npos) end = block.text.size();
      if (end == block.text.size() && end == from && from > 0) break;  // after a last line break
      put_code_line(block.text.substr(from, end - from), step);
      from = end + 1;
    }
    const ProseRun& last = out_.runs.back();
    if (last.x + last.width + code_buttons_width(pen_, block, labels_) > width_) y_ += kButtonRow;
  }

  // A line of code breaks at a space, else at a sign, else anywhere: nothing that can be typed is hidden.
  void put_code_line(std::string line, float step) {
    do {
      std::string part = line;
      while (pen_.width(part, kBody, Face::Mono) > right_ - left_ && part.size() > 1)
        part.resize(viewmodel::previous_point(part, part.size()));
      const std::size_t space = part.rfind(' ');
      if (part.size() < line.size() && space != std::string::npos && space > part.find_first_not_of(' ')) part.resize(space + 1);
      else if (const std::size_t at = part.size() < line.size() ? parting(part) : 0; at > 0) part.resize(at);
      const float mid = y_ + step / 2;
      put(part, left_, mid, y_, y_ + step, kBody, Face::Mono, SpanKind::Text);
      y_ += step;
      line = line.substr(part.size());
    } while (!line.empty());
  }

  void flow(const Block& block, const BlockStyle& style) {
    const float em = pen_.theme->size(style.points);
    step_ = std::round(em * (style.points >= kTitle ? 1.35f : kLineHeight));
    x_ = left_;
    for (std::size_t i = 0; i < block.spans.size(); ++i) words(block.spans[i], style, glued(block, i + 1, style));
    y_ += step_;
  }

  static Face face_of(const Span& span, const BlockStyle& style) {
    return span.kind == SpanKind::Code ? Face::Mono : span.kind == SpanKind::Strong ? Face::Bold : style.face;
  }

  // How wide the piece is that follows without a space: a comma after a command, a particle after a name.
  float glued(const Block& block, std::size_t next, const BlockStyle& style) const {
    if (next >= block.spans.size() || block.spans[next - 1].text.empty() || block.spans[next - 1].text.back() == ' ') return 0;
    const Span& span = block.spans[next];
    const std::string piece = span.text.substr(0, span.text.find(' '));
    return pen_.width(piece, style.points, face_of(span, style)) + (block.spans[next - 1].kind == SpanKind::Code ? kCodeMargin : 0);
  }

  // `tail`: the width of what is glued to its last word.
  void words(const Span& span, const BlockStyle& style, float tail) {
    const Face face = face_of(span, style);
    const float margin = span.kind == SpanKind::Code && x_ > left_ ? kCodeMargin : 0;
    x_ += margin;
    for (std::size_t from = 0; from < span.text.size();) {
      std::size_t end = span.text.find(' ', from);
      end = end == std::string::npos ? span.text.size() : end + 1;  // a word carries its space
      ref_ = span.ref;
      word(span.text.substr(from, end - from), style.points, face, span.kind, end == span.text.size() ? tail : 0);
      from = end;
    }
    if (span.kind == SpanKind::Code) x_ += kCodeMargin;
  }

  void word(std::string text, float points, Face face, SpanKind kind, float tail) {
    std::string bare = text;
    while (!bare.empty() && bare.back() == ' ') bare.pop_back();
    if (left_ + pen_.width(bare, points, face) + tail > right_) tail = 0;  // too long together
    if (x_ > left_ && !bare.empty() && x_ + pen_.width(bare, points, face) + tail > right_ + 0.5f) {
      y_ += step_;
      x_ = left_;
    }
    while (pen_.width(bare, points, face) > right_ - left_ && bare.size() > 1) {  // longer than a line
      std::string part = bare;
      while (pen_.width(part, points, face) > right_ - left_ && part.size() > 1)
        part.resize(viewmodel::previous_point(part, part.size()));
      if (const std::size_t at = parting(part); at > 0) part.resize(at);
      put(part, x_, y_ + step_ / 2, y_, y_ + step_, points, face, kind);
      y_ += step_;
      text = text.substr(part.size());
      bare = bare.substr(part.size());
    }
    put(text, x_, y_ + step_ / 2, y_, y_ + step_, points, face, kind);
    x_ += out_.runs.back().width;
  }

  // Joins the run before when it goes on in the same style: fewer and longer runs draw faster and copy better.
  void put(const std::string& text, float x, float mid, float top, float bottom, float points, Face face, SpanKind kind) {
    const float baseline = std::round(mid + pen_.theme->size(points) * 0.36f);
    if (!out_.runs.empty()) {
      ProseRun& last = out_.runs.back();
      if (last.block == block_ && !last.ends_block && last.baseline == baseline && last.face == face && last.kind == kind &&
          last.top == top && last.ref == ref_) {
        last.text += text;
        last.width = pen_.width(last.text, points, face);
        x_ = last.x;
        return;
      }
    }
    ProseRun run;
    run.text = text;
    run.x = x;
    run.baseline = baseline;
    run.width = pen_.width(text, points, face);
    run.top = top;
    run.bottom = bottom;
    run.points = points;
    run.face = face;
    run.kind = kind;
    run.ref = ref_;
    run.block = block_;
    out_.runs.push_back(run);
  }

  const Pen& pen_;
  float width_;
  const ProseLabels& labels_;
  ProseLayout out_;
  int block_ = 0;
  std::string ref_;
  float x_ = 0, y_ = 0, step_ = 0, left_ = 0, right_ = 0;
};

}  // namespace

float code_buttons_width(const Pen& pen, const Block& block, const ProseLabels& labels) {
  const float copy = kCopyButton + 16;
  return block.action.empty() ? copy : copy + button_width(pen, block.action == "type" ? labels.type : labels.run, kSmall) + 4;
}

ProseLayout lay_out(const Pen& pen, const viewmodel::Document& document, float width, const ProseLabels& labels) {
  Composer composer(pen, width, labels);
  for (std::size_t i = 0; i < document.blocks.size(); ++i) composer.add(document.blocks[i], int(i));
  return composer.take();
}

}  // namespace orrery::widgets
