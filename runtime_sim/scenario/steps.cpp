#include <nlohmann/json.hpp>

#include "core/api/yaml.h"
#include "core/base/text.h"
#include "runtime_sim/scenario/stage.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

constexpr const char* kOfSimulation[] = {"fault", "heal", "add_node", "remove_node", "metric"};

bool read_duration(const json& v, Duration& out) {
  return v.is_string() && parse_go_duration(v.get<std::string>(), out);
}

std::string trimmed(const std::string& text) { return std::string(trim(text)); }

// One step at a time.
class Steps {
 public:
  Steps(Stage& stage, ScenarioRun& run) : stage_(stage), run_(run) {}

  Result<void> take(size_t number, const json& step) {
    number_ = number;
    try {
      return carry_out(step);
    } catch (const json::exception& e) {  // of a value's type
      return wrong(cat("a value is not what it has to be: ", e.what()));
    }
  }

 private:
  Result<void> carry_out(const json& step) {
    Duration d;
    if (step.contains("kubectl")) {
      command(step);
    } else if (step.contains("run")) {
      if (!read_duration(step["run"], d)) return wrong("run takes a duration such as 20s");
      stage_.pass(d);
    } else if (step.contains("at")) {
      if (!read_duration(step["at"], d)) return wrong("at takes a time since the start, such as 20s");
      if (Instant{} + d > stage_.now()) stage_.pass(Instant{} + d - stage_.now());
    } else if (step.contains("type")) {
      stage_.type(++typed_, step["type"].get<std::string>());
    } else if (step.contains("interrupt")) {
      stage_.interrupt(step["interrupt"].get<uint64_t>());
    } else if (step.contains("keys")) {
      stage_.keys(step["keys"].value("line", uint64_t{0}), step["keys"].value("text", ""));
    } else if (step.contains("until")) {
      if (!read_duration(step.value("within", json("60s")), d)) return wrong("within takes a duration such as 60s");
      until(step, d);
    } else {
      return act(step);
    }
    return {};
  }
  Error wrong(std::string_view why) const { return make_error(Reason::Invalid, cat("step ", number_, ": ", why)); }
  void failed(std::string why) { run_.failures.push_back(cat("step ", number_, ": ", why)); }

  void command(const json& step) {
    const std::string line = step["kubectl"].get<std::string>();
    Stage::Said said = stage_.command(line);
    run_.transcript += cat("$ kubectl ", line, "\n", said.text);
    if (stage_.over()) return;
    int want = step.value("exit", 0);
    if (said.code != want) failed(cat("exit code ", said.code, ", expected ", want, ": ", said.text));
    if (step.contains("output") && trimmed(said.text) != trimmed(step["output"].get<std::string>()))
      failed(cat("expected\n", step["output"].get<std::string>(), "\ngot\n", said.text));
    if (step.contains("contains") && said.text.find(step["contains"].get<std::string>()) == std::string::npos)
      failed(cat("expected to find ", orrery::quoted(step["contains"].get<std::string>()), " in\n", said.text));
  }
  void until(const json& step, Duration within) {
    Instant end = stage_.now() + within;
    std::string want = trimmed(step.value("output", "")), part = step.value("contains", "");
    for (;;) {
      std::string last = stage_.command(step["until"].get<std::string>()).text;
      bool met = part.empty() ? trimmed(last) == want : last.find(part) != std::string::npos;
      if (met || stage_.over()) return;
      if (stage_.now() >= end)
        return failed(cat("not within ", format_go_duration(within), ": expected ",
                          orrery::quoted(part.empty() ? want : part), ", got ", orrery::quoted(last)));
      stage_.pass(kPoll);
    }
  }
  Result<void> act(const json& step) {
    for (const char* what : kOfSimulation) {
      if (!step.contains(what)) continue;
      Result<void> done = stage_.act(what, step[what]);
      if (!done) return wrong(done.error().message);
      return {};
    }
    return wrong("a step is one of kubectl, run, until, at, type, interrupt, keys, fault, heal, add_node, remove_node, metric");
  }

  Stage& stage_;
  ScenarioRun& run_;
  size_t number_ = 0;
  uint64_t typed_ = 0;
};

}  // namespace

Result<json> read_scenario(std::string_view yaml) {
  auto parsed = api::yaml_to_dom(yaml);
  if (!parsed.ok()) return parsed.error();
  if (!parsed->is_object() || !parsed->contains("steps") || !(*parsed)["steps"].is_array())
    return make_error(Reason::Invalid, "a scenario has a list of steps");
  return parsed;
}

Result<void> run_steps(const json& file, Stage& stage, ScenarioRun& run) {
  Steps steps(stage, run);
  size_t number = 0;
  for (const json& step : file["steps"]) {
    if (stage.over()) break;
    Result<void> done = steps.take(++number, step);
    if (!done) return done;
  }
  return {};
}

std::vector<std::string> steps_of_simulation(const json& file) {
  std::vector<std::string> out;
  size_t number = 0;
  for (const json& step : file["steps"]) {
    ++number;
    for (const char* what : kOfSimulation) {
      if (!step.contains(what)) continue;
      const json& value = step[what];
      out.push_back(
          cat("step ", number, ": ", what, ": ", value.is_string() ? value.get<std::string>() : value.dump()));
    }
  }
  return out;
}

}  // namespace orrery::sim
