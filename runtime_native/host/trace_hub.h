// Collects the cluster's trace records and hands them to whoever watches (the page).
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>

#include "core/ports/task.h"
#include "core/ports/trace.h"

namespace orrery::host {

class TraceHub final : public ports::TraceSink {
 public:
  static constexpr size_t kKept = 2048;  // newest records, shown to a new watcher
  using Watcher = std::function<void(const ports::TraceRecord&)>;

  uint64_t emit(ports::TraceRecord record) override;
  // Gives the kept records with an id above `after` at once, then each new one. Returns a number for unwatch.
  uint64_t watch(uint64_t after, Watcher watcher);
  void unwatch(uint64_t number) { watchers_.erase(number); }

 private:
  uint64_t last_id_ = 0;
  uint64_t last_watcher_ = 0;
  std::deque<ports::TraceRecord> kept_;
  std::map<uint64_t, Watcher> watchers_;
};

}  // namespace orrery::host
