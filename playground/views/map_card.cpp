#include "playground/views/map_card.h"

#include <cctype>

#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Word;

std::string lower(std::string text) {
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string kubectl(const std::string& verb, const viewmodel::ObjectRef& ref) {
  const std::string space = ref.ns.empty() || ref.ns == "default" ? "" : " -n " + ref.ns;
  return "kubectl " + verb + " " + lower(ref.kind) + " " + ref.name + space;
}

}  // namespace

void draw_map_card(const Pen& pen, const viewmodel::Model& model, commands::CommandQueue& queue, const Rect& rect) {
  const viewmodel::ObjectRef& ref = model.selected;
  const viewmodel::Pod* pod = viewmodel::selected_pod(model);
  pen.line(rect.x + kPadding, rect.y, rect.right() - kPadding, rect.y, pen.colors().line);
  struct Action {
    Word label;
    std::string line;  // empty: shows `view`
    const char* view;
  };
  const Action actions[] = {
      {Word::act_details, "", "pod"},
      {Word::act_yaml, "", "object"},
      {Word::act_describe, kubectl("describe", ref), ""},
      {Word::act_logs, kubectl("logs", ref).replace(0, 16, "kubectl logs "), ""},
      {Word::act_delete, kubectl("delete", ref), ""},
  };
  float x = rect.right() - kPadding;
  float needed = 0;
  for (const Action& action : actions) needed += button_width(pen, model.say(action.label), kSmall) + 4;
  const bool tight = rect.w - needed < 200;
  for (int i = 4; i >= 0; --i) {
    const Action& action = actions[i];
    const bool pods_only = i == 0 || i == 3;
    if ((pods_only && ref.kind != "Pod") || (tight && i == 1)) continue;
    const float width = button_width(pen, model.say(action.label), kSmall);
    x -= width;
    const bool enabled = pod != nullptr || ref.kind != "Pod";
    if (button(pen, {"card" + std::to_string(i), {x, rect.cy() - 20, width, 40}, model.say(action.label), ButtonLook::Quiet, enabled,
                     false, kSmall, action.line})) {
      if (action.line.empty()) queue.push(commands::ShowView{action.view});
      else queue.push(commands::RunLine{action.line});
    }
    x -= 4;
  }
  const float room = x - rect.x - kPadding - 8;
  const std::string state = pod ? pod->reason : model.say(Word::object_gone);
  pen.text_mid(rect.x + kPadding, rect.cy() - 11, pen.fitted_middle(ref.name, room, kBody, Face::Bold), pen.colors().ink, kBody, Face::Bold);
  float sx = rect.x + kPadding;
  if (pod) {
    const Tone tone = viewmodel::tone_of(*pod);
    pen.sign(sx + 6, rect.cy() + 13, 5, tone, pod->deleting ? pen.colors().soft : pen.theme->tone(tone));
    sx += 18;
  }
  pen.text_mid(sx, rect.cy() + 13, pen.fitted(state, room - 18, kSmall), pen.colors().soft, kSmall);
}

}  // namespace orrery::views
