// The cluster of the server that the page came from: real containers, or simulated ones served natively. Time can't be
// turned there, and what its API and its trace don't tell isn't shown.
#pragma once

#include <chrono>
#include <memory>

#include "core/client/client.h"
#include "core/loop/loop.h"
#include "core/ports/clock.h"
#include "playground/app/cluster_feed.h"
#include "playground/app/live/socket_api.h"
#include "playground/app/page_source.h"
#include "playground/app/usage_requests.h"
#include "playground/app/world/command_shell.h"
#include "playground/app/world/text_requests.h"

namespace orrery::app {

class LiveSource final : public PageSource, private ports::Target {
 public:
  explicit LiveSource(ServerLine line);
  ~LiveSource() override;

  void advance(double real_seconds, bool to_next_act) override;
  void skip(double) override {}
  bool refresh(viewmodel::ClusterModel& model) override;
  void set_paused(bool) override {}
  void set_speed(double) override {}
  void step() override {}
  void go_to(viewmodel::Nanos) override {}
  void open_branch(std::size_t) override {}
  std::string recording() const override { return ""; }
  void run_line(std::uint64_t run, const std::string& line) override { shell_.run(run, line); }
  void interrupt(std::uint64_t run) override { shell_.interrupt(run); }
  viewmodel::Listener listener(std::uint64_t run) const override { return shell_.listener(run); }
  void type(std::uint64_t run, const std::string& text) override { shell_.type(run, text); }
  std::vector<viewmodel::ShellOutput> take_output() override { return shell_.take_output(); }
  std::string keep_file(const std::string& stem, const std::string& text) override;
  std::vector<std::string> complete(const std::string& line) override { return shell_.complete(line, feed_.names()); }
  void request_text(const viewmodel::ObjectRef& ref, viewmodel::TextForm form) override { texts_.request(ref, form); }
  std::vector<viewmodel::ObjectText> take_texts() override { return texts_.take(); }
  void request_usage(const viewmodel::ObjectRef& ref) override { usage_.request(ref); }
  std::vector<viewmodel::UsageReply> take_usage() override { return usage_.take(); }
  viewmodel::Placement placement(const viewmodel::ObjectRef& pod) override { return {pod}; }
  double quiet_for() const override;
  lesson::LessonWorld* lesson_world() override { return nullptr; }  // lessons have worlds of their own

 private:
  class WallClock final : public ports::Clock {
   public:
    WallTime now() const override;
  };
  // Nothing of the user's machine: kubectl apply -f reads what the page keeps.
  class Files final : public kubectl::FileSource {
   public:
    bool read(std::string_view path, std::string& text) override;
    bool write(std::string_view path, std::string_view text) override;
    std::vector<std::string> list(std::string_view folder) override;

   private:
    std::map<std::string, std::string, std::less<>> files_;
  };

  void on_task(const ports::Task& task) override;
  void opened(bool open);
  void watch_trace();
  void take_parts(viewmodel::ClusterModel& model);

  loop::Loop loop_;
  WallClock clock_;
  Files files_;
  SocketApi api_;
  client::Client client_;
  kubectl::Kubectl kubectl_;
  ClusterFeed feed_;
  CommandShell shell_;
  TextRequests texts_;
  UsageRequests usage_;
  ports::TargetId id_;
  viewmodel::Nanos attached_ = 0;
  std::uint64_t trace_call_ = 0, last_trace_ = 0;
  std::string trace_rest_;
  std::vector<viewmodel::Trace> traces_;
  bool started_ = false, changed_ = true;
  bool foreign_ = false;  // the server is no Orrery: its API is all there is
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the line may outlive this
};

std::unique_ptr<PageSource> open_live(ServerLine line);

}  // namespace orrery::app
