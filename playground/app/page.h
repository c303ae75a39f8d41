// The program: owns the model, lets the cluster live, draws the views, runs their commands between frames.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "playground/app/classroom.h"
#include "playground/app/page_source.h"
#include "playground/app/saved_page.h"
#include "playground/app/welcome.h"
#include "playground/commands/command.h"
#include "playground/platform/platform.h"
#include "playground/viewmodel/model.h"
#include "playground/viewmodel/pace.h"
#include "playground/views/view_state.h"
#include "playground/widgets/fonts.h"

namespace orrery::app {

struct PageOptions {
  std::string language;  // empty: as saved, or as the user's system says
  std::string view;      // the first view
  bool dark = false;
  bool still = false;    // no motion
};

class Page final : public platform::Program {
 public:
  Page(platform::Platform& platform, Worlds open, const PageOptions& options);

  double tick(double seconds) override;
  void draw(double seconds) override;
  // "command <name> <text>", see message.cpp.
  void message(const std::string& line) override;
  // The text beside the picture.
  const viewmodel::Document& document() const { return model_.document; }
  // The manifest in the editor.
  const viewmodel::Editing& editing() const { return model_.editing; }

 private:
  void load_fonts();
  void first_language(const PageOptions& options);
  void retheme();
  void need_glyphs(const std::string& text);
  void fetch(const std::vector<std::string>& fonts);

  void run_commands();
  void run(const commands::RunLine& command);
  void run(const commands::BreakOrMend& command);
  void run(const commands::TypeLine& command);
  void run(const commands::InterruptLine& command);
  void run(const commands::EditLine& command);
  void run(const commands::SetPaused& command);
  void run(const commands::StepOnce& command);
  void run(const commands::SetSpeed& command);
  void run(const commands::GoToTime& command);
  void run(const commands::OpenBranch& command);
  void run(const commands::SelectObject& command);
  void run(const commands::ShowView& command);
  void run(const commands::SetMapLook& command);
  void run(const commands::SetLanguage& command);
  void run(const commands::SetTheme& command);
  void run(const commands::SetTerminalHeight& command);
  void run(const commands::SetTextScale& command);
  void run(const commands::DocumentAction& command);
  void run(const commands::CopyText& command);
  void run(const commands::RequestText& command);
  void run(const commands::ApplyEdit& command);
  void run(const commands::EditAgain& command);
  void run(const commands::ChooseRevisions& command) { model_.revision_choice = {command.to, command.from}; }

  void submit(const std::string& line, std::uint64_t run);
  void type_to_listener(const std::string& text);
  void note_command();
  void show_other_time();
  void start_step_over();
  void run_waiting_line();
  bool take_from_source(double seconds);
  double take_in(double seconds, bool& news);
  bool reads_text() const;
  void take_edit_output(const viewmodel::ShellOutput& output);
  void take_text(viewmodel::ObjectText text);
  void request_text(viewmodel::TextForm form);
  void look_why();
  void start(const std::string& bundle);
  void take_world(std::unique_ptr<PageSource> source);
  void open_lesson(const std::string& id);
  void open_home();
  void open_live();
  void let_pass(double seconds);
  void forget_editing();
  void open_editor(const viewmodel::ObjectRef& ref);
  void settle(const std::function<bool()>& ready);
  void attend(bool changed);
  void show_document();
  void publish();
  void publish_view();

  // page_usage.cpp
  bool shows_usage() const;
  std::optional<viewmodel::ObjectRef> measured() const;
  void measure();
  double measures_in() const;

  // page_memory.cpp
  SavedPage saved() const;
  void save();
  void save_if_due(double seconds);
  void open_saved();
  bool restore(const std::string& text);
  void do_again(const SavedPage& page);
  void act_again(const DocumentAct& act);
  // Links, files, ready-made clusters, starting over; false when the action is none of these.
  bool keep(const std::string& action);
  viewmodel::Document list() const;

  platform::Platform& platform_;
  Worlds open_;
  std::unique_ptr<PageSource> source_;
  Classroom classroom_;  // after source_: a session watches the source's world
  Welcome welcome_;
  bool listing_ = false;  // the list of lessons is shown
  std::string world_;    // the ready-made cluster's id, empty: this is none
  bool first_ = false;   // this cluster is the one that the first question is about
  bool asks_reset_ = false;
  bool restoring_ = false;         // what was done before is done again
  std::vector<DocumentAct> acts_;  // in this lesson, or in the first two minutes
  std::string notice_;             // stands above the text until it changes
  double since_saved_ = 0;
  std::size_t saved_inputs_ = 0, saved_acts_ = 0;
  double lesson_speed_ = 0;
  unsigned quiet_turns_ = 0;
  viewmodel::Model model_;
  views::ViewState state_;
  commands::CommandQueue queue_;
  widgets::Fonts fonts_;
  std::deque<std::string> waiting_lines_;  // pressed while another command still ran
  std::uint64_t interrupted_run_ = 0, interrupted_version_ = 0;  // of the terminal, when a listening program was last sent Ctrl-C
  viewmodel::Document mirrored_, mirrored_view_;
  std::string published_;
  std::uint64_t terminal_version_ = ~0ull;
  viewmodel::Pace pace_;
  // A step begins later than what was done in the one before, so that it can be started over with that, and without its own.
  static constexpr double kBetweenSteps = 0.001;
  static constexpr viewmodel::Nanos kAnswerTime = 20'000'000;
  viewmodel::Nanos answer_until_ = 0;  // of the cluster's time: until then a command's first words come before the picture
  double since_view_ = 1;            // seconds since the view's mirror was made
  std::uint64_t edit_run_ = 0;       // of the line that applies what was edited; 0: none runs
  std::string late_edit_;            // the message "edit ..." that came before the manifest
  std::string edit_said_;            // by it, on standard error
  std::string view_key_;             // what it was made from
  std::uint64_t text_version_ = 0;  // cluster version that object_text was asked at
  std::optional<viewmodel::ObjectRef> usage_asked_;  // whom metrics are asked about; an empty kind: everyone
  viewmodel::Nanos usage_asked_at_ = 0;
  double since_taken_ = 1, behind_ = 0;  // seconds since what the cluster did was taken in, and until it will be
  bool changed_ = true;             // something to draw though nothing moves
};

}  // namespace orrery::app
