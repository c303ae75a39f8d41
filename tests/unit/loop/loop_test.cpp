#include "core/loop/loop.h"

#include <doctest/doctest.h>

#include <string>

using namespace orrery;

namespace {

struct Recorder : ports::Target {
  loop::Loop& queue;
  ports::TargetId id;
  std::string seen;
  explicit Recorder(loop::Loop& q) : queue(q), id(q.attach(*this)) {}
  void on_task(const ports::Task& task) override {
    seen += static_cast<char>('a' + task.kind);
    if (task.kind == 9) queue.post(id, 1);
  }
};

}  // namespace

TEST_CASE("Loop: tasks run in order of time, then of posting") {
  loop::Loop q;
  Recorder r(q);
  q.post_after(seconds(2), r.id, 2);
  q.post_after(seconds(1), r.id, 1);
  q.post_after(seconds(1), r.id, 3);
  q.post(r.id, 0);
  CHECK(q.run_until(Instant{} + seconds(5)) == 4);
  CHECK(r.seen == "abdc");
  CHECK(q.now() == Instant{} + seconds(5));
}

TEST_CASE("Loop: a turn drains what was ready at its start") {
  loop::Loop q;
  Recorder r(q);
  q.post(r.id, 9);
  q.post(r.id, 0);
  CHECK(q.run_turn());
  CHECK(r.seen == "ja");
  CHECK(q.run_turn());
  CHECK(r.seen == "jab");
  CHECK_FALSE(q.run_turn());
}

TEST_CASE("Loop: a cancelled task doesn't run") {
  loop::Loop q;
  Recorder r(q);
  uint64_t ready = q.post(r.id, 0);
  uint64_t later = q.post_after(seconds(1), r.id, 1);
  CHECK(q.cancel(later));
  CHECK(q.cancel(ready));
  CHECK_FALSE(q.cancel(ready));
  CHECK(q.run_until(Instant{} + seconds(2)) == 0);
}

TEST_CASE("Loop: tasks for a target that went away are dropped") {
  loop::Loop q;
  Recorder r(q);
  q.post(r.id, 0);
  q.detach(r.id);
  q.run_turn();
  CHECK(r.seen.empty());
}

TEST_CASE("Loop: targets of a copy get the originals' ids, later ones get ids that nobody had") {
  loop::Loop a;
  Recorder first(a), second(a), outsider(a);
  a.post_after(seconds(1), second.id, 7);
  a.post_after(seconds(1), outsider.id, 8);
  loop::Loop b;
  b.attach_from(second.id);
  Recorder copied(b);
  b.attach_from(0);
  b.copy_from(a);
  Recorder other(b);
  CHECK(copied.id == second.id);
  CHECK(other.id > outsider.id);
  CHECK(b.attached(copied.id));
  CHECK(!b.attached(first.id));
  CHECK(!b.attached(outsider.id));
  b.run_until(Instant{} + seconds(2));
  CHECK(copied.seen.size() == 1);
  CHECK(other.seen.empty());
}

TEST_CASE("Loop: a restored state goes on where the copy was made") {
  loop::Loop a;
  Recorder ra(a);
  a.post_after(seconds(3), ra.id, 1);
  a.run_until(Instant{} + seconds(1));
  loop::Loop b;
  Recorder rb(b);
  b.restore(a.state());
  b.run_until(Instant{} + seconds(3));
  CHECK(rb.seen == "b");
  CHECK(ra.seen.empty());
}
