#include "runtime_sim/recording/hands.h"

#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {

Hands::Hands(SimWorld& world) : world_(world), id_(world.loop().attach(*this)) {}

Hands::Hands(SimWorld& world, Sessions sessions) : world_(world), id_(world.loop().attach(*this)), sessions_(std::move(sessions)) {
  for (const auto& [number, session] : sessions_) world.kubectl().redirect(session.id, {id_, 1, number});
}

Hands::~Hands() { world_.loop().detach(id_); }

void Hands::type(uint64_t number, const std::string& line) {
  std::string error;
  std::vector<std::string> words = kubectl::split_line(line, error);
  if (!error.empty() || words.empty()) return;
  if (words[0] == "kubectl" || words[0] == "k") words.erase(words.begin());
  sessions_[number] = {world_.kubectl().run(std::move(words), "", {id_, 1, number}), world_.loop().now()};
}

void Hands::interrupt(uint64_t number) {
  auto it = sessions_.find(number);
  if (it != sessions_.end()) world_.kubectl().interrupt(it->second.id);
}

void Hands::keys(uint64_t number, std::string_view text) {
  auto it = sessions_.find(number);
  if (it != sessions_.end()) world_.kubectl().type(it->second.id, text);
}

void Hands::interrupt_older_than(Duration age) {
  for (auto& [number, session] : sessions_)
    if (world_.loop().now() - session.since > age) world_.kubectl().interrupt(session.id);
}

void Hands::on_task(const ports::Task& task) {
  if (task.as<kubectl::Output>().end) sessions_.erase(task.arg);
}

}  // namespace orrery::sim
