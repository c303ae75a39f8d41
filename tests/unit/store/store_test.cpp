#include "core/store/store.h"

#include <doctest/doctest.h>

#include "core/api/gen/coordination_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/store/faulty_journal.h"
#include "core/store/memory_journal.h"

using namespace orrery;
using api::core_v1::Pod;

namespace {

const Str& node_of(const api::ObjectPtr& object) { return object.as<Pod>()->spec.nodeName; }

api::MutableObject pod(const char* ns, const char* name, const char* node = "") {
  api::MutableObject o(api::desc<Pod>());
  o.meta().namespace_ = ns;
  o.meta().name = name;
  o.as<Pod>().spec.nodeName = node;
  return o;
}

struct World : store::Listener {
  loop::Loop loop;
  store::MemoryJournal memory{loop};
  store::FaultyJournal journal{loop, memory, Rng(1)};
  std::unique_ptr<store::Store> s;
  store::TableId pods = 0, leases = 0;
  std::string seen;
  uint64_t committed = 0;
  int discards = 0;

  World() { start(); }
  void start(store::Options options = {}) {
    s = std::make_unique<store::Store>(loop, journal, options);
    s->set_listener(*this);
    s->declare("pods", false, node_of);
    s->declare("coordination.k8s.io/leases", true, nullptr);
    REQUIRE(s->load().ok());
    pods = s->table("pods");
    leases = s->table("coordination.k8s.io/leases");
  }
  void on_change(uint64_t watch, const store::ChangePtr& c) override {
    const char* op = c->op == store::Op::Created ? "+" : c->op == store::Op::Updated ? "~" : "-";
    seen += cat(watch, op, c->key, '@', c->revision, ' ');
  }
  void on_commit(uint64_t r) override { committed = r; }
  void on_discard(const Error&) override { ++discards; }
  // Store writes happen in tasks; a test's own writes need a turn to end.
  void turn() {
    loop.post(0, 0);
    loop.run_turn();
  }
  void settle() {
    turn();
    while (loop.next_due() && *loop.next_due() <= loop.now()) loop.run_turn();
  }
  std::string keys(store::ListSpec spec, uint32_t limit = 0, uint64_t* rest = nullptr) {
    std::vector<std::pair<Str, store::Item>> out;
    spec.table = pods;
    if (!s->list(spec, limit, out, rest)) return "gone";
    std::string text;
    for (auto& [key, item] : out) text += cat(key, '@', item.revision, ' ');
    return text;
  }
  store::Store::Written put(const char* ns, const char* name, const char* node = "") {
    Str key(cat(ns, '/', name));
    if (s->head(pods, key)) return s->update(pods, key, pod(ns, name, node), 0);
    return s->create(pods, key, pod(ns, name, node));
  }
};

using Outcome = store::Store::Outcome;

}  // namespace

TEST_CASE("Store: writes validate against the pending head, reads see what is durable") {
  World w;
  CHECK(w.put("default", "a").revision == 1);
  CHECK(w.s->create(w.pods, "default/a", pod("default", "a")).outcome == Outcome::Exists);
  CHECK(w.s->update(w.pods, "default/a", pod("default", "a"), 7).outcome == Outcome::Conflict);
  CHECK(w.s->update(w.pods, "default/a", pod("default", "a"), 1).revision == 2);
  CHECK(w.s->remove(w.pods, "default/b", 0).outcome == Outcome::Missing);
  CHECK(w.s->get(w.pods, "default/a") == nullptr);
  CHECK(w.s->is_pending(w.pods, "default/a"));
  CHECK(w.s->revision() == 0);
  w.settle();
  CHECK(w.s->revision() == 2);
  CHECK(w.committed == 2);
  CHECK(w.s->get(w.pods, "default/a")->revision == 2);
  CHECK(w.s->get(w.pods, "default/a")->object.meta().resourceVersion == "2");
  CHECK_FALSE(w.s->is_pending(w.pods, "default/a"));
  CHECK(w.memory.state().entries.count("/pods/default/a") == 1);
}

TEST_CASE("Store: a failed append discards the whole pending suffix and reuses no revision") {
  World w;
  w.put("default", "kept");
  w.settle();
  w.journal.faults().full = true;
  w.put("default", "a");
  w.turn();  // handed to the journal
  w.put("default", "kept", "node-1");
  w.turn();
  w.put("default", "b");
  w.settle();
  CHECK(w.discards >= 1);
  CHECK(w.keys({}) == "default/kept@1 ");
  CHECK(w.s->head(w.pods, "default/a") == nullptr);
  w.journal.faults().full = false;
  CHECK(w.put("default", "c").revision == 5);
  w.settle();
  CHECK(w.keys({}) == "default/c@5 default/kept@1 ");
  CHECK(w.memory.state().entries.size() == 2);
}

TEST_CASE("Store: relaxed writes are shown at the end of their turn and are durable soon after") {
  World w;
  w.put("default", "a");
  w.settle();
  w.s->create(w.leases, "kube-node-lease/n1", api::MutableObject(api::desc<api::coordination_v1::Lease>()));
  w.turn();
  CHECK(w.s->revision() == 2);
  CHECK(w.committed == 2);
  CHECK(w.memory.state().revision == 1);
  w.loop.run_until(w.loop.now() + seconds(1));
  CHECK(w.memory.state().revision == 2);
}

TEST_CASE("Store: a restart keeps every acknowledged write and starts above every revision that was seen") {
  World w;
  w.put("default", "a", "node-1");
  w.put("kube-system", "b");
  w.settle();
  for (int i = 0; i < 5; ++i) {  // seen, but lost: the crash comes first
    Str key(cat("kube-node-lease/n", i));
    w.s->create(w.leases, key, api::MutableObject(api::desc<api::coordination_v1::Lease>()));
    w.turn();
  }
  CHECK(w.s->revision() == 7);
  w.s.reset();
  w.start();
  CHECK(w.keys({}) == "default/a@1 kube-system/b@2 ");
  CHECK(w.s->revision() > 7);
  uint64_t next = w.put("default", "c").revision;
  CHECK(next > 7);
  w.settle();
  store::ListSpec on_node;
  on_node.index = Str("node-1");
  CHECK(w.keys(on_node) == "default/a@1 ");
  std::vector<store::ChangePtr> backlog;
  CHECK_FALSE(w.s->watch(1, {w.pods, {}, {}, {}}, 2, backlog));  // history is gone: 410
}

TEST_CASE("Store: a watch narrowed by name, node or namespace is told of its own changes only") {
  World w;
  std::vector<store::ChangePtr> backlog;
  CHECK(w.s->watch(1, {w.pods, {}, {}, {}}, 0, backlog));
  CHECK(w.s->watch(2, {w.pods, "default", {}, {}}, 0, backlog));
  CHECK(w.s->watch(3, {w.pods, "default", "a", {}}, 0, backlog));
  CHECK(w.s->watch(4, {w.pods, {}, {}, Str("node-1")}, 0, backlog));
  CHECK(backlog.empty());
  w.put("default", "a");
  w.put("default", "b", "node-1");
  w.put("other", "c", "node-2");
  w.settle();
  CHECK(w.seen == "1+default/a@1 2+default/a@1 3+default/a@1 1+default/b@2 2+default/b@2 4+default/b@2 1+other/c@3 ");
  w.seen.clear();
  w.s->unwatch(1);
  w.s->unwatch(2);
  w.put("other", "c", "node-1");    // enters node-1
  w.put("default", "b", "node-3");  // leaves it
  w.s->remove(w.pods, "default/a", 0);
  w.settle();
  CHECK(w.seen == "4~other/c@4 4~default/b@5 3-default/a@6 ");
  // The deletion carries its own revision.
  CHECK(w.s->at(w.pods).history.back()->object.meta().resourceVersion == "6");
}

TEST_CASE("Store: a watch from an earlier revision first gets what happened since") {
  World w;
  w.put("default", "a");
  w.put("default", "b");
  w.put("other", "c");
  w.settle();
  std::vector<store::ChangePtr> backlog;
  CHECK(w.s->watch(1, {w.pods, "default", {}, {}}, 1, backlog));
  REQUIRE(backlog.size() == 1);
  CHECK(backlog[0]->key == "default/b");
}

TEST_CASE("Store: history is bounded; what was compacted is gone") {
  World w;
  store::Options small;
  small.history_max = 3;
  w.s.reset();
  w.start(small);
  for (int i = 0; i < 6; ++i) w.put("default", "a");
  w.settle();
  std::vector<store::ChangePtr> backlog;
  CHECK_FALSE(w.s->watch(1, {w.pods, {}, {}, {}}, 2, backlog));
  CHECK(w.s->watch(1, {w.pods, {}, {}, {}}, 3, backlog));
  CHECK(backlog.size() == 3);
  store::ListSpec past;
  past.revision = 2;
  CHECK(w.keys(past) == "gone");
}

TEST_CASE("Store: a list is ordered by key, and pages of one revision survive later writes") {
  World w;
  for (const char* name : {"d", "a", "c", "b"}) w.put("default", name);
  w.put("other", "z");
  w.settle();
  uint64_t rest = 0;
  store::ListSpec spec;
  spec.ns = "default";
  CHECK(w.keys(spec, 2, &rest) == "default/a@2 default/b@4 ");
  CHECK(rest == 2);
  uint64_t revision = w.s->revision();
  w.s->remove(w.pods, "default/c", 0);
  w.put("default", "bb");
  w.put("default", "d", "node-1");
  w.settle();
  spec.revision = revision;
  spec.after = "default/b";
  CHECK(w.keys(spec, 2, &rest) == "default/c@3 default/d@1 ");
  CHECK(rest == 0);
  spec.revision = 0;
  CHECK(w.keys(spec) == "default/bb@7 default/d@8 ");
}

TEST_CASE("Store: a slow journal delays answers but keeps their order") {
  World w;
  w.journal.faults().latency = millis(5);
  w.put("default", "a");
  w.settle();
  w.put("default", "b");
  w.settle();
  CHECK(w.s->revision() == 0);
  w.loop.run_until(w.loop.now() + millis(6));
  CHECK(w.keys({}) == "default/a@1 default/b@2 ");
}

TEST_CASE("Store: a copied state goes its own way") {
  World w, other;
  w.put("default", "a");
  w.settle();
  other.s->restore(w.s->state());
  other.put("default", "b");
  other.settle();
  CHECK(other.keys({}) == "default/a@1 default/b@2 ");
  CHECK(w.keys({}) == "default/a@1 ");
}
