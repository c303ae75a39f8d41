#include "core/store/faulty_journal.h"

#include <algorithm>

namespace orrery::store {

FaultyJournal::FaultyJournal(ports::TaskQueue& queue, ports::Journal& inner, Rng rng, JournalFaults faults)
    : queue_(queue), inner_(inner), self_(queue.attach(*this)) {
  state_.faults = faults;
  state_.rng = rng;
}

FaultyJournal::~FaultyJournal() { queue_.detach(self_); }

Result<ports::JournalState> FaultyJournal::load() {
  state_.waiting.clear();  // their tasks find nothing
  return inner_.load();
}

void FaultyJournal::append(ports::JournalBatch batch, ports::ReplyTo reply) {
  if (!state_.faults.any() && state_.waiting.empty() && !state_.failing) return inner_.append(std::move(batch), reply);
  Duration wait = state_.faults.latency;
  if (state_.faults.jitter.ns > 0)
    wait = wait + nanos(static_cast<int64_t>(state_.rng.below(static_cast<uint64_t>(state_.faults.jitter.ns))));
  Instant due = std::max(queue_.now() + wait, state_.last_due);  // batches become durable in order
  if (state_.waiting.empty() || state_.last_due != due) queue_.post_at(due, self_, kDue, 0);
  state_.last_due = due;
  state_.waiting.push_back({std::move(batch), reply, due});
}

void FaultyJournal::on_task(const ports::Task& task) {
  if (task.kind == kFailureTold) {  // in this turn or before
    state_.failing = false;
    return;
  }
  while (!state_.waiting.empty() && state_.waiting.front().due <= queue_.now()) {
    Waiting next = std::move(state_.waiting.front());
    state_.waiting.pop_front();
    write(std::move(next));
  }
}

void FaultyJournal::write(Waiting next) {
  bool fail = state_.failing || state_.faults.full;
  if (state_.faults.fail_ppm) fail = state_.rng.chance_ppm(state_.faults.fail_ppm) || fail;
  if (!fail) return inner_.append(std::move(next.batch), next.reply);
  ports::JournalAck ack;
  ack.error = make_error(Reason::InternalError,
                         state_.faults.full ? "etcdserver: no space left on device" : "etcdserver: request timed out");
  queue_.reply(next.reply, std::move(ack));
  if (!state_.failing) queue_.post(self_, kFailureTold);
  state_.failing = true;
}

}  // namespace orrery::store
