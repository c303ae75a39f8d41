// LessonWorld over core/client: the simulated cluster in the tab, or a live one.
#pragma once

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
      : informers_(std::make_unique<client::InformerSet>(client, queue)), queue_(&queue) {}

  // The world was taken to another moment: from now on this one is watched. What differs is told as changes.
  void move_to(client::Client& client, ports::TaskQueue& queue);

  std::int64_t now_ns() const override { return queue_->now().ns; }
  // A kind that the API doesn't know is left out: nothing of it ever exists.
  void watch(const std::vector<std::string>& kinds) override;
  std::vector<Change> take_changes() override;
  // What existed when the watch began has been told.
  bool synced() const { return informers_->synced(); }

 private:
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;

  void tell_missing();

  std::unique_ptr<client::InformerSet> informers_;
  ports::TaskQueue* queue_;
  std::vector<std::string> kinds_;
  std::vector<Change> changes_;
  std::map<std::string, Change> known_;  // by uid: the last of each living object
  std::map<std::string, Change> before_; // those known before move_to() that weren't seen again yet
};

}  // namespace orrery::lesson
