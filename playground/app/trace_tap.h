// Collects trace records for the map. Keeps the newest; the map asks for them once a frame.
#pragma once

#include <deque>

#include "core/ports/trace.h"

namespace orrery::app {

class TraceTap final : public ports::TraceSink {
 public:
  static constexpr size_t kMax = 4096;

  uint64_t emit(ports::TraceRecord record) override {
    record.id = ++last_;
    records_.push_back(std::move(record));
    if (records_.size() > kMax) records_.pop_front();
    return last_;
  }
  const std::deque<ports::TraceRecord>& records() const { return records_; }
  uint64_t last() const { return last_; }

 private:
  std::deque<ports::TraceRecord> records_;
  uint64_t last_ = 0;
};

}  // namespace orrery::app
