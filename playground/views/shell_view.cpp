#include "playground/views/shell_view.h"

#include "playground/views/events_view.h"
#include "playground/views/layers_view.h"
#include "playground/views/lesson_view.h"
#include "playground/views/map_view.h"
#include "playground/views/object_view.h"
#include "playground/views/pod_view.h"
#include "playground/views/terminal_view.h"
#include "playground/views/time_view.h"
#include "playground/views/track_view.h"
#include "playground/views/why_view.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using viewmodel::View;
using viewmodel::Word;

constexpr struct {
  View view;
  Word label;
} kTabs[] = {{View::Map, Word::view_map}, {View::Pod, Word::view_pod}, {View::Why, Word::view_why}, {View::Layers, Word::view_layers},
             {View::Events, Word::view_events}, {View::Object, Word::view_object}};

void settings(const Pen& pen, const viewmodel::Model& model, commands::CommandQueue& queue, const Rect& bar) {
  const bool korean = model.language == viewmodel::Language::Korean;
  const std::string language = model.say(Word::set_language);
  const std::string ground = model.say(model.dark ? Word::set_light : Word::set_dark);
  const float y = bar.y + 8, height = bar.h - 16;
  float x = bar.right() - kPadding + 8;
  float width = button_width(pen, ground, kSmall) - 8;
  x -= width;
  if (button(pen, {"theme", {x, y, width, height}, ground, ButtonLook::Plain, true, false, kSmall, ""}))
    queue.push(commands::SetTheme{!model.dark});
  width = button_width(pen, language, kSmall) - 8;
  x -= width;
  if (button(pen, {"language", {x, y, width, height}, language, ButtonLook::Plain, true, false, kSmall, ""}))
    queue.push(commands::SetLanguage{korean ? "en" : "ko"});
}

void bar(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const Rect& rect = state.layout.bar;
  Pen pen = begin_region(state.theme, "bar", rect);
  float x = rect.x + kPadding - 16;
  for (const auto& tab : kTabs) {
    if (tab.view != model.view && !shows(model, viewmodel::name_of(tab.view))) continue;
    const std::string label = model.say(tab.label);
    const float width = button_width(pen, label);
    if (button(pen, {viewmodel::name_of(tab.view), {x, rect.y + 4, width, rect.h - 8}, label, ButtonLook::Tab, true, model.view == tab.view, kBody, ""}))
      queue.push(commands::ShowView{viewmodel::name_of(tab.view)});
    x += width;
  }
  settings(pen, model, queue, rect);
  end_region();
}

void main_view(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  switch (model.view) {
    case View::Map: return MapView::draw(model, state, queue);
    case View::Pod: return PodView::draw(model, state, queue);
    case View::Why: return WhyView::draw(model, state, queue);
    case View::Layers: return LayersView::draw(model, state, queue);
    case View::Events: return EventsView::draw(model, state, queue);
    case View::Object: return ObjectView::draw(model, state, queue);
  }
}

}  // namespace

void ShellView::draw(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue) {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const bool terminal = shows(model, "terminal");
  state.layout = viewmodel::compute_layout(size.x, size.y, {terminal, model.terminal_works && model.view != View::Layers, state.terminal.height > 0 ? state.terminal.height : model.terminal_height},
                                           shows(model, "time"));
  state.animating = false;
  LessonView::draw(model, state, queue);
  bar(model, state, queue);
  main_view(model, state, queue);
  TimeView::draw(model, state, queue);
  if (shows(model, "time")) TrackView::draw(model, state, queue);
  if (terminal) TerminalView::draw(model, state, queue);
}

}  // namespace orrery::views
