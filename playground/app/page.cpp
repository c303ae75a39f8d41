#include "playground/app/page.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "playground/viewmodel/mirror.h"
#include "playground/viewmodel/view_document.h"
#include "playground/views/shell_view.h"

namespace orrery::app {

using viewmodel::Language;
using viewmodel::View;

namespace {

constexpr const char* kPrinted = "lessons/";  // beside the page
constexpr double kNapSeconds = 0.1;
constexpr double kViewMirrorSeconds = 0.5;  // of a big cluster at most so often: counting its pods takes time
constexpr std::size_t kBigCluster = 1000;     // pods
constexpr double kBigTakeSeconds = 0.1;       // what changes in a big cluster is taken in so often: dots needn't change faster
constexpr std::size_t kTracesAFrame = 192;    // of a big cluster's messages; it keeps some thousand for those who come later

// Of the cluster that is there now.
std::string last_lines(const viewmodel::Terminal& terminal, std::size_t count) {
  using Kind = viewmodel::TerminalLine::Kind;
  const auto& lines = terminal.lines();
  std::string text;
  for (std::size_t i = lines.size() > count ? lines.size() - count : 0; i < lines.size(); ++i) {
    if (lines[i].kind == Kind::Rule) text.clear();
    text += (lines[i].kind == Kind::Prompt ? "$ " : "") + lines[i].text + "\n";
  }
  if (terminal.listener() != viewmodel::Listener::Nobody) text += terminal.prompt();
  return text;
}

}  // namespace

Page::Page(platform::Platform& platform, Worlds open, const PageOptions& options)
    : platform_(platform), open_(std::move(open)) {
  const std::string theme = platform_.setting("theme");
  model_.dark = options.dark || theme == "dark" || (theme.empty() && platform_.prefers_dark());
  state_.still = options.still || platform_.prefers_reduced_motion();
  model_.motion.set_still(state_.still);
  if (platform_.opens_pages()) classroom_.set_printed(kPrinted);
  model_.view = viewmodel::view_of(options.view);
  const std::string look = platform_.setting("look");
  const std::size_t space = look.find(' ');
  if (space != std::string::npos) set_look(model_.look, look.substr(0, space), look.substr(space + 1));
  model_.terminal_height = std::strtof(platform_.setting("terminal").c_str(), nullptr);
  first_language(options);
  show_document();
  load_fonts();
  platform_.load_asset("lessons.json", [this](std::string bundle) { start(bundle); });
}

void Page::first_language(const PageOptions& options) {
  std::string code = options.language;
  if (code.empty()) code = platform_.setting("language");
  if (code.empty()) code = platform_.preferred_language();
  model_.language = viewmodel::language_of(code);
}

void Page::load_fonts() {
  for (const std::string& name : widgets::Fonts::needed())
    platform_.load_asset(name, [this, name](std::string bytes) {
      fonts_.arrived(name, std::move(bytes));
      retheme();
    });
}

void Page::retheme() {
  state_.theme.dark = model_.dark;
  state_.theme.scale = model_.text_scale;
  fonts_.give(state_.theme);
  apply_style(state_.theme);
  changed_ = true;
}

// Syllables that the page's own texts don't have live in files of their own, which are fetched when the first of them turns up.
void Page::need_glyphs(const std::string& text) { fetch(fonts_.wanted(text)); }

void Page::fetch(const std::vector<std::string>& fonts) {
  for (const std::string& name : fonts)
    platform_.load_asset(name, [this, name](std::string bytes) {
      fonts_.arrived(name, std::move(bytes));
      retheme();
      need_glyphs("");
    });
}

// The cluster's time, which waits for the picture. A command that was just typed gets its first words before.
void Page::let_pass(double seconds) {
  const viewmodel::Clock& clock = model_.cluster.clock;
  const bool shown = model_.view == View::Map && !state_.still && clock.speed <= 1 && !clock.paused;
  const bool answers = model_.terminal.busy() && clock.now < answer_until_;
  const bool waits = pace_.waits(model_.motion, shown && !answers, seconds);
  if (!waits) source_->advance(seconds, shown && !pace_.tired());
}

double Page::tick(double seconds) {
  run_commands();
  if (source_) {
    let_pass(seconds);
    const bool took_before = behind_ == 0;
    attend(take_from_source(seconds));
    measure();
    if (took_before || behind_ > 0) save_if_due(seconds);  // else this frame has had its share of work
  }
  model_.motion.advance(seconds);
  const bool moves = model_.motion.moving() || state_.animating || changed_ || !fonts_.ready();
  changed_ = false;
  if (moves) return 0;
  if (!source_) return std::numeric_limits<double>::infinity();
  if (behind_ > 0) return behind_;
  // What happens while nobody waits for it may show a tenth of a second late: many small wakings cost more than they show.
  return model_.terminal.busy() ? source_->quiet_for() : std::max(std::min(source_->quiet_for(), measures_in()), kNapSeconds);
}

// Whether the view shows what kubectl prints about the object.
bool Page::reads_text() const {
  using viewmodel::ObjectTab;
  const ObjectTab tab = model_.object_tab;
  return model_.view == View::Object && (tab == ObjectTab::Yaml || tab == ObjectTab::Describe || tab == ObjectTab::Logs);
}

// How long what the cluster did may wait to be taken in; 0: it was.
double Page::take_in(double seconds, bool& news) {
  since_taken_ += seconds;
  const bool big = model_.cluster.pods.size() > kBigCluster, waits = big && since_taken_ < kBigTakeSeconds;
  const std::size_t traces = waits || behind_ == 0 ? kTracesAFrame : 0;  // the objects have a frame to themselves
  news = big ? source_->refresh_share(model_.cluster, !waits, traces) : source_->refresh(model_.cluster);
  if (waits) return kBigTakeSeconds - since_taken_;
  since_taken_ = 0;
  return 0;
}

bool Page::take_from_source(double seconds) {
  bool news = false;
  model_.cluster.inspected = model_.view == View::Object && model_.object_tab == viewmodel::ObjectTab::Changes ? model_.selected : viewmodel::ObjectRef();
  behind_ = take_in(seconds, news);
  if (news) {
    model_.motion.observe(model_.story.tell(model_.cluster.traces));
    changed_ = true;
  }
  news = news && behind_ == 0;  // else messages alone came
  if (news) {
    model_.history.observe(model_.cluster);
    model_.timeline.observe(model_.history, model_.cluster.clock);
    if (model_.view == View::Why) look_why();
    if (reads_text() && text_version_ != model_.cluster.version) request_text(model_.object_text.form);
  }
  for (const viewmodel::ShellOutput& output : source_->take_output()) {
    need_glyphs(output.text);
    model_.terminal.take(output);
    take_edit_output(output);
    if (!output.editing.name.empty()) open_editor(output.editing);
    if (output.finished && output.run != 0) note_command();
    if (output.run == model_.terminal.running() || output.finished) answer_until_ = 0;
    news = changed_ = true;
  }
  if (model_.terminal.busy()) model_.terminal.set_listener(source_->listener(model_.terminal.running()));
  run_waiting_line();
  for (viewmodel::ObjectText& text : source_->take_texts()) {
    take_text(std::move(text));
  }
  return news;
}

// What `kubectl edit` would hand to $EDITOR.
void Page::open_editor(const viewmodel::ObjectRef& ref) {
  model_.terminal.note_output(model_.say(viewmodel::Word::edit_opened));
  model_.view = View::Object;
  forget_editing();  // what was edited of it before is not its present state
  run(commands::RequestText{ref.kind, ref.ns, ref.name, viewmodel::name_of(viewmodel::ObjectTab::Edit)});
}

void Page::take_text(viewmodel::ObjectText text) {
  if (!(text.ref == model_.selected) || text.form != model_.object_text.form) return;
  need_glyphs(text.text);
  viewmodel::Editing& editing = model_.editing;
  if (model_.object_tab == viewmodel::ObjectTab::Edit && editing.of == text.ref && editing.state == viewmodel::Editing::State::Loading) {
    editing.original = editing.text = viewmodel::editable(text.text);
    if (!text.error.empty()) editing.errors = {{0, text.error}};
    editing.state = viewmodel::Editing::State::Open;
    ++editing.version;
    if (!late_edit_.empty()) message(std::exchange(late_edit_, {}));
  }
  model_.object_text = std::move(text);
  changed_ = true;
}

void Page::take_edit_output(const viewmodel::ShellOutput& output) {
  if (edit_run_ == 0 || output.run != edit_run_) return;
  if (output.error) edit_said_ += output.text;
  if (!output.finished) return;
  edit_run_ = 0;
  viewmodel::Editing& editing = model_.editing;
  const bool stored = output.exit_status == 0;
  editing.state = stored ? viewmodel::Editing::State::Stored : viewmodel::Editing::State::Refused;
  editing.errors = stored ? std::vector<viewmodel::ManifestError>() : viewmodel::manifest_errors(editing.text, edit_said_);
  if (stored) editing.original = editing.text;
}

void Page::draw(double seconds) {
  if (!fonts_.ready()) return;
  state_.seconds = std::min(seconds, 0.1);
  since_view_ += seconds;
  state_.preedit = platform_.preedit().text;
  state_.caret = {};
  views::ShellView::draw(model_, state_, queue_);
  platform_.set_caret({state_.caret.x, state_.caret.y, state_.caret.height, state_.caret.wants_text});
  if (!queue_.empty()) platform_.wake();
  publish();
  if (model_.language == Language::Korean) fetch(fonts_.common());  // who reads it may type it; the first picture comes first
}

void Page::publish_view() {
  const bool big = model_.cluster.pods.size() > kBigCluster;
  const std::string key = std::to_string(model_.cluster.version) + viewmodel::code_of(model_.language) + viewmodel::name_of(model_.view) +
                          group_name(model_.look) + colour_name(model_.look) + std::to_string(model_.panels.size()) + " " + model_.selected.kind + " " + model_.selected.ns + " " + model_.selected.name +
                          viewmodel::name_of(model_.object_tab) + std::to_string(model_.revision_choice.to) + " " + std::to_string(model_.revision_choice.from) +
                          std::to_string(int(model_.editing.state)) + " " + std::to_string(model_.editing.version) + " " + std::to_string(model_.object_text.text.size()) + (model_.object_text.arrived ? "!" : "") + (shows_usage() ? " " + std::to_string(model_.usage.version()) : "");
  if (key == view_key_) return;
  const bool busy = behind_ == 0 && since_view_ < 2 * kViewMirrorSeconds;  // this frame has had its share of work
  if (big && (busy || since_view_ < kViewMirrorSeconds)) {
    changed_ = true;  // not yet
    return;
  }
  view_key_ = key;
  since_view_ = 0;
  viewmodel::Document document = viewmodel::view_document(model_);
  if (document == mirrored_view_) return;
  mirrored_view_ = std::move(document);
  platform_.publish("view", viewmodel::mirror_json(mirrored_view_));
}

// The DOM mirror gets a document once a change; tests and the shell get a line about what is shown.
void Page::publish() {
  if (!(mirrored_ == model_.document)) {
    mirrored_ = model_.document;
    platform_.publish("mirror", viewmodel::mirror_json(mirrored_));
  }
  publish_view();
  if (terminal_version_ != model_.terminal.version()) {
    terminal_version_ = model_.terminal.version();
    platform_.publish("terminal", last_lines(model_.terminal, 40));
  }
  const std::string last = model_.terminal.lines().empty() ? "" : model_.terminal.lines().back().text;
  const std::string state = "{\"view\":\"" + std::string(viewmodel::name_of(model_.view)) + "\",\"language\":\"" +
                            viewmodel::code_of(model_.language) + "\",\"dark\":" + (model_.dark ? "true" : "false") +
                            ",\"connected\":" + (model_.cluster.connected ? "true" : "false") +
                            ",\"pods\":" + std::to_string(model_.cluster.pods.size()) +
                            ",\"nodes\":" + std::to_string(model_.cluster.nodes.size()) +
                            ",\"time\":" + std::to_string((model_.cluster.clock.now - model_.cluster.clock.start) / viewmodel::kSecond) +
                            ",\"past\":" + (model_.cluster.clock.past() ? "true" : "false") +
                            ",\"faults\":" + std::to_string(model_.cluster.faults.size()) +
                            ",\"branches\":" + std::to_string(model_.cluster.clock.branches) +
                            ",\"moving\":" + (model_.motion.moving() ? "true" : "false") +
                            ",\"busy\":" + (model_.terminal.busy() ? "true" : "false") +
                            ",\"status\":" + std::to_string(model_.terminal.last_status()) +
                            ",\"lines\":" + std::to_string(model_.terminal.lines().size()) +
                            ",\"terminal\":" + std::to_string(int(state_.layout.terminal.h)) + ",\"below\":" + std::to_string(int(state_.terminal.scroll)) +
                            ",\"offered\":" + viewmodel::quoted_json(state_.terminal.offered) + ",\"chosen\":" + viewmodel::quoted_json(model_.terminal.editor().selected()) +
                            ",\"prompt\":" + viewmodel::quoted_json(model_.terminal.editor().text()) +
                            ",\"last\":" + viewmodel::quoted_json(last) + ",\"say\":" + viewmodel::quoted_json(caption(model_)) +
                            ",\"document\":" + viewmodel::quoted_json(model_.document.id) +
                            ",\"selected\":" + viewmodel::quoted_json(model_.selected.name) + "}";
  if (state == published_) return;
  published_ = state;
  platform_.publish("state", state);
}


}  // namespace orrery::app
