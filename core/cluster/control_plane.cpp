#include "core/cluster/control_plane.h"

namespace orrery::cluster {

ControlPlane::ControlPlane(ControlPlanePorts p, const Rng& rng, ControlPlaneOptions options) {
  nodes_ = std::make_unique<NodeSwitch>(p.loop);
  metrics_ = std::make_unique<MetricsServer>(p.loop, *nodes_, options.outside);
  options.api.metrics = metrics_.get();
  api_ = std::make_unique<apiserver::ApiServer>(p.loop, p.journal, p.clock, rng.child("apiserver"), p.trace, nodes_.get(),
                                                options.api);
  auto link = [&](std::string_view component) -> ports::ApiHandler& {
    return p.links ? p.links->link(component, *api_) : *api_;
  };
  metrics_link_ = &link("metrics-server");
  controllers_ = std::make_unique<controllers::ControllerManager>(p.loop, link("controller-manager"), p.clock,
                                                                  options.controllers);
  scheduler_ = std::make_unique<scheduler::Scheduler>(p.loop, link("scheduler"), p.clock, rng.child("scheduler"), p.trace,
                                                      options.scheduler);
}

Result<void> ControlPlane::start() {
  auto started = api_->start();
  if (!started.ok()) return started;
  controllers_->start();
  scheduler_->start();
  metrics_->start(*metrics_link_);
  return {};
}

void ControlPlane::copy_from(const ControlPlane& other) {
  nodes_->copy_streams(*other.nodes_);
  api_->restore(other.api_->snapshot());
  metrics_->copy_from(*other.metrics_, *metrics_link_);
  controllers_->copy_from(*other.controllers_);
  scheduler_->restore(other.scheduler_->snapshot());
}

bool ControlPlane::stop_part(std::string_view part) {
  if (part == "apiserver") api_->crash();
  else if (part == "controller-manager") controllers_->crash();
  else if (part == "scheduler") scheduler_->crash();
  else if (part == "metrics-server") metrics_->crash();
  else return false;
  return true;
}

bool ControlPlane::start_part(std::string_view part) {
  if (part == "apiserver") ORRERY_CHECK(api_->start().ok(), "a journal that was read once is read again");
  else if (part == "controller-manager") controllers_->start();
  else if (part == "scheduler") scheduler_->start();
  else if (part == "metrics-server") metrics_->start(*metrics_link_);
  else return false;
  return true;
}

}  // namespace orrery::cluster
