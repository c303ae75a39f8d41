#include "playground/views/layers_view.h"

#include <algorithm>

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Word;

constexpr Word kLayers[] = {Word::layer_application, Word::layer_data,    Word::layer_middleware, Word::layer_runtime, Word::layer_os,
                            Word::layer_virtualisation, Word::layer_servers, Word::layer_storage, Word::layer_network, Word::layer_facilities};
constexpr int kLayerCount = 10;
constexpr float kColumnHead = 84, kBareHead = 32;  // with the kitchen, and without
constexpr float kRowLeast = 18, kRowMost = 36, kRowGood = 23;

struct Offer {
  Word name, kitchen, night;
  int yours;  // so many layers from the top are yours
};

constexpr Offer kOffers[] = {
    {Word::layers_onprem, Word::layers_onprem_kitchen, Word::layers_onprem_night, 10},
    {Word::layers_iaas, Word::layers_iaas_kitchen, Word::layers_iaas_night, 5},
    {Word::layers_paas, Word::layers_paas_kitchen, Word::layers_paas_night, 2},
    {Word::layers_saas, Word::layers_saas_kitchen, Word::layers_saas_night, 0},
};

// The kitchen: a table, a stove, a shelf and a hand; what you bring is in the accent, what you rent in outline.
void kitchen(const Pen& pen, const Rect& rect, int offer) {
  const Palette& c = pen.colors();
  const float x = rect.cx() - 48, y = rect.y;
  const auto mine = [&](int from) { return offer <= from; };
  const auto part = [&](const Rect& r, bool yours, float radius) {
    if (yours) pen.fill(r, c.accent, radius);
    else pen.outline(r, c.soft, 1.5f, radius);
  };
  part({x, y + 34, 96, 6}, mine(0), 2);                    // floor and walls
  part({x + 8, y + 14, 24, 20}, mine(0), 3);               // stove
  part({x + 40, y + 20, 20, 14}, mine(1), 6);              // pot: the cook's work
  part({x + 68, y + 18, 16, 16}, mine(2), 8);              // ingredients, recipe
  if (offer == 3) pen.list->AddCircle({x + 76, y + 26}, 4, c.soft, 0, 1.5f);  // a coin
}

void column(const Pen& pen, const viewmodel::Model& model, const Offer& offer, int index, const Rect& rect, float row, bool bare, bool chosen) {
  const Palette& c = pen.colors();
  pen.text_center(rect.cx(), rect.y + 14, model.say(offer.name), c.ink, kBody, Face::Bold);
  if (!bare) kitchen(pen, {rect.x, rect.y + 28, rect.w, 48}, index);
  const float top = rect.y + (bare ? kBareHead : kColumnHead);
  for (int i = 0; i < kLayerCount; ++i) {
    const bool yours = i < offer.yours;
    const Rect cell = {rect.x, top + float(i) * row, rect.w, row - (row < kRowGood ? 2 : 4)};
    pen.fill(cell, yours ? (chosen ? c.accent : blend(c.ground, c.accent, 0.82f)) : c.surface, 4);
    pen.text_center(cell.cx(), cell.cy(), pen.fitted(model.say(kLayers[i]), cell.w - 12, kSmall), yours ? c.on_accent : c.soft, kSmall);
  }
  if (chosen) pen.fill({rect.x, top + float(kLayerCount) * row + 2, rect.w, 3}, c.accent, 1.5f);
}

void legend(const Pen& pen, const viewmodel::Model& model, float right, float y) {
  const Palette& c = pen.colors();
  const std::string you = model.say(Word::layers_you), provider = model.say(Word::layers_provider);
  float x = right - pen.width(you, kSmall) - pen.width(provider, kSmall) - 72;
  pen.fill({x, y - 7, 14, 14}, c.accent, 3);
  pen.text_mid(x + 22, y, you, c.soft, kSmall);
  x += 22 + pen.width(you, kSmall) + 20;
  pen.fill({x, y - 7, 14, 14}, c.line, 3);
  pen.text_mid(x + 22, y, provider, c.soft, kSmall);
}

}  // namespace

void LayersView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue&) {
  const Rect& view = state.layout.main;
  Pen pen = begin_region(state.theme, "layers", view, true);
  const Palette& c = pen.colors();
  const float x = view.x + kPadding, width = view.w - 2 * kPadding - 8;
  float y = view.y + 8 - ImGui::GetScrollY();
  pen.text_mid(x, y + 16, model.say(Word::layers_title), c.ink, kTitle, Face::Bold);
  legend(pen, model, x + width, y + 16);
  y += 40;
  const Offer& offer = kOffers[state.layer_column];
  y += paragraph(pen, x, y, width, model.say(offer.kitchen), c.ink);
  y += paragraph(pen, x, y, width, model.say(offer.night), c.ink) + 8;
  const float gap = 16, column_w = (width - 3 * gap) / 4;
  const std::string where = model.say(Word::layers_where_k8s);
  const std::string counts = model.say(Word::layers_counts, {std::to_string(model.cluster.nodes.size()), std::to_string(model.cluster.pods.size())});
  const auto small = [&](float at, const std::string& text, ImU32 ink) { return paragraph(pen, x, at, width, text, ink, kSmall, 1.5f); };
  // Measured off screen first: the rows take what the words below leave.
  const float foot = 20 + small(-10000, where, 0) + small(-10000, counts, 0) + 8;
  const float room = view.bottom() - (y + ImGui::GetScrollY()) - foot;
  const bool bare = (room - kColumnHead) / kLayerCount < kRowGood;
  const float head = bare ? kBareHead : kColumnHead;
  const float row = std::clamp((room - head) / kLayerCount, kRowLeast, kRowMost);
  for (int i = 0; i < 4; ++i) {
    const Rect rect = {x + float(i) * (column_w + gap), y, column_w, head + row * kLayerCount};
    bool hovered = false;
    if (area(pen, "offer" + std::to_string(i), rect, hovered)) state.layer_column = i;
    if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    column(pen, model, kOffers[i], i, rect, row, bare, state.layer_column == i);
  }
  y += head + row * kLayerCount + 12;
  y += small(y, where, c.soft);
  y += small(y, counts, c.soft);
  ImGui::SetCursorScreenPos(ImVec2(x, y));
  ImGui::Dummy(ImVec2(1, 1));
  end_region();
}

}  // namespace orrery::views
