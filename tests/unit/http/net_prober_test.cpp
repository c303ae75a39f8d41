#include "runtime_native/http/net_prober.h"

#include <doctest/doctest.h>

#include "tests/unit/http/test_server.h"

using namespace orrery;
using namespace orrery::http_test;

namespace {

// Runs probes on a loop of its own and waits for each outcome.
struct Probing final : ports::Target {
  Probing() : driver(io, loop), id(loop.attach(*this)), prober(io, loop) {}
  void on_task(const ports::Task& task) override {
    outcome = task.as<ports::ProbeOutcome>();
    driver.stop();
  }
  ports::ProbeOutcome http(const std::string& scheme, int32_t port, const std::string& path, Duration timeout = seconds(3)) {
    ports::HttpProbe probe;
    probe.scheme = scheme;
    probe.host = "127.0.0.1";
    probe.port = port;
    probe.path = path;
    probe.timeout = timeout;
    prober.http(probe, {id, 0, 0});
    driver.run();
    return outcome;
  }
  ports::ProbeOutcome tcp(int32_t port) {
    prober.tcp("127.0.0.1", port, seconds(3), {id, 0, 0});
    driver.run();
    return outcome;
  }
  boost::asio::io_context io{1};
  loop::Loop loop;
  host::LoopDriver driver;
  ports::TargetId id;
  http::NetProber prober;
  ports::ProbeOutcome outcome;
};

}  // namespace

TEST_CASE("NetProber: success, failing status and refused connections in Kubernetes' words") {
  TestServer server;
  Probing probing;
  int32_t port = server.listener->port();
  CHECK(probing.http("HTTPS", port, "/x").success);
  ports::ProbeOutcome missing = probing.http("HTTPS", port, "/missing");
  CHECK(!missing.success);
  CHECK(missing.answered);
  CHECK(missing.message == "HTTP probe failed with statuscode: 404");
  CHECK(probing.http("HTTP", port, "/x").message == "HTTP probe failed with statuscode: 400");  // plain HTTP on a TLS port
  CHECK(probing.tcp(port).success);
  server.on_loop([&] { server.listener->stop(millis(0)); });
  CHECK(probing.tcp(port).message == cat("dial tcp 127.0.0.1:", port, ": connect: connection refused"));
  CHECK(!probing.http("HTTP", port, "/x").answered);
  CHECK(probing.http("HTTP", port, "/x").message ==
        cat("Get \"http://127.0.0.1:", port, "/x\": dial tcp 127.0.0.1:", port, ": connect: connection refused"));
}

TEST_CASE("NetProber: a server that does not answer is a time-out, not an error") {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor silent(io, {boost::asio::ip::address_v4::loopback(), 0});
  Probing probing;
  ports::ProbeOutcome late = probing.http("HTTP", silent.local_endpoint().port(), "/", millis(100));
  CHECK(!late.success);
  CHECK(late.message.view().find("context deadline exceeded") != std::string_view::npos);
}
