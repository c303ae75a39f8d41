#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

#include "tests/unit/docker/fake_engine.h"

using namespace orrery;
using namespace orrery::docker;
namespace asio = boost::asio;

namespace {
EngineRequest get(std::string target) {
  EngineRequest r;
  r.target = std::move(target);
  return r;
}
EngineRequest post_json(std::string target, std::string body) {
  EngineRequest r;
  r.method = "POST";
  r.target = std::move(target);
  r.body = std::move(body);
  return r;
}
struct ClientWorld {
  asio::io_context io;
  FakeEngine engine{io};
  EngineClient client{io, engine.address()};
  std::optional<Result<EngineResponse>> answer;
  Result<EngineResponse> ask(EngineRequest request) {
    answer.reset();
    client.request(std::move(request), [this](Result<EngineResponse> r) { answer = std::move(r); });
    REQUIRE(!answer);  // never from within the call
    REQUIRE(run_until(io, [&] { return answer.has_value(); }));
    return *answer;
  }
};
struct Heard {
  int status = 0;
  std::string data;
  std::optional<Result<void>> end;
  StreamHandlers handlers() {
    return {[this](const EngineResponse& head) { status = head.status; },
            [this](std::string_view bytes) { data += bytes; },
            [this](Result<void> r) {
              REQUIRE(!end);
              end = std::move(r);
            }};
  }
};
}  // namespace

TEST_CASE("EngineClient: asks the pinned version and keeps the connection") {
  ClientWorld w;
  w.engine.on_request = [](FakeEngine::Peer& peer, const std::string&) {
    peer.send(FakeEngine::ok("{}", "Content-Type: application/json\r\n"));
  };
  CHECK(w.ask(get("/info"))->body == "{}");
  CHECK(w.ask(post_json("/containers/create?name=a", "{\"Image\":\"b\"}"))->content_type == "application/json");
  REQUIRE(w.engine.requests.size() == 2);
  CHECK(w.engine.requests[0].find("GET /v1.41/info HTTP/1.1\r\n") == 0);
  CHECK(w.engine.requests[1].find("{\"Image\":\"b\"}") != std::string::npos);
  CHECK(w.engine.connections == 1);
}

TEST_CASE("EngineClient: an answer may come byte by byte, chunked") {
  ClientWorld w;
  w.engine.on_request = [](FakeEngine::Peer& peer, const std::string&) {
    for (char c : std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
      peer.send(std::string(1, c));
  };
  CHECK(w.ask(get("/x"))->body == "abcde");
  CHECK(w.ask(get("/x"))->body == "abcde");
  CHECK(w.engine.connections == 1);
}

TEST_CASE("EngineClient: engine errors keep the engine's message and code") {
  ClientWorld w;
  w.engine.on_request = [](FakeEngine::Peer& peer, const std::string& request) {
    if (request.find("/none") != std::string::npos)
      peer.send(FakeEngine::status("404 Not Found", "{\"message\":\"No such container: abcdef\"}\n"));
    else if (request.find("/plain") != std::string::npos)
      peer.send(FakeEngine::status("500 Oops", "boom\n"));
    else
      peer.send("HTTP/1.1 304 Not Modified\r\n\r\n");
  };
  auto missing = w.ask(get("/none"));
  REQUIRE(!missing.ok());
  CHECK(missing.error().reason == Reason::NotFound);
  CHECK(missing.error().message == "No such container: abcdef");
  auto broken = w.ask(get("/plain"));
  CHECK(broken.error().http() == 500);
  CHECK(broken.error().message == "boom");
  CHECK(w.ask(get("/same"))->status == 304);
  CHECK(w.engine.connections == 1);
}

TEST_CASE("EngineClient: a kept-alive connection that the engine closed costs one retry, not an error") {
  ClientWorld w;
  int served = 0;
  w.engine.on_request = [&](FakeEngine::Peer& peer, const std::string&) {
    // The second request meets a connection that closes in its face.
    if (++served == 2) return peer.close();
    peer.send(FakeEngine::ok(std::to_string(served)));
  };
  CHECK(w.ask(get("/a"))->body == "1");
  CHECK(w.ask(post_json("/b", "{}"))->body == "3");
  CHECK(w.engine.connections == 2);
  CHECK(w.client.counters().stale_retries == 1);

  SUBCASE("closed while idle") {
    w.engine.peers.back()->close();
    run_for(w.io, 20);
    CHECK(w.ask(get("/c"))->body == "4");
  }
  SUBCASE("a fresh connection that closes is an error") {
    w.engine.peers.back()->close();
    w.engine.on_request = [&](FakeEngine::Peer& peer, const std::string&) { peer.close(); };
    auto gone = w.ask(get("/c"));
    REQUIRE(!gone.ok());
    CHECK(gone.error().reason == Reason::ServiceUnavailable);
  }
}

TEST_CASE("EngineClient: no engine, a malformed answer, half an answer and silence are told apart") {
  ClientWorld w;
  SUBCASE("malformed") {
    w.engine.on_request = [](FakeEngine::Peer& peer, const std::string&) { peer.send("SSH-2.0-OpenSSH_9\r\n\r\n"); };
    CHECK(w.ask(get("/x")).error().reason == Reason::InternalError);
  }
  SUBCASE("malformed chunk") {
    w.engine.on_request = [](FakeEngine::Peer& peer, const std::string&) {
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    };
    CHECK(w.ask(get("/x")).error().reason == Reason::InternalError);
  }
  SUBCASE("half an answer") {
    w.engine.on_request = [](FakeEngine::Peer& peer, const std::string&) {
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      peer.close();
    };
    CHECK(w.ask(get("/x")).error().reason == Reason::ServiceUnavailable);
  }
  SUBCASE("silence") {
    auto request = get("/x");
    request.timeout = millis(50);
    auto late = w.ask(request);
    CHECK(late.error().reason == Reason::Timeout);
    CHECK(late.error().message == "the engine did not answer within 50ms (GET /x)");
  }
  SUBCASE("nobody listens") {
    EngineClient nobody(w.io, *parse_engine_address("/tmp/orrery-no-such.sock"));
    std::optional<Result<EngineResponse>> answer;
    nobody.request(get("/x"), [&](Result<EngineResponse> r) { answer = std::move(r); });
    REQUIRE(run_until(w.io, [&] { return answer.has_value(); }));
    CHECK(answer->error().reason == Reason::ServiceUnavailable);
    CHECK(answer->error().message ==
          "cannot reach the engine at unix:///tmp/orrery-no-such.sock: No such file or directory");
  }
}

TEST_CASE("EngineClient: a named number of requests is in flight, the rest waits in order, a full line refuses") {
  asio::io_context io;
  FakeEngine engine(io);
  EngineLimits limits;
  limits.requests_max = 2;
  limits.waiting_max = 3;
  EngineClient client(io, engine.address(), limits);
  std::vector<std::string> done;
  int refused = 0;
  for (int i = 0; i < 6; ++i)
    client.request(get(cat("/", i)), [&, i](Result<EngineResponse> r) {
      if (r)
        done.push_back(std::to_string(i));
      else if (r.error().reason == Reason::TooManyRequests)
        ++refused;
    });
  run_for(io, 50);
  CHECK(engine.requests.size() == 2);
  CHECK(client.counters().waiting == 3);
  CHECK(refused == 1);
  engine.on_request = [](FakeEngine::Peer& peer, const std::string&) { peer.send(FakeEngine::ok("")); };
  for (auto& peer : engine.peers) peer->send(FakeEngine::ok(""));
  REQUIRE(run_until(io, [&] { return done.size() == 5; }));
  CHECK(engine.requests[2].find("GET /v1.41/2 ") == 0);
  CHECK(engine.connections == 2);
  CHECK(client.counters().in_flight == 0);
}

TEST_CASE("EngineClient: a streaming answer comes as it is sent, and its end and break differ") {
  ClientWorld w;
  Heard heard;
  w.engine.on_request = [](FakeEngine::Peer& peer, const std::string&) {
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n");
  };
  auto request = get("/events");
  request.timeout = millis(200);  // ends with the header
  auto stream = w.client.stream(request, heard.handlers());
  REQUIRE(run_until(w.io, [&] { return heard.data == "one\n"; }));
  run_for(w.io, 250);
  CHECK(!heard.end);
  w.engine.peers[0]->send("4\r\ntwo\n\r\n");
  REQUIRE(run_until(w.io, [&] { return heard.data == "one\ntwo\n"; }));
  SUBCASE("end") {
    w.engine.peers[0]->send("0\r\n\r\n");
    REQUIRE(run_until(w.io, [&] { return heard.end.has_value(); }));
    CHECK(heard.end->ok());
  }
  SUBCASE("break") {
    w.engine.peers[0]->close();
    REQUIRE(run_until(w.io, [&] { return heard.end.has_value(); }));
    CHECK(heard.end->error().reason == Reason::ServiceUnavailable);
  }
  SUBCASE("cancel calls nothing more") {
    stream->cancel();
    run_for(w.io, 30);
    CHECK(!heard.end);
  }
  SUBCASE("paused reads nothing") {
    stream->set_paused(true);
    w.engine.peers[0]->send("3\r\nxyz\r\n");
    run_for(w.io, 30);  // at most the read that was under way is handed on
    std::string at_pause = heard.data;
    w.engine.peers[0]->send("3\r\nuvw\r\n");
    run_for(w.io, 30);
    CHECK(heard.data == at_pause);
    stream->set_paused(false);
    REQUIRE(run_until(w.io, [&] { return heard.data == "one\ntwo\nxyzuvw"; }));
  }
}

TEST_CASE("EngineClient: a stream that is refused says why") {
  ClientWorld w;
  Heard heard;
  w.engine.on_request = [](FakeEngine::Peer& peer, const std::string&) {
    peer.send(FakeEngine::status("409 Conflict", "{\"message\":\"not running\"}"));
  };
  w.client.stream(get("/containers/a/logs"), heard.handlers());
  REQUIRE(run_until(w.io, [&] { return heard.end.has_value(); }));
  CHECK(heard.status == 0);
  CHECK(heard.data.empty());
  CHECK(heard.end->error().message == "not running");
  CHECK(heard.end->error().reason == Reason::Conflict);
}

TEST_CASE("EngineClient: an upgraded stream carries bytes both ways and half-closes") {
  ClientWorld w;
  Heard heard;
  w.engine.on_request = [](FakeEngine::Peer& peer, const std::string& request) {
    CHECK(request.find("Upgrade: tcp\r\n") != std::string::npos);
    peer.raw = true;
    // The first output comes in one piece with the header.
    peer.send(
        "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: "
        "tcp\r\n\r\nhello ");
    peer.on_raw = [](FakeEngine::Peer& p) {
      if (!p.input_ended) return;
      p.send(p.raw_in);
      p.close();
    };
  };
  auto stream = w.client.upgrade(post_json("/exec/1/start", "{}"), heard.handlers());
  CHECK(stream->write("early "));  // before the upgrade: kept until it is there
  REQUIRE(run_until(w.io, [&] { return heard.data == "hello "; }));
  CHECK(heard.status == 101);
  CHECK(stream->write("later"));
  stream->close_write();
  CHECK(!stream->write("too late"));
  REQUIRE(run_until(w.io, [&] { return heard.end.has_value(); }));
  CHECK(heard.end->ok());
  CHECK(heard.data == "hello early later");
}

TEST_CASE("EngineClient: dropping the client under way is silent and safe") {
  asio::io_context io;
  FakeEngine engine(io);
  int called = 0;
  Heard heard;
  {
    EngineClient client(io, engine.address());
    for (int i = 0; i < 40; ++i) client.request(get("/x"), [&](Result<EngineResponse>) { ++called; });
    client.stream(get("/events"), heard.handlers());
    run_for(io, 20);
  }
  run_for(io, 50);
  CHECK(called == 0);
  CHECK(!heard.end);
}
