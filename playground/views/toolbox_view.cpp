#include "playground/views/toolbox_view.h"

#include <algorithm>

#include "playground/viewmodel/toolbox.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Word;

constexpr float kRowMin = 24, kRowMax = 40, kEdge = 8;
constexpr std::size_t kStripsMax = 4;
constexpr float kStrip = 36;

}  // namespace

void draw_toolbox(const Pen& below, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& map) {
  const std::vector<viewmodel::FaultOffer> offers = fault_offers(model);
  if (offers.empty() || ImGui::IsKeyPressed(ImGuiKey_Escape)) state.map.toolbox = false;
  if (!state.map.toolbox) return;
  float widest = 0, lines = 0;
  for (const viewmodel::FaultOffer& offer : offers) {
    widest = std::max(widest, below.width(offer.label, kSmall));
    lines = std::max(lines, below.width("mend " + offer.fault, kSmall, Face::Mono));
  }
  const bool wide = 24 + widest + 24 + lines + 24 <= map.w - 2 * kPadding;  // a narrow page leaves the lines out
  const float width = std::min(24 + widest + (wide ? 24 + lines : 0) + 24, map.w - 2 * kPadding);
  const float row_height = std::clamp((map.h - 4 * kEdge) / float(offers.size()), kRowMin, kRowMax), height = float(offers.size()) * row_height + 2 * kEdge;
  const Rect box = {map.right() - kPadding - width, map.bottom() - height - kEdge, width, height};
  const Pen pen = begin_overlay(state.theme, "toolbox", box);
  pen.fill(box, pen.colors().surface, 12);
  pen.outline(box, pen.colors().line, 1, 12);
  float y = box.y + kEdge;
  for (const viewmodel::FaultOffer& offer : offers) {
    const std::string line = (offer.active ? "mend " : "break ") + offer.fault;
    const Rect row = {box.x + kEdge, y, box.w - 2 * kEdge, row_height};
    bool hovered = false;
    if (area(pen, "fault/" + offer.fault, row, hovered)) queue.push(commands::BreakOrMend{line});
    if (hovered) pen.fill(row, pen.colors().tint);
    if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    const ImU32 ink = offer.active ? pen.colors().bad : pen.colors().ink;
    if (offer.active) pen.sign(row.x + 10, row.cy(), 5, Tone::Bad, pen.colors().bad);
    pen.text_mid(row.x + 22, row.cy(), offer.label, ink, kSmall, offer.active ? Face::Bold : Face::Regular);
    if (wide) pen.text_mid(row.right() - 8 - pen.width(line, kSmall, Face::Mono), row.cy(), line, pen.colors().soft, kSmall, Face::Mono);
    y += row_height;
  }
  end_region();
}

float faults_height(const viewmodel::Model& model) {
  const std::size_t strips = std::min(model.cluster.faults.size(), kStripsMax);
  return strips == 0 ? 0 : float(strips) * kStrip + 8;
}

void draw_faults(const Pen& below, const viewmodel::Model& model, commands::CommandQueue& queue, const Rect& map) {
  const std::vector<std::string>& faults = model.cluster.faults;
  float y = map.y + 8;
  for (std::size_t i = 0; i < std::min(faults.size(), kStripsMax); ++i) {
    const bool rest = i + 1 == kStripsMax && faults.size() > kStripsMax;
    const std::string text = rest ? model.say(Word::faults_more, {std::to_string(faults.size() - i)}) : fault_sentence(model, faults[i]);
    const std::string mend = model.say(rest ? Word::act_mend_all : Word::act_mend);
    const std::string line = rest ? "mend" : "mend " + faults[i];
    const float width = button_width(below, mend, kSmall);
    const std::string shown = below.fitted(text, map.w - 2 * kPadding - width - 160, kSmall);
    const Rect strip = {map.x + kPadding, y, 28 + below.width(shown, kSmall) + 8 + width, 32};
    const Pen pen = begin_overlay(*below.theme, ("faults/" + std::to_string(i)).c_str(), strip);
    pen.fill(strip, pen.colors().surface, 8);
    pen.sign(strip.x + 14, strip.cy(), 5, Tone::Bad, pen.colors().bad);
    pen.text_mid(strip.x + 28, strip.cy(), shown, pen.colors().ink, kSmall);
    if (button(pen, {line, {strip.right() - width, y, width, 32}, mend, ButtonLook::Plain, true, false, kSmall, line})) queue.push(commands::BreakOrMend{line});
    end_region();
    y += kStrip;
  }
}

}  // namespace orrery::views
