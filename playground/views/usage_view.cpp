#include "playground/views/usage_view.h"

#include <algorithm>

#include "playground/viewmodel/revisions.h"
#include "playground/viewmodel/usage_plots.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Nanos;
using viewmodel::UsageLine;
using viewmodel::UsagePlot;

constexpr float kPlotH = 96, kPlotW = 560;        // calm: no wider than it needs to be
constexpr float kBesideW = 640, kBesideGap = 32;  // from here on CPU and memory stand side by side
constexpr float kPointR = 2.5f;

class Plot {
 public:
  Plot(const Pen& pen, const UsagePlot& plot, const Rect& rect) : pen_(pen), plot_(plot), rect_(rect) {}

  void draw() const {
    const Palette& c = pen_.colors();
    pen_.fill(rect_, c.surface, 4);
    pen_.line(rect_.x, rect_.bottom(), rect_.right(), rect_.bottom(), c.line);
    for (const UsageLine& line : plot_.lines) bound(line);
    values();
  }

 private:
  float x_of(Nanos at) const {
    return rect_.x + 8 + (rect_.w - 16) * float(double(at - plot_.from) / double(plot_.to - plot_.from));
  }
  float y_of(std::int64_t value) const { return rect_.bottom() - rect_.h * float(double(value) / double(plot_.top)); }

  // What it may not go over is a whole line, what it has reserved a broken one.
  void bound(const UsageLine& line) const {
    const float y = y_of(line.value);
    if (line.limit)
      pen_.line(rect_.x, y, rect_.right(), y, pen_.colors().soft);
    else
      for (float x = rect_.x; x < rect_.right(); x += 8)
        pen_.line(x, y, std::min(x + 4, rect_.right()), y, pen_.colors().soft);
    // Under its line when another one's label stands above it.
    const float above = y - 9, below = y + 9;
    const bool crowded = std::any_of(plot_.lines.begin(), plot_.lines.end(), [&](const UsageLine& other) {
      return other.value > line.value && y - y_of(other.value) < 20;
    });
    pen_.text_mid(rect_.x + 8, crowded || above < rect_.y + 4 ? below : above, line.label, pen_.colors().soft, kSmall);
  }

  void values() const {
    const ImU32 color = pen_.colors().accent;
    for (std::size_t i = 0; i < plot_.points.size(); ++i) {
      const auto& [at, value] = plot_.points[i];
      const float x = x_of(at), y = y_of(value);
      if (i > 0 && at - plot_.points[i - 1].first <= viewmodel::kUsageGap)
        pen_.line(x_of(plot_.points[i - 1].first), y_of(plot_.points[i - 1].second), x, y, color, 2);
      pen_.list->AddCircleFilled({x, y}, kPointR, color);
    }
  }

  const Pen& pen_;
  const UsagePlot& plot_;
  const Rect rect_;
};

float draw_plot(const Pen& pen, const viewmodel::Model& model, const UsagePlot& plot, float x, float y, float width) {
  const float top = y;
  pen.text_mid(x, y + 12, model.say(plot.title), pen.colors().ink, kBody, Face::Bold);
  y += 32;
  const float w = std::min(width, kPlotW);
  Plot(pen, plot, {x, y, w, kPlotH}).draw();
  y += kPlotH;
  const std::string from = viewmodel::time_of_day(plot.from), to = viewmodel::time_of_day(plot.to);
  pen.text_mid(x, y + 12, from, pen.colors().soft, kSmall);
  pen.text_mid(x + w - pen.width(to, kSmall), y + 12, to, pen.colors().soft, kSmall);
  y += 24;
  y += paragraph(pen, x, y, width, plot.sentence, pen.colors().ink, kSmall, 1.5f);
  return y + 20 - top;
}

}  // namespace

void draw_usage(const viewmodel::Model& model, ViewState& state, const Rect& rect) {
  const Pen pen = begin_region(state.theme, "usage", rect, true);
  const viewmodel::UsagePlots plots = usage_plots(model);
  const float width = rect.w - 16;
  float y = rect.y + 4 - ImGui::GetScrollY();
  if (!plots.why_none.empty()) y += paragraph(pen, rect.x, y, width, plots.why_none, pen.colors().soft) + 16;
  const bool beside = width >= kBesideW;
  const float one = beside ? std::min((width - kBesideGap) / 2, kPlotW) : width;
  float x = rect.x, row = 0;
  for (const UsagePlot& plot : plots.plots) {
    const float height = draw_plot(pen, model, plot, x, y, one);
    if (beside)
      x += one + kBesideGap, row = std::max(row, height);
    else
      y += height;
  }
  y += row;
  if (!plots.plots.empty()) {
    y += paragraph(pen, rect.x, y, width, model.say(viewmodel::Word::usage_about), pen.colors().soft, kSmall, 1.5f);
    pen.text_mid(rect.x, y + 12, pen.fitted(plots.command, width, kSmall, Face::Mono), pen.colors().ink, kSmall,
                 Face::Mono);
    y += 24;
  }
  ImGui::SetCursorScreenPos(ImVec2(rect.x, y + 8));
  ImGui::Dummy(ImVec2(1, 1));
  end_region();
}

}  // namespace orrery::views
