#include "playground/views/map_view.h"

#include <algorithm>
#include <cmath>

#include "playground/viewmodel/pod_words.h"
#include "playground/views/map_canvas.h"
#include "playground/views/map_card.h"
#include "playground/views/map_groups.h"
#include "playground/views/map_look_view.h"
#include "playground/views/map_things.h"
#include "playground/views/map_traffic.h"
#include "playground/views/minimap.h"
#include "playground/views/toolbox_view.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Model;
using viewmodel::Part;
using viewmodel::PartKind;
using viewmodel::Pod;
using viewmodel::Word;

constexpr float kZoomMin = 0.02f, kZoomMax = 4, kMargin = 32;
constexpr int kMaxLabels = 12;
constexpr int kMaxPodNames = 16;    // they are small, and what one looks for first
constexpr float kPodNameZoom = 0.5f, kPodNameRoom = 84, kPodNameAlone = 108;  // of the map
constexpr float kLabelZoom = 1.3f;  // from here on everything is named
constexpr float kGlideSeconds = 0.25f;
constexpr float kTwoLines = 24;     // a box that holds them

void update_layout(const Model& model, MapState& map, const Rect& view) {
  const float aspect = view.h > 0 ? view.w / view.h : 1.6f;
  if (map.laid_out_version == model.cluster.version && map.laid_out_aspect == aspect && map.laid_out_look == model.look) return;
  if (map.laid_out_look.grouping != model.look.grouping || map.laid_out_look.label != model.look.label) map.camera.fitted = true;
  map.laid_out_look = model.look;
  map.laid_out_version = model.cluster.version;
  map.laid_out_aspect = aspect;
  map.layout = compute_map(model.cluster, aspect, model.look);
}

// `left` and `top` points of the view are something else's.
void fit(MapState& map, const Rect& view, float left, float top) {
  const Rect& b = map.layout.bounds;
  if (b.w <= 0 || b.h <= 0) return;
  MapCamera& camera = map.camera;
  camera.zoom = std::clamp(std::min((view.w - left - 2 * kMargin) / b.w, (view.h - top - 2 * kMargin) / b.h), kZoomMin, 1.25f);
  camera.x = b.cx() - (view.w + left) / 2 / camera.zoom;
  camera.y = b.cy() - (view.h + top) / 2 / camera.zoom;
}

// Buttons stand in the view's upper right corner from `corner_x` on; where the map would lie under them, it lies below them.
void fit_beside(MapState& map, const Rect& view, float left, float corner_x, float corner_bottom) {
  fit(map, view, left, 0);
  const MapCamera& camera = map.camera;
  const Rect& control = map.layout.control_plane.rect;
  const float right = view.x + (control.right() - camera.x) * camera.zoom, top = view.y + (control.y - camera.y) * camera.zoom;
  if (right > corner_x && top < corner_bottom) fit(map, view, left, corner_bottom - view.y - kMargin + 4);
}

// By `steps` of the wheel; what is at (px, py) of the view stays there.
void zoom(MapCamera& camera, float steps, float px, float py) {
  const float before = camera.zoom;
  camera.zoom = std::clamp(before * std::pow(1.15f, steps), kZoomMin, kZoomMax);
  camera.x += px / before - px / camera.zoom;
  camera.y += py / before - py / camera.zoom;
  camera.fitted = false;
}

// Drag moves, the wheel zooms about the pointer, a double click on the ground fits; Alt with + - 0 does so by keyboard.
void steer(MapState& map, const Rect& view) {
  const ImGuiIO& io = ImGui::GetIO();
  MapCamera& camera = map.camera;
  const bool inside = ImGui::IsWindowHovered() && view.contains(io.MousePos.x, io.MousePos.y);
  if (inside && io.MouseWheel != 0) zoom(camera, io.MouseWheel, io.MousePos.x - view.x, io.MousePos.y - view.y);
  if (io.KeyAlt && (ImGui::IsKeyPressed(ImGuiKey_Equal) || ImGui::IsKeyPressed(ImGuiKey_KeypadAdd))) zoom(camera, 2, view.w / 2, view.h / 2);
  if (io.KeyAlt && (ImGui::IsKeyPressed(ImGuiKey_Minus) || ImGui::IsKeyPressed(ImGuiKey_KeypadSubtract))) zoom(camera, -2, view.w / 2, view.h / 2);
  if (io.KeyAlt && (ImGui::IsKeyPressed(ImGuiKey_0) || ImGui::IsKeyPressed(ImGuiKey_Keypad0))) camera.fitted = true;
  if (inside && !ImGui::IsAnyItemHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) map.dragging = true;
  if (!ImGui::IsMouseDown(ImGuiMouseButton_Left)) map.dragging = false;
  if (map.dragging && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0)) {
    camera.x -= io.MouseDelta.x / camera.zoom;
    camera.y -= io.MouseDelta.y / camera.zoom;
    camera.fitted = false;
  }
  if (inside && !ImGui::IsAnyItemHovered() && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) camera.fitted = true;
}

// Pods glide from where they were drawn to where they belong.
Rect glide(MapState& map, const std::string& id, const Rect& target, ViewState& state) {
  const auto found = map.shown.find(id);
  if (found == map.shown.end() || state.still) return map.shown[id] = target;
  Rect& now = found->second;
  const float dx = target.x - now.x, dy = target.y - now.y;
  if (std::fabs(dx) + std::fabs(dy) < 0.5f) return now = target;
  const float share = std::min(1.0f, float(state.seconds) / kGlideSeconds * 2);
  now = {now.x + dx * share, now.y + dy * share, target.w, target.h};
  state.animating = true;
  return now;
}

void icon(const Canvas& canvas, const Rect& r, PartKind kind, ImU32 ink) {
  const Pen& pen = canvas.pen;
  const float s = r.w / 2, x = r.cx(), y = r.cy();
  if (kind == PartKind::Kubelet) {  // a wheel
    pen.list->AddCircle({x, y}, s * 0.45f, ink, 0, 1.5f);
    for (int i = 0; i < 3; ++i) {
      const float a = float(i) * 2.0944f - 1.5708f;
      pen.line(x, y, x + std::cos(a) * s * 0.62f, y + std::sin(a) * s * 0.62f, ink, 1.5f);
    }
  } else if (kind == PartKind::KubeProxy) {  // one way in, two ways out
    pen.line(x - s * 0.6f, y, x - s * 0.1f, y, ink, 1.5f);
    pen.line(x - s * 0.1f, y, x + s * 0.5f, y - s * 0.4f, ink, 1.5f);
    pen.line(x - s * 0.1f, y, x + s * 0.5f, y + s * 0.4f, ink, 1.5f);
    pen.list->AddCircleFilled({x + s * 0.5f, y - s * 0.4f}, 2, ink);
    pen.list->AddCircleFilled({x + s * 0.5f, y + s * 0.4f}, 2, ink);
  } else {  // a box
    pen.outline({x - s * 0.45f, y - s * 0.45f, s * 0.9f, s * 0.9f}, ink, 1.5f, 2);
    pen.line(x - s * 0.45f, y - s * 0.12f, x + s * 0.45f, y - s * 0.12f, ink, 1.5f);
  }
}

class MapPainter {
 public:
  MapPainter(const Model& model, ViewState& state, commands::CommandQueue& queue, const Canvas& canvas)
      : model_(model), state_(state), queue_(queue), canvas_(canvas), pen_(canvas.pen), silent_(viewmodel::silent_nodes(model.cluster)) {}

  void draw() {
    state_.map.hovered.clear();
    count_labels();
    rooms();
    draw_arrows(canvas_, model_);
    shelf_name();
    for (const Part& part : model_.cluster.parts) this->part(part);
    for (const Pod& pod : model_.cluster.pods) this->pod(pod);
    draw_group_names(canvas_, model_, named_groups_);
    draw_things(canvas_, model_, state_, queue_);
    draw_traffic(canvas_, model_);
  }

 private:
  void rooms() {
    const Palette& c = pen_.colors();
    const viewmodel::MapLayout& map = state_.map.layout;
    if (model_.cluster.parts.empty()) return;
    const Rect control = canvas_.to_screen(map.control_plane.rect);
    pen_.fill(control, c.surface, 12);
    if (canvas_.camera.zoom >= 0.5f) name(control.x + 16, control.y + 20 * canvas_.camera.zoom, model_.say(Word::control_plane), c.soft, kSmall, Face::Regular);
    if (map.shelf.h > 0) pen_.dashed(canvas_.to_screen(map.shelf), c.line, 6);
    for (std::size_t i = 0; i < map.nodes.size() && i < model_.cluster.nodes.size(); ++i)
      room(map.nodes[i], model_.cluster.nodes[i]);
    named_groups_ = draw_groups(canvas_, model_, queue_, group_names_);
  }

  // Over the lines that lead through it.
  void shelf_name() {
    const viewmodel::MapLayout& map = state_.map.layout;
    if (map.shelf.h <= 0 || canvas_.camera.zoom < 0.5f) return;
    const Rect shelf = canvas_.to_screen(map.shelf);
    const std::string text = model_.say(Word::no_node_yet);
    const float y = shelf.y + 20 * canvas_.camera.zoom, width = pen_.width(text, kSmall);
    pen_.fill({shelf.x + 12, y - 9, width + 8, 18}, pen_.colors().ground, 4);
    name(shelf.x + 16, y, text, pen_.colors().soft, kSmall, Face::Regular);
  }

  // Text that labels of what moves keep off.
  void name(float x, float cy, const std::string& text, ImU32 color, float points, Face face) {
    canvas_.write(x, cy, pen_.width(text, points, face));
    pen_.text_mid(x, cy, text, color, points, face);
  }

  void name_center(float cx, float cy, const std::string& text, ImU32 color) {
    name(cx - pen_.width(text, kSmall) / 2, cy, text, color, kSmall, Face::Regular);
  }

  void room(const viewmodel::Room& room, const viewmodel::Node& node) {
    const Palette& c = pen_.colors();
    const Rect rect = canvas_.to_screen(room.rect);
    if (!canvas_.visible(rect)) return;
    pen_.fill(rect, c.surface, std::min(12.0f, rect.w * 0.1f));
    if (rect.w < 64) {
      if (!node.ready) pen_.sign(rect.cx(), rect.cy(), std::max(3.0f, rect.w * 0.2f), Tone::Bad, c.bad);
      return;
    }
    const std::string note = !node.ready ? model_.say(Word::node_not_ready) : !node.schedulable ? model_.say(Word::node_cordoned) : "";
    const float zoom = canvas_.camera.zoom, right = rect.right() - 16 * zoom;
    const float room_for_name = rect.w - (zoom < 0.5f ? 16 : 164 * zoom);
    const std::string name = pen_.fitted_middle(node.name, room_for_name, kSmall, Face::Bold);
    const bool small = zoom < 0.5f;
    const bool looked_at = !small && node_name_area(node, {rect.right() - room_for_name, rect.y + 8 * zoom, room_for_name - 8 * zoom, 48 * zoom});
    if (!node_names_ && !looked_at && node.ready && node.schedulable) return;
    const float y = rect.y + (small ? 22 : 32) * zoom - (note.empty() || small ? 0 : 9);
    this->name(right - pen_.width(name, kSmall, Face::Bold), y, name, c.ink, kSmall, Face::Bold);
    if (note.empty()) return;
    const ImU32 color = node.ready ? c.soft : c.bad;
    if (small) return pen_.sign(right - pen_.width(name, kSmall, Face::Bold) - 12, y, 4.5f, node.ready ? Tone::Idle : Tone::Bad, color);
    const std::string shown = pen_.fitted(note, room_for_name - 14, kSmall);
    const float x = right - pen_.width(shown, kSmall);
    pen_.sign(x - 10, y + 18, 4.5f, node.ready ? Tone::Idle : Tone::Bad, color);
    this->name(x, y + 18, shown, color, kSmall, Face::Regular);
  }

  // Whether it is pointed at or selected.
  bool node_name_area(const viewmodel::Node& node, const Rect& rect) {
    bool hovered = false;
    if (area(pen_, node.uid, rect, hovered)) queue_.push(commands::SelectObject{"Node", "", node.name});
    const bool selected = model_.selected == viewmodel::ObjectRef{"Node", "", node.name};
    if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (hovered || selected) pen_.fill(rect, selected ? pen_.colors().tint : pen_.colors().raised);
    return hovered || selected;
  }

  // At most kMaxLabels until the user zooms in; then all that fit. Rooms come before pods, groups before the nodes beside them.
  void count_labels() {
    const viewmodel::MapLayout& map = state_.map.layout;
    const bool near = canvas_.camera.zoom >= kLabelZoom;
    int left = kMaxLabels - 1;
    for (const Part& part : model_.cluster.parts) left -= part.node.empty();
    group_names_ = near ? int(map.groups.size()) : std::max(0, std::min(left, int(map.groups.size())));
    left -= group_names_;
    node_names_ = near || left >= int(map.nodes.size());
    left -= node_names_ ? int(map.nodes.size()) : 0;
    const int pods = int(model_.cluster.pods.size());
    pod_labels_ = (left >= pods || pods <= kMaxPodNames || near) && canvas_.camera.zoom > kPodNameZoom;
    part_labels_ = canvas_.camera.zoom >= 1.5f;
  }

  void part(const Part& part) {
    const auto place = state_.map.layout.places.find(part.id);
    if (place == state_.map.layout.places.end()) return;
    const Rect rect = canvas_.to_screen(place->second);
    if (!canvas_.visible(rect) || rect.w < 10) return;
    bool hovered = false;
    if (area(pen_, part.id, rect, hovered)) queue_.push(commands::SelectObject{"Part", "", part.id});
    if (hovered) state_.map.hovered = part.id;
    if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    const float glow = float(std::max(model_.motion.glow(part.id), glow_below(part.id)));
    if (part.node.empty()) control_part(part, rect, hovered, glow);
    else node_part(part, rect, hovered, glow);
    if (hovered) tip(pen_, viewmodel::part_name(model_, part) + ": " + model_.say(viewmodel::about(part.kind)));
  }

  // "controller-manager/deployment" lights the controller-manager.
  double glow_below(const std::string& id) const { return id == "controller-manager" ? model_.motion.glow_within(id + "/") : 0; }

  void control_part(const Part& part, const Rect& rect, bool hovered, float glow) {
    const Palette& c = pen_.colors();
    const bool user = part.kind == PartKind::User;
    if (user) pen_.outline(rect, hovered ? c.soft : c.line, 1.5f, rect.h / 2);
    else pen_.fill(rect, blend(part.running && part.known ? c.raised : c.surface, c.tint, std::max(glow, hovered ? 0.4f : 0)), kRadius);
    if (glow > 0) pen_.outline(rect, with_alpha(c.accent, glow), 2, user ? rect.h / 2 : kRadius);
    if (!part.running) pen_.dashed(rect, c.bad);
    else if (!part.known) pen_.dashed(rect, c.line);
    if (chosen(part.id)) pen_.outline(rect.inset(-1), c.accent, 2, user ? rect.h / 2 + 1 : kRadius + 1);
    const std::string name = viewmodel::part_name(model_, part);
    std::string label = part.running ? name : name + ", " + model_.say(Word::part_stopped);
    if (pen_.width(label, kSmall) > rect.w - 12) label = user ? model_.say(Word::part_user_short) : name;
    if (rect.h > 16) part_label(rect, label, !part.running ? c.bad : part.known ? c.ink : c.soft);
  }

  // In two lines where it is too long for one: "controller-" and "manager".
  void part_label(const Rect& rect, const std::string& label, ImU32 ink) {
    const std::size_t dash = label.find('-');
    if (pen_.width(label, kSmall) <= rect.w - 8 || dash == std::string::npos || rect.h < kTwoLines)
      return name_center(rect.cx(), rect.cy(), pen_.fitted(label, rect.w - 8, kSmall), ink);
    const float half = std::min(7.0f, rect.h / 4);
    name_center(rect.cx(), rect.cy() - half, pen_.fitted(label.substr(0, dash + 1), rect.w - 8, kSmall), ink);
    name_center(rect.cx(), rect.cy() + half, pen_.fitted(label.substr(dash + 1), rect.w - 8, kSmall), ink);
  }

  bool chosen(const std::string& part) const { return model_.selected.kind == "Part" && model_.selected.name == part; }

  void node_part(const Part& part, const Rect& rect, bool hovered, float glow) {
    const Palette& c = pen_.colors();
    pen_.fill(rect, blend(c.raised, c.tint, std::max(glow, hovered ? 0.6f : 0)), rect.w / 2);
    if (glow > 0) pen_.outline(rect, with_alpha(c.accent, glow), 2, rect.w / 2);
    if (chosen(part.id)) pen_.outline(rect.inset(-1), c.accent, 2, rect.w / 2 + 1);
    const ImU32 ink = !part.running ? c.bad : glow > 0.2f ? c.accent : part.known ? c.soft : c.line;
    icon(canvas_, rect, part.kind, ink);
    if (!part.running) pen_.sign(rect.right() - 4, rect.y + 4, 4, Tone::Bad, c.bad);
    if (part_labels_) pen_.text_center(rect.cx(), rect.bottom() + 10, viewmodel::part_name(model_, part), c.soft, kSmall);
  }

  void pod(const Pod& pod) {
    const std::string id = "pod/" + pod.uid;
    const auto place = state_.map.layout.places.find(id);
    if (place == state_.map.layout.places.end()) return;
    const Rect rect = canvas_.to_screen(glide(state_.map, id, place->second, state_));
    if (!canvas_.visible(rect)) return;
    const viewmodel::PodMark mark = mark_of(silent_, pod, model_.look.colouring);
    const ImU32 color = pod.deleting ? pen_.colors().soft : state_.theme.tone(mark.tone);
    if (rect.w < 14) return draw_mark(pen_, rect.cx(), rect.cy(), std::max(1.5f, rect.w * 0.38f), mark, color);
    bool hovered = false;
    if (area(pen_, pod.uid, rect, hovered)) queue_.push(commands::SelectObject{"Pod", pod.ns, pod.name});
    if (hovered) {
      state_.map.hovered = id;
      ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
      tip(pen_, pod_tip(pod));
    }
    pod_tile(pod, rect, mark, color, hovered, float(model_.motion.glow(id)));
  }

  static std::string id_of(const Pod& pod) { return "pod/" + pod.uid; }

  // As far as half way to the pods beside it, and no farther than its room's edge.
  float name_room(const std::string& id, const Rect& rect) const {
    const float zoom = canvas_.camera.zoom, usual = kPodNameRoom * zoom - 4;
    if (model_.cluster.pods.size() > std::size_t(kMaxPodNames)) return usual;
    float room = kPodNameAlone * zoom;
    for (const Pod& other : model_.cluster.pods) {
      const auto place = state_.map.layout.places.find(id_of(other));
      if (place == state_.map.layout.places.end() || place->first == id) continue;
      const Rect beside = canvas_.to_screen(place->second);
      if (std::fabs(beside.cy() - rect.cy()) < 4) room = std::min(room, std::fabs(beside.cx() - rect.cx()) - 6);
    }
    return std::max(room, usual);
  }

  std::string pod_tip(const Pod& pod) const {
    const std::string age = viewmodel::age_text(model_.cluster.clock.now - pod.created);
    const std::string silent = out_of_touch(silent_, pod) ? std::string("; ") + model_.say(Word::pod_silent) : "";
    return model_.say(Word::pod_tip, {pod.name, pod.reason, age}) + silent;
  }

  void pod_tile(const Pod& pod, const Rect& rect, const viewmodel::PodMark& mark, ImU32 color, bool hovered, float glow) {
    const Palette& c = pen_.colors();
    const bool selected = model_.selected == viewmodel::ObjectRef{"Pod", pod.ns, pod.name};
    const float radius = std::min(10.0f, rect.w * 0.22f);
    if (!pod.deleting) pen_.fill(rect, blend(c.raised, c.tint, std::max(glow, hovered ? 0.5f : 0)), radius);
    else pen_.dashed(rect, c.soft, 3);
    if (selected || glow > 0) pen_.outline(rect.inset(-1), selected ? c.accent : with_alpha(c.accent, glow), 2, radius + 1);
    draw_mark(pen_, rect.cx(), rect.cy(), rect.w * 0.17f, mark, color);
    if (!pod_labels_ && !hovered && !selected) return;
    if (canvas_.camera.zoom < kPodNameZoom) return;
    const std::vector<std::string> names = viewmodel::shorter_names(pod);
    const float room = name_room(id_of(pod), rect);
    const auto fits = std::find_if(names.begin(), names.end(), [&](const std::string& name) { return pen_.width(name, kSmall) <= room; });
    name_center(rect.cx(), rect.bottom() + 11, fits == names.end() ? names.back() : *fits, c.ink);
  }

  const Model& model_;
  ViewState& state_;
  commands::CommandQueue& queue_;
  const Canvas& canvas_;
  const Pen& pen_;
  const viewmodel::SilentNodes silent_;
  bool pod_labels_ = false, part_labels_ = false, node_names_ = true;
  int group_names_ = 0;
  std::vector<std::size_t> named_groups_;
};

// Forgets the places of pods that are gone.
void prune(const Model& model, MapState& map) {
  if (map.shown.size() <= model.cluster.pods.size() + 64) return;
  for (auto it = map.shown.begin(); it != map.shown.end();)
    it = map.layout.places.count(it->first) ? std::next(it) : map.shown.erase(it);
}

}  // namespace

void MapView::draw(const Model& model, ViewState& state, commands::CommandQueue& queue) {
  Pen pen = begin_region(state.theme, "map", state.layout.main);
  Rect view = state.layout.main;
  const bool card = !model.selected.kind.empty();
  if (card) view.h -= kMapCardHeight;
  const Rect whole = view;
  view.y += faults_height(model);
  view.h -= faults_height(model);
  update_layout(model, state.map, view);
  if (state.map.camera.fitted) {
    const Rect left = {view.x, view.y, view.w - look_space(pen, model, state, view), view.h};
    const float buttons = 48 + (shows(model, "look") ? button_width(pen, model.say(Word::look_button), kSmall) : 0);
    fit_beside(state.map, left, legend_space(pen, model, state, view), view.right() - buttons, view.y + 48);
  }
  std::vector<Rect> written;
  Canvas canvas{pen, view, state.map.camera, &state.map.layout, &written};
  pen.list->PushClipRect(at(view), ImVec2(view.right(), view.bottom()), true);
  MapPainter(model, state, queue, canvas).draw();
  pen.list->PopClipRect();
  if (model.cluster.nodes.empty())
    pen.text_center(view.cx(), model.cluster.parts.empty() ? view.cy() : view.bottom() - 48, model.say(model.cluster.connected ? Word::map_empty : Word::terminal_absent),
                    pen.colors().soft);
  steer(state.map, view);
  prune(model, state.map);
  const Rect corner = {view.right() - 48, view.y + 8, 40, 40};
  button(pen, {"stretched", corner, "?", ButtonLook::Plain, true, false, kBody, model.say(Word::map_stretched)});
  float corner_x = corner.x;
  const bool may_look = shows(model, "look");
  if (may_look) corner_x = draw_look_button(pen, model, state, corner_x, corner.y);
  if (!state.map.camera.fitted) {
    const float width = button_width(pen, model.say(Word::map_fit), kSmall);
    if (button(pen, {"fit", {corner_x - width - 8, corner.y, width, 40}, model.say(Word::map_fit), ButtonLook::Quiet, true, false, kSmall, ""}))
      state.map.camera.fitted = true;
  }
  draw_minimap(canvas, model, state);
  if (may_look) {
    draw_look(pen, model, state, queue, view);
    read_look_keys(model, queue);
  }
  if (model.cluster.simulated) draw_faults(pen, model, queue, whole);
  draw_toolbox(pen, model, state, queue, whole);
  if (card) draw_map_card(pen, model, state, queue, {state.layout.main.x, view.bottom(), view.w, kMapCardHeight});
  end_region();
}

}  // namespace orrery::views
