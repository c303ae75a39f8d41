// What each command does.
#include <algorithm>
#include <cstdlib>

#include "playground/app/page.h"
#include "playground/lesson_engine/lesson_words.h"

namespace orrery::app {

using commands::Edit;
using viewmodel::LineEditor;
using viewmodel::TextForm;
using viewmodel::View;

void Page::run_commands() {
  for (const commands::Command& command : queue_.take()) {
    std::visit([this](const auto& c) { run(c); }, command);
    changed_ = true;
  }
}

void Page::run(const commands::RunLine& command) {
  waiting_lines_.push_back(command.line);
  run_waiting_line();
}

// It doesn't wait for a command that goes on, such as kubectl get -w: that one is there to see it.
void Page::run(const commands::BreakOrMend& command) {
  if (!model_.terminal.busy()) return run(commands::RunLine{command.line});
  model_.terminal.note_line(command.line);
  if (source_) source_->run_line(0, command.line);
}

void Page::run_waiting_line() {
  if (waiting_lines_.empty() || model_.terminal.busy()) return;
  std::uint64_t run = 0;
  const std::string line = model_.terminal.enter_line(waiting_lines_.front(), run);
  waiting_lines_.pop_front();
  if (model_.editing.state == viewmodel::Editing::State::Asked && line == model_.editing.command) edit_run_ = run;
  submit(line, run);
}

void Page::run(const commands::TypeLine& command) { model_.terminal.type(command.line); }

// What the program that listens reads; its echo comes as what the command prints.
void Page::type_to_listener(const std::string& text) {
  answer_until_ = model_.cluster.clock.now + kAnswerTime;
  source_->type(model_.terminal.running(), text);
}

void Page::run(const commands::InterruptLine&) {
  viewmodel::Terminal& terminal = model_.terminal;
  // A program may ignore it; nobody is to be stuck in one, so the second one that nothing answered ends kubectl itself.
  const bool ignored = interrupted_run_ == terminal.running() && interrupted_version_ == terminal.version();
  if (terminal.listener() == viewmodel::Listener::Terminal && !ignored) {
    terminal.editor().set_text("");
    interrupted_run_ = terminal.running();
    interrupted_version_ = terminal.version();
    return type_to_listener(std::string(1, viewmodel::ClusterSource::kInterrupt));
  }
  if (model_.terminal.busy() && source_) source_->interrupt(model_.terminal.running());
  model_.terminal.interrupted();
  waiting_lines_.clear();
}

void Page::submit(const std::string& line, std::uint64_t run) {
  if (line.empty()) return;
  answer_until_ = model_.cluster.clock.now + kAnswerTime;
  if (source_) source_->run_line(run, line);
  else model_.terminal.take({run, std::string(model_.say(viewmodel::Word::terminal_absent)) + "\n", true, true, 1});
}

void Page::run(const commands::EditLine& command) {
  viewmodel::Terminal& terminal = model_.terminal;
  LineEditor& editor = terminal.editor();
  using Move = LineEditor::Move;
  const auto typed = [&] { terminal.edited(); };
  switch (command.edit) {
    case Edit::Insert:
      need_glyphs(command.text);
      editor.insert(command.text);
      return typed();
    case Edit::EraseBefore: return editor.erase_before(), typed();
    case Edit::EraseAfter: return editor.erase_after(), typed();
    case Edit::EraseWord: return editor.erase_word_before(), typed();
    case Edit::EraseToStart: return editor.erase_to_start(), typed();
    case Edit::EraseToEnd: return editor.erase_to_end(), typed();
    case Edit::Left: return editor.move(Move::Left, command.select);
    case Edit::Right: return editor.move(Move::Right, command.select);
    case Edit::WordLeft: return editor.move(Move::WordLeft, command.select);
    case Edit::WordRight: return editor.move(Move::WordRight, command.select);
    case Edit::Home: return editor.move(Move::Home, command.select);
    case Edit::End: return editor.move(Move::End, command.select);
    case Edit::Place: return editor.place(command.caret, command.select);
    case Edit::SelectAll: return editor.select_all();
    case Edit::Older: return terminal.older();
    case Edit::Newer: return terminal.newer();
    case Edit::AcceptRescue: return terminal.accept_rescue();
    case Edit::Clear: return terminal.clear();
    case Edit::EndOfInput:
      if (editor.text().empty() && terminal.listener() != viewmodel::Listener::Nobody)
        type_to_listener(std::string(1, viewmodel::ClusterSource::kEndOfInput));
      return;
    case Edit::Complete:
      if (terminal.listener() != viewmodel::Listener::Nobody) return;
      if (terminal.next_blank()) return;
      if (source_) terminal.complete(source_->complete(editor.text().substr(0, editor.caret())));
      return;
    case Edit::Submit: {
      if (terminal.listener() != viewmodel::Listener::Nobody) return type_to_listener(terminal.answer());
      if (terminal.busy()) return;
      std::uint64_t run = 0;
      const std::string line = terminal.enter(run);
      return submit(line, run);
    }
  }
}

void Page::run(const commands::SetPaused& command) {
  if (source_) source_->set_paused(command.paused);
}

void Page::run(const commands::StepOnce&) {
  if (source_) source_->step();
}

void Page::run(const commands::SetSpeed& command) {
  if (source_) source_->set_speed(command.speed);
}

void Page::run(const commands::GoToTime& command) {
  if (!source_) return;
  source_->go_to(command.at);
  show_other_time();
}

void Page::run(const commands::OpenBranch& command) {
  if (!source_) return;
  source_->open_branch(command.index);
  model_.timeline.reset();
  show_other_time();
}

// The cluster is another one now: what is shown of it begins anew, and nothing of the way there is played back.
void Page::show_other_time() {
  waiting_lines_.clear();
  const std::uint64_t version = model_.cluster.version;
  model_.cluster = {};
  model_.cluster.version = version + 1;
  model_.motion.reset();
  pace_ = {};
  answer_until_ = 0;
  model_.motion.set_still(state_.still);
  model_.story = {};
  source_->refresh(model_.cluster);
  model_.story.skip(model_.cluster.traces);
  model_.history.rewind(model_.cluster);
  model_.usage.rewind(model_.cluster.clock.now);
  attend(true);
  changed_ = true;
}

void Page::run(const commands::SelectObject& command) {
  const viewmodel::ObjectRef ref = {command.kind, command.ns, command.name};
  model_.selected = model_.selected == ref && model_.view == View::Map ? viewmodel::ObjectRef() : ref;  // again: let go
  model_.object_text = {model_.selected, model_.object_text.form, "", "", false};
  model_.revision_choice = {};
  if (model_.view == View::Why) look_why();
  if (model_.view == View::Object || model_.view == View::Events) run(commands::ShowView{"object"});
}

void Page::run(const commands::ShowView& command) {
  model_.view = viewmodel::view_of(command.view);
  if (model_.view == View::Why) look_why();
  if (model_.view != View::Object || model_.selected.kind.empty()) return;
  const std::vector<viewmodel::ObjectTab> tabs = object_tabs(model_);
  if (std::find(tabs.begin(), tabs.end(), model_.object_tab) == tabs.end()) model_.object_tab = tabs.front();
  run(commands::RequestText{model_.selected.kind, model_.selected.ns, model_.selected.name, viewmodel::name_of(model_.object_tab)});
}

void Page::look_why() {
  model_.placement = source_ && model_.selected.kind == "Pod" ? source_->placement(model_.selected) : viewmodel::Placement();
}

void Page::run(const commands::RequestText& command) {
  using viewmodel::ObjectTab;
  const viewmodel::ObjectRef ref = command.kind.empty() ? model_.selected : viewmodel::ObjectRef{command.kind, command.ns, command.name};
  if (!(ref == model_.selected)) model_.revision_choice = {};
  model_.selected = ref;
  model_.object_tab = viewmodel::tab_of(command.form);
  const ObjectTab tab = model_.object_tab;
  if (tab == ObjectTab::Edit && !(model_.editing.of == ref)) run(commands::EditAgain{});
  if (reads_text()) request_text(tab == ObjectTab::Logs ? TextForm::Logs : tab == ObjectTab::Describe ? TextForm::Describe : TextForm::Yaml);
}

// The editor still holds that one's text: the next one's version must be another.
void Page::forget_editing() {
  const std::uint64_t held = model_.editing.version;
  model_.editing = {};
  model_.editing.version = held;
}

void Page::run(const commands::EditAgain&) {
  forget_editing();
  model_.editing.of = model_.selected;
  edit_run_ = 0;
  request_text(TextForm::Yaml);
}

// A file, and the line that a user would type: what applies it is no other way than theirs.
void Page::run(const commands::ApplyEdit& command) {
  using State = viewmodel::Editing::State;
  viewmodel::Editing& editing = model_.editing;
  if (!source_ || editing.state == State::Asked || editing.state == State::Loading) return;
  editing.text = command.text;
  if (!command.typed) ++editing.version;
  editing.errors.clear();
  const std::string file = source_->keep_file(viewmodel::file_stem(editing.of), command.text);
  editing.state = file.empty() ? State::NotHere : State::Asked;
  if (file.empty()) return;
  editing.command = "kubectl replace -f " + file;
  edit_said_.clear();
  run(commands::RunLine{editing.command});
}

void Page::request_text(TextForm form) {
  if (model_.selected.kind.empty() || model_.selected.kind == "Part") return;
  text_version_ = model_.cluster.version;
  const bool same = model_.object_text.ref == model_.selected && model_.object_text.form == form;
  if (!same) model_.object_text = {model_.selected, form, "", "", false};
  if (source_) source_->request_text(model_.selected, form);
}

void Page::run(const commands::SetMapLook& command) {
  set_look(model_.look, command.group, command.colour);
  platform_.save_setting("look", group_name(model_.look) + " " + colour_name(model_.look));
}

// The cluster goes back to the moment when the step began, and the step begins anew.
void Page::start_step_over() {
  lesson::LessonWorld* world = classroom_.in_session() && source_ && source_->goes_back() ? source_->lesson_world() : nullptr;
  if (!world) return;
  world->take_changes();  // of what is undone now
  source_->start_over(classroom_.session()->began_ns());
  classroom_.start_over(*world);
  model_.terminal.note_output(lesson::kStartedOver.in(model_.language));
  model_.timeline.reset();
  show_other_time();
  std::erase_if(acts_, [&](const DocumentAct& act) { return act.at > model_.cluster.clock.now; });
  attend(true);
}

void Page::run(const commands::SetLanguage& command) {
  model_.language = viewmodel::language_of(command.language);
  platform_.save_setting("language", command.language);
  model_.glossary = classroom_.glossary(model_.language);
  show_document();
}

void Page::run(const commands::SetTheme& command) {
  model_.dark = command.dark;
  platform_.save_setting("theme", command.dark ? "dark" : "light");
  retheme();
}

void Page::run(const commands::SetTerminalHeight& command) {
  model_.terminal_height = command.height;
  platform_.save_setting("terminal", command.height > 0 ? std::to_string(int(command.height)) : "");
}

void Page::run(const commands::SetTextScale& command) {
  model_.text_scale = float(command.scale);
  retheme();
}

void Page::run(const commands::DocumentAction& command) {
  const std::string& action = command.action;
  const auto remember = [&] { acts_.push_back({model_.cluster.clock.now, command.block, action}); };
  notice_.clear();
  if (action == "lesson.over") return start_step_over();
  if (action == "lesson.next" && source_ && source_->goes_back()) source_->skip(kBetweenSteps);
  if (classroom_.act(action, command.block)) {
    if (action.rfind("lesson.", 0) == 0) remember();
    return attend(true);
  }
  if (keep(action)) return;
  if (action.rfind("look:", 0) == 0) return run(commands::SetMapLook{action.substr(5), action.substr(5)});
  if (action.rfind("tab:", 0) == 0) return run(commands::RequestText{"", "", "", action.substr(4)});
  if (action.rfind("revision:", 0) == 0) return run(commands::ChooseRevisions{std::atoi(action.c_str() + 9), -1});
  if (action.rfind("view:", 0) == 0) return run(commands::ShowView{action.substr(5)});
  if (action.rfind("open:", 0) == 0) return open_lesson(action.substr(5));
  if (action.rfind("go:", 0) == 0) return platform_.publish("go", action.substr(3));
  if (action == "home") return open_home();
  if (action == "lessons") {
    listing_ = !listing_;
    return show_document();
  }
  if (action == "welcome.delete") run(commands::RunLine{"kubectl delete pod " + welcome_.candidate()});
  if (welcome_.act(action)) {
    remember();
    return show_document();
  }
  if (action != "run" && action != "type") return;
  for (const viewmodel::Block& block : model_.document.blocks) {
    if (block.id != command.block) continue;
    if (action == "run") return run(commands::RunLine{block.text});
    return run(commands::TypeLine{block.text});
  }
}

// The lesson tells what is missing only once something was tried.
void Page::note_command() {
  if (!classroom_.in_session() || classroom_.session()->tried()) return;
  acts_.push_back({model_.cluster.clock.now, "", "command"});
  classroom_.command_ended();
}

void Page::run(const commands::CopyText& command) { platform_.set_clipboard(command.text); }

// "run kubectl get pods", "type ...", "view pod", "language ko", "theme dark", "select Pod default web-1", "pause", "go",
// "look [<grouping> <colouring>]", "zoom <factor>", "tab <of the object>", "edit <word> <instead>",
// "step", "speed 10", "back 30", "forward 30" (seconds), "now", "break <fault>", "mend <fault>", "toolbox", "save",
// "open <saved page>",
// "action <document> <block> <action>". Anything else is ignored.
void Page::message(const std::string& line) {
  std::vector<std::string> words;
  for (std::size_t from = 0; from <= line.size();) {
    const std::size_t end = std::min(line.find(' ', from), line.size());
    words.push_back(line.substr(from, end - from));
    from = end + 1;
  }
  const std::string& verb = words[0];
  const std::string rest = line.size() > verb.size() ? line.substr(verb.size() + 1) : "";
  const bool listens = model_.terminal.listener() != viewmodel::Listener::Nobody;  // then a line is for whom it listens
  if (verb == "run" && listens) queue_.push(commands::TypeLine{rest}), queue_.push(commands::EditLine{Edit::Submit});
  else if (verb == "run") queue_.push(commands::RunLine{rest});
  else if (verb == "type") queue_.push(commands::TypeLine{rest});
  else if (verb == "view") queue_.push(commands::ShowView{rest});
  else if (verb == "language") queue_.push(commands::SetLanguage{rest});
  else if (verb == "theme") queue_.push(commands::SetTheme{rest == "dark"});
  else if (verb == "pause" || verb == "go") queue_.push(commands::SetPaused{verb == "pause"});
  else if (verb == "step") queue_.push(commands::StepOnce{});
  else if (verb == "speed") queue_.push(commands::SetSpeed{std::strtod(rest.c_str(), nullptr)});
  else if (verb == "back" || verb == "forward")
    queue_.push(commands::GoToTime{model_.cluster.clock.now + std::int64_t(std::strtod(rest.c_str(), nullptr) * (verb == "back" ? -1e9 : 1e9))});
  else if (verb == "tab") queue_.push(commands::RequestText{"", "", "", rest});
  else if (verb == "edit" && words.size() >= 3) {  // "edit <word> <instead>": in the manifest that is open, then applies it
    if (model_.editing.state == viewmodel::Editing::State::Loading) return void(late_edit_ = line);
    std::string text = model_.editing.original;
    const std::size_t at = text.find(words[1]);
    if (at != std::string::npos) text.replace(at, words[1].size(), rest.substr(words[1].size() + 1));
    queue_.push(commands::ApplyEdit{text, false});
  } else if (verb == "look" && words.size() == 3) queue_.push(commands::SetMapLook{words[1], words[2]});
  else if (verb == "save") save();
  else if (verb == "toolbox") state_.map.toolbox = changed_ = true;
  else if (verb == "zoom") {
    state_.map.camera.zoom *= std::max(0.1f, std::strtof(rest.c_str(), nullptr));
    state_.map.camera.fitted = false;
    changed_ = true;
  } else if (line == "look") state_.map.look_open = changed_ = true;
  else if (verb == "break" || verb == "mend") queue_.push(commands::BreakOrMend{line});
  else if (verb == "open" && !restore(rest)) show_document();
  else if (verb == "now") queue_.push(commands::GoToTime{model_.cluster.clock.end});
  else if (verb == "select" && words.size() == 4) queue_.push(commands::SelectObject{words[1], words[2], words[3]});
  else if (verb == "action" && words.size() >= 4)
    queue_.push(commands::DocumentAction{words[1], words[2], rest.substr(words[1].size() + words[2].size() + 2)});
}

}  // namespace orrery::app
