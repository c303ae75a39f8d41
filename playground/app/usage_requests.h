// Asks metrics.k8s.io for the usage of one object, or of every pod and node.
#pragma once

#include <map>
#include <vector>

#include "core/client/client.h"
#include "playground/viewmodel/usage.h"

namespace orrery::app {

class UsageRequests final : public ports::Target {
 public:
  explicit UsageRequests(client::Client& client) : client_(client), id_(client.queue().attach(*this)) {}
  ~UsageRequests() override { client_.queue().detach(id_); }

  // An empty kind: every pod and node, a reply for each kind. An earlier question that has no answer yet gets none.
  void request(const viewmodel::ObjectRef& ref);
  bool busy() const { return !open_.empty(); }
  std::vector<viewmodel::UsageReply> take() { return std::exchange(done_, {}); }

  void on_task(const ports::Task& task) override;

 private:
  client::Client& client_;
  ports::TargetId id_;
  std::map<std::uint64_t, viewmodel::ObjectRef> open_;  // call -> about whom
  std::vector<viewmodel::UsageReply> done_;
};

}  // namespace orrery::app
