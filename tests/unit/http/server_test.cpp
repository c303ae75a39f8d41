#include <doctest/doctest.h>

#include "runtime_native/http/gzip.h"
#include "tests/unit/http/test_server.h"

using namespace orrery;
using namespace orrery::http_test;

TEST_CASE("Server: a client certificate becomes the identity, and the connection is kept") {
  TestServer server;
  ClientOptions options = server.admin();
  options.alpn = {"h2", "http/1.1"};
  TestClient client(options);
  REQUIRE(client.connected());
  CHECK(client.alpn() == "http/1.1");
  Answer first = client.get("/api/v1/pods?labelSelector=a%3Db%20c&x=1+2&x=3");
  CHECK(first.status == 200);
  CHECK(first.body == "user=kubernetes-admin group=system:masters method=GET path=/api/v1/pods labelSelector=a=b c x=1 2 x=3 body=0");
  CHECK(first.header("Content-Type") == "application/json");
  CHECK(first.header("Warning") == "299 - \"old \\\"thing\\\"\"");
  Answer second = client.get("/missing");
  CHECK(second.status == 404);
  CHECK(server.on_loop([&] { return server.listener->connections(); }) == 1);
}

TEST_CASE("Server: without a certificate nobody is named; a stranger's certificate is 401") {
  TestServer server;
  CHECK(TestClient(server.anonymous()).get("/x").body == "user= method=GET path=/x body=0");
  http::PkiOptions other;
  other.dir = temporary_folder();
  http::Pki stranger = *http::load_or_create_pki(other, host::RealClock().now());
  ClientOptions options = server.anonymous();
  options.cert_pem = stranger.admin.cert_pem;
  options.key_pem = stranger.admin.key_pem;
  Answer answer = TestClient(options).get("/x");
  CHECK(answer.status == 401);
  CHECK(answer.body.find("\"reason\":\"Unauthorized\"") != std::string::npos);
}

TEST_CASE("Server: plain HTTP on the TLS port is told so") {
  TestServer server;
  ClientOptions options;
  options.port = server.listener->port();
  options.tls = false;
  TestClient client(options);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.read_until("HTTPS server.").find("400 Bad Request") != std::string::npos);
}

TEST_CASE("Server: bodies arrive whole, with 100-continue too, and above the limit answer 413 with a Status") {
  TestServer server;
  TestClient client(server.admin());
  std::string body(200'000, 'b');
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + body);
  CHECK(client.read_answer().body.find("body=200000") != std::string::npos);
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("12345");
  CHECK(client.read_answer().body.find("body=5") != std::string::npos);
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3145729\r\n\r\n" + std::string(500'000, 'c'));
  Answer refused = client.read_answer();
  CHECK(refused.status == 413);
  CHECK(refused.body.find("\"message\":\"Request entity too large: limit is 3145728\"") != std::string::npos);
  CHECK(refused.header("Connection") == "close");
}

TEST_CASE("Server: rubbish and overlong headers are refused and the server lives on") {
  TestServer server;
  TestClient rubbish(server.admin());
  rubbish.send("HELLO\r\n\r\n");
  CHECK(rubbish.read_answer().status == 400);
  TestClient overlong(server.admin());
  overlong.send("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n");
  CHECK(overlong.read_answer().status == 431);
  TestClient escape(server.admin());
  CHECK(escape.get("/a%zz").status == 400);
  CHECK(escape.get("/fine").status == 200);
}

TEST_CASE("Server: large answers are compressed for those who accept it") {
  TestServer server;
  TestClient client(server.admin());
  Answer plain = client.get("/big");
  CHECK(plain.header("Content-Encoding").empty());
  CHECK(plain.body.size() > 1'000'000);
  Answer packed = client.get("/big", "Accept-Encoding: gzip\r\n");
  CHECK(packed.header("Content-Encoding") == "gzip");
  CHECK(packed.body.size() < 50'000);
  CHECK(packed.body.substr(0, 2) == "\x1f\x8b");
  CHECK(client.get("/small", "Accept-Encoding: gzip\r\n").header("Content-Encoding").empty());
}

TEST_CASE("Server: HEAD answers the length without the body") {
  TestServer server;
  TestClient client(server.admin());
  client.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\nGET /y HTTP/1.1\r\nHost: x\r\n\r\n");
  std::string head = client.read_until("\r\n\r\n");
  CHECK(head.find("Content-Length: ") != std::string::npos);
  CHECK(client.read_answer().body.find("path=/y") != std::string::npos);
}

TEST_CASE("Server: a watch is chunked, ends cleanly, and is cancelled when the client goes") {
  TestServer server;
  TestClient client(server.admin());
  Answer ended = client.get("/watch?end");
  CHECK(ended.header("Transfer-Encoding") == "chunked");
  CHECK(ended.body == "{\"type\":\"ADDED\"}\n{\"type\":\"MODIFIED\"}\n");
  CHECK(client.get("/x").status == 200);
  {
    TestClient leaver(server.admin());
    leaver.send("GET /watch HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(leaver.read_until("MODIFIED").find("ADDED") != std::string::npos);
  }
  CHECK(server.eventually([&] { return server.api.cancelled == 1 && server.calls.running() == 0; }));
}

TEST_CASE("Server: a client that does not read stops the flood and gets all of it later") {
  TestServer server;
  TestClient client(server.admin());
  client.send("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  uint64_t before = server.on_loop([&] { return server.api.flooded_bytes; });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  uint64_t after = server.on_loop([&] { return server.api.flooded_bytes; });
  CHECK(before == after);
  CHECK(after < (24u << 20));
  uint64_t read = 0;
  while (read < after + (4u << 20)) {
    std::string bytes = client.receive(1 << 20);
    REQUIRE(!bytes.empty());
    read += bytes.size();
  }
  CHECK(server.on_loop([&] { return server.api.flooded_bytes; }) > after);
}

TEST_CASE("Server: exec over a WebSocket carries frames both ways and closes") {
  TestServer server;
  TestClient client(server.admin());
  Answer upgraded = client.upgrade("/exec?command=sh", "Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n");
  CHECK(upgraded.status == 101);
  CHECK(upgraded.header("Sec-WebSocket-Protocol") == "v5.channel.k8s.io");
  CHECK(upgraded.header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  int opcode = 0;
  client.send_frame(2, std::string_view("\0hello", 6));
  CHECK(client.read_frame(opcode) == "\1hello");
  CHECK(opcode == 2);
  std::string large(100'000, 'l');
  client.send_frame(2, std::string(1, '\0') + large);
  CHECK(client.read_frame(opcode) == "\1" + large);
  client.send_frame(9, "ping");
  CHECK(client.read_frame(opcode) == "ping");
  CHECK(opcode == 10);
  client.send_frame(2, std::string_view("\0bye", 4));
  CHECK(client.read_frame(opcode) == "\1bye");
  client.read_frame(opcode);
  CHECK(opcode == 8);
}

TEST_CASE("Server: a watch over a WebSocket is one event a message; a refusal is a plain answer") {
  TestServer server;
  TestClient client(server.admin());
  CHECK(client.upgrade("/missing", "").status == 404);
  CHECK(client.upgrade("/watch", "").status == 101);
  int opcode = 0;
  CHECK(client.read_frame(opcode) == "{\"type\":\"ADDED\"}");
  CHECK(opcode == 1);
  CHECK(client.read_frame(opcode) == "{\"type\":\"MODIFIED\"}");
}

TEST_CASE("Server: slow and idle clients are cut, at once when there are too many connections") {
  http::Limits limits;
  limits.header_max = seconds(5);
  limits.connections_max = 2;
  TestServer server(limits);
  TestClient slow(server.admin());
  slow.send("GET / HT");
  TestClient second(server.admin());
  CHECK(second.get("/x").status == 200);
  TestClient third(server.admin());
  CHECK(third.get("/x").status == 200);  // the slow one made room
  CHECK(slow.receive().empty());
  CHECK(second.get("/x").status == 200);
  CHECK(server.listener->connections() == 2);
}

TEST_CASE("Server: a request that never comes is given up") {
  http::Limits limits;
  limits.header_max = millis(200);
  TestServer server(limits);
  TestClient slow(server.admin());
  slow.send("GET / HT");
  CHECK(slow.receive().empty());
  CHECK(server.eventually([&] { return server.listener->connections() == 0; }));
}

TEST_CASE("Server: stop closes idle connections at once and running ones after their grace") {
  TestServer server;
  TestClient idle(server.admin());
  CHECK(idle.get("/x").status == 200);
  TestClient busy(server.admin());
  busy.send("GET /watch HTTP/1.1\r\nHost: x\r\n\r\n");
  busy.read_until("MODIFIED");
  server.on_loop([&] { server.listener->stop(millis(100)); });
  CHECK(idle.receive().empty());
  CHECK(server.eventually([&] { return server.listener->connections() == 0; }));
  CHECK(!TestClient(server.admin()).connected());
}

TEST_CASE("Server: a port in use is one sentence") {
  TestServer server;
  boost::asio::io_context io;
  http::ListenOptions options;
  options.tls = false;
  options.port = server.listener->port();
  auto second = http::Listener::open(io, options, [](std::shared_ptr<http::Exchange>) {});
  REQUIRE(!second.ok());
  CHECK(second.error().message.view().find("is in use by another program") != std::string_view::npos);
}

TEST_CASE("Gzip: Accept-Encoding is read as RFC 9110 has it") {
  CHECK(http::accepts_coding("gzip", "gzip"));
  CHECK(http::accepts_coding("deflate, gzip;q=0.5, br", "gzip"));
  CHECK(!http::accepts_coding("gzip;q=0", "gzip"));
  CHECK(!http::accepts_coding("gzip;q=0.0, br", "gzip"));
  CHECK(!http::accepts_coding("", "gzip"));
  CHECK(!http::accepts_coding("xgzip", "gzip"));
}
