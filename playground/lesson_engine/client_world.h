// LessonWorld over core/client: the simulated cluster in the tab, or a live one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/client/informer.h"
#include "playground/lesson_engine/lesson_world.h"

namespace orrery::lesson {

// REQUIRES: `client` and `queue` outlive it; all calls come from the loop's thread, between turns or within them.
class ClientWorld final : public LessonWorld, private client::InformerHandler {
 public:
  ClientWorld(client::Client& client, ports::TaskQueue& queue)
      : informers_(std::make_unique<client::InformerSet>(client, queue)), client_(&client), queue_(&queue) {}

  // What is broken now: lines of text. Asked for at each take_changes(), if the lesson looks at faults.
  using Faults = std::function<std::vector<std::string>()>;
  void tell_faults(Faults faults) { faults_ = std::move(faults); }

  // The world was taken to another moment: from now on this one is watched. What differs is told as changes.
  void move_to(client::Client& client, ports::TaskQueue& queue);

  std::int64_t now_ns() const override { return queue_->now().ns; }
  // A kind that the API doesn't know is left out: nothing of it ever exists.
  void watch(const std::vector<std::string>& kinds) override;
  std::vector<Change> take_changes() override;
  bool answers() const override { return informers_->synced(); }

 private:
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;

  void tell_missing();
  void compare_faults();

  std::unique_ptr<client::InformerSet> informers_;
  client::Client* client_;
  ports::TaskQueue* queue_;
  std::vector<std::string> kinds_;
  Faults faults_;
  std::map<std::string, Json> broken_;   // line -> as it was told
  std::uint64_t fault_count_ = 0;
  std::vector<Change> changes_;
  std::map<std::string, Change> known_;  // by uid: the last of each living object
  std::map<std::string, Change> before_; // those known before move_to() that weren't seen again yet
};

}  // namespace orrery::lesson
