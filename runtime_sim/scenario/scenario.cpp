#include "runtime_sim/scenario/scenario.h"

#include <nlohmann/json.hpp>

#include "core/api/yaml.h"
#include "core/base/text.h"
#include "runtime_sim/faults/fault.h"
#include "runtime_sim/recording/hands.h"
#include "runtime_sim/recording/node_text.h"
#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

constexpr Duration kCommandMax = minutes(10);   // virtual time a command may take
constexpr Duration kPoll = millis(250);

bool read_duration(const json& v, Duration& out) {
  return v.is_string() && parse_go_duration(v.get<std::string>(), out);
}

// Runs the command lines of one scenario in its world.
class Runner final : public ports::Target {
 public:
  Runner(SimWorld& world, ScenarioRun& run, Instant stop) : world_(world), run_(run), stop_(stop), id_(world.loop().attach(*this)) {}
  ~Runner() override { world_.loop().detach(id_); }

  struct Output {
    std::string text;
    int code = -1;
  };
  Output command(const std::string& line, bool quiet) {
    std::string error;
    std::vector<std::string> argv = kubectl::split_line(line, error);
    if (!argv.empty() && argv[0] == "kubectl") argv.erase(argv.begin());
    output_ = {};
    uint64_t session = world_.kubectl().run(argv, "", {id_, 1, 0});
    Instant end = world_.loop().now() + kCommandMax;
    while (output_.code < 0) {
      auto due = world_.loop().next_due();
      if (!due || *due > end || (stop_.ns && *due > stop_)) break;
      run_.tasks += world_.run_until(*due);
    }
    if (output_.code < 0) world_.kubectl().interrupt(session);
    if (!quiet) run_.transcript += cat("$ kubectl ", line, "\n", output_.text);
    return output_;
  }
  void pass(Duration d) {
    Instant end = world_.loop().now() + d;
    if (stop_.ns && end > stop_) end = stop_;
    run_.tasks += world_.run_until(end);
  }
  bool over() const { return stop_.ns && world_.loop().now() >= stop_; }
  void on_task(const ports::Task& task) override {
    const auto& o = task.as<kubectl::Output>();
    output_.text += o.text.view();
    if (o.end) output_.code = o.exit_code;
  }

 private:
  SimWorld& world_;
  ScenarioRun& run_;
  Instant stop_;
  ports::TargetId id_;
  Output output_;
};

std::string trimmed(const std::string& text) { return std::string(trim(text)); }

}  // namespace

Result<ScenarioRun> run_scenario(std::string_view yaml, const ScenarioChoices& choices) {
  auto parsed = api::yaml_to_dom(yaml);
  if (!parsed.ok()) return parsed.error();
  const json& file = *parsed;
  if (!file.is_object() || !file.contains("steps") || !file["steps"].is_array())
    return make_error(Reason::Invalid, "a scenario has a list of steps");
  ScenarioRun run;
  run.name = file.value("name", "");
  run.seed = choices.has_seed ? choices.seed : file.value("seed", uint64_t{1});
  SimWorld world(world_of(file, run.seed));
  const json files = file.value("files", json::object());  // kept alive: items() refers to it
  for (const auto& [path, text] : files.items()) world.files().write(path, text.get<std::string>());
  Hands hands(world);
  uint64_t typed = 0;
  Runner runner(world, run, choices.until.ns ? Instant{} + choices.until : Instant{});
  size_t number = 0;
  for (const json& step : file["steps"]) {
    ++number;
    if (runner.over()) break;
    auto wrong = [&](std::string_view why) { return make_error(Reason::Invalid, cat("step ", number, ": ", why)); };
    auto failed = [&](std::string why) { run.failures.push_back(cat("step ", number, ": ", why)); };
    Duration d;
    if (step.contains("kubectl")) {
      Runner::Output o = runner.command(step["kubectl"].get<std::string>(), false);
      if (runner.over()) break;
      int want = step.value("exit", 0);
      if (o.code != want) failed(cat("exit code ", o.code, ", expected ", want, ": ", o.text));
      if (step.contains("output") && trimmed(o.text) != trimmed(step["output"].get<std::string>()))
        failed(cat("expected\n", step["output"].get<std::string>(), "\ngot\n", o.text));
      if (step.contains("contains") && o.text.find(step["contains"].get<std::string>()) == std::string::npos)
        failed(cat("expected to find ", orrery::quoted(step["contains"].get<std::string>()), " in\n", o.text));
    } else if (step.contains("run")) {
      if (!read_duration(step["run"], d)) return wrong("run takes a duration such as 20s");
      runner.pass(d);
    } else if (step.contains("at")) {
      if (!read_duration(step["at"], d)) return wrong("at takes a time since the start, such as 20s");
      if (Instant{} + d > world.loop().now()) runner.pass(Instant{} + d - world.loop().now());
    } else if (step.contains("type")) {
      hands.type(++typed, step["type"].get<std::string>());
    } else if (step.contains("interrupt")) {
      hands.interrupt(step["interrupt"].get<uint64_t>());
    } else if (step.contains("until")) {
      if (!read_duration(step.value("within", json("60s")), d)) return wrong("within takes a duration such as 60s");
      Instant end = world.loop().now() + d;
      std::string want = trimmed(step.value("output", "")), part = step.value("contains", ""), last;
      for (;;) {
        last = runner.command(step["until"].get<std::string>(), true).text;
        bool met = part.empty() ? trimmed(last) == want : last.find(part) != std::string::npos;
        if (met || runner.over()) break;
        if (world.loop().now() >= end) {
          failed(cat("not within ", format_go_duration(d), ": expected ", orrery::quoted(part.empty() ? want : part), ", got ", orrery::quoted(last)));
          break;
        }
        runner.pass(kPoll);
      }
    } else if (step.contains("fault") || step.contains("heal")) {
      bool begins = step.contains("fault");
      std::string fault = step[begins ? "fault" : "heal"].get<std::string>();
      auto r = begins ? begin_fault(world, fault) : end_fault(world, fault);
      if (!r.ok() && !file.contains("build")) return wrong(r.error().message);  // a recording: nothing happened then, either
    } else if (step.contains("add_node") || step.contains("remove_node")) {
      auto r = step.contains("add_node") ? world.add_node(node_of(step["add_node"])) : world.remove_node(step["remove_node"].get<std::string>());
      if (!r.ok()) return wrong(r.error().message);
    } else {
      return wrong("a step is one of kubectl, run, until, at, type, interrupt, fault, heal, add_node, remove_node");
    }
  }
  run.virtual_time = world.loop().now() - Instant{};
  run.fingerprint = world.fingerprint();
  return run;
}

}  // namespace orrery::sim
