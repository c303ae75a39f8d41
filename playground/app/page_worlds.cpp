// Which world stands behind the page, and which text beside it.
#include "playground/app/page.h"

namespace orrery::app {

using viewmodel::View;

namespace {

constexpr const char* kFirstLesson = "delete-one";  // the page opens on its world

constexpr double kSkipStep = 0.25, kSkipMax = 90;  // seconds of the cluster's time until its pods run

bool is_view(const std::string& panel) { return panel == "map" || panel == "pod" || panel == "layers" || panel == "events" || panel == "object"; }

}  // namespace

void Page::start(const std::string& bundle) {
  classroom_.load(bundle);
  open_home();
}

// A new cluster in place of the one before: nothing of it remains on the page but what was printed.
void Page::open_world(const lesson::WorldSpec& spec) {
  classroom_.leave();
  if (model_.terminal.busy()) model_.terminal.interrupted();
  waiting_lines_.clear();
  source_ = open_(spec);
  model_.cluster = {};
  model_.motion.reset();
  model_.story = {};
  model_.history.reset();
  model_.timeline.reset();
  model_.selected = {};
  model_.object_text = {};
  model_.panels.clear();
  model_.glossary = classroom_.glossary(model_.language);
  lesson_speed_ = 0;
  listing_ = false;
  changed_ = true;
}

void Page::open_home() {
  const auto first = classroom_.library().find(kFirstLesson);
  open_world(first ? first->world : lesson::WorldSpec());
  welcome_ = {};
  settle([this] { return !welcome_.candidate().empty(); });
  show_document();
}

// A world that begins is shown when it is ready, not while it starts.
void Page::settle(const std::function<bool()>& ready) {
  if (!source_) return;
  for (double passed = 0; passed < kSkipMax && !ready(); passed += kSkipStep) {
    source_->skip(kSkipStep);
    source_->refresh(model_.cluster);
    attend(true);
  }
  for (const viewmodel::ShellOutput& output : source_->take_output()) model_.terminal.take(output);
  model_.history.observe(model_.cluster);
  model_.story.skip(model_.cluster.traces);
}

void Page::open_lesson(const std::string& id) {
  const auto lesson = classroom_.library().find(id);
  if (!lesson) return;
  open_world(lesson->world);
  lesson::LessonWorld* world = source_ ? source_->lesson_world() : nullptr;
  if (world) classroom_.begin(id, *world);
  settle([this] { return !classroom_.in_session() || classroom_.session()->started(); });
  for (const std::string& panel : lesson->panels)
    if (is_view(panel)) {
      model_.view = viewmodel::view_of(panel);
      break;
    }
  attend(true);
}

// Lets the lesson, or the first two minutes, see what happened, and shows the text for it.
void Page::attend(bool changed) {
  if (classroom_.in_session()) {
    for (const lesson::Fault& fault : classroom_.update(*source_->lesson_world())) source_->inject(fault);
    const lesson::Session& session = *classroom_.session();
    const std::vector<std::string> panels = session.complete() ? std::vector<std::string>() : session.panels();
    if (panels != model_.panels) changed = true;
    model_.panels = panels;
    if (session.speed() > 0 && session.speed() != lesson_speed_) source_->set_speed(lesson_speed_ = session.speed());
  } else {
    welcome_.observe(model_.cluster);
    model_.panels = welcome_.chosen() ? std::vector<std::string>() : std::vector<std::string>{"map", "terminal"};
  }
  // A step may become done by time alone, so its text is looked at even when the cluster is quiet.
  if (changed || ++quiet_turns_ % 20 == 0) show_document();
}

void Page::show_document() {
  viewmodel::Document document = listing_ ? classroom_.list(model_.language)
                                 : classroom_.in_session() ? classroom_.document(model_.language)
                                                           : welcome_.document(model_.language);
  if (document == model_.document) return;
  model_.document = std::move(document);
  changed_ = true;
}

}  // namespace orrery::app
