#include "playground/views/map_view.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

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

constexpr float kZoomMin = 0.02f, kZoomMax = 4, kZoomFitted = 1.25f, kMargin = 32;
constexpr int kMaxLabels = 12;
constexpr int kMaxPodNames = 16;    // they are small, and what one looks for first
constexpr float kPodNameZoom = 0.5f, kPodNameRoom = 84, kPodNameAlone = 108;  // of the map
constexpr float kLabelZoom = 1.3f;  // from here on everything is named
constexpr float kGlideSeconds = 0.25f;
constexpr double kCameraSeconds = 0.3;
constexpr int kShelfRowsKept = 3;
constexpr float kDot = 14;          // a smaller pod is a sign alone, and answers no pointer
constexpr float kRoundRoom = 24;    // a smaller room's corners don't show
constexpr float kTwoLines = 24;     // a box that holds them

// What changed since the last time is looked into; the rest is as it was. A pod that was not there has no place yet.
void follow_pods(const Model& model, MapState& map) {
  viewmodel::SilentNodes silent = viewmodel::silent_nodes(model.cluster);
  const std::uint64_t places = viewmodel::places_shape(model.cluster);
  const bool moved = std::exchange(map.places_shape, places) != places;
  if (moved) map.finder.learn(model.cluster);
  const bool all = moved || !(map.laid_out_look == model.look) || silent != map.silent;
  map.silent = std::move(silent);
  const viewmodel::SharedList<Pod> before = std::exchange(map.pods, model.cluster.pods);  // keeps `shown`'s pods alive
  const std::vector<std::uint32_t> earlier = viewmodel::places_before(before, map.pods);
  std::vector<ShownPod> shown(map.pods.size());
  auto now = map.pods.begin();
  for (std::size_t i = 0; i < shown.size(); ++i, ++now) {
    const bool known = earlier[i] != viewmodel::kNewPod;
    if (known) shown[i] = map.shown[earlier[i]];
    if (known && !all && shown[i].pod == now.shared().get()) continue;
    const Pod& pod = *now;
    shown[i].pod = &pod;
    shown[i].mark = mark_of(map.silent, pod, model.look.colouring);
    shown[i].leaving = pod.deleting;
    shown[i].shape = pod_shape(pod, model.look);
    shown[i].room = map.finder.room_of(model.cluster, pod.node);
  }
  map.shown = std::move(shown);
}

// Of the pods that `shown` is of.
viewmodel::MapLayout lay_out(const Model& model, const MapState& map, float aspect) {
  viewmodel::NodeRooms rooms = {{}, map.finder.parts(), map.shelf_rows};
  rooms.pods.reserve(map.shown.size());
  for (const ShownPod& pod : map.shown) rooms.pods.push_back(pod.room);
  return compute_map(model.cluster, aspect, model.look, rooms);
}

std::uint64_t shape_of(const Model& model, const MapState& map) {
  viewmodel::QuickHash pods;
  for (const ShownPod& pod : map.shown) pods.add(pod.shape);
  return map_shape(model.cluster, model.look, pods.value(), map.places_shape);
}

// Pods that were there before glide from where they were drawn, others stand at once where they belong. `room` is what
// there is for the map without strips and cards that come and go: rooms needn't stand otherwise because of those.
void update_layout(const Model& model, MapState& map, const Rect& room, bool still) {
  const float aspect = room.h > 0 ? room.w / room.h : 1.6f;
  const bool same_look = map.laid_out_look == model.look && map.laid_out_aspect == aspect;
  if (map.laid_out_version == model.cluster.version && same_look) return;
  if (map.laid_out_look.grouping != model.look.grouping || map.laid_out_look.label != model.look.label) map.camera.fitted = true;
  const std::uint64_t before = map.places_shape;
  follow_pods(model, map);
  const std::uint64_t shape = shape_of(model, map);
  const bool same = same_look && shape == map.laid_out_shape;
  map.laid_out_look = model.look;
  map.laid_out_version = model.cluster.version;
  map.laid_out_shape = shape;
  map.laid_out_aspect = aspect;
  if (same) return;
  const bool same_places = before == map.places_shape;
  viewmodel::MapLayout layout = lay_out(model, map, aspect);
  if (same_places) layout.part_index = std::move(map.layout.part_index);
  map.layout = std::move(layout);
  map.shelf_rows = std::max(map.shelf_rows, std::min(map.layout.shelf_rows, kShelfRowsKept));
  map.label_room.room.reset();
  for (std::size_t i = 0; i < map.shown.size(); ++i)
    if (still || map.shown[i].rect.w == 0) map.shown[i].rect = map.layout.pods[i];
  map.gliding = !still;
}

// A low space has none to spare.
float margin_of(float h) { return std::min(kMargin, h / 20); }

float zoom_to_fit(const Rect& bounds, float w, float h) {
  const float margin = 2 * margin_of(h);
  return std::clamp(std::min((w - margin) / bounds.w, (h - margin) / bounds.h), kZoomMin, kZoomFitted);
}

// `left` and `top` points of the view are something else's.
void fit(MapState& map, const Rect& view, float left, float top) {
  const Rect& b = map.layout.bounds;
  if (b.w <= 0 || b.h <= 0) return;
  MapCamera& camera = map.camera;
  camera.zoom = zoom_to_fit(b, view.w - left, view.h - top);
  camera.x = b.cx() - (view.w + left) / 2 / camera.zoom;
  camera.y = b.cy() - (view.h + top) / 2 / camera.zoom;
}

// Whether the map stays larger with the card of what is selected at its side than with that below it.
bool fits_better_beside(const Rect& bounds, const Rect& view) {
  if (bounds.w <= 0 || bounds.h <= 0) return false;
  return zoom_to_fit(bounds, view.w - kMapCardWidth, view.h) > zoom_to_fit(bounds, view.w, view.h - kMapCardHeight);
}

// Buttons stand in the view's upper right corner from `corner_x` on; where the map would lie under them, it lies below them.
void fit_beside(MapState& map, const Rect& view, float left, float corner_x, float corner_bottom) {
  fit(map, view, left, 0);
  const MapCamera& camera = map.camera;
  const Rect& control = map.layout.control_plane.rect;
  const float right = view.x + (control.right() - camera.x) * camera.zoom, top = view.y + (control.y - camera.y) * camera.zoom;
  if (right > corner_x && top < corner_bottom) fit(map, view, left, corner_bottom - view.y - margin_of(view.h) + 4);
}

// Where the map grew, or a strip or card came, the camera follows in a moment instead of jumping; a window that is resized
// has it at once.
void follow_bounds(MapState& map, const MapCamera& before, const Rect& view, ViewState& state) {
  const bool resized = !(std::exchange(map.fitted_main, state.layout.main) == state.layout.main);
  const bool grew = !(std::exchange(map.fitted_bounds, map.layout.bounds) == map.layout.bounds);
  const bool other_view = !(std::exchange(map.fitted_view, view) == view);
  if (resized || state.still) map.camera_glides = 0;
  else if (grew || other_view) map.camera_glides = kCameraSeconds;
  map.camera_glides = std::max(0.0, map.camera_glides - state.seconds);
  if (map.camera_glides == 0) return;
  const float share = float(std::min(1.0, state.seconds / map.camera_glides * 2));
  MapCamera& camera = map.camera;
  const auto between = [&](float from, float to) { return from + (to - from) * share; };
  camera.x = between(before.x, camera.x), camera.y = between(before.y, camera.y), camera.zoom = between(before.zoom, camera.zoom);
  state.animating = true;
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

// Brings every pod nearer to where it belongs.
void glide(MapState& map, ViewState& state) {
  if (!map.gliding) return;
  map.gliding = false;
  const float share = state.still ? 1 : std::min(1.0f, float(state.seconds) / kGlideSeconds * 2);
  for (std::size_t i = 0; i < map.shown.size(); ++i) {
    Rect& now = map.shown[i].rect;
    const Rect& target = map.layout.pods[i];
    const float dx = target.x - now.x, dy = target.y - now.y;
    const bool there = state.still || std::fabs(dx) + std::fabs(dy) < 0.5f;
    now = there ? target : Rect{now.x + dx * share, now.y + dy * share, target.w, target.h};
    map.gliding = map.gliding || !there;
  }
  state.animating = state.animating || map.gliding;
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
      : model_(model), state_(state), queue_(queue), canvas_(canvas), pen_(canvas.pen) {}

  void draw() {
    state_.map.hovered.clear();
    count_labels();
    rooms();
    draw_arrows(canvas_, model_);
    const std::vector<Flow> flows = flows_of(canvas_, model_);
    draw_ways(canvas_, model_, flows);
    room_names();
    shelf_name();
    gates();
    for (std::size_t i = 0; i < model_.cluster.parts.size(); ++i) part(model_.cluster.parts[i], state_.map.layout.parts[i]);
    pods();
    draw_group_names(canvas_, model_, named_groups_);
    draw_things(canvas_, model_, state_, queue_);
    draw_traffic(canvas_, model_, flows, state_.map);
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
      room(map.nodes[i]);
    named_groups_ = draw_groups(canvas_, model_, queue_, group_names_);
  }

  // Over the lines that lead through them.
  void room_names() {
    const viewmodel::MapLayout& map = state_.map.layout;
    if (model_.cluster.parts.empty()) return;
    for (std::size_t i = 0; i < map.nodes.size() && i < model_.cluster.nodes.size(); ++i) {
      const Rect rect = canvas_.to_screen(map.nodes[i].rect);
      if (canvas_.visible(rect)) room_name(rect, model_.cluster.nodes[i]);
    }
  }

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

  void room(const viewmodel::Room& room) {
    const Rect rect = canvas_.to_screen(room.rect);
    if (canvas_.visible(rect)) pen_.fill(rect, pen_.colors().surface, rect.w < kRoundRoom ? 0 : std::min(12.0f, rect.w * 0.1f));
  }

  void room_name(const Rect& rect, const viewmodel::Node& node) {
    const Palette& c = pen_.colors();
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
    const float y = rect.y + (small ? 22 : 32) * zoom - (note.empty() || small ? 0 : 9), name_w = pen_.width(name, kSmall, Face::Bold);
    const float top = std::max(y - 9, rect.y);  // a small room's name stands partly above it
    if (!looked_at) pen_.fill({right - name_w - 4, top, name_w + 8, y + 9 - top}, c.surface, 4);
    this->name(right - name_w, y, name, c.ink, kSmall, Face::Bold);
    if (note.empty()) return;
    const ImU32 color = node.ready ? c.soft : c.bad;
    if (small) return pen_.sign(right - name_w - 12, y, 4.5f, node.ready ? Tone::Idle : Tone::Bad, color);
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

  // On each node's edge the rules that every packet passes on its way out: a table, for kube-proxy writes it and none goes
  // through kube-proxy itself.
  void gates() {
    const viewmodel::MapLayout& map = state_.map.layout;
    if (canvas_.camera.zoom < kPodNameZoom) return;
    const Palette& c = pen_.colors();
    for (std::size_t i = 0; i < map.rules.size(); ++i) {
      const Rect place = canvas_.to_screen(map.rules[i]);
      const Rect gate = {place.cx() - 9, place.cy() - 6, 18, 12};
      if (!canvas_.visible(gate)) continue;
      const std::string id = std::string(viewmodel::kRulesPrefix) + map.nodes[i].node;
      const float glow = float(model_.motion.glow(id));
      pen_.fill(gate, blend(c.raised, c.tint, glow), 2);
      pen_.outline(gate, glow > 0 ? c.accent : c.line, 1, 2);
      for (const float y : {gate.y + 4, gate.y + 8}) pen_.line(gate.x + 4, y, gate.right() - 4, y, glow > 0 ? c.soft : c.line);
      const ImVec2 mouse = ImGui::GetIO().MousePos;
      if (ImGui::IsWindowHovered() && gate.inset(-3).contains(mouse.x, mouse.y)) tip(pen_, place_name(model_, id));
    }
  }

  void part(const Part& part, const Rect& place) {
    const Rect rect = canvas_.to_screen(place);
    if (rect.w < 10 || !canvas_.visible(rect)) return;
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
    if (part_labels_) name_center(rect.cx(), rect.bottom() + 10, viewmodel::part_name(model_, part), c.soft);
  }

  // Pods that are no more than dots answer nothing, so that they are the same picture until something changes.
  void pods() {
    MapState& map = state_.map;
    glide(map, state_);
    const bool dots = map.layout.pod_size * canvas_.camera.zoom < kDot;
    const std::uint64_t key = dots && !map.gliding ? picture_key() : 0;
    if (key != 0 && key == map.drawn.key) return draw_again(map.drawn);
    const ImDrawList& list = *pen_.list;
    const int vertices = list.VtxBuffer.Size, indices = list.IdxBuffer.Size;
    const unsigned int first = list._VtxCurrentIdx;
    for (std::size_t i = 0; i < map.shown.size(); ++i) pod(i, map.shown[i]);
    map.drawn.key = key;
    if (key == 0) return;
    map.drawn.vertices.assign(list.VtxBuffer.begin() + vertices, list.VtxBuffer.end());
    map.drawn.indices.assign(list.IdxBuffer.begin() + indices, list.IdxBuffer.end());
    for (ImDrawIdx& index : map.drawn.indices) index -= first;
  }

  std::uint64_t picture_key() const {
    viewmodel::QuickHash hash;
    const auto add = [&](float number) {
      std::uint32_t bits;
      std::memcpy(&bits, &number, sizeof bits);
      hash.add(bits);
    };
    hash.add(model_.cluster.version);
    hash.add(state_.map.laid_out_shape);
    hash.add(std::uint64_t(model_.look.colouring) * 2 + state_.theme.dark);
    const ImVec2 white = ImGui::GetFontTexUvWhitePixel();  // moves when the atlas grows
    for (const float number : {canvas_.camera.x, canvas_.camera.y, canvas_.camera.zoom, canvas_.view.x, canvas_.view.y, canvas_.view.w, canvas_.view.h, state_.map.laid_out_aspect,
                               white.x, white.y, state_.theme.scale})
      add(number);
    return hash.value() | 1;
  }

  void draw_again(const DrawnPods& drawn) {
    ImDrawList& list = *pen_.list;
    list.PrimReserve(int(drawn.indices.size()), int(drawn.vertices.size()));
    std::copy(drawn.vertices.begin(), drawn.vertices.end(), list._VtxWritePtr);
    for (std::size_t i = 0; i < drawn.indices.size(); ++i) list._IdxWritePtr[i] = drawn.indices[i] + list._VtxCurrentIdx;
    list._VtxWritePtr += drawn.vertices.size();
    list._IdxWritePtr += drawn.indices.size();
    list._VtxCurrentIdx += static_cast<unsigned int>(drawn.vertices.size());
  }

  void pod(std::size_t at, const ShownPod& shown) {
    const Rect rect = canvas_.to_screen(shown.rect);
    if (!canvas_.visible(rect)) return;
    const ImU32 color = shown.leaving ? pen_.colors().soft : state_.theme.tone(shown.mark.tone);
    if (rect.w < kDot) return draw_mark(pen_, rect.cx(), rect.cy(), std::max(1.5f, rect.w * 0.38f), shown.mark, color);
    const Pod& pod = model_.cluster.pods[at];
    const std::string id = id_of(pod);
    bool hovered = false;
    if (area(pen_, pod.uid, rect, hovered)) queue_.push(commands::SelectObject{"Pod", pod.ns, pod.name});
    if (hovered) {
      state_.map.hovered = id;
      ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
      tip(pen_, pod_tip(pod));
    }
    pod_tile(pod, rect, shown.mark, color, hovered, float(model_.motion.glow(id)));
  }

  static std::string id_of(const Pod& pod) { return "pod/" + pod.uid; }

  // As far as half way to the pods beside it, and no farther than its room's edge.
  float name_room(const std::string& uid, const Rect& rect) const {
    const float zoom = canvas_.camera.zoom, usual = kPodNameRoom * zoom - 4;
    if (model_.cluster.pods.size() > std::size_t(kMaxPodNames)) return usual;
    float room = kPodNameAlone * zoom;
    for (std::size_t i = 0; i < model_.cluster.pods.size(); ++i) {
      if (model_.cluster.pods[i].uid == uid) continue;
      const Rect beside = canvas_.to_screen(state_.map.layout.pods[i]);
      if (std::fabs(beside.cy() - rect.cy()) < 4) room = std::min(room, std::fabs(beside.cx() - rect.cx()) - 6);
    }
    return std::max(room, usual);
  }

  std::string pod_tip(const Pod& pod) const {
    const std::string age = viewmodel::age_text(model_.cluster.clock.now - pod.created);
    const std::string silent = out_of_touch(state_.map.silent, pod) ? std::string("; ") + model_.say(Word::pod_silent) : "";
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
    const float room = name_room(pod.uid, rect);
    const auto fits = std::find_if(names.begin(), names.end(), [&](const std::string& name) { return pen_.width(name, kSmall) <= room; });
    name_center(rect.cx(), rect.bottom() + 11, fits == names.end() ? names.back() : *fits, c.ink);
  }

  const Model& model_;
  ViewState& state_;
  commands::CommandQueue& queue_;
  const Canvas& canvas_;
  const Pen& pen_;
  bool pod_labels_ = false, part_labels_ = false, node_names_ = true;
  int group_names_ = 0;
  std::vector<std::size_t> named_groups_;
};

}  // namespace

void MapView::draw(const Model& model, ViewState& state, commands::CommandQueue& queue) {
  Pen pen = begin_region(state.theme, "map", state.layout.main);
  Rect view = state.layout.main;
  const bool card = !model.selected.kind.empty();
  const bool beside = card && fits_better_beside(state.map.layout.bounds, view);
  if (beside) view.w -= kMapCardWidth;
  else if (card) view.h -= kMapCardHeight;
  const Rect whole = view;
  view.y += faults_height(model);
  view.h -= faults_height(model);
  update_layout(model, state.map, state.layout.main, state.still);
  if (state.map.camera.fitted) {
    const MapCamera before = state.map.camera;
    const Rect left = {view.x, view.y, view.w - look_space(pen, model, state, view), view.h};
    const float buttons = 48 + (shows(model, "look") ? button_width(pen, model.say(Word::look_button), kSmall) : 0);
    fit_beside(state.map, left, legend_space(pen, model, state, view), view.right() - buttons, view.y + 48);
    follow_bounds(state.map, before, view, state);
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
  if (beside) draw_map_card(pen, model, state, queue, {view.right(), whole.y, kMapCardWidth, whole.h});
  else if (card) draw_map_card(pen, model, state, queue, {view.x, view.bottom(), view.w, kMapCardHeight});
  end_region();
}

}  // namespace orrery::views
