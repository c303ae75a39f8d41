// The page is never lost: what is kept of it, and how it comes back.
#include <chrono>

#include "playground/app/page.h"
#include "playground/viewmodel/document_writer.h"

namespace orrery::app {

using viewmodel::Nanos;
using viewmodel::Word;

namespace {

constexpr const char* kSetting = "page";
constexpr const char* kBefore = "page.before";          // what a link took the place of
constexpr double kSaveEvery = 30;                       // seconds: what a crash of the browser may take
constexpr Nanos kReplayStep = viewmodel::kSecond;       // the lesson looks that often at what is done again
constexpr int kReplaySteps = 3600;                      // at most, in longer steps then
constexpr double kReplayMax = 6;                        // real seconds; what is left stays ahead on the track
constexpr std::size_t kLinkMax = 16'000;                // characters before they are packed

double real_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

SavedPage Page::saved() const {
  SavedPage out;
  const viewmodel::Clock& clock = model_.cluster.clock;
  out.build = ORRERY_VERSION;
  out.recording = source_->recording();
  out.branches = source_->branches();
  if (classroom_.in_session()) out.lesson = classroom_.session()->lesson().id;
  out.first = first_;
  out.world = world_;
  out.acts = acts_;
  out.view = viewmodel::name_of(model_.view);
  out.selected_kind = model_.selected.kind;
  out.selected_ns = model_.selected.ns;
  out.selected_name = model_.selected.name;
  out.speed = clock.speed;
  out.paused = clock.paused;
  if (clock.past()) out.now = clock.now;
  out.history = model_.terminal.history();
  out.lines.assign(model_.terminal.lines().begin(), model_.terminal.lines().end());
  return out;
}

void Page::save() {
  since_saved_ = 0;
  saved_inputs_ = model_.cluster.clock.acts.size();
  saved_acts_ = acts_.size();
  if (!source_ || !model_.cluster.connected || !model_.cluster.simulated) return;
  // The first page, untouched, is the same without being kept.
  const bool untouched = first_ && acts_.empty() && saved_inputs_ <= 1;
  platform_.save_setting(kSetting, untouched ? "" : saved_text(saved()));
}

void Page::save_if_due(double seconds) {
  since_saved_ += seconds;
  const bool acted = saved_inputs_ != model_.cluster.clock.acts.size() || saved_acts_ != acts_.size();
  if (acted || since_saved_ > kSaveEvery) save();
}

// What the program was opened with comes first: a link, a file. Then what was there last time.
void Page::open_saved() {
  if (platform_.attached() && open_.live) return open_home();
  const std::string given = platform_.opened_with(), kept = platform_.setting(kSetting);
  if (!given.empty() && restore(given)) {
    if (!kept.empty()) platform_.save_setting(kBefore, kept);
    return;
  }
  if (!kept.empty() && given.empty() && restore(kept)) return;
  const std::string trouble = notice_;
  open_home();
  notice_ = trouble;
  show_document();
}

bool Page::restore(const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    notice_ = model_.say(Word::open_failed, {why});
    return false;
  };
  const auto page = read_saved(text);
  if (!page) return refuse(page.error().message.str());
  const auto lesson = page->lesson.empty() ? nullptr : classroom_.library().find(page->lesson);
  if (!lesson && !page->lesson.empty()) return refuse("the lesson " + page->lesson);
  std::string error;
  auto source = open_.recorded ? open_.recorded(page->recording, error) : nullptr;
  if (!source) return refuse(error);
  source->keep_branches(page->branches);
  take_world(std::move(source));
  welcome_ = {};
  if (lesson) classroom_.begin(lesson->id, *source_->lesson_world(), source_->goes_back());
  else if (!page->first) welcome_.choose(Welcome::Door::Kubectl);
  first_ = page->first;
  for (const lesson::World& world : classroom_.library().worlds)
    if (world.id == page->world) world_ = page->world;
  const lesson::Learning learned = classroom_.learning();
  do_again(*page);
  classroom_.learning() = learned;  // what was finished before is known already
  if (!page->build.empty() && page->build != ORRERY_VERSION) notice_ = model_.say(Word::open_other_build, {page->build, ORRERY_VERSION});
  if (page->now > 0 && page->now < model_.cluster.clock.now) run(commands::GoToTime{page->now});
  source_->set_speed(page->speed);
  source_->set_paused(page->paused || model_.cluster.clock.past());
  model_.terminal.restore(page->lines, page->history);
  model_.view = viewmodel::view_of(page->view);
  model_.selected = {page->selected_kind, page->selected_ns, page->selected_name};
  attend(true);
  show_document();
  return true;
}

// Everything up to the recording's end happens again, unseen, and the lesson looks on.
void Page::do_again(const SavedPage& page) {
  restoring_ = true;
  acts_ = page.acts;
  const viewmodel::Clock& clock = model_.cluster.clock;
  source_->refresh(model_.cluster);
  const Nanos step = std::max(kReplayStep, (clock.end - clock.start) / kReplaySteps);
  const double limit = real_seconds() + kReplayMax;
  std::size_t next = 0;
  for (;;) {
    attend(true);
    for (; next < page.acts.size() && page.acts[next].at <= clock.now; ++next) act_again(page.acts[next]);
    if (clock.now >= clock.end || real_seconds() > limit) break;
    Nanos target = std::min(clock.end, clock.now + step);
    if (next < page.acts.size()) target = std::min(target, page.acts[next].at);
    source_->skip(double(target - clock.now) / 1e9);
    source_->refresh(model_.cluster);
    model_.history.observe(model_.cluster);
    model_.timeline.observe(model_.history, model_.cluster.clock);
  }
  for (; next < page.acts.size(); ++next) act_again(page.acts[next]);  // of another branch's times
  source_->take_output();
  model_.story.skip(model_.cluster.traces);
  restoring_ = false;
}

void Page::act_again(const DocumentAct& act) {
  if (act.action == "command") return classroom_.command_ended();
  if (classroom_.act(act.action, act.block)) return attend(true);
  welcome_.act(act.action);
}

viewmodel::Document Page::list() const {
  viewmodel::Document document = classroom_.list(model_.language, source_ && model_.cluster.simulated, asks_reset_);
  if (platform_.setting(kBefore).empty()) return document;
  document.blocks.push_back(viewmodel::make_button("before", model_.say(Word::keep_before)));
  return document;
}

bool Page::keep(const std::string& action) {
  if (action.rfind("world:", 0) == 0) {
    for (const lesson::World& world : classroom_.library().worlds)
      if (world.id == action.substr(6)) {
        SavedPage page;
        page.recording = world.recording;
        page.world = world.id;
        page.history = model_.terminal.history();
        page.lines.assign(model_.terminal.lines().begin(), model_.terminal.lines().end());
        if (restore(saved_text(page))) model_.terminal.rule(model_.say(Word::terminal_new_cluster, {world.title.in(model_.language)}));
      }
    return true;
  }
  if (action == "before") {
    restore(platform_.setting(kBefore));
    return true;
  }
  if (action == "reset" || action == "reset.no") {
    asks_reset_ = action == "reset";
  } else if (action == "reset.yes") {
    asks_reset_ = false;
    open_home();
  } else if (action == "share" || action == "file" || action == "choose") {
    SavedPage page = source_ ? saved() : SavedPage();
    if (action == "share") page.branches.clear();  // it is to be short
    if (action == "file") page.learning = lesson::learning_text(classroom_.learning());  // a link goes to others, and has none
    const std::string text = action == "choose" || !source_ ? "" : saved_text(page);
    if (action == "share" && text.size() > kLinkMax) notice_ = model_.say(Word::share_long);
    else platform_.publish(action, text);
    if (action == "share" && text.size() <= kLinkMax) notice_ = model_.say(Word::share_done);
  } else {
    return false;
  }
  show_document();
  return true;
}

}  // namespace orrery::app
