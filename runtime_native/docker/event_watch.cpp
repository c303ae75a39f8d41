#include "runtime_native/docker/event_watch.h"

#include <algorithm>

#include "runtime_native/docker/container_reading.h"

namespace orrery::docker {

namespace {
constexpr Duration kReconnectMin = millis(100);
constexpr Duration kReconnectMax = seconds(3);
}  // namespace

EventWatch::EventWatch(EngineContainers& containers, Owner owner, Sink sink)
    : containers_(containers), owner_(std::move(owner)), sink_(std::move(sink)), wait_(kReconnectMin) {}

EventWatch::~EventWatch() {
  if (stream_) stream_->cancel();
}

void EventWatch::start() {
  if (!stream_) connect();
}

void EventWatch::connect() {
  lines_ = {};
  EngineRequest request;
  request.target = "/events?filters=" + event_filter(owner_);
  StreamHandlers handlers;
  handlers.on_start = [this](const EngineResponse&) {
    connected_ = true;
    wait_ = kReconnectMin;
    sink_(ports::RuntimeEvent{});  // Resync: what happened before is found by listing
  };
  handlers.on_data = [this](std::string_view bytes) {
    lines_.feed(bytes, [this](std::string_view line) {
      if (auto event = read_event(line)) sink_(*event);
    });
  };
  handlers.on_end = [this](Result<void>) {
    connected_ = false;
    containers_.after(wait_, [this] { connect(); });
    wait_ = std::min(wait_ * 2, kReconnectMax);
  };
  stream_ = containers_.client().stream(std::move(request), std::move(handlers));
}

}  // namespace orrery::docker
