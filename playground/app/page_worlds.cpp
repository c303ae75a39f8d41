// Which world stands behind the page, and which text beside it.
#include <chrono>

#include "playground/app/page.h"
#include "playground/viewmodel/document_writer.h"

namespace orrery::app {

using viewmodel::View;
using viewmodel::Word;

namespace {

constexpr const char* kFirstLesson = "delete-one";  // the page opens on its world

constexpr const char* kLearning = "learning";
constexpr std::int64_t kDaySeconds = 86'400;

constexpr double kSkipStep = 0.25, kSkipMax = 90;  // seconds of the cluster's time until its pods run

bool is_view(const std::string& panel) { return panel == "map" || panel == "pod" || panel == "why" || panel == "layers" || panel == "events" || panel == "object"; }

}  // namespace

void Page::start(const std::string& bundle) {
  classroom_.load(bundle);
  classroom_.learning() = lesson::read_learning(platform_.setting(kLearning));
  open_saved();
}

// A new cluster in place of the one before: nothing of it remains on the page but what was printed.
void Page::take_world(std::unique_ptr<PageSource> source) {
  classroom_.leave();
  if (model_.terminal.busy()) model_.terminal.interrupted();
  waiting_lines_.clear();
  source_ = std::move(source);
  acts_.clear();
  notice_.clear();
  first_ = false;
  world_.clear();
  asks_reset_ = false;
  const std::uint64_t version = model_.cluster.version;
  model_.cluster = {};
  model_.cluster.version = version + 1;  // what was laid out for the cluster before is not this one's
  state_.map.camera = {};
  state_.map.shelf_rows = 0;
  model_.motion.reset();
  pace_ = {};
  answer_until_ = 0;
  model_.story = {};
  model_.history.reset();
  model_.timeline.reset();
  model_.usage.reset();
  usage_asked_.reset();
  model_.selected = {};
  model_.object_text = {};
  forget_editing();
  model_.revision_choice = {};
  edit_run_ = 0;
  model_.panels.clear();
  model_.terminal_works = false;
  model_.glossary = classroom_.glossary(model_.language);
  lesson_speed_ = 0;
  listing_ = false;
  changed_ = true;
}

// The server's cluster has nothing to ask: it is there to be looked at.
void Page::open_live() {
  take_world(open_.live({[this](auto on_message, auto on_open) { platform_.listen(std::move(on_message), std::move(on_open)); },
                         [this](const std::string& message) { platform_.send(message); }}));
  welcome_ = {};
  welcome_.choose(Welcome::Door::Live);
  show_document();
}

void Page::open_home() {
  if (platform_.attached() && open_.live) return open_live();
  const auto first = classroom_.library().find(kFirstLesson);
  take_world(open_.fresh(first ? first->world : lesson::WorldSpec()));
  model_.terminal.rule(model_.say(Word::terminal_new_cluster, {model_.say(Word::terminal_home)}));
  welcome_ = {};
  first_ = true;
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
  take_world(open_.fresh(lesson->world));
  model_.terminal.rule(model_.say(Word::terminal_new_cluster, {numbered_title(*lesson, model_.language)}));
  lesson::LessonWorld* world = source_ ? source_->lesson_world() : nullptr;
  if (world) classroom_.begin(id, *world, source_->goes_back());
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
  classroom_.set_day(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count() / kDaySeconds);
  if (classroom_.in_session()) {
    for (const std::string& line : classroom_.update(*source_->lesson_world()))
      if (!restoring_) source_->run_line(0, line);  // else the recording does it
    const lesson::Session& session = *classroom_.session();
    const std::vector<std::string> panels = session.complete() ? std::vector<std::string>() : session.panels();
    if (panels != model_.panels) changed = true;
    model_.panels = panels;
    if (session.speed() > 0 && session.speed() != lesson_speed_) source_->set_speed(lesson_speed_ = session.speed());
  } else {
    welcome_.observe(model_.cluster);
    model_.panels = welcome_.chosen() ? std::vector<std::string>() : std::vector<std::string>{"map", "terminal"};
  }
  if (classroom_.changed_learning() && !restoring_) platform_.save_setting(kLearning, lesson::learning_text(classroom_.learning()));
  // A step may become done by time alone, so its text is looked at even when the cluster is quiet.
  if (changed || ++quiet_turns_ % 20 == 0) show_document();
}

void Page::show_document() {
  viewmodel::Document document = listing_ && !classroom_.reviews() ? list()
                                 : classroom_.in_session() || classroom_.reviews() ? classroom_.document(model_.language)
                                 : !world_.empty()         ? classroom_.world(world_, model_.language)
                                                           : welcome_.document(model_.language);
  if (!notice_.empty()) document.blocks.insert(document.blocks.begin(), viewmodel::make_block(viewmodel::BlockKind::Note, "notice", notice_));
  if (document == model_.document) return;
  model_.document = std::move(document);
  model_.terminal_works = model_.terminal_works || (classroom_.in_session() && wants_commands(model_.document));
  changed_ = true;
}

}  // namespace orrery::app
