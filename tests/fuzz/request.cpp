// "METHOD url-and-query" in the first line, "name: value" headers up to an empty line, then the body: the API server answers
// each request once.
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/apiserver/apiserver.h"
#include "core/base/text.h"
#include "core/store/memory_journal.h"
#include "tests/fuzz/require.h"

using namespace orrery;

namespace {

struct FixedClock : ports::Clock {
  WallTime now() const override { return WallTime{1'795'000'000'000'000'000}; }
};

struct World : ports::Target {
  loop::Loop loop;
  FixedClock clock;
  store::MemoryJournal journal{loop};
  apiserver::ApiServer server;
  ports::TargetId self;
  int answers = 0;

  static apiserver::Options options() {
    apiserver::Options o;
    o.registry.disabled_admission = {"ServiceAccount"};
    return o;
  }
  World() : server(loop, journal, clock, Rng(1), nullptr, nullptr, options()) {
    self = loop.attach(*this);
    require(server.start().ok(), "the server starts");
    settle();
  }
  void on_task(const ports::Task& task) override {
    auto part = task.as<ports::ApiReply>().part;
    answers += part == ports::ApiReply::Part::Whole || part == ports::ApiReply::Part::Head;
  }
  void settle() {
    while (loop.next_due() && *loop.next_due() <= loop.now()) loop.run_turn();
  }
};

std::string_view line_of(std::string_view& rest) {
  size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

ports::ApiRequest read(std::string_view input) {
  ports::ApiRequest r;
  std::string_view first = line_of(input);
  size_t blank = first.find(' ');
  r.method = Str(first.substr(0, blank));
  std::string_view url = blank == std::string_view::npos ? std::string_view() : first.substr(blank + 1);
  size_t mark = url.find('?');
  r.path = Str(url.substr(0, mark));
  if (mark != std::string_view::npos)
    for (const std::string& pair : split(url.substr(mark + 1), '&')) {
      size_t eq = pair.find('=');
      r.query.push_back({Str(pair.substr(0, eq)), Str(eq == std::string::npos ? "" : pair.substr(eq + 1))});
    }
  for (std::string_view line = line_of(input); !line.empty(); line = line_of(input)) {
    size_t colon = line.find(": ");
    if (colon != std::string_view::npos) r.headers.set(Str(to_lower(line.substr(0, colon))), Str(line.substr(colon + 2)));
  }
  r.body = Str(input);
  r.source = "fuzz";
  r.identity.user = "kubernetes-admin";
  r.identity.groups = {Str("system:masters")};
  return r;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static std::unique_ptr<World> world;
  static int requests = 0;
  if (!world || ++requests % 500 == 0) world = std::make_unique<World>();
  World& w = *world;
  w.answers = 0;
  auto request = std::make_shared<const ports::ApiRequest>(read({reinterpret_cast<const char*>(data), size}));
  uint64_t call = w.server.call(request, {w.self, 1, 0});
  w.settle();
  for (int i = 0; i < 30 && w.answers == 0; ++i) w.loop.run_until(w.loop.now() + millis(100));
  require(w.answers == 1, "one answer a request");
  w.server.cancel(call);
  w.settle();
  return 0;
}
