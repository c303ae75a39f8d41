#include "runtime_native/host/trace_hub.h"

namespace orrery::host {

uint64_t TraceHub::emit(ports::TraceRecord record) {
  record.id = ++last_id_;
  auto watchers = watchers_;  // a watcher may take itself off
  for (const auto& [number, watcher] : watchers) {
    if (watchers_.count(number)) watcher(record);
  }
  if (!record.heartbeat) kept_.push_back(std::move(record));
  if (kept_.size() > kKept) kept_.pop_front();
  return last_id_;
}

uint64_t TraceHub::watch(uint64_t after, Watcher watcher) {
  for (const ports::TraceRecord& record : kept_) {
    if (record.id > after) watcher(record);
  }
  watchers_.emplace(++last_watcher_, std::move(watcher));
  return last_watcher_;
}

}  // namespace orrery::host
