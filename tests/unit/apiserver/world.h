// A world with nothing but an API server, and a client that asks and waits. Included by the API server's tests.
#pragma once

#include <doctest/doctest.h>

#include <memory>

#include "core/api/json.h"
#include "core/apiserver/apiserver.h"
#include "core/store/faulty_journal.h"
#include "core/store/memory_journal.h"

namespace orrery::test {

const std::string kPods = "/api/v1/namespaces/default/pods";

// Why it was refused, or "allowed".
inline std::string refusal(const ports::ApiReply& r) { return r.error ? r.error->message.str() : std::string("allowed"); }

struct LoopClock : ports::Clock {
  const loop::Loop& loop;
  explicit LoopClock(const loop::Loop& l) : loop(l) {}
  WallTime now() const override { return WallTime{1'795'000'000'000'000'000 + loop.now().ns}; }  // 2026-11-18
};

struct Traces : ports::TraceSink {
  std::vector<ports::TraceRecord> all;
  uint64_t emit(ports::TraceRecord r) override {
    r.id = all.size() + 1;
    all.push_back(std::move(r));
    return all.back().id;
  }
};

// No controller makes default service accounts here.
inline apiserver::Options without_accounts() {
  apiserver::Options o;
  o.registry.disabled_admission = {"ServiceAccount"};
  return o;
}

class World : public ports::Target {
 public:
  using Reply = ports::ApiReply;
  loop::Loop loop;
  LoopClock clock{loop};
  store::MemoryJournal memory{loop};
  store::FaultyJournal journal{loop, memory, Rng(7)};
  Traces traces;
  apiserver::Options options;
  std::unique_ptr<apiserver::ApiServer> server;
  ports::Identity admin;
  std::map<uint64_t, std::vector<Reply>> replies;
  ports::TargetId self;

  explicit World(apiserver::Options o = without_accounts(), ports::NodeLink* nodes = nullptr) : options(std::move(o)) {
    self = loop.attach(*this);
    admin.user = "kubernetes-admin";
    admin.groups = {Str("system:masters")};
    start(nodes);
  }
  void start(ports::NodeLink* nodes = nullptr) {
    server = std::make_unique<apiserver::ApiServer>(loop, journal, clock, Rng(1), &traces, nodes, options);
    REQUIRE(server->start().ok());
    settle();
  }
  void on_task(const ports::Task& task) override {
    const auto& r = task.as<Reply>();
    replies[r.call].push_back(r);
  }
  // Runs what is due now.
  void settle() {
    while (loop.next_due() && *loop.next_due() <= loop.now()) loop.run_turn();
  }
  void wait(Duration d) { loop.run_until(loop.now() + d); }

  ports::ApiRequest request(const char* method, std::string_view url, std::string_view body = {}) {
    ports::ApiRequest r;
    r.method = method;
    size_t mark = url.find('?');
    r.path = Str(url.substr(0, mark));
    std::string_view query = mark == std::string_view::npos ? std::string_view() : url.substr(mark + 1);
    while (!query.empty()) {
      size_t amp = query.find('&');
      std::string_view one = query.substr(0, amp);
      query = amp == std::string_view::npos ? std::string_view() : query.substr(amp + 1);
      size_t eq = one.find('=');
      r.query.push_back({Str(one.substr(0, eq)), Str(eq == std::string_view::npos ? "" : one.substr(eq + 1))});
    }
    r.body = Str(body);
    r.headers.set("user-agent", "kubectl/v1.35.0 (linux/amd64)");
    r.source = "test";
    r.identity = admin;
    return r;
  }
  uint64_t begin(ports::ApiRequest r) {
    return server->call(std::make_shared<const ports::ApiRequest>(std::move(r)), {self, 1, 0});
  }
  Reply call(ports::ApiRequest r) {
    uint64_t id = begin(std::move(r));
    settle();
    for (int i = 0; i < 100 && replies[id].empty(); ++i) wait(millis(10));
    REQUIRE(replies[id].size() == 1);
    Reply out = replies[id][0];
    replies.erase(id);
    return out;
  }
  Reply call(const char* method, std::string_view url, std::string_view body = {}) {
    return call(request(method, url, body));
  }
  Reply get(std::string_view url) { return call("GET", url); }
  Reply accept(std::string_view type, std::string_view url) {
    ports::ApiRequest r = request("GET", url);
    r.headers.set("accept", Str(type));
    return call(std::move(r));
  }
  Reply patch(std::string_view type, std::string_view url, std::string_view body) {
    ports::ApiRequest r = request("PATCH", url, body);
    r.headers.set("content-type", Str(type));
    return call(std::move(r));
  }
  // Objects in and out, as controllers do.
  template <class T>
  Reply put_object(const char* method, std::string_view url, T value) {
    ports::ApiRequest r = request(method, url);
    r.object = api::make_object(std::move(value));
    r.want_object = true;
    return call(std::move(r));
  }
  uint64_t watch(std::string_view url, bool objects = false) {
    ports::ApiRequest r = request("GET", url);
    r.want_object = objects;
    uint64_t id = begin(std::move(r));
    settle();
    return id;
  }
  // Everything a watch or stream has sent since the last time.
  std::string sent(uint64_t id) {
    settle();
    std::string out;
    for (const Reply& r : replies[id]) out += r.body.view();
    replies[id].clear();
    return out;
  }
  // "ADDED a, MODIFIED a, ..." of a watch opened with objects.
  std::string events(uint64_t id) {
    settle();
    std::string out;
    for (const Reply& r : replies[id])
      for (const auto& e : r.events)
        out += cat(out.empty() ? "" : ", ", ports::watch_type_text(e.type), ' ',
                   e.type == ports::WatchType::Error ? e.error.message : e.object.meta().name,
                   e.initial_end ? "(end)" : "");
    replies[id].clear();
    return out;
  }
};

// A pod that passes validation.
inline std::string pod_json(std::string_view name, std::string_view more_meta = "", std::string_view more_spec = "") {
  return cat("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"", name, "\"", more_meta,
             "},\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"web:1\"}]", more_spec, "}}");
}

inline bool has(std::string_view text, std::string_view piece) { return text.find(piece) != std::string_view::npos; }

}  // namespace orrery::test
