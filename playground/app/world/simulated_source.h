// A simulated cluster in this very program, as the page sees it.
#pragma once

#include <memory>

#include "core/client/client.h"
#include "playground/app/cluster_feed.h"
#include "playground/app/page_source.h"
#include "playground/app/world/command_shell.h"
#include "playground/app/world/text_requests.h"
#include "playground/lesson_engine/client_world.h"
#include "runtime_sim/world/sim_world.h"

namespace orrery::app {

class SimulatedSource final : public PageSource {
 public:
  explicit SimulatedSource(const lesson::WorldSpec& spec);

  void advance(double real_seconds) override;
  void skip(double seconds) override;
  bool refresh(viewmodel::ClusterModel& model) override;
  void set_paused(bool paused) override { paused_ = paused; }
  void set_speed(double speed) override;
  void step() override;
  void run_line(std::uint64_t run, const std::string& line) override { shell_.run(run, line); }
  void interrupt(std::uint64_t run) override { shell_.interrupt(run); }
  std::vector<viewmodel::ShellOutput> take_output() override { return shell_.take_output(); }
  std::vector<std::string> complete(const std::string& line) override { return shell_.complete(line, names_); }
  void request_text(const viewmodel::ObjectRef& ref, viewmodel::TextForm form) override { texts_.request(ref, form); }
  std::vector<viewmodel::ObjectText> take_texts() override { return texts_.take(); }
  void stop_part(const std::string& id) override;
  void start_part(const std::string& id) override;
  double quiet_for() const override;
  lesson::LessonWorld* lesson_world() override { return &lesson_world_; }
  std::string inject(const lesson::Fault& fault) override;

 private:
  bool take_traces(viewmodel::ClusterModel& model);
  void take_parts(viewmodel::ClusterModel& model);
  bool waits_for_answer() const { return shell_.busy() || texts_.busy(); }

  sim::SimWorld world_;
  client::Client page_;
  client::Client lesson_;
  ClusterFeed feed_;
  lesson::ClientWorld lesson_world_;
  CommandShell shell_;
  TextRequests texts_;
  viewmodel::ClusterModel names_;  // the last that was shown, for completion
  std::uint64_t last_trace_ = 0;
  double speed_ = 1;
  bool paused_ = false;
  bool parts_changed_ = true;
  bool clock_changed_ = true;
  double owed_ns_ = 0;  // virtual time that is due but has not been run yet
};

std::unique_ptr<PageSource> open_simulated(const lesson::WorldSpec& spec);

}  // namespace orrery::app
