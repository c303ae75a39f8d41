#include "core/kubelet/node_stats.h"

#include "core/api/json.h"

namespace orrery::kubelet {

using ports::ContainerStats;

namespace {

enum TaskKind : uint32_t { kStats = 1, kMachine };

struct Sum {
  WallTime at;
  uint64_t cpu = 0, working_set = 0, usage = 0;
  void add(const ContainerStats& s) {
    at = s.at;
    cpu += s.cpu_nanoseconds;
    working_set += s.memory_working_set_bytes;
    usage += s.memory_usage_bytes;
  }
};

void field(std::string& out, std::string_view name, std::string_view text) {
  out += cat("\"", name, "\":");
  api::append_json_string(out, text);
}

// "cpu":{...},"memory":{...}
void usage(std::string& out, const Sum& sum, WallTime at) {
  std::string time = format_rfc3339(at, 6);
  out += cat("\"cpu\":{\"time\":\"", time, "\",\"usageCoreNanoSeconds\":", sum.cpu, "},\"memory\":{\"time\":\"", time,
             "\",\"usageBytes\":", sum.usage, ",\"workingSetBytes\":", sum.working_set, "}");
}

// ,"fs":{...}; nothing when the disk isn't known.
void disk(std::string& out, std::string_view name, const ports::DiskReading& d, WallTime at) {
  if (d.capacity <= 0) return;
  out += cat(",\"", name, "\":{\"time\":\"", format_rfc3339(at, 6), "\",\"availableBytes\":", d.available,
             ",\"capacityBytes\":", d.capacity, ",\"usedBytes\":", d.capacity - d.available, "}");
}

}  // namespace

NodeStats::NodeStats(ports::TaskQueue& queue, ports::ContainerRuntime& runtime, const ports::Clock& clock)
    : queue_(queue), runtime_(runtime), clock_(clock), id_(queue.attach(*this)) {}

NodeStats::~NodeStats() { queue_.detach(id_); }

void NodeStats::set_node(Str name, int64_t memory_bytes) {
  node_ = std::move(name);
  memory_bytes_ = memory_bytes;
}

void NodeStats::ask(bool values, ports::ReplyTo reply) {
  uint64_t id = next_++;
  asked_[id] = {reply, values, {}};
  if (values)
    runtime_.stats({id_, kStats, id});
  else
    runtime_.machine({id_, kMachine, id});
}

void NodeStats::on_task(const ports::Task& task) {
  auto it = asked_.find(task.arg);
  if (it == asked_.end()) return;
  if (task.kind == kMachine) {
    const auto& machine = task.as<Result<ports::MachineReading>>();
    if (machine.ok()) it->second.machine = *machine;
    runtime_.stats({id_, kStats, task.arg});
    return;
  }
  const Asked asked = it->second;
  asked_.erase(it);
  const auto& stats = task.as<Result<std::vector<ContainerStats>>>();
  ports::StreamPart part;
  part.end = true;
  if (stats.ok() && asked.values)
    part.stats = std::make_shared<const ports::NodeStatsValues>(ports::NodeStatsValues{clock_.now(), *stats});
  else if (stats.ok())
    part.data = Str(summary(*stats, asked.machine));
  else
    part.error = stats.error();
  queue_.reply(asked.reply, std::move(part));
}

std::string NodeStats::summary(const std::vector<ContainerStats>& stats, const ports::MachineReading& machine) const {
  std::map<std::pair<Str, Str>, std::vector<const ContainerStats*>> pods;  // by namespace and name
  Sum node;
  for (const ContainerStats& s : stats) {
    pods[{s.pod.ns, s.pod.name}].push_back(&s);
    node.add(s);
  }
  std::string out = "{\"node\":{";
  field(out, "nodeName", node_);
  out += ",";
  usage(out, node, clock_.now());
  out.pop_back();
  const int64_t available = machine.memory_capacity > 0 ? machine.memory_available
                                                        : memory_bytes_ - static_cast<int64_t>(node.working_set);
  out += cat(",\"availableBytes\":", available, "}");
  disk(out, "fs", machine.node_fs, clock_.now());
  out += "},\"pods\":[";
  bool first = true;
  for (const auto& [name, containers] : pods) {
    out += first ? "{\"podRef\":{" : ",{\"podRef\":{";
    first = false;
    field(out, "name", name.second);
    out += ",";
    field(out, "namespace", name.first);
    out += ",";
    field(out, "uid", containers[0]->pod.uid);
    out += "},\"containers\":[";
    for (size_t i = 0; i < containers.size(); ++i) {
      Sum one;
      one.add(*containers[i]);
      out += i ? ",{" : "{";
      field(out, "name", containers[i]->name);
      out += ",";
      usage(out, one, one.at);
      out += "}";
    }
    out += "]}";
  }
  return out + "]}";
}

}  // namespace orrery::kubelet
