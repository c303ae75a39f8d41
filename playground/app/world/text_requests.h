// Objects' texts for the inspector: asks kubectl, keeps what it printed until it ends.
#pragma once

#include <map>
#include <vector>

#include "core/kubectl/kubectl.h"
#include "playground/viewmodel/cluster_source.h"

namespace orrery::app {

class TextRequests final : public ports::Target {
 public:
  TextRequests(ports::TaskQueue& queue, kubectl::Kubectl& kubectl) : queue_(queue), kubectl_(kubectl), id_(queue.attach(*this)) {}
  ~TextRequests() override { queue_.detach(id_); }

  void request(const viewmodel::ObjectRef& ref, viewmodel::TextForm form);
  bool busy() const { return !open_.empty(); }
  std::vector<viewmodel::ObjectText> take() { return std::exchange(done_, {}); }

  void on_task(const ports::Task& task) override;

 private:
  ports::TaskQueue& queue_;
  kubectl::Kubectl& kubectl_;
  ports::TargetId id_;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, viewmodel::ObjectText> open_;
  std::vector<viewmodel::ObjectText> done_;
};

}  // namespace orrery::app
