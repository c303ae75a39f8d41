// Image garbage collection: removes images that no container of this node uses, the longest unused first.
// Source: Kubernetes pkg/kubelet/images/image_gc_manager.go; defaults of KubeletConfiguration.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "core/client/event_recorder.h"
#include "core/ports/container_runtime.h"
#include "core/ports/image_service.h"

namespace orrery::kubelet {

struct ImageGcOptions {
  bool on = true;
  int32_t high_percent = 85;  // of the images' disk in use: then images are removed
  int32_t low_percent = 80;   // until no more than this is in use
};
constexpr Duration kImageGcPeriod = minutes(5);

class ImageCollector final : public ports::Target {
 public:
  class User {
   public:
    virtual ~User() = default;
    // Ids of the images that containers have or are about to get.
    virtual std::set<Str> images_in_use() const = 0;
  };
  ImageCollector(ports::TaskQueue& queue, ports::ContainerRuntime& runtime, ports::ImageService& images,
                 client::EventRecorder& events, const User& user, client::EventTarget node, ImageGcOptions options);
  ~ImageCollector() override;
  ImageCollector(const ImageCollector&) = delete;
  ImageCollector& operator=(const ImageCollector&) = delete;

  void start();
  void stop();
  bool on() const { return options_.on; }
  // Removes every unused image, then answers an empty task.
  void remove_unused(ports::ReplyTo reply);

  void on_task(const ports::Task& task) override;

  struct State {
    bool running = false;
    uint64_t epoch = 0;
    std::map<Str, Instant> last_used;  // as of the last looks; never seen in use: not in it
    // The collection under way.
    bool busy = false;
    int64_t wanted = 0, freed = 0;
    std::vector<ports::ImageInfo> left;  // the next to go is last
    std::vector<ports::ReplyTo> waiting;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  enum TaskKind : uint32_t { kTick = 1, kReading, kListed, kRemoved };
  ports::ReplyTo reply(uint32_t kind) const { return {id_, kind, state_.epoch}; }
  void note_use();
  void on_reading(const ports::MachineReading& reading);
  void collect(int64_t bytes);
  void on_listed(std::vector<ports::ImageInfo> images);
  void remove_next();
  void finish();

  ports::TaskQueue& queue_;
  ports::ContainerRuntime& runtime_;
  ports::ImageService& images_;
  client::EventRecorder& events_;
  const User& user_;
  client::EventTarget node_;
  ImageGcOptions options_;
  ports::TargetId id_;
  State state_;
};

}  // namespace orrery::kubelet
