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

}  // namespace

void draw_map_card(const Pen& pen, const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& rect) {
  Card card = card_of(model);
  if (shows(model, "toolbox") && !fault_offers(model).empty())
    card.actions.push_back({"break", model.say(Word::act_break), "", commands::RunLine{}, true, true});
  const Palette& c = pen.colors();
  pen.line(rect.x + kPadding, rect.y, rect.right() - kPadding, rect.y, c.line);
  float x = rect.right() - kPadding + 8;
  const Rect close = {x - 32, rect.cy() - 20, 32, 40};
  if (button(pen, {"close", close, "", ButtonLook::Plain, true, false, kSmall, model.say(Word::card_close)})) queue.push(commands::SelectObject{});
  pen.line(close.cx() - 5, close.cy() - 5, close.cx() + 5, close.cy() + 5, c.soft, 1.5f);
  pen.line(close.cx() - 5, close.cy() + 5, close.cx() + 5, close.cy() - 5, c.soft, 1.5f);
  x -= 36;
  for (auto action = card.actions.rbegin(); action != card.actions.rend(); ++action) {
    const float width = button_width(pen, action->label, kSmall);
    if (x - width < rect.x + kPadding + 96) break;  // a narrow page keeps the last ones
    x -= width;
    if (button(pen, {action->id, {x, rect.cy() - 20, width, 40}, action->label, ButtonLook::Quiet, action->enabled, false, kSmall, action->tip}))
      action->opens_toolbox ? void(state.map.toolbox = !state.map.toolbox) : queue.push(action->command);
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
