#include "runtime_native/daemon/live_cluster.h"

#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>

#include "runtime_native/host/loop_driver.h"
#include "runtime_native/host/real_clock.h"

namespace orrery::daemon {

class LiveCluster::Impl final : public ports::Target {
 public:
  Impl(const http::ClusterAccess& access, orrery::kubectl::FileSource& files)
      : driver_(io_, loop_),
        self_(loop_.attach(*this)),
        api_(io_, loop_, access.server),
        kubectl_(loop_, api_, clock_, files, options_of(access)) {}
  ~Impl() override { loop_.detach(self_); }

  sim::Reading read(sim::ReaderOptions options) {
    reader_.emplace(loop_, api_, std::move(options), ports::ReplyTo{self_, kRead, 0});
    driver_.run();
    sim::Reading reading = reader_->reading();
    reader_.reset();
    return reading;
  }
  Said kubectl(std::vector<std::string> argv, Duration at_most, std::string input) {
    said_ = {};
    input_ = std::move(input);
    ended_ = false;
    argv_ = std::move(argv);
    at_most_ = at_most;
    loop_.post(self_, kBegin);
    driver_.run();
    return said_;
  }
  ports::ApiHandler& api() { return api_; }
  ports::TaskQueue& loop() { return loop_; }
  void wait(Duration d) {
    at_most_ = d;
    loop_.post(self_, kWait);
    driver_.run();
  }
  void type(uint64_t number, std::vector<std::string> argv) {
    typed_[number] = kubectl_.run(std::move(argv), "", {self_, kTyped, number});
  }
  void keys(uint64_t number, std::string_view text) {
    if (auto found = typed_.find(number); found != typed_.end()) kubectl_.type(found->second, text);
  }
  void interrupt(uint64_t number) {
    if (auto found = typed_.find(number); found != typed_.end()) kubectl_.interrupt(found->second);
  }
  // Timers start in tasks: between runs the loop's time stands still.
  void on_task(const ports::Task& task) override {
    switch (task.kind) {
      case kRead:
        return driver_.stop();
      case kWait:
        loop_.post_after(at_most_, self_, kWaited);
        return;
      case kWaited:
        return driver_.stop();
      case kBegin:
        session_ = kubectl_.run(std::move(argv_), std::move(input_), {self_, kSaid, 0});
        timer_ = loop_.post_after(at_most_, self_, kTooLong, session_);
        return;
      case kTooLong:
        if (task.arg != session_ || ended_) return;
        kubectl_.interrupt(session_);
        ended_ = true;
        return driver_.stop();
      case kTyped:
        if (task.as<orrery::kubectl::Output>().end) typed_.erase(task.arg);
        return;
      default:
        return on_said(task.as<orrery::kubectl::Output>());
    }
  }

 private:
  enum Kind : uint32_t { kRead, kWait, kWaited, kBegin, kTooLong, kTyped, kSaid };
  static orrery::kubectl::Options options_of(const http::ClusterAccess& access) {
    orrery::kubectl::Options out;
    if (!access.ns.empty()) out.ns = access.ns;
    out.context = access.context;
    out.server = access.url;
    return out;
  }
  void on_said(const orrery::kubectl::Output& output) {
    if (output.session != session_ || ended_) return;
    said_.text += output.text.view();
    if (!output.end) return;
    said_.exit_code = output.exit_code;
    ended_ = true;
    loop_.cancel(timer_);
    driver_.stop();
  }

  boost::asio::io_context io_{1};
  loop::Loop loop_;
  host::LoopDriver driver_;
  ports::TargetId self_;
  host::RealClock clock_;
  http::RemoteApi api_;
  orrery::kubectl::Kubectl kubectl_;
  std::optional<sim::ClusterReader> reader_;
  std::vector<std::string> argv_;
  std::string input_;
  Duration at_most_;
  Said said_;
  std::map<uint64_t, uint64_t> typed_;  // sessions by number
  uint64_t session_ = 0, timer_ = 0;
  bool ended_ = true;
};

LiveCluster::LiveCluster(const http::ClusterAccess& access, orrery::kubectl::FileSource& files)
    : impl_(std::make_unique<Impl>(access, files)) {}
LiveCluster::~LiveCluster() = default;
sim::Reading LiveCluster::read(sim::ReaderOptions options) { return impl_->read(std::move(options)); }
LiveCluster::Said LiveCluster::kubectl(std::vector<std::string> argv, Duration at_most, std::string input) {
  return impl_->kubectl(std::move(argv), at_most, std::move(input));
}
void LiveCluster::type(uint64_t number, std::vector<std::string> argv) { impl_->type(number, std::move(argv)); }
void LiveCluster::interrupt(uint64_t number) { impl_->interrupt(number); }
void LiveCluster::keys(uint64_t number, std::string_view text) { impl_->keys(number, text); }
void LiveCluster::wait(Duration d) { impl_->wait(d); }
ports::ApiHandler& LiveCluster::api() { return impl_->api(); }
ports::TaskQueue& LiveCluster::loop() { return impl_->loop(); }

}  // namespace orrery::daemon
