#include "playground/views/why_view.h"

#include <algorithm>

#include "playground/viewmodel/pod_words.h"
#include "playground/views/pod_choice.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Placement;
using viewmodel::PlacementNode;
using viewmodel::Word;

constexpr float kRow = 36, kNameWidth = 150, kTotalWidth = 64, kHead = 56;
constexpr std::size_t kRowsMax = 40;

// "NodeResourcesBalancedAllocation" in a narrow column: broken before its capitals into at most three lines.
std::vector<std::string> broken(const Pen& pen, const std::string& name, float room) {
  std::vector<std::string> lines(1);
  std::string word;
  const auto flush = [&] {
    if (!lines.back().empty() && pen.width(lines.back() + word, kSmall) > room) lines.emplace_back();
    lines.back() += word;
    word.clear();
  };
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') flush();
    word += c;
  }
  flush();
  return lines;
}

class Table {
 public:
  Table(const Pen& pen, const viewmodel::Model& model, float x, float width)
      : pen_(pen), model_(model), x_(x), width_(width) {
    for (const PlacementNode& node : model.placement.nodes)
      if (columns_.empty() && node.fits()) columns_ = node.scores;
    column_ = columns_.empty() ? 0 : (width - kNameWidth - kTotalWidth) / float(columns_.size());
  }

  float draw(float y) {
    const float top = y;
    if (!columns_.empty()) head(y), y += kHead;
    std::size_t shown = 0;
    for (const PlacementNode& node : model_.placement.nodes) {
      if (++shown > kRowsMax) break;
      row(node, y);
      y += kRow;
    }
    if (model_.placement.nodes.size() > kRowsMax) {
      pen_.text_mid(x_, y + 12, model_.say(Word::why_more, {std::to_string(model_.placement.nodes.size() - kRowsMax)}), pen_.colors().soft, kSmall);
      y += kRow;
    }
    return y - top;
  }

 private:
  float column_x(std::size_t i) const { return x_ + kNameWidth + float(i) * column_; }

  void head(float y) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string weight = columns_[i].weight == 1 ? "" : " ×" + std::to_string(columns_[i].weight);
      std::vector<std::string> lines = broken(pen_, columns_[i].plugin, column_ - 12);
      if (pen_.width(lines.back() + weight, kSmall) <= column_ - 12) lines.back() += weight;
      else lines.push_back(weight.substr(1));
      float line = y + kHead - 14 - 15 * float(lines.size() - 1);
      for (const std::string& text : lines) {
        pen_.text_mid(column_x(i), line, pen_.fitted(text, column_ - 8, kSmall), pen_.colors().soft, kSmall);
        line += 15;
      }
    }
    const std::string total = model_.say(Word::why_total);
    pen_.text_mid(x_ + width_ - pen_.width(total, kSmall), y + kHead - 14, total, pen_.colors().soft, kSmall);
  }

  void row(const PlacementNode& node, float y) {
    const Palette& c = pen_.colors();
    if (node.chosen) pen_.fill({x_ - 8, y, width_ + 16, kRow - 4}, c.tint);
    const float mid = y + kRow / 2 - 2;
    pen_.sign(x_ + 6, mid, 5, node.fits() ? Tone::Good : Tone::Bad, node.fits() ? c.good : c.bad);
    pen_.text_mid(x_ + 20, mid, pen_.fitted_middle(node.name, kNameWidth - 28, kSmall, node.chosen ? Face::Bold : Face::Regular), c.ink, kSmall,
                  node.chosen ? Face::Bold : Face::Regular);
    if (!node.fits()) return refusal(node, mid);
    for (std::size_t i = 0; i < node.scores.size() && i < columns_.size(); ++i) bar(node.scores[i], column_x(i), mid);
    const std::string total = std::to_string(node.total);
    pen_.text_mid(x_ + width_ - pen_.width(total, kSmall, Face::Bold), mid, total, c.ink, kSmall, Face::Bold);
  }

  void bar(const viewmodel::PlacementScore& score, float x, float mid) {
    const Palette& c = pen_.colors();
    const std::string text = std::to_string(score.score);
    const float room = std::max(8.0f, column_ - 48);
    pen_.fill({x, mid - 4, room, 8}, c.surface, 4);
    if (score.score > 0) pen_.fill({x, mid - 4, std::max(3.0f, room * float(score.score) / 100), 8}, c.accent, 4);
    pen_.text_mid(x + room + 6, mid, text, c.soft, kSmall);
  }

  void refusal(const PlacementNode& node, float mid) {
    std::string text;
    for (const std::string& reason : node.refusals) text += (text.empty() ? "" : ", ") + reason;
    const float x = x_ + kNameWidth;
    pen_.text_mid(x, mid, node.plugin, pen_.colors().ink, kSmall, Face::Bold);
    const float at = x + pen_.width(node.plugin, kSmall, Face::Bold) + 12;
    pen_.text_mid(at, mid, pen_.fitted(text, x_ + width_ - at, kSmall), pen_.colors().soft, kSmall);
  }

  const Pen& pen_;
  const viewmodel::Model& model_;
  float x_, width_, column_ = 0;
  std::vector<viewmodel::PlacementScore> columns_;
};

std::string summary(const viewmodel::Model& model, const viewmodel::Pod& pod) {
  const Placement& placement = model.placement;
  const auto fitting = std::count_if(placement.nodes.begin(), placement.nodes.end(), [](const PlacementNode& node) { return node.fits(); });
  const std::string fit = std::to_string(fitting), all = std::to_string(placement.nodes.size());
  if (!pod.node.empty() && placement.as_decided)
    return model.say(placement.tied > 1 ? Word::why_tied_then : Word::why_placed_then, {pod.node, fit, all, std::to_string(placement.tied)});
  if (!pod.node.empty()) return model.say(placement.tied > 1 ? Word::why_tied : Word::why_placed, {pod.node, fit, all, std::to_string(placement.tied)});
  if (!placement.evicts_on.empty()) return model.say(Word::why_evicts, {placement.evicts_on, std::to_string(placement.victims.size())});
  return model.say(fitting == 0 ? Word::why_nowhere : Word::why_soon, {fit, all});
}

std::string stretched(const viewmodel::Model& model) {
  const Placement& placement = model.placement;
  if (!placement.as_decided) return model.say(Word::why_stretched);
  return model.say(Word::why_decided, {viewmodel::age_text(model.cluster.clock.now - placement.decided)});
}

}  // namespace

void WhyView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Rect& view = state.layout.main;
  Pen pen = begin_region(state.theme, "why", view, true);
  const float x = view.x + kPadding, width = view.w - 2 * kPadding - 8;
  float y = view.y + 8 - ImGui::GetScrollY();
  const viewmodel::Pod* pod = selected_pod(model);
  if (!pod) {
    choose_pod(pen, model, queue, x, y, width);
    end_region();
    return;
  }
  pen.text_mid(x, y + 16, pen.fitted_middle(model.say(Word::why_title, {pod->name}), width, kTitle, Face::Bold), pen.colors().ink, kTitle, Face::Bold);
  y += 40;
  if (!model.placement.known) {
    paragraph(pen, x, y, width, model.say(Word::why_unknown), pen.colors().soft);
    end_region();
    return;
  }
  y += paragraph(pen, x, y, width, summary(model, *pod), pen.colors().soft) + 8;
  for (const std::string& victim : model.placement.victims) {
    pen.text_mid(x + 20, y + 12, model.say(Word::why_victim, {victim}), pen.colors().bad, kSmall);
    y += 24;
  }
  for (const auto& [reason, count] : count_refusals(model.placement)) {
    pen.text_mid(x + 20, y + 12, pen.fitted(std::to_string(count) + "  " + reason, width - 20, kSmall), pen.colors().soft, kSmall);
    y += 22;
  }
  y += 16 + Table(pen, model, x, width).draw(y + 16) + 24;
  y += paragraph(pen, x, y, width, stretched(model), pen.colors().soft, kSmall, 1.5f);
  ImGui::SetCursorScreenPos(ImVec2(x, y + 16));
  ImGui::Dummy(ImVec2(1, 1));
  end_region();
}

}  // namespace orrery::views
