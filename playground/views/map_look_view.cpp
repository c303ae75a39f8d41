#include "playground/views/map_look_view.h"

#include <algorithm>

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Colouring;
using viewmodel::Grouping;
using viewmodel::LegendRow;
using viewmodel::MapLook;
using viewmodel::Word;

constexpr float kLookRow = 32, kLegendRow = 24, kLookEdge = 12, kHeading = 28, kColumnsGap = 16;
constexpr float kLegendBeside = 720;  // a narrower map lies under its legend

struct Choice {
  std::string label, group, colour;
  bool chosen = false;
};

std::vector<Choice> groupings(const viewmodel::Model& model, const std::vector<std::string>& keys) {
  const MapLook& look = model.look;
  std::vector<Choice> out = {{model.say(Word::look_by_node), "node", "", look.grouping == Grouping::Node},
                             {model.say(Word::look_by_namespace), "namespace", "", look.grouping == Grouping::Namespace},
                             {model.say(Word::look_by_owner), "owner", "", look.grouping == Grouping::Owner}};
  for (const std::string& key : keys)
    out.push_back({model.say(Word::look_by_label, {key}), "label:" + key, "", look.grouping == Grouping::Label && look.label == key});
  return out;
}

std::vector<Choice> colourings(const viewmodel::Model& model) {
  const Colouring now = model.look.colouring;
  return {{model.say(Word::look_status), "", "status", now == Colouring::Status},
          {model.say(Word::look_phase), "", "phase", now == Colouring::Phase},
          {model.say(Word::look_readiness), "", "readiness", now == Colouring::Readiness},
          {model.say(Word::look_requests), "", "requests", now == Colouring::Requests}};
}

float widest(const Pen& pen, const std::vector<Choice>& choices) {
  float width = 0;
  for (const Choice& choice : choices) width = std::max(width, pen.width(choice.label, kSmall, Face::Bold));
  return width + 40;
}

float choice_column(const Pen& pen, const std::string& title, const std::vector<Choice>& choices, const Rect& rect, commands::CommandQueue& queue) {
  pen.text_mid(rect.x + 8, rect.y + kHeading / 2, pen.fitted(title, rect.w - 8, kSmall), pen.colors().soft, kSmall);
  float y = rect.y + kHeading;
  for (const Choice& choice : choices) {
    const Rect row = {rect.x, y, rect.w, kLookRow};
    bool hovered = false;
    if (area(pen, "look/" + choice.group + choice.colour, row, hovered)) queue.push(commands::SetMapLook{choice.group, choice.colour});
    if (hovered) {
      pen.fill(row, pen.colors().tint);
      ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    }
    if (choice.chosen) pen.sign(row.x + 14, row.cy(), 5, Tone::Done, pen.colors().accent);
    pen.text_mid(row.x + 28, row.cy(), pen.fitted(choice.label, row.w - 32, kSmall, choice.chosen ? Face::Bold : Face::Regular), pen.colors().ink, kSmall,
                 choice.chosen ? Face::Bold : Face::Regular);
    y += kLookRow;
  }
  return y;
}

const std::vector<LegendRow>& rows(const viewmodel::Model& model, MapState& map) {
  if (map.legend_version != model.cluster.version || !(map.legend_look == model.look) || map.legend_language != model.language) {
    map.legend = legend(model.cluster, model.look.colouring, model.language);
    map.legend_version = model.cluster.version;
    map.legend_look = model.look;
    map.legend_language = model.language;
    map.label_keys = label_keys(model.cluster);
  }
  return map.legend;
}

float legend_width(const Pen& pen, const std::vector<LegendRow>& rows) {
  float width = 0;
  for (const LegendRow& row : rows) width = std::max(width, pen.width(row.text, kSmall) + pen.width(std::to_string(row.pods), kSmall));
  return width + 28 + 16;
}

// Returns where they end. `all`: also those that no pod is.
float legend_rows(const Pen& pen, const std::vector<LegendRow>& rows, const Rect& rect, bool all) {
  float y = rect.y;
  for (const LegendRow& row : rows) {
    const bool none = row.pods == 0;
    if (none && !all) continue;
    const ImU32 ink = none ? pen.colors().soft : pen.colors().ink;
    draw_mark(pen, rect.x + 8, y + kLegendRow / 2, 6, row.mark, none ? pen.colors().soft : pen.theme->tone(row.mark.tone));
    const std::string count = std::to_string(row.pods);
    const float count_w = pen.width(count, kSmall);
    pen.text_mid(rect.x + 24, y + kLegendRow / 2, pen.fitted(row.text, rect.w - 24 - count_w - 8, kSmall), ink, kSmall);
    pen.text_mid(rect.right() - count_w, y + kLegendRow / 2, count, pen.colors().soft, kSmall);
    y += kLegendRow;
  }
  return y;
}

bool shows_legend(const viewmodel::Model& model) { return model.look.colouring != Colouring::Status && shows(model, "look"); }

// Of the opened choice's two columns, and of it all.
struct Widths {
  float left = 0, right = 0, all = 0;
};

Widths widths(const Pen& pen, const viewmodel::Model& model, MapState& map) {
  const std::vector<LegendRow>& signs = rows(model, map);
  Widths out;
  out.left = std::max(widest(pen, groupings(model, map.label_keys)), 120.0f);
  out.right = std::max(widest(pen, colourings(model)), legend_width(pen, signs) + 8);
  const float keys = pen.width(model.say(Word::look_keys), kSmall) + 16;
  out.all = 2 * kLookEdge + std::max(out.left + kColumnsGap + out.right, keys);
  return out;
}

void panel(const Pen& below, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& map) {
  const std::vector<LegendRow>& signs = rows(model, state.map);
  const std::vector<Choice> groups = groupings(model, state.map.label_keys), colours = colourings(model);
  const Widths wide = widths(below, model, state.map);
  const float left_w = wide.left, right_w = std::max(wide.right, wide.all - 2 * kLookEdge - kColumnsGap - left_w), width = wide.all;
  const float right_h = kHeading + kLookRow * float(colours.size()) + 8 + kLegendRow * float(signs.size());
  const float height = 2 * kLookEdge + std::max(kHeading + kLookRow * float(groups.size()), right_h) + 24;
  const Rect box = {std::max(map.x + 8, map.right() - 8 - width), map.y + 52, std::min(width, map.w - 16), std::min(height, map.h - 60)};
  const Pen pen = begin_overlay(state.theme, "look", box);
  pen.fill(box, pen.colors().surface, 12);
  pen.outline(box, pen.colors().line, 1, 12);
  const float x = box.x + kLookEdge, y = box.y + kLookEdge;
  choice_column(pen, model.say(Word::look_group), groups, {x, y, left_w, 0}, queue);
  const float right = x + left_w + kColumnsGap;
  const float end = choice_column(pen, model.say(Word::look_colour), colours, {right, y, right_w, 0}, queue);
  pen.line(right + 8, end + 4, right + right_w, end + 4, pen.colors().line);
  legend_rows(pen, signs, {right + 8, end + 8, right_w - 8, 0}, true);
  pen.text_mid(x + 8, box.bottom() - 18, pen.fitted(model.say(Word::look_keys), box.w - 2 * kLookEdge - 8, kSmall), pen.colors().soft, kSmall);
  end_region();
}

}  // namespace

void draw_mark(const Pen& pen, float cx, float cy, float radius, const viewmodel::PodMark& mark, ImU32 color) {
  if (mark.gauge) pen.gauge(cx, cy, radius, mark.level, mark.open, color);
  else pen.sign(cx, cy, radius, mark.tone, color);
}

float draw_look_button(const Pen& pen, const viewmodel::Model& model, ViewState& state, float right, float y) {
  const std::string label = model.say(Word::look_button);
  const float width = button_width(pen, label, kSmall);
  if (button(pen, {"look", {right - width, y, width, 40}, label, ButtonLook::Plain, true, state.map.look_open, kSmall, model.say(Word::look_keys)}))
    state.map.look_open = !state.map.look_open;
  return right - width;
}

void draw_look(const Pen& below, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& map) {
  if (ImGui::IsKeyPressed(ImGuiKey_Escape)) state.map.look_open = false;
  if (state.map.look_open) return panel(below, model, state, queue, map);
  if (!shows_legend(model)) return;
  const std::vector<LegendRow>& signs = rows(model, state.map);
  float height = 16;
  for (const LegendRow& row : signs) height += row.pods > 0 ? kLegendRow : 0;
  const Rect box = {map.x + 16, map.bottom() - 16 - height, legend_width(below, signs) + 24, height};
  if (box.y < map.y) return;
  below.fill(box, with_alpha(below.colors().ground, 0.92f), 8);
  legend_rows(below, signs, {box.x + 12, box.y + 8, box.w - 24, 0}, false);
}

float legend_space(const Pen& pen, const viewmodel::Model& model, ViewState& state, const Rect& map) {
  if (!shows_legend(model) || state.map.look_open || map.w < kLegendBeside) return 0;
  return legend_width(pen, rows(model, state.map)) + 24;
}

float look_space(const Pen& pen, const viewmodel::Model& model, ViewState& state, const Rect& map) {
  if (!state.map.look_open || !shows(model, "look") || map.w < kLegendBeside) return 0;
  return widths(pen, model, state.map).all;
}

void read_look_keys(const viewmodel::Model& model, commands::CommandQueue& queue) {
  if (!ImGui::GetIO().KeyAlt) return;
  MapLook look = model.look;
  if (ImGui::IsKeyPressed(ImGuiKey_G, false)) look = next_grouping(model.cluster, look);
  if (ImGui::IsKeyPressed(ImGuiKey_C, false)) look = next_colouring(look);
  if (!(look == model.look)) queue.push(commands::SetMapLook{group_name(look), colour_name(look)});
}

}  // namespace orrery::views
