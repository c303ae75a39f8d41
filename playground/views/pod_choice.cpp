#include "playground/views/pod_choice.h"

#include <algorithm>

#include "playground/widgets/controls.h"

namespace orrery::views {

using namespace widgets;
using viewmodel::Pod;
using viewmodel::Word;

namespace {

constexpr std::size_t kChoicesMax = 8;

}  // namespace

void choose_pod(const Pen& pen, const viewmodel::Model& model, commands::CommandQueue& queue, float x, float y, float width) {
  const bool gone = model.selected.kind == "Pod";
  pen.text_mid(x, y + 32, model.say(gone ? Word::object_gone : model.cluster.pods.empty() ? Word::no_pods : Word::choose_pod), pen.colors().soft);
  y += 56;
  std::vector<const Pod*> pods;
  for (const Pod& pod : model.cluster.pods) pods.push_back(&pod);
  std::stable_sort(pods.begin(), pods.end(), [](const Pod* a, const Pod* b) { return a->created > b->created; });
  pods.resize(std::min(pods.size(), kChoicesMax));
  const viewmodel::SilentNodes silent = viewmodel::silent_nodes(model.cluster);
  for (const Pod* pod : pods) {
    const std::string name = pen.fitted_middle(pod->name, width - 64);
    const Rect row = {x, y, button_width(pen, name) + 32, 40};
    const Tone tone = viewmodel::mark_of(silent, *pod, viewmodel::Colouring::Status).tone;
    if (button(pen, {pod->uid, row, name, ButtonLook::Quiet, true, false, kBody, ""})) queue.push(commands::SelectObject{"Pod", pod->ns, pod->name});
    pen.sign(row.x + 14, row.cy(), 5, tone, pen.theme->tone(tone));
    y += 48;
  }
}

}  // namespace orrery::views
