#include "runtime_sim/recording/recording.h"

#include <nlohmann/json.hpp>

#include "core/api/yaml.h"
#include "core/base/text.h"
#include "runtime_sim/faults/fault.h"
#include "runtime_sim/recording/node_text.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

using Kind = Input::Kind;

struct Name {
  Kind kind;
  const char* step;
};
constexpr Name kNames[] = {{Kind::Type, "type"}, {Kind::Interrupt, "interrupt"}, {Kind::Keys, "keys"}, {Kind::Fault, "fault"},
                           {Kind::Heal, "heal"}, {Kind::AddNode, "add_node"},    {Kind::RemoveNode, "remove_node"},
                           {Kind::Metric, "metric"}};

constexpr const char* kSteps = "a recording's step is one of at, type, interrupt, keys, fault, heal, add_node, remove_node, metric";

const char* step_of(Kind kind) {
  for (const Name& name : kNames)
    if (name.kind == kind) return name.step;
  return "";
}

// JSON's quoting is YAML's, too.
std::string quoted_scalar(std::string_view text) { return json(std::string(text)).dump(); }

// As a literal block where that keeps every byte, quoted otherwise.
std::string file_text(const std::string& text) {
  bool plain = !text.empty() && text.back() == '\n' && !ends_with(text, "\n\n") && text.front() != ' ' && text.front() != '\n' &&
               text.find_first_of("\r\t") == std::string::npos;
  if (!plain) return quoted_scalar(text) + "\n";
  std::string out = "|\n", rest = text.substr(0, text.size() - 1);
  for (const std::string& line : split(rest, '\n')) out += line.empty() ? "\n" : "    " + line + "\n";
  return out;
}

}  // namespace

std::string recording_text(const Recording& r) {
  std::string out = cat("name: ", quoted_scalar(r.name), "\nbuild: ", quoted_scalar(r.build), "\nseed: ", r.world.seed, "\n");
  if (r.world.nodes.empty()) out += cat("nodes: ", r.world.node_count, "\n");
  if (!r.world.nodes.empty()) out += "nodes:\n";
  for (const NodeSpec& node : r.world.nodes) out += cat("- ", node_text(node), "\n");
  if (!r.world.images.empty()) out += "images:\n";
  for (const PlainImage& image : r.world.images) out += cat("- ", image_text(image), "\n");
  if (!r.files.empty()) out += "files:\n";
  for (const auto& [name, text] : r.files) out += cat("  ", quoted_scalar(name), ": ", file_text(text));
  if (r.end > Instant{}) out += cat("end: ", format_go_duration(r.end - Instant{}), "\n");
  out += "steps:\n";
  Instant now;
  for (const Input& input : r.inputs) {
    if (input.at > now) out += cat("- at: ", format_go_duration(input.at - Instant{}), "\n");
    now = input.at;
    out += cat("- ", step_of(input.kind), ": ");
    if (input.kind == Kind::Keys) out += cat("{line: ", input.number, ", text: ", quoted_scalar(input.text), "}");
    else out += input.kind == Kind::Interrupt ? cat(input.number) : quoted_scalar(input.text);
    out += "\n";
  }
  return out;
}

Result<Recording> read_recording(std::string_view text) {
  auto parsed = api::yaml_to_dom(text);
  if (!parsed) return parsed.error();
  const json& file = *parsed;
  if (!file.is_object() || !file.contains("steps") || !file["steps"].is_array())
    return make_error(Reason::Invalid, "a recording has a list of steps");
  Recording out;
  out.name = file.value("name", "recording");
  out.build = file.value("build", "");
  out.world = world_of(file, file.value("seed", uint64_t{1}));
  out.files = files_of(file);
  if (file.contains("end")) {
    Duration end;
    if (!file["end"].is_string() || !parse_go_duration(file["end"].get<std::string>(), end)) return make_error(Reason::Invalid, "end takes a time, such as 12.5s");
    out.end = Instant{} + end;
  }
  Instant now;
  uint64_t typed = 0;
  size_t number = 0;
  for (const json& step : file["steps"]) {
    ++number;
    auto wrong = [&](std::string_view why) { return make_error(Reason::Invalid, cat("step ", number, ": ", why)); };
    if (!step.is_object() || step.size() != 1) return wrong(kSteps);
    const std::string key = step.begin().key();
    const json& value = step.begin().value();
    if (key == "at") {
      Duration at;
      if (!value.is_string() || !parse_go_duration(value.get<std::string>(), at) || Instant{} + at < now) return wrong("at takes a time after the step before, such as 12.5s");
      now = Instant{} + at;
      continue;
    }
    const Name* name = nullptr;
    for (const Name& n : kNames)
      if (key == n.step) name = &n;
    if (!name) return wrong(kSteps);
    Input input{now, name->kind, {}, 0};
    if (name->kind == Kind::Interrupt) {
      if (!value.is_number_integer() || value.get<int64_t>() < 1) return wrong("interrupt takes the number of a typed line");
      input.number = value.get<uint64_t>();
    } else if (name->kind == Kind::Keys) {
      if (!value.is_object() || !value.contains("line") || !value["line"].is_number_unsigned() || !value.contains("text") || !value["text"].is_string())
        return wrong("keys takes the number of a typed line and a text");
      input.number = value["line"].get<uint64_t>();
      input.text = Str(value["text"].get<std::string>());
    } else {
      if (!value.is_string()) return wrong(cat(key, " takes a text"));
      input.text = Str(value.get<std::string>());
      if (name->kind == Kind::Type) input.number = ++typed;
    }
    out.inputs.push_back(std::move(input));
  }
  return out;
}

void carry_out(SimWorld& world, Hands& hands, const Input& input) {
  switch (input.kind) {
    case Kind::Type: return hands.type(input.number, input.text.str());
    case Kind::Interrupt: return hands.interrupt(input.number);
    case Kind::Keys: return hands.keys(input.number, input.text.view());
    case Kind::Fault: (void)begin_fault(world, input.text); return;
    case Kind::Heal: (void)end_fault(world, input.text); return;
    case Kind::AddNode: {
      NodeSpec spec;
      spec.name = input.text;
      (void)world.add_node(spec);
      return;
    }
    case Kind::RemoveNode: (void)world.remove_node(input.text); return;
    case Kind::Metric: (void)world.outside().set(input.text); return;
  }
}

size_t replay(SimWorld& world, Hands& hands, const std::vector<Input>& inputs, size_t next, Instant until) {
  for (; next < inputs.size() && inputs[next].at <= until; ++next) {
    world.run_until(std::max(inputs[next].at, world.loop().now()));
    carry_out(world, hands, inputs[next]);
  }
  world.run_until(until);
  return next;
}

}  // namespace orrery::sim
