#include "playground/views/pod_view.h"

#include <algorithm>
#include <cmath>

#include "playground/viewmodel/lifecycle.h"
#include "playground/viewmodel/pod_words.h"
#include "playground/views/pod_choice.h"
#include "playground/views/pod_timeline.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::LifeState;
using viewmodel::Pod;
using viewmodel::Word;

constexpr float kStateH = 40, kStateRowGap = 32;

// Columns and rows of the states: the good way along the top, what can go wrong below it.
struct Cell {
  int column, row;
};

Cell cell_of(LifeState state) {
  switch (state) {
    case LifeState::Accepted: return {0, 0};
    case LifeState::Scheduled: return {1, 0};
    case LifeState::Init: return {1, 1};
    case LifeState::Creating: return {2, 0};
    case LifeState::Running: return {3, 0};
    case LifeState::Ready: return {4, 0};
    case LifeState::BackOff: return {2, 1};
    case LifeState::Terminating: return {4, 1};
    case LifeState::Succeeded: return {3, 1};
    case LifeState::Failed: break;
  }
  return {3, 2};
}

class Machine {
 public:
  Machine(const Pen& pen, const viewmodel::Model& model, const Pod& pod, const Rect& rect)
      : pen_(pen), model_(model), now_(life_state(pod)), rect_(rect) {
    step_ = rect.w / 5;
    width_ = std::min(136.0f, step_ - 28);
  }

  float draw() {
    for (const viewmodel::LifeArrow& a : viewmodel::life_arrows()) this->arrow(a);
    for (int i = 0; i < viewmodel::kLifeStates; ++i) box(LifeState(i));
    return 3 * kStateH + 2 * kStateRowGap;
  }

 private:
  Rect place(LifeState state) const {
    const Cell cell = cell_of(state);
    return {rect_.x + float(cell.column) * step_, rect_.y + float(cell.row) * (kStateH + kStateRowGap), width_, kStateH};
  }

  void box(LifeState state) {
    const Palette& c = pen_.colors();
    const Rect rect = place(state);
    const bool lit = state == now_;
    pen_.fill(rect, lit ? c.accent : c.surface);
    pen_.text_center(rect.cx(), rect.cy(), pen_.fitted(model_.say(name_of(state)), rect.w - 8, kSmall, lit ? Face::Bold : Face::Regular),
                     lit ? c.on_accent : c.soft, kSmall, lit ? Face::Bold : Face::Regular);
  }

  void arrow(const viewmodel::LifeArrow& a) {
    const Rect from = place(a.from), to = place(a.to);
    const bool lit = a.to == now_ || a.from == now_;
    const ImU32 color = lit ? pen_.colors().soft : pen_.colors().line;
    const Cell f = cell_of(a.from), t = cell_of(a.to);
    ImVec2 p, q;
    if (f.row == t.row) {
      const bool right = t.column > f.column;
      p = {right ? from.right() : from.x, from.cy()};
      q = {right ? to.x : to.right(), to.cy()};
    } else if (f.column == t.column) {
      const bool down = t.row > f.row;
      const float shift = std::abs(t.row - f.row) > 1 ? from.w * 0.42f : 0;  // past the box between
      if (shift > 0) {
        const float x = from.right() + 10;
        const ImVec2 way[4] = {{from.right(), from.cy() + 8}, {x, from.cy() + 8}, {x, to.cy()}, {to.right(), to.cy()}};
        pen_.list->AddPolyline(way, 4, color, 0, 1.5f);
        head(way[2], way[3], color);
        return;
      }
      p = {from.cx(), down ? from.bottom() : from.y};
      q = {to.cx(), down ? to.y : to.bottom()};
    } else {
      const bool down = t.row > f.row, right = t.column > f.column;
      const bool back = a.from == LifeState::BackOff;  // two arrows between the same boxes, side by side
      p = {right ? from.cx() + from.w * 0.3f + (back ? 16.f : 0) : from.x + from.w * 0.3f, down ? from.bottom() : from.y};
      q = {right ? to.x + to.w * 0.3f : to.right() - to.w * 0.3f, down ? to.y : to.bottom()};
      if (back) q.x = to.x + to.w * 0.15f;
    }
    pen_.line(p.x, p.y, q.x, q.y, color, 1.5f);
    head(p, q, color);
  }

  void head(ImVec2 p, ImVec2 q, ImU32 color) {
    const float dx = q.x - p.x, dy = q.y - p.y, length = std::max(1.0f, std::sqrt(dx * dx + dy * dy));
    const float ux = dx / length, uy = dy / length;
    pen_.list->AddTriangleFilled(q, {q.x - 7 * ux + 4 * uy, q.y - 7 * uy - 4 * ux}, {q.x - 7 * ux - 4 * uy, q.y - 7 * uy + 4 * ux}, color);
  }

  const Pen& pen_;
  const viewmodel::Model& model_;
  LifeState now_;
  Rect rect_;
  float step_ = 0, width_ = 0;
};

float containers(const Pen& pen, const viewmodel::Model& model, const Pod& pod, float x, float y, float width) {
  const float top = y;
  pen.text_mid(x, y + 12, model.say(Word::life_containers), pen.colors().ink, kBody, Face::Bold);
  y += 32;
  for (const viewmodel::Container& container : pod.containers) {
    const Tone tone = tone_of(container);
    pen.sign(x + 7, y + 12, 6, tone, pen.theme->tone(tone));
    float at = x + 24;
    pen.text_mid(at, y + 12, container.name, pen.colors().ink);
    at += pen.width(container.name) + 16;
    std::string note = container.reason.empty() ? "" : container.reason + "   ";
    if (container.role != viewmodel::ContainerRole::App)
      note += std::string(model.say(container.role == viewmodel::ContainerRole::Init ? Word::life_init_mark : Word::life_ephemeral_mark)) + "   ";
    if (container.state == viewmodel::ContainerState::Terminated)
      note += model.say(Word::life_exit, {std::to_string(container.exit_code)}) + "   ";
    note += model.say(Word::life_restarts, {std::to_string(container.restarts)}) + "   " + container.image;
    pen.text_mid(at, y + 12, pen.fitted(note, x + width - at, kSmall), pen.colors().soft, kSmall);
    y += 28;
  }
  return y - top;
}

float events(const Pen& pen, const viewmodel::Model& model, const Pod& pod, float x, float y, float width) {
  const float top = y;
  pen.text_mid(x, y + 12, model.say(Word::life_events), pen.colors().ink, kBody, Face::Bold);
  y += 32;
  int shown = 0;
  for (auto it = model.cluster.events.rbegin(); it != model.cluster.events.rend() && shown < 8; ++it) {
    if (it->about.kind != "Pod" || it->about.name != pod.name || it->about.ns != pod.ns) continue;
    ++shown;
    if (it->warning) pen.sign(x + 6, y + 12, 5, Tone::Bad, pen.colors().bad);
    pen.text_mid(x + 24, y + 12, it->reason, pen.colors().ink, kSmall, Face::Bold);
    const float at = x + 32 + std::max(120.0f, pen.width(it->reason, kSmall, Face::Bold));
    pen.text_mid(at, y + 12, pen.fitted(it->message, x + width - at, kSmall), pen.colors().soft, kSmall);
    y += 24;
  }
  if (shown == 0) pen.text_mid(x, y + 12, model.say(Word::life_no_events), pen.colors().soft, kSmall);
  return y - top + 24;
}

}  // namespace

void PodView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Rect& view = state.layout.main;
  Pen pen = begin_region(state.theme, "pod", view, true);
  const Pod* pod = selected_pod(model);
  const float x = view.x + kPadding, width = view.w - 2 * kPadding - 8;
  float y = view.y + 8 - ImGui::GetScrollY();
  if (!pod) {
    choose_pod(pen, model, queue, x, y, width);
    end_region();
    return;
  }
  pen.text_mid(x, y + 16, pen.fitted_middle(model.say(Word::life_title, {pod->name}), width, kTitle, Face::Bold), pen.colors().ink, kTitle, Face::Bold);
  y += 40;
  std::string now = model.say(Word::pod_age, {pod->reason, viewmodel::age_text(model.cluster.clock.now - pod->created)});
  if (out_of_touch(viewmodel::silent_nodes(model.cluster), *pod)) now += std::string("; ") + model.say(Word::pod_silent);
  pen.text_mid(x, y + 10, pen.fitted(now, width, kSmall), pen.colors().soft, kSmall);
  y += 24;
  y += paragraph(pen, x, y, width, what_next(*pod, model.language), pen.colors().soft) + 16;
  y += Machine(pen, model, *pod, {x, y, width + 8, 0}).draw() + 24;
  y += draw_timeline(pen, model, *pod, {x, y, width, 0}) + 24;
  y += containers(pen, model, *pod, x, y, width) + 16;
  y += events(pen, model, *pod, x, y, width) + 16;
  y += paragraph(pen, x, y, width, model.say(Word::life_stretched), pen.colors().soft, kSmall, 1.5f);
  ImGui::SetCursorScreenPos(ImVec2(x, y + 16));
  ImGui::Dummy(ImVec2(1, 1));
  end_region();
}

}  // namespace orrery::views
