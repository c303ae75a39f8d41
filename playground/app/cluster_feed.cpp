#include "playground/app/cluster_feed.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "playground/app/object_views.h"

namespace orrery::app {
namespace {

namespace v1 = api::core_v1;
namespace apps = api::apps_v1;
namespace batch = api::batch_v1;

bool before(const viewmodel::Pod& pod, const client::Key& key) {
  const int ns = pod.ns.compare(key.ns.view());
  return ns != 0 ? ns < 0 : pod.name.compare(key.name.view()) < 0;
}

using SharedPod = viewmodel::SharedList<viewmodel::Pod>::Shared;

}  // namespace

ClusterFeed::ClusterFeed(client::Client& client, ports::TaskQueue& queue)
    : informers_(client, queue),
      pods_(informers_.of<v1::Pod>()),
      nodes_(informers_.of<v1::Node>()),
      events_(informers_.of<v1::Event>()),
      deployments_(informers_.of<apps::Deployment>()),
      sets_(informers_.of<apps::ReplicaSet>()),
      others_{&informers_.of<apps::StatefulSet>(), &informers_.of<apps::DaemonSet>(), &informers_.of<batch::Job>(), &informers_.of<batch::CronJob>()},
      things_(informers_, pods_) {
  for (client::Informer* informer : {&pods_, &nodes_, &events_, &deployments_, &sets_}) informer->add_handler(*this);
  for (client::Informer* informer : others_) informer->add_handler(*this);
  for (client::Informer* informer : {&pods_, &nodes_, &deployments_, &sets_}) revisions_.add(*informer);
  for (client::Informer* informer : others_) revisions_.add(*informer);
  for (client::Informer* informer : things_.kinds()) revisions_.add(*informer);
}

void ClusterFeed::on_change(const client::Informer& informer, ports::WatchType, const api::ObjectPtr& old, const api::ObjectPtr& now) {
  const client::Key key = client::key_of(now ? now : old);
  if (&informer == &pods_) changed_pods_.insert(key);
  else if (&informer == &events_) changed_events_.insert(key);
  else if (&informer == &nodes_) nodes_changed_ = true;
  else workloads_changed_ = true;
}

bool ClusterFeed::update(viewmodel::ClusterModel& model) {
  bool changed = update_pods(model);
  changed |= update_nodes(model);
  changed |= update_events(model);
  changed |= update_workloads(model);
  changed |= things_.update(model);
  changed |= update_revisions(model);
  if (changed) ++model.version;
  return changed;
}

bool ClusterFeed::update_pods(viewmodel::ClusterModel& model) {
  const Keys changed = std::exchange(changed_pods_, {});
  std::vector<std::pair<std::size_t, SharedPod>> fresh;
  std::vector<std::size_t> gone;
  for (const client::Key& key : changed) {
    const auto at = std::lower_bound(model.pods.begin(), model.pods.end(), key, before);
    const bool known = at != model.pods.end() && at->ns == key.ns.view() && at->name == key.name.view();
    const v1::Pod* pod = pods_.get<v1::Pod>(key);
    const std::size_t i = std::size_t(at - model.pods.begin());
    if (pod && known) model.pods.put(i, view_of(*pod));
    else if (pod) fresh.push_back({i, std::make_shared<const viewmodel::Pod>(view_of(*pod))});
    else if (known) gone.push_back(i);
  }
  model.pods.edit(std::move(fresh), gone);
  return !changed.empty();
}

// A node's lease is another object, so that a node itself seldom changes; its heartbeat in the status is no news either.
bool ClusterFeed::update_nodes(viewmodel::ClusterModel& model) {
  if (!std::exchange(nodes_changed_, false)) return false;
  std::vector<viewmodel::Node> nodes;
  for (const auto& [key, object] : nodes_.objects()) nodes.push_back(view_of(*object.as<v1::Node>()));
  if (nodes == model.nodes) return false;
  model.nodes = std::move(nodes);
  return true;
}

// One walk for all that came, as for the pods.
bool ClusterFeed::update_events(viewmodel::ClusterModel& model) {
  const Keys changed = std::exchange(changed_events_, {});
  if (changed.empty()) return false;
  std::vector<viewmodel::Event> fresh;
  for (const client::Key& key : changed)
    if (const v1::Event* event = events_.get<v1::Event>(key)) fresh.push_back(view_of(*event));  // expired: what was shown stays
  const auto earlier = [](const viewmodel::Event& a, const viewmodel::Event& b) { return a.at < b.at; };
  std::stable_sort(fresh.begin(), fresh.end(), earlier);
  if (fresh.size() > viewmodel::kMaxEvents) fresh.erase(fresh.begin(), fresh.end() - std::ptrdiff_t(viewmodel::kMaxEvents));
  std::set<std::string_view> told_anew;
  for (const viewmodel::Event& event : fresh) told_anew.insert(event.uid);
  auto& events = model.events;
  events.erase(std::remove_if(events.begin(), events.end(), [&](const auto& other) { return told_anew.count(other.uid) > 0; }), events.end());
  const auto told = std::ptrdiff_t(events.size());
  std::move(fresh.begin(), fresh.end(), std::back_inserter(events));
  std::inplace_merge(events.begin(), events.begin() + told, events.end(), earlier);
  if (events.size() > viewmodel::kMaxEvents) events.erase(events.begin(), events.end() - std::ptrdiff_t(viewmodel::kMaxEvents));
  return true;
}

std::vector<viewmodel::Workload> ClusterFeed::workloads() const {
  std::vector<viewmodel::Workload> out;
  for (const auto& [key, object] : deployments_.objects()) out.push_back(view_of(*object.as<apps::Deployment>()));
  for (const auto& [key, object] : sets_.objects()) out.push_back(view_of(*object.as<apps::ReplicaSet>()));
  for (const client::Informer* informer : others_)
    for (const auto& [key, object] : informer->objects()) {
      if (const auto* set = object.as<apps::StatefulSet>()) out.push_back(view_of(*set));
      else if (const auto* daemons = object.as<apps::DaemonSet>()) out.push_back(view_of(*daemons));
      else if (const auto* job = object.as<batch::Job>()) out.push_back(view_of(*job));
      else if (const auto* cron = object.as<batch::CronJob>()) out.push_back(view_of(*cron));
    }
  return out;
}

bool ClusterFeed::update_workloads(viewmodel::ClusterModel& model) {
  if (!std::exchange(workloads_changed_, false)) return false;
  model.workloads = workloads();
  return true;
}

viewmodel::ClusterModel ClusterFeed::names() const {
  viewmodel::ClusterModel out;
  for (const auto& [key, object] : nodes_.objects()) out.nodes.push_back(view_of(*object.as<v1::Node>()));
  for (const auto& [key, object] : pods_.objects()) out.pods.push_back(view_of(*object.as<v1::Pod>()));
  out.workloads = workloads();
  return out;
}

// Only of the object that is looked at, and only when it changed: its text is made from snapshots each time.
bool ClusterFeed::update_revisions(viewmodel::ClusterModel& model) {
  if (model.inspected.kind.empty()) return false;
  const std::uint64_t version = revisions_.version(model.inspected) + 1;
  if (version == told_ && model.revisions.of == model.inspected) return false;
  told_ = version;
  model.revisions = revisions_.of(model.inspected);
  return true;
}

}  // namespace orrery::app
