// When the page asks what pods and nodes use.
#include <limits>

#include "playground/app/page.h"

namespace orrery::app {

using viewmodel::ObjectRef;
using viewmodel::ObjectTab;
using viewmodel::View;

bool Page::shows_usage() const {
  const std::string& kind = model_.selected.kind;
  return model_.view == View::Object && model_.object_tab == ObjectTab::Usage && (kind == "Pod" || kind == "Node");
}

// Of a small simulated cluster everything, so that the plots have a past when they are opened: that costs a short
// answer from memory each time. Of others only what is looked at.
std::optional<ObjectRef> Page::measured() const {
  const viewmodel::ClusterModel& cluster = model_.cluster;
  if (!cluster.connected || !shows(model_, "object")) return std::nullopt;
  if (cluster.simulated && cluster.pods.size() <= viewmodel::kUsagePodsMax) return ObjectRef{};
  return shows_usage() ? std::optional<ObjectRef>(model_.selected) : std::nullopt;
}

// The last measurements are asked for as often as metrics-server makes them.
void Page::measure() {
  const viewmodel::Nanos now = model_.cluster.clock.now;
  const std::optional<ObjectRef> whom = measured();
  const bool due =
      whom && (whom != usage_asked_ || now < usage_asked_at_ || now >= usage_asked_at_ + viewmodel::kUsagePeriod);
  usage_asked_ = whom;
  if (due) {
    usage_asked_at_ = now;
    source_->request_usage(*whom);
  }
  for (const viewmodel::UsageReply& reply : source_->take_usage()) {
    model_.usage.observe(reply);
    changed_ = changed_ || shows_usage();
  }
}

// Real seconds until the next question; a simulated cluster has something to do by then anyway.
double Page::measures_in() const {
  if (!usage_asked_ || model_.cluster.simulated) return std::numeric_limits<double>::infinity();
  return std::max(
      0.0, double(usage_asked_at_ + viewmodel::kUsagePeriod - model_.cluster.clock.now) / double(viewmodel::kSecond));
}

}  // namespace orrery::app
