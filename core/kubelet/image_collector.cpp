#include "core/kubelet/image_collector.h"

#include <algorithm>

#include "core/base/text.h"

namespace orrery::kubelet {

namespace {

constexpr int64_t kAll = INT64_MAX;

}  // namespace

ImageCollector::ImageCollector(ports::TaskQueue& queue, ports::ContainerRuntime& runtime, ports::ImageService& images,
                               client::EventRecorder& events, const User& user, client::EventTarget node,
                               ImageGcOptions options)
    : queue_(queue),
      runtime_(runtime),
      images_(images),
      events_(events),
      user_(user),
      node_(std::move(node)),
      options_(options),
      id_(queue.attach(*this)) {}

ImageCollector::~ImageCollector() { queue_.detach(id_); }

void ImageCollector::start() {
  if (!options_.on) return;
  state_ = {true, state_.epoch + 1, {}, false, 0, 0, {}, {}};
  queue_.post_after(kImageGcPeriod, id_, kTick, state_.epoch);
}

void ImageCollector::stop() { state_ = {false, state_.epoch + 1, {}, false, 0, 0, {}, {}}; }

void ImageCollector::note_use() {
  for (const Str& id : user_.images_in_use()) state_.last_used[id] = queue_.now();
}

void ImageCollector::on_reading(const ports::MachineReading& reading) {
  const ports::DiskReading& disk = reading.image_fs;
  if (disk.capacity <= 0) return;
  const int64_t available = std::min(disk.available, disk.capacity);
  if (100 - available * 100 / disk.capacity < options_.high_percent) return;
  collect(disk.capacity * (100 - options_.low_percent) / 100 - available);
}

void ImageCollector::remove_unused(ports::ReplyTo reply) {
  state_.waiting.push_back(reply);
  collect(kAll);
}

void ImageCollector::collect(int64_t bytes) {
  state_.wanted = std::max(state_.wanted, bytes);
  if (state_.busy) return;
  state_.busy = true;
  state_.freed = 0;
  images_.list(reply(kListed));
}

void ImageCollector::on_listed(std::vector<ports::ImageInfo> images) {
  note_use();
  const std::set<Str> used = user_.images_in_use();
  auto since = [&](const ports::ImageInfo& i) {
    auto it = state_.last_used.find(i.id);
    return it == state_.last_used.end() ? Instant{} : it->second;
  };
  state_.left.clear();
  for (ports::ImageInfo& i : images)
    if (!used.count(i.id)) state_.left.push_back(std::move(i));
  std::stable_sort(state_.left.begin(), state_.left.end(), [&](const ports::ImageInfo& a, const ports::ImageInfo& b) {
    const Instant x = since(a), y = since(b);
    return x != y ? x > y : a.id > b.id;
  });
  remove_next();
}

void ImageCollector::remove_next() {
  if (state_.left.empty() || state_.freed >= state_.wanted) return finish();
  const ports::ImageInfo& image = state_.left.back();
  images_.remove(image.names.empty() ? image.id : image.names[0], reply(kRemoved));
}

void ImageCollector::finish() {
  if (state_.wanted != kAll && state_.freed < state_.wanted)
    events_.warning(node_, "FreeDiskSpaceFailed",
                    cat("Failed to garbage collect required amount of images. Attempted to free ", state_.wanted,
                        " bytes, but only found ", state_.freed, " bytes eligible to free."));
  state_.busy = false;
  state_.wanted = 0;
  state_.left.clear();
  for (const ports::ReplyTo& to : state_.waiting) queue_.post(to.target, to.kind, to.token);
  state_.waiting.clear();
}

void ImageCollector::on_task(const ports::Task& task) {
  if (task.arg != state_.epoch || !state_.running) return;
  switch (task.kind) {
    case kTick:
      note_use();
      runtime_.machine(reply(kReading));
      queue_.post_after(kImageGcPeriod, id_, kTick, state_.epoch);
      break;
    case kReading:
      if (const auto& r = task.as<Result<ports::MachineReading>>(); r.ok()) on_reading(*r);
      break;
    case kListed: {
      const auto& r = task.as<Result<std::vector<ports::ImageInfo>>>();
      on_listed(r.ok() ? *r : std::vector<ports::ImageInfo>());
      break;
    }
    case kRemoved:
      if (!state_.left.empty()) {
        if (task.as<Result<void>>().ok()) state_.freed += static_cast<int64_t>(state_.left.back().size_bytes);
        state_.left.pop_back();
      }
      remove_next();
      break;
  }
}

}  // namespace orrery::kubelet
