#include "runtime_native/daemon/recording_player.h"

#include <cstdio>

#include "core/base/text.h"

namespace orrery::daemon {

using sim::Input;

namespace {

kubectl::Options options_for(ports::Identity identity) {
  kubectl::Options out;
  out.identity = std::move(identity);
  return out;
}

}  // namespace

RecordingPlayer::RecordingPlayer(ports::TaskQueue& queue, ports::ApiHandler& api, const ports::Clock& clock,
                                 ports::Identity identity, const sim::Recording& recording,
                                 sim::SimExternalMetrics* outside)
    : queue_(queue),
      id_(queue.attach(*this)),
      inputs_(recording.inputs),
      outside_(outside),
      kubectl_(queue, api, clock, files_, options_for(std::move(identity))) {
  files_.files() = recording.files;
  for (size_t i = 0; i < inputs_.size(); ++i) queue_.post_after(inputs_[i].at - Instant{}, id_, kInput, i);
}

RecordingPlayer::~RecordingPlayer() { queue_.detach(id_); }

void RecordingPlayer::type(const Input& input) {
  std::string error;
  std::vector<std::string> words = kubectl::split_line(input.text, error);
  if (!words.empty() && (words[0] == "kubectl" || words[0] == "k")) words.erase(words.begin());
  if (!words.empty()) sessions_[input.number] = kubectl_.run(std::move(words), "", {id_, kSaid, input.number});
}

void RecordingPlayer::on_task(const ports::Task& task) {
  if (task.kind == kSaid) {
    const auto& said = task.as<kubectl::Output>();
    if (said.channel == 2 && !starts_with(said.text, "Warning:"))
      std::fwrite(said.text.c_str(), 1, said.text.size(), stderr);
    if (said.end) sessions_.erase(task.arg);
    return;
  }
  const Input& input = inputs_[task.arg];
  if (input.kind == Input::Kind::Type) return type(input);
  if (input.kind == Input::Kind::Interrupt) {
    if (auto found = sessions_.find(input.number); found != sessions_.end()) kubectl_.interrupt(found->second);
    return;
  }
  if (input.kind == Input::Kind::Keys) {
    if (auto found = sessions_.find(input.number); found != sessions_.end()) kubectl_.type(found->second, input.text.view());
    return;
  }
  if (input.kind == Input::Kind::Metric && outside_) {
    if (auto set = outside_->set(input.text); !set) std::fprintf(stderr, "orrery: %s\n", set.error().message.c_str());
    return;
  }
  std::fprintf(stderr, "orrery: left out of the recording, since only a world of virtual time does it: %s\n",
               input.text.c_str());
}

}  // namespace orrery::daemon
