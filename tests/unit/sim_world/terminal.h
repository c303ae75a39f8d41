// A terminal on a simulated world for tests: types a command line, lets time pass until it ends.
#pragma once

#include <string>

#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

class Terminal final : public ports::Target {
 public:
  explicit Terminal(SimWorld& world) : world_(world), id_(world.loop().attach(*this)) {}
  ~Terminal() override { world_.loop().detach(id_); }

  struct Result {
    std::string out, err;
    int code = -1;  // -1: didn't end in time
  };
  Result run(const std::string& line, Duration limit = seconds(120)) {
    std::string error;
    std::vector<std::string> argv = kubectl::split_line(line, error);
    if (!argv.empty() && argv[0] == "kubectl") argv.erase(argv.begin());
    result_ = {};
    uint64_t session = world_.kubectl().run(argv, "", {id_, 1, 0});
    Instant end = world_.loop().now() + limit;
    while (result_.code < 0 && world_.loop().now() < end) {
      auto due = world_.loop().next_due();
      if (!due || *due > end) break;
      world_.run_until(*due);
    }
    if (result_.code < 0) world_.kubectl().interrupt(session);
    return result_;
  }
  std::string out(const std::string& line) {
    Result r = run(line);
    return r.out + r.err;
  }
  void on_task(const ports::Task& task) override {
    const auto& o = task.as<kubectl::Output>();
    (o.channel == 2 ? result_.err : result_.out) += o.text.view();
    if (o.end) result_.code = o.exit_code;
  }

 private:
  SimWorld& world_;
  ports::TargetId id_;
  Result result_;
};

}  // namespace orrery::sim
