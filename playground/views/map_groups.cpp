#include "playground/views/map_groups.h"

#include <algorithm>
#include <functional>

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::GroupRoom;
using viewmodel::Grouping;
using viewmodel::Word;

constexpr float kNameLeast = 56;  // a narrower room has no room for a name

std::string title_of(const viewmodel::Model& model, const GroupRoom& room) {
  if (!room.name.empty()) return room.name + (room.ns.empty() || room.ns == "default" ? "" : ", " + room.ns);
  return model.look.grouping == Grouping::Owner ? model.say(Word::look_no_owner) : model.say(Word::look_no_label, {model.look.label});
}

// An owner and a namespace are objects; a label's value is none.
viewmodel::ObjectRef object_of(const viewmodel::Model& model, const GroupRoom& room) {
  if (model.look.grouping == Grouping::Namespace) return {"Namespace", "", room.name};
  const std::size_t space = room.name.find(' ');
  if (model.look.grouping != Grouping::Owner || space == std::string::npos) return {};
  return {room.name.substr(0, space), room.ns, room.name.substr(space + 1)};
}

void name(const Canvas& canvas, const viewmodel::Model& model, const GroupRoom& room, const Rect& rect, float head) {
  const Pen& pen = canvas.pen;
  const Palette& c = pen.colors();
  const bool inside = head >= 20;  // else over the pods, which are dots by then
  const float y = inside ? rect.y + head / 2 : rect.y + 12, x = rect.x + (inside ? std::min(16.0f, head * 0.4f) : 6);
  const float room_w = rect.right() - x - 8;
  const std::string count = std::to_string(room.pods);
  const float count_w = pen.width(count, kSmall) + 8;
  const std::string title = pen.fitted_middle(title_of(model, room), room_w - (room_w > 120 ? count_w : 0), kSmall, Face::Bold);
  const float title_w = pen.width(title, kSmall, Face::Bold);
  const bool counted = title_w + count_w <= room_w;
  if (!inside) pen.fill({x - 4, y - 10, title_w + (counted ? count_w : 0) + 8, 20}, c.surface, 6);
  canvas.write(x, y, title_w + (counted ? count_w : 0));
  pen.text_mid(x, y, title, c.ink, kSmall, Face::Bold);
  if (counted) pen.text_mid(x + title_w + 8, y, count, c.soft, kSmall);
}

// The number of pods that a room needs to be among the `names` largest.
int least_named(const std::vector<GroupRoom>& rooms, int names) {
  if (int(rooms.size()) <= names) return 0;
  std::vector<int> sizes;
  for (const GroupRoom& room : rooms) sizes.push_back(room.pods);
  std::sort(sizes.begin(), sizes.end(), std::greater<>());  // total order: equal numbers are alike
  return names > 0 ? sizes[std::size_t(names - 1)] : 1 << 30;
}

}  // namespace

std::vector<std::size_t> draw_groups(const Canvas& canvas, const viewmodel::Model& model, commands::CommandQueue& queue, int names) {
  const Pen& pen = canvas.pen;
  std::vector<std::size_t> to_name;
  const int least = least_named(canvas.map->groups, names);
  int named = 0;
  for (std::size_t i = 0; i < canvas.map->groups.size(); ++i) {
    const GroupRoom& room = canvas.map->groups[i];
    const Rect rect = canvas.to_screen(room.rect);
    const bool by_size = room.pods >= least && named < names;
    if (by_size) ++named;
    if (!canvas.visible(rect)) continue;
    pen.fill(rect, pen.colors().surface, std::min(12.0f, rect.w * 0.1f));
    if (rect.w < kNameLeast) continue;
    const float head = viewmodel::kRoomHead * canvas.camera.zoom;
    const viewmodel::ObjectRef object = object_of(model, room);
    const Rect bar = {rect.x, rect.y, rect.w, std::max(head, 20.0f)};
    bool hovered = false;
    if (area(pen, "group/" + room.ns + "/" + room.name, bar, hovered) && !object.kind.empty())
      queue.push(commands::SelectObject{object.kind, object.ns, object.name});
    const bool selected = !object.kind.empty() && model.selected == object;
    if (selected || (hovered && !object.kind.empty())) pen.fill(bar, selected ? pen.colors().tint : pen.colors().raised, std::min(12.0f, bar.h / 2));
    if (hovered && !object.kind.empty()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (hovered) tip(pen, title_of(model, room) + "  " + model.say(Word::pods_count, {std::to_string(room.pods)}));
    if (by_size || hovered || selected) to_name.push_back(i);
  }
  return to_name;
}

void draw_group_names(const Canvas& canvas, const viewmodel::Model& model, const std::vector<std::size_t>& rooms) {
  for (const std::size_t i : rooms) {
    const GroupRoom& room = canvas.map->groups[i];
    name(canvas, model, room, canvas.to_screen(room.rect), viewmodel::kRoomHead * canvas.camera.zoom);
  }
}

}  // namespace orrery::views
