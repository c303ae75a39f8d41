#include "playground/views/links_view.h"

#include <algorithm>
#include <set>

#include "playground/viewmodel/object_graph.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::GraphNode;
using viewmodel::ObjectGraph;
using viewmodel::Word;

constexpr float kBoxH = 56, kRowGap = 16, kBoxMin = 112, kBoxMax = 200, kGap = 72, kTop = 8;

class Graph {
 public:
  Graph(const Pen& pen, const viewmodel::Model& model, const ObjectGraph& graph, const Rect& rect) : pen_(pen), model_(model), graph_(graph), rect_(rect) {
    const float columns = float(std::max(1, graph.columns));
    box_w_ = std::clamp((rect.w - kGap * (columns - 1)) / columns, kBoxMin, kBoxMax);
  }

  float height() const {
    int rows = 1;
    for (const GraphNode& node : graph_.nodes) rows = std::max(rows, node.row + 1);
    return float(rows) * (kBoxH + kRowGap) + kTop + 24;
  }
  float width() const { return float(graph_.columns) * (box_w_ + kGap); }

  void draw(commands::CommandQueue& queue) {
    std::set<std::pair<int, Word>> named;  // each relation once a gap
    for (const viewmodel::GraphEdge& edge : graph_.edges) arrow(edge, named.insert({graph_.nodes[edge.from].column, edge.relation}).second);
    for (const GraphNode& node : graph_.nodes) box(node, queue);
    for (std::size_t column = 0; column < graph_.left_out.size(); ++column) {
      if (graph_.left_out[column] == 0) continue;
      const float x = rect_.x + float(column) * (box_w_ + kGap), y = rect_.y + kTop + float(viewmodel::kGraphRowsMax) * (kBoxH + kRowGap);
      pen_.text_mid(x + 8, y + 8, model_.say(Word::map_more, {std::to_string(graph_.left_out[column])}), pen_.colors().soft, kSmall);
    }
  }

 private:
  Rect place(const GraphNode& node) const {
    return {rect_.x + float(node.column) * (box_w_ + kGap), rect_.y + kTop + float(node.row) * (kBoxH + kRowGap), box_w_, kBoxH};
  }

  void box(const GraphNode& node, commands::CommandQueue& queue) {
    const Palette& c = pen_.colors();
    const Rect rect = place(node);
    const bool self = node.ref == model_.selected;
    bool hovered = false;
    if (area(pen_, "graph/" + node.ref.kind + "/" + node.ref.ns + "/" + node.ref.name, rect, hovered) && !self)
      queue.push(commands::SelectObject{node.ref.kind, node.ref.ns, node.ref.name});
    if (hovered && !self) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (hovered) tip(pen_, node.ref.kind + " " + node.ref.name + (node.note.empty() ? "" : "  " + node.note));
    pen_.fill(rect, self || hovered ? c.tint : c.surface);
    if (self) pen_.outline(rect, c.accent, 2);
    float x = rect.x + 10;
    if (node.has_sign) pen_.sign(x + 5, rect.y + 18, 5, node.tone, pen_.theme->tone(node.tone)), x += 16;
    pen_.text_mid(x, rect.y + 18, pen_.fitted(node.ref.kind, rect.right() - x - 8, kSmall), c.soft, kSmall);
    pen_.text_mid(rect.x + 10, rect.y + 38, pen_.fitted_middle(node.ref.name, rect.w - 18, kSmall, Face::Bold), c.ink, kSmall, Face::Bold);
  }

  void arrow(const viewmodel::GraphEdge& edge, bool named) {
    const Palette& c = pen_.colors();
    const Rect from = place(graph_.nodes[edge.from]), to = place(graph_.nodes[edge.to]);
    const ImVec2 a = {from.right(), from.cy()}, d = {to.x - 2, to.cy()};
    const float bend = std::max(16.0f, (d.x - a.x) * 0.5f);
    pen_.list->AddBezierCubic(a, {a.x + bend, a.y}, {d.x - bend, d.y}, d, c.soft, 1.5f);
    pen_.list->AddTriangleFilled({d.x + 2, d.y}, {d.x - 6, d.y - 4}, {d.x - 6, d.y + 4}, c.soft);
    if (!named) return;
    const std::string text = pen_.fitted(model_.say(edge.relation), kGap - 8, kSmall);
    const float w = pen_.width(text, kSmall), x = (a.x + d.x) / 2, y = (a.y + d.y) / 2;
    pen_.fill({x - w / 2 - 4, y - 9, w + 8, 18}, c.ground, 4);
    pen_.text_center(x, y, text, c.soft, kSmall);
  }

  const Pen& pen_;
  const viewmodel::Model& model_;
  const ObjectGraph& graph_;
  Rect rect_;
  float box_w_ = kBoxMin;
};

}  // namespace

void draw_links(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& rect) {
  const Pen pen = begin_region(state.theme, "links", rect, true);
  LinksState& cache = state.links;
  if (cache.version != model.cluster.version || !(cache.of == model.selected) || cache.language != model.language)
    cache = {model.cluster.version, model.selected, model.language, object_graph(model, model.selected)};
  const float x = rect.x - ImGui::GetScrollX(), y = rect.y - ImGui::GetScrollY();
  if (cache.graph.nodes.empty()) {
    paragraph(pen, x, y + 4, rect.w, model.say(Word::graph_unknown), pen.colors().soft);
  } else {
    Graph graph(pen, model, cache.graph, {x, y, rect.w - 12, rect.h});
    graph.draw(queue);
    float below = y + graph.height();
    if (cache.graph.nodes.size() == 1) below += paragraph(pen, x, y + kTop + kBoxH + 16, rect.w - 12, model.say(Word::graph_alone), pen.colors().soft);
    ImGui::SetCursorScreenPos(ImVec2(x + graph.width(), below));
    ImGui::Dummy(ImVec2(1, 1));
  }
  end_region();
}

}  // namespace orrery::views
