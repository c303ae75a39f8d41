#include "playground/views/map_card.h"

#include <cctype>

#include "playground/viewmodel/pod_words.h"
#include "playground/viewmodel/toolbox.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::Word;

struct Action {
  std::string id, label, tip;
  commands::Command command;
  bool enabled = true;
  bool opens_toolbox = false;
};

std::string kubectl(const std::string& verb, const viewmodel::ObjectRef& ref) {
  std::string kind;
  for (char c : ref.kind) kind += char(std::tolower(static_cast<unsigned char>(c)));
  const std::string space = ref.ns.empty() || ref.ns == "default" ? "" : " -n " + ref.ns;
  return "kubectl " + verb + (verb == "logs" || verb == "exec -it" ? "" : " " + kind) + " " + ref.name + space;
}

// Each button that does something to the cluster shows, and types, the command that does it.
std::vector<Action> object_actions(const viewmodel::Model& model, bool exists) {
  const viewmodel::ObjectRef& ref = model.selected;
  const bool pod = ref.kind == "Pod";
  std::vector<Action> actions;
  const auto line = [&](const char* id, Word label, const std::string& verb) {
    const std::string text = kubectl(verb, ref);
    actions.push_back({id, model.say(label), text, commands::RunLine{text}, exists});
  };
  if (pod && shows(model, "pod")) actions.push_back({"life", model.say(Word::act_details), "", commands::ShowView{"pod"}});
  if (pod && shows(model, "why")) actions.push_back({"why", model.say(Word::act_why), "", commands::ShowView{"why"}, exists});
  if (shows(model, "object")) actions.push_back({"yaml", model.say(Word::act_yaml), "", commands::ShowView{"object"}, exists});
  line("describe", Word::act_describe, "describe");
  if (pod) line("logs", Word::act_logs, "logs");
  if (pod && shows(model, "object")) {
    const std::string shell = kubectl("exec -it", ref) + " -- sh";
    actions.push_back({"shell", model.say(Word::act_shell), shell, commands::RunLine{shell}, exists});
  }
  if (pod) line("delete", Word::act_delete, "delete");
  return actions;
}

struct Card {
  std::string name, note;
  Tone tone = Tone::Idle;
  bool has_sign = false;
  std::vector<Action> actions;
};

Card part_card(const viewmodel::Model& model, const viewmodel::Part& part) {
  Card card;
  card.name = place_name(model, part.id) + (part.running ? "" : std::string(", ") + model.say(Word::part_stopped));
  card.note = model.say(about(part.kind));
  if (!part.known) card.note += std::string(" ") + model.say(Word::part_unknown);
  if (!part.running && part.can_stop) {
    const std::string line = "mend stop " + part.id;
    card.actions.push_back({"start", model.say(Word::act_start), line, commands::BreakOrMend{line}});
  }
  return card;
}

Card node_card(const viewmodel::Model& model, const viewmodel::Node* node) {
  Card card;
  card.name = model.selected.name;
  card.note = !node ? model.say(Word::object_gone) : node->ready ? "Ready" : "NotReady";
  card.tone = node && node->ready ? Tone::Good : Tone::Bad;
  card.has_sign = node != nullptr;
  card.actions = object_actions(model, node != nullptr);
  return card;
}

Card object_card(const viewmodel::Model& model) {
  Card card;
  const viewmodel::Pod* pod = viewmodel::selected_pod(model);
  card.name = model.selected.name;
  card.note = pod ? model.say(Word::pod_age, {pod->reason, viewmodel::age_text(model.cluster.clock.now - pod->created)}) : model.selected.kind == "Pod" ? model.say(Word::object_gone) : model.selected.kind;
  card.has_sign = pod != nullptr;
  const viewmodel::SilentNodes silent = viewmodel::silent_nodes(model.cluster);
  if (pod) card.tone = viewmodel::mark_of(silent, *pod, viewmodel::Colouring::Status).tone;
  if (pod && pod->deleting) card.tone = Tone::Idle;
  if (pod && out_of_touch(silent, *pod)) card.note += std::string("; ") + model.say(Word::pod_silent);
  card.actions = object_actions(model, pod || model.selected.kind != "Pod");
  return card;
}

Card card_of(const viewmodel::Model& model) {
  if (model.selected.kind == "Part")
    if (const viewmodel::Part* part = find_part(model.cluster, model.selected.name)) return part_card(model, *part);
  if (model.selected.kind == "Node") return node_card(model, find_node(model.cluster, model.selected.name));
  return object_card(model);
}

void close_button(const Pen& pen, const viewmodel::Model& model, commands::CommandQueue& queue, const Rect& rect) {
  if (button(pen, {"close", rect, "", ButtonLook::Plain, true, false, kSmall, model.say(Word::card_close)})) queue.push(commands::SelectObject{});
  const ImU32 color = pen.colors().soft;
  pen.line(rect.cx() - 5, rect.cy() - 5, rect.cx() + 5, rect.cy() + 5, color, 1.5f);
  pen.line(rect.cx() - 5, rect.cy() + 5, rect.cx() + 5, rect.cy() - 5, color, 1.5f);
}

void do_action(const Action& action, ViewState& state, commands::CommandQueue& queue) {
  if (action.opens_toolbox) state.map.toolbox = !state.map.toolbox;
  else queue.push(action.command);
}

// Top down: the name, what is to be said of it, the buttons in rows.
void upright_card(const Pen& pen, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Card& card, const Rect& rect) {
  const Palette& c = pen.colors();
  pen.line(rect.x, rect.y + 8, rect.x, rect.bottom() - 8, c.line);
  const float left = rect.x + 16, right = rect.right() - 16;
  close_button(pen, model, queue, {right - 24, rect.y + 8, 32, 40});
  pen.text_mid(left, rect.y + 28, pen.fitted_middle(card.name, right - 32 - left, kBody, Face::Bold), c.ink, kBody, Face::Bold);
  float y = rect.y + 56;
  if (card.has_sign) pen.sign(left + 6, y + 10, 5, card.tone, pen.theme->tone(card.tone));
  const float indent = card.has_sign ? 18 : 0;
  y += paragraph(pen, left + indent, y, right - left - indent, card.note, c.soft, kSmall, 1.5f) + 12;
  float x = left;
  for (const Action& action : card.actions) {
    const float width = button_width(pen, action.label, kSmall);
    if (x > left && x + width > right) x = left, y += 44;
    if (y + 40 > rect.bottom()) break;
    if (button(pen, {action.id, {x, y, width, 40}, action.label, ButtonLook::Quiet, action.enabled, false, kSmall, action.tip})) do_action(action, state, queue);
    x += width + 4;
  }
}

}  // namespace

void draw_map_card(const Pen& pen, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& rect) {
  Card card = card_of(model);
  if (shows(model, "toolbox") && !fault_offers(model).empty())
    card.actions.push_back({"break", model.say(Word::act_break), "", commands::RunLine{}, true, true});
  if (rect.h > kMapCardHeight) return upright_card(pen, model, state, queue, card, rect);
  const Palette& c = pen.colors();
  pen.line(rect.x + kPadding, rect.y, rect.right() - kPadding, rect.y, c.line);
  float x = rect.right() - kPadding + 8;
  close_button(pen, model, queue, {x - 32, rect.cy() - 20, 32, 40});
  x -= 36;
  for (auto action = card.actions.rbegin(); action != card.actions.rend(); ++action) {
    const float width = button_width(pen, action->label, kSmall);
    if (x - width < rect.x + kPadding + 96) break;  // a narrow page keeps the last ones
    x -= width;
    if (button(pen, {action->id, {x, rect.cy() - 20, width, 40}, action->label, ButtonLook::Quiet, action->enabled, false, kSmall, action->tip})) do_action(*action, state, queue);
    x -= 4;
  }
  const float room = x - rect.x - kPadding - 8;
  pen.text_mid(rect.x + kPadding, rect.cy() - 12, pen.fitted_middle(card.name, room, kBody, Face::Bold), c.ink, kBody, Face::Bold);
  float at = rect.x + kPadding;
  if (card.has_sign) {
    pen.sign(at + 6, rect.cy() + 13, 5, card.tone, pen.theme->tone(card.tone));
    at += 18;
  }
  pen.text_mid(at, rect.cy() + 13, pen.fitted(card.note, x - at - 8, kSmall), c.soft, kSmall);
}

}  // namespace orrery::views
