// UndoLog: how to take back the latest changes of a view, so that a decision can be explained on the view it was made on.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace orrery::scheduler {

constexpr std::size_t kUndoMax = 20'000;  // then the oldest are forgotten

// Change: what takes one change back. Positions count all changes ever made.
template <class Change>
class UndoLog {
 public:
  uint64_t end() const { return start_ + changes_.size(); }
  bool reaches(uint64_t position) const { return position >= start_; }
  void record(Change undo) {
    if (changes_.size() == kUndoMax) changes_.pop_front(), ++start_;
    changes_.push_back(std::move(undo));
  }
  void forget_before(uint64_t position) {
    for (; start_ < position && !changes_.empty(); ++start_) changes_.pop_front();
  }
  // What leads back there, in the order in which it has to be done. It must reach that far.
  std::vector<Change> since(uint64_t position) const {
    const auto count = static_cast<std::ptrdiff_t>(end() - position);
    return {changes_.rbegin(), changes_.rbegin() + count};
  }

 private:
  std::deque<Change> changes_;
  uint64_t start_ = 0;
};

}  // namespace orrery::scheduler
