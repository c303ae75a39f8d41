// A simulated cluster in this very program, as the page sees it. It can be taken to any moment of its past: a world, new or
// copied from the last checkpoint before, replays the recording up to there.
#pragma once

#include <memory>

#include "core/client/client.h"
#include "playground/app/cluster_feed.h"
#include "playground/app/lesson_stage/fault_words.h"
#include "playground/app/page_source.h"
#include "playground/app/usage_requests.h"
#include "playground/app/world/command_shell.h"
#include "playground/app/world/text_requests.h"
#include "playground/lesson_engine/client_world.h"
#include "runtime_sim/recording/checkpoints.h"
#include "runtime_sim/recording/recording.h"

namespace orrery::app {

class SimulatedSource final : public PageSource {
 public:
  explicit SimulatedSource(const lesson::WorldSpec& spec);
  explicit SimulatedSource(sim::Recording recording);
  ~SimulatedSource() override;

  void advance(double real_seconds, bool to_next_act) override;
  void skip(double seconds) override;
  bool refresh(viewmodel::ClusterModel& model) override { return refresh_share(model, true, viewmodel::kMaxTraces); }
  bool refresh_share(viewmodel::ClusterModel& model, bool objects, std::size_t traces) override;
  void set_paused(bool paused) override { paused_ = paused; }
  void set_speed(double speed) override;
  void step() override;
  void go_to(viewmodel::Nanos at) override;
  void open_branch(std::size_t index) override;
  std::vector<std::string> branches() const override;
  void keep_branches(const std::vector<std::string>& recordings) override;
  std::string recording() const override;
  void run_line(std::uint64_t run, const std::string& line) override;
  void interrupt(std::uint64_t run) override;
  viewmodel::Listener listener(std::uint64_t run) const override { return live_->shell.listener(run); }
  void type(std::uint64_t run, const std::string& text) override;
  std::vector<viewmodel::ShellOutput> take_output() override;
  std::vector<std::string> complete(const std::string& line) override;
  std::string keep_file(const std::string& stem, const std::string& text) override;
  void request_text(const viewmodel::ObjectRef& ref, viewmodel::TextForm form) override;
  std::vector<viewmodel::ObjectText> take_texts() override;
  void request_usage(const viewmodel::ObjectRef& ref) override { live_->usage.request(ref); }
  std::vector<viewmodel::UsageReply> take_usage() override { return live_->usage.take(); }
  viewmodel::Placement placement(const viewmodel::ObjectRef& pod) override;
  double quiet_for() const override;
  bool goes_back() const override { return true; }
  void start_over(std::int64_t at_ns) override;
  lesson::LessonWorld* lesson_world() override { return lesson_world_.get(); }
  const sim::Checkpoints& checkpoints() const { return checkpoints_; }

 private:
  // A world and all that is connected to it.
  struct Live {
    explicit Live(const sim::Recording& recording);
    explicit Live(const sim::Checkpoints::Point& from);
    Live(std::unique_ptr<sim::SimWorld> owned, sim::Hands::Sessions typed);
    std::unique_ptr<sim::SimWorld> owned;
    sim::SimWorld& world;
    sim::Hands hands;  // repeats what was recorded
    client::Client page, lesson;
    ClusterFeed feed;
    CommandShell shell;
    TextRequests texts;
    UsageRequests usage;
  };
  struct Branch {
    sim::Recording recording;
    Instant end;
  };

  void begin();
  sim::SimWorld& world() { return live_->world; }
  bool past() const { return live_->world.loop().now() < end_; }
  bool waits_for_answer() const { return live_->shell.busy() || live_->texts.busy() || live_->usage.busy(); }
  // No further than to the next instant in which the cluster did something that is shown.
  void run_to_act(Instant target);
  std::optional<Instant> next_due() const;
  bool acted_since(uint64_t trace, bool traffic) const;  // whether traffic between pods counts
  void run_to(Instant target, bool whole, bool before_acts = false);
  // The world at that moment of the recording, with everything connected to it anew. `before_acts`: what was done at that very
  // moment is still to come.
  void rebuild(Instant at, bool before_acts);
  void offer_checkpoint();
  // What lies ahead of this moment becomes a branch of its own, and is no more to come.
  void part_from_future();
  // Notes an input of this moment; in the past, a new branch begins with it.
  void note(sim::Input input);
  void run_fault_word(std::uint64_t run, const FaultWord& word);
  bool take_traces(viewmodel::ClusterModel& model, std::size_t most);
  void take_parts(viewmodel::ClusterModel& model);
  void take_faults(viewmodel::ClusterModel& model);
  void tell_clock(viewmodel::ClusterModel& model);

  sim::Recording recording_;
  std::size_t next_ = 0;          // of the recording's inputs: the first that this world hasn't seen
  Instant end_;                   // the latest moment of this recording that was reached
  std::vector<Branch> branches_;
  sim::Checkpoints checkpoints_;  // of this recording
  std::map<std::uint64_t, std::uint64_t> typed_;  // run -> number of its input
  std::uint64_t lines_ = 0;       // typed and recorded
  std::unique_ptr<Live> live_;
  std::unique_ptr<lesson::ClientWorld> lesson_world_;
  std::vector<viewmodel::ShellOutput> said_;  // by no shell: ends of commands that a rewind cut off, answers about faults
  std::uint64_t last_trace_ = 0;
  viewmodel::Placement placement_;    // as asked for last
  double speed_ = 1;
  bool paused_ = false;
  bool traced_ = false;  // messages came since the objects were told
  bool parts_changed_ = true;
  bool clock_changed_ = true;
  double owed_ns_ = 0;  // virtual time that is due but has not been run yet
};

std::unique_ptr<PageSource> open_simulated(const lesson::WorldSpec& spec);
std::unique_ptr<PageSource> open_recording(const std::string& text, std::string& error);
// A command line that changes nothing: it isn't recorded, and begins no branch in the past.
bool only_looks(const std::string& line);

}  // namespace orrery::app
