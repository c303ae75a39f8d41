#include <doctest/doctest.h>

#include "core/apiserver/apiserver.h"
#include "core/network/proxy.h"
#include "core/store/memory_journal.h"

using namespace orrery;
using namespace orrery::network;
using api::core_v1::Service;

namespace {

struct LoopClock : ports::Clock {
  const loop::Loop& loop;
  explicit LoopClock(const loop::Loop& l) : loop(l) {}
  WallTime now() const override { return WallTime{1'795'000'000'000'000'000 + loop.now().ns}; }
};

struct Rules : ports::PacketRules {
  loop::Loop& loop;
  std::vector<ports::ServiceTable> tables;
  bool fail = false;
  explicit Rules(loop::Loop& l) : loop(l) {}
  void apply(ports::ServiceTable table, ports::ReplyTo reply) override {
    tables.push_back(std::move(table));
    if (fail)
      loop.reply(reply, Result<void>(make_error(Reason::InternalError, "nft is busy")));
    else
      loop.reply(reply, Result<void>());
  }
};

struct Names : ports::DnsServer {
  ports::DnsTable table;
  void serve(ports::DnsTable t) override { table = std::move(t); }
  bool has(std::string_view name) const {
    return table.records.find_if([&](const ports::DnsRecord& r) { return r.name == name; }) != nullptr;
  }
};

struct World : ports::Target {
  loop::Loop loop;
  LoopClock clock{loop};
  store::MemoryJournal journal{loop};
  apiserver::ApiServer server{loop, journal, clock, Rng(1), nullptr, nullptr, {}};
  Rules rules{loop};
  Names names;
  KubeProxy proxy{loop, server, rules, nullptr, "node-1"};
  ClusterDns dns{loop, server, names, nullptr};
  client::Client client{server, loop, admin(), "test"};
  ports::TargetId id = loop.attach(*this);
  World() {
    REQUIRE(server.start().ok());
    wait(millis(50));
    proxy.start();
    dns.start();
    wait(millis(100));
  }
  static ports::Identity admin() {
    ports::Identity i;
    i.user = "admin";
    i.groups = {Str("system:masters")};
    return i;
  }
  void on_task(const ports::Task&) override {}
  void wait(Duration d) { loop.run_until(loop.now() + d); }
  void create(const char* name) {
    Service s;
    s.metadata.namespace_ = "default";
    s.metadata.name = name;
    api::core_v1::ServicePort p;
    p.port = 80;
    p.protocol = "TCP";
    s.spec.ports.push_back(p);
    client.create(api::kind<Service>(), api::make_object(s), {id, 1, 0});
  }
  bool ruled(const char* name) {
    return proxy.table().rules.find_if([&](const ports::ServiceRule& r) { return r.name == name; }) != nullptr;
  }
};

}  // namespace

TEST_CASE("KubeProxy and ClusterDns: follow services that come and go") {
  World w;
  w.create("web");
  w.wait(millis(100));
  CHECK(w.ruled("web"));
  CHECK(w.rules.tables.back().rules.same_block(w.proxy.table().rules));
  CHECK(w.names.has("web.default.svc.cluster.local"));
  w.client.remove(api::kind<Service>(), {"default", "web"}, {}, {w.id, 1, 0});
  w.wait(millis(100));
  CHECK_FALSE(w.ruled("web"));
  CHECK_FALSE(w.names.has("web.default.svc.cluster.local"));
}

TEST_CASE("KubeProxy: many changes at once are applied together, failures again") {
  World w;
  size_t before = w.rules.tables.size();
  for (int i = 0; i < 50; ++i) w.create(cat("s", i).c_str());
  w.wait(millis(200));
  CHECK(w.rules.tables.size() - before <= 3);
  CHECK(w.rules.tables.back().rules.size() >= 50);
  w.rules.fail = true;
  w.create("late");
  w.wait(millis(500));
  size_t failed = w.rules.tables.size();
  w.rules.fail = false;
  w.wait(seconds(3));
  CHECK(w.rules.tables.size() == failed + 1);
}

TEST_CASE("KubeProxy: a crash forgets everything, a start reads it again") {
  World w;
  w.create("web");
  w.wait(millis(100));
  w.proxy.crash();
  w.dns.crash();
  CHECK(w.proxy.table().rules.empty());
  w.create("while-away");
  w.proxy.start();
  w.dns.start();
  w.wait(millis(100));
  CHECK(w.ruled("web"));
  CHECK(w.ruled("while-away"));
  CHECK(w.names.has("while-away.default.svc.cluster.local"));
}
