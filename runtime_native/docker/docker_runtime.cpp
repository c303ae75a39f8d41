#include "runtime_native/docker/docker_runtime.h"

#include <unistd.h>

#include <chrono>
#include <fstream>

#include "core/base/text.h"
#include "runtime_native/docker/cgroup_usage.h"
#include "runtime_native/docker/container_reader.h"
#include "runtime_native/docker/container_reading.h"
#include "runtime_native/docker/engine_probe.h"
#include "runtime_native/docker/event_watch.h"
#include "runtime_native/docker/object_order.h"
#include "runtime_native/docker/pause_sandboxes.h"
#include "runtime_native/docker/stream_sessions.h"

namespace orrery::docker {

using ports::ReplyTo;

namespace {

constexpr int kOomScoreAdjMin = -1000;
constexpr int kStartsPerCore = 2;
constexpr int kStartsUntilKnown = 4;

WallTime wall_now() {
  return WallTime{
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count()};
}

// An engine of this machine most likely has the rights that we have: without CAP_SYS_RESOURCE (bit 24) it can't lower
// OOM scores. A wrong guess costs one failed start.
int guess_oom_score_adj_min(bool local) {
  if (!local || ::geteuid() != 0) return kOomScoreAdjMin;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (starts_with(line, "CapEff:")) return (std::stoull(line.substr(7), nullptr, 16) >> 24 & 1) ? kOomScoreAdjMin : 0;
  return kOomScoreAdjMin;
}

std::optional<CgroupUsage> usage_of_api(const Json& json) {
  const Json& memory = field(json, "memory_stats");
  uint64_t used = static_cast<uint64_t>(number_at(memory, "usage"));
  if (used == 0) return std::nullopt;
  int64_t inactive = number_at(memory, "stats", "total_inactive_file") + number_at(memory, "stats", "inactive_file");
  if (field(memory, "stats").contains("total_inactive_file"))
    inactive = number_at(memory, "stats", "total_inactive_file");
  uint64_t cached = static_cast<uint64_t>(inactive);
  return CgroupUsage{static_cast<uint64_t>(number_at(json, "cpu_stats", "cpu_usage", "total_usage")), used,
                     used > cached ? used - cached : 0};
}

}  // namespace

struct DockerRuntime::Parts {
  Parts(boost::asio::io_context& io, ports::TaskQueue& queue_in, DockerOptions options)
      : queue(queue_in),
        owner(options.owner),
        machine(options.engine.is_unix() ? options.machine : nullptr),
        local(options.engine.is_unix()),
        oom_score_adj_min(guess_oom_score_adj_min(local)),
        gate(options.starts_max > 0 ? options.starts_max : kStartsUntilKnown),
        client(io, options.engine),
        containers(client),
        reader(containers),
        sandboxes(std::make_unique<PauseSandboxes>(containers, gate, owner, oom_score_adj_min)),
        sessions(containers, local),
        events(containers, owner, [this](const ports::RuntimeEvent& e) { on_event(e); }) {}

  void on_event(const ports::RuntimeEvent& event) {
    if (event.type == ports::RuntimeEvent::Type::Resync)
      reader.forget_all();
    else
      reader.changed(event.container_id);
    for (const ReplyTo& to : subscribers) queue.reply(to, event);
  }

  template <class T>
  auto answer(ReplyTo reply) {
    return [this, reply](Result<T> r) { queue.reply(reply, std::move(r)); };
  }
  // For a job in ObjectOrder: the answer is posted and the next call on the object may go.
  template <class T>
  auto answer_and(ReplyTo reply, std::function<void()> leave) {
    return [this, reply, leave = std::move(leave)](Result<T> r) {
      queue.reply(reply, std::move(r));
      leave();
    };
  }

  void read(const std::string& filter, std::function<void(Result<std::vector<ports::PodStatus>>)> done) {
    reader.read(filter, events.connected(), [done = std::move(done)](Result<ContainerReader::Picture> r) {
      if (!r) return done(r.error());
      PodGroups groups;
      for (const ports::SandboxStatus& s : r->sandboxes) groups.add(s);
      for (const ContainerReader::Seen& c : r->containers) groups.add(c.pod, c.status);
      done(groups.take());
    });
  }

  ports::TaskQueue& queue;
  Owner owner;
  std::function<ports::MachineReading()> machine;
  bool local;
  int oom_score_adj_min;
  std::vector<ReplyTo> subscribers;
  ObjectOrder order;
  StartGate gate;
  EngineClient client;  // what follows calls it; when it goes nothing calls back any more
  EngineContainers containers;
  ContainerReader reader;
  std::unique_ptr<Sandboxes> sandboxes;
  StreamSessions sessions;
  EventWatch events;
};

DockerRuntime::DockerRuntime(boost::asio::io_context& io, ports::TaskQueue& queue, DockerOptions options) {
  bool starts_by_cores = options.starts_max <= 0;
  parts_ = std::make_unique<Parts>(io, queue, std::move(options));
  if (!starts_by_cores) return;
  probe_engine(parts_->client, [p = parts_.get()](Result<EngineInfo> info) {
    if (!info) return;
    if (info->cpus > 0) p->gate.set_max(info->cpus * kStartsPerCore);
    if (info->rootless) p->oom_score_adj_min = 0;
  });
}

DockerRuntime::~DockerRuntime() = default;

void DockerRuntime::info(ReplyTo reply) {
  probe_engine(parts_->client, [p = parts_.get(), reply](Result<EngineInfo> r) {
    if (!r) return (void)p->queue.reply(reply, Result<ports::RuntimeInfo>(r.error()));
    p->queue.reply(reply,
                   Result<ports::RuntimeInfo>(ports::RuntimeInfo{r->name(), r->version, r->api_version, r->root_dir}));
  });
}

void DockerRuntime::run_sandbox(ports::SandboxSpec spec, ReplyTo reply) {
  parts_->sandboxes->run(std::move(spec), parts_->answer<Str>(reply));
}

void DockerRuntime::stop_sandbox(Str id, ReplyTo reply) {
  parts_->order.enter(id, true, [p = parts_.get(), id, reply](auto leave) {
    p->sandboxes->stop(id, p->answer_and<void>(reply, leave));
  });
}

void DockerRuntime::remove_sandbox(Str id, ReplyTo reply) {
  parts_->order.enter(id, false, [p = parts_.get(), id, reply](auto leave) {
    p->sandboxes->remove(id, p->answer_and<void>(reply, leave));
  });
}

void DockerRuntime::create_container(ports::ContainerSpec spec, ReplyTo reply) {
  auto shared = std::make_shared<const ports::ContainerSpec>(std::move(spec));
  parts_->sandboxes->join(shared->sandbox_id, shared->share_pid,
                          [p = parts_.get(), shared, reply](Result<Joined> joined) {
                            auto tell = p->answer<Str>(reply);
                            if (!joined) return tell(joined.error());
                            Result<Json> body = container_config(*shared, p->owner, *joined, p->oom_score_adj_min);
                            if (!body) return tell(body.error());
                            p->containers.create(container_name(*shared), *body, tell);
                          });
}

void DockerRuntime::start_container(Str id, ReplyTo reply) {
  parts_->order.enter(id, false, [p = parts_.get(), id, reply](auto leave_order) {
    p->gate.enter([p, id, reply, leave_order](std::function<void()> leave_gate) {
      p->containers.start(id, [p, reply, leave_order, leave_gate](Result<void> r) {
        leave_gate();
        p->answer_and<void>(reply, leave_order)(std::move(r));
      });
    });
  });
}

void DockerRuntime::stop_container(Str id, Duration grace, ReplyTo reply) {
  parts_->order.enter(id, true, [p = parts_.get(), id, grace, reply](auto leave) {
    p->containers.stop(id, grace, p->answer_and<void>(reply, leave));
  });
}

void DockerRuntime::remove_container(Str id, ReplyTo reply) {
  parts_->order.enter(id, false, [p = parts_.get(), id, reply](auto leave) {
    p->containers.remove(id, p->answer_and<void>(reply, leave));
  });
}

void DockerRuntime::list_pods(ReplyTo reply) {
  parts_->read(owner_filter(parts_->owner), parts_->answer<std::vector<ports::PodStatus>>(reply));
}

void DockerRuntime::pod_status(ports::PodRef pod, ReplyTo reply) {
  parts_->read(owner_filter(parts_->owner, pod.uid),
               [p = parts_.get(), pod, reply](Result<std::vector<ports::PodStatus>> r) {
                 auto tell = p->answer<ports::PodStatus>(reply);
                 if (!r) return tell(r.error());
                 ports::PodStatus none;
                 none.pod = pod;
                 tell(r->empty() ? none : r->front());
               });
}

void DockerRuntime::subscribe(ReplyTo reply) {
  parts_->subscribers.push_back(reply);
  // The connection brings the first Resync; when it stands already, this subscriber needs one of its own.
  if (parts_->events.connected())
    parts_->queue.reply(reply, ports::RuntimeEvent{});
  else
    parts_->events.start();
}

void DockerRuntime::exec_sync(Str id, ports::ExecOptions options, ReplyTo reply) {
  parts_->sessions.exec_sync(id, std::move(options), parts_->answer<ports::ExecResult>(reply));
}

uint64_t DockerRuntime::exec(Str id, ports::ExecOptions options, ReplyTo reply) {
  return parts_->sessions.exec(id, std::move(options), [p = parts_.get(), reply](ports::StreamPart part) {
    p->queue.reply(reply, std::move(part));
  });
}

uint64_t DockerRuntime::attach(Str id, bool stdin_open, bool tty, ReplyTo reply) {
  return parts_->sessions.attach(id, stdin_open, tty, [p = parts_.get(), reply](ports::StreamPart part) {
    p->queue.reply(reply, std::move(part));
  });
}

uint64_t DockerRuntime::logs(Str id, ports::LogOptions options, ReplyTo reply) {
  return parts_->sessions.logs(id, std::move(options), [p = parts_.get(), reply](ports::StreamPart part) {
    p->queue.reply(reply, std::move(part));
  });
}

void DockerRuntime::stream_input(uint64_t stream, Str bytes) { parts_->sessions.input(stream, bytes); }
void DockerRuntime::stream_close_input(uint64_t stream) { parts_->sessions.close_input(stream); }
void DockerRuntime::stream_resize(uint64_t stream, uint16_t width, uint16_t height) {
  parts_->sessions.resize(stream, width, height);
}
void DockerRuntime::stream_cancel(uint64_t stream) { parts_->sessions.cancel(stream); }

void DockerRuntime::stats(ReplyTo reply) {
  Parts* p = parts_.get();
  p->reader.read(owner_filter(p->owner), p->events.connected(), [p, reply](Result<ContainerReader::Picture> r) {
    using All = std::vector<ports::ContainerStats>;
    if (!r) return (void)p->queue.reply(reply, Result<All>(r.error()));
    struct Joint {
      All all;
      size_t left = 1;
    };
    auto joint = std::make_shared<Joint>();
    auto arrive = [p, reply, joint] {
      if (--joint->left == 0) p->queue.reply(reply, Result<All>(std::move(joint->all)));
    };
    for (const ContainerReader::Seen& c : r->containers) {
      if (c.status.state != ports::ContainerState::Running) continue;
      auto add = [joint, id = c.status.id, name = c.status.name, pod = c.pod](const CgroupUsage& u) {
        joint->all.push_back(
            {id, name, pod, wall_now(), u.cpu_nanoseconds, u.memory_working_set_bytes, u.memory_usage_bytes});
      };
      std::optional<CgroupUsage> usage = p->local ? read_cgroup_usage(c.pid, c.status.id) : std::nullopt;
      if (usage) {
        add(*usage);
        continue;
      }
      ++joint->left;
      p->containers.get(cat("/containers/", c.status.id, "/stats?stream=false&one-shot=true"),
                        [add, arrive](Result<Json> s) {
                          if (s)
                            if (auto usage = usage_of_api(*s)) add(*usage);
                          arrive();
                        });
    }
    arrive();
  });
}

void DockerRuntime::machine(ReplyTo reply) {
  parts_->queue.reply(reply, Result<ports::MachineReading>(parts_->machine ? parts_->machine() : ports::MachineReading{}));
}

void DockerRuntime::update_resources(Str id, int64_t memory_bytes, int64_t cpu_milli, ReplyTo reply) {
  parts_->order.enter(id, false, [p = parts_.get(), id, memory_bytes, cpu_milli, reply](auto leave) {
    p->containers.post(cat("/containers/", url_part(id), "/update"), update_config(memory_bytes, cpu_milli),
                       [done = p->answer_and<void>(reply, leave)](Result<Json> r) {
                         done(r ? Result<void>() : Result<void>(r.error()));
                       });
  });
}

}  // namespace orrery::docker
