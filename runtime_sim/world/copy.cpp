// A copy of a world: the same parts are made and wired anew, with the ids that the original's targets have, and each
// takes over the original's state. So tasks in the queue, calls under way and streams find the copies.
#include "core/base/text.h"
#include "runtime_sim/world/site.h"

namespace orrery::sim {

std::unique_ptr<SimWorld> SimWorld::copy() const { return std::unique_ptr<SimWorld>(new SimWorld(*this, Copying{})); }

// Measured: what copies of clusters of 3 to 1,000 nodes and up to 10,000 pods took, divided among what they hold. Right to
// a tenth in those.
size_t SimWorld::copy_bytes() const {
  constexpr size_t kWorld = 300'000, kNode = 9'000, kPod = 3'600, kObject = 500, kChange = 20, kRecord = 115, kTask = 150;
  size_t objects = 0, changes = 0, pods = 0;
  const store::Store::State& store = control_->api().store().state();
  for (const store::Table& table : store.tables) {
    objects += table.items.size();
    changes += table.history.size();
    if (table.resource == "pods") pods = table.items.size();
  }
  return kWorld + kNode * machines_.size() + kPod * pods + kObject * objects + kChange * changes +
         kRecord * trace_.records().size() + kTask * (loop_.state().ready.size() + loop_.state().timers.size());
}

SimWorld::SimWorld(const SimWorld& o, Copying) : SimWorld(o.options_, o.rng_) {
  wire();
  loop_.attach_from(o.kubectl_->target());
  make_kubectl();
  copy_links(o);
  copy_machines(o);
  control_->copy_from(*o.control_);  // connects what it made since its start
  dns_->restore(o.dns_->snapshot());
  policies_->restore(o.policies_->state());
  files_ = o.files_;
  kubectl_->copy_from(*o.kubectl_);
  journal_.restore(o.journal_.state());
  disk_.restore(o.disk_.state());
  outside_.restore(o.outside_.state());
  network_.restore(o.network_.state());
  trace_.restore(o.trace_.state());
  next_node_ = o.next_node_;
  stopped_ = o.stopped_;
  faults_ = o.faults_;
  loop_.copy_from(o.loop_);  // last: what was posted while the parts were made is nothing
  drop_calls_of_outsiders(o);
}

void SimWorld::copy_links(const SimWorld& o) {
  for (const auto& [name, from] : o.links_) {
    loop_.attach_from(from->target());
    auto& to = static_cast<SimLink&>(link(name, control_->api()));
    to.restore(from->state());
    if (o.cut_.count(from.get())) cut_.insert(&to);
  }
  loop_.attach_from(0);
}

void SimWorld::copy_machines(const SimWorld& o) {
  for (const auto& [name, from] : o.machines_) {
    loop_.attach_from(from->machine.node.target());  // a machine's targets are attached one after another
    Site& to = make_machine(from->spec, from->index);
    loop_.attach_from(0);
    if (o.control_->nodes().connected(name)) control_->nodes().connect(name, to.machine.kubelet.server());
    to.machine.copy_from(from->machine);
  }
}

void SimWorld::drop_calls_of_outsiders(const SimWorld& o) {
  for (auto& [name, link] : links_) {
    std::vector<uint64_t> theirs;
    for (const auto& [id, open] : link->state().open)
      if (o.loop_.attached(open.reply.target) && !loop_.attached(open.reply.target)) theirs.push_back(id);
    for (uint64_t id : theirs) link->cancel(id);
  }
}

}  // namespace orrery::sim
