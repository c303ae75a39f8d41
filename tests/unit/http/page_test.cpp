#include <doctest/doctest.h>

#include "runtime_native/host/file.h"
#include "runtime_native/http/page_server.h"
#include "runtime_native/http/page_socket.h"
#include "tests/unit/http/test_server.h"

using namespace orrery;
using namespace orrery::http_test;

namespace {

std::string web_folder() {
  std::string dir = temporary_folder();
  (void)host::write_file_atomic(dir + "/index.html", "<p>page</p>", 0644);
  (void)host::write_file_atomic(dir + "/app.wasm", "plain", 0644);
  (void)host::write_file_atomic(dir + "/app.wasm.br", "brotli", 0644);
  (void)host::write_file_atomic(dir + "/.secret", "x", 0644);
  return dir;
}

// A page server on a thread of its own, beside the API's.
struct PageFixture {
  PageFixture() {
    http::PageOptions options;
    options.web_dir = web_folder();
    options.session_secret = "secret";
    options.identity.user = "kubernetes-admin";
    page = std::make_unique<http::PageServer>(options, server.calls, &trace);
    server.on_loop([&] {
      http::ListenOptions listen;
      listen.tls = false;
      listener = std::move(*http::Listener::open(server.io(), listen, page->handler()));
      page->set_port(listener->port());
      page->on_new_url([this](const std::string& url) { new_url = url; });
    });
  }
  ~PageFixture() {
    server.on_loop([&] { listener.reset(); });
  }
  TestClient client() {
    ClientOptions o;
    o.port = listener->port();
    o.tls = false;
    return TestClient(o);
  }
  std::string host() const { return cat("127.0.0.1:", listener->port()); }
  Answer get(const std::string& target, const std::string& headers = "", const std::string& host_name = "") {
    TestClient c = client();
    c.send(cat("GET ", target, " HTTP/1.1\r\nHost: ", host_name.empty() ? host() : host_name, "\r\n", headers, "\r\n"));
    return c.read_answer();
  }
  Answer open_socket(TestClient& c, const std::string& origin, const std::string& cookie) {
    c.send(cat("GET /orrery/socket HTTP/1.1\r\nHost: ", host(), "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n",
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: ", origin, "\r\nCookie: ",
               cookie, "\r\n\r\n"));
    return c.read_answer();
  }
  std::string cookie() const { return cat("a=b; orrery-", listener->port(), "=secret"); }
  std::string origin() const { return "http://" + host(); }

  host::TraceHub trace;
  TestServer server;
  std::unique_ptr<http::PageServer> page;
  std::unique_ptr<http::Listener> listener;
  std::string new_url;
};

}  // namespace

TEST_CASE("PageServer: files have types, entity tags and their compressed form; nothing outside the folder") {
  PageFixture f;
  Answer index = f.get("/");
  CHECK(index.body == "<p>page</p>");
  CHECK(index.header("Content-Type") == "text/html; charset=utf-8");
  CHECK(index.header("X-Content-Type-Options") == "nosniff");
  CHECK(f.get("/", "If-None-Match: " + index.header("ETag") + "\r\n").status == 304);
  Answer wasm = f.get("/app.wasm", "Accept-Encoding: gzip, br\r\n");
  CHECK(wasm.body == "brotli");
  CHECK(wasm.header("Content-Type") == "application/wasm");
  CHECK(wasm.header("Content-Encoding") == "br");
  CHECK(f.get("/app.wasm").body == "plain");
  for (const char* path : {"/.secret", "/../etc/passwd", "/%2e%2e/etc/passwd", "/x/../../etc/passwd", "/missing", "/%00"}) {
    CAPTURE(path);
    CHECK(f.get(path).status == 404);
  }
  CHECK(http::PageFiles("/nonexistent").get("/", "", "").body.find("./dev build wasm") != std::string::npos);
}

TEST_CASE("PageServer: a token works once and buys the session; another host name is refused") {
  PageFixture f;
  std::string target = f.page->url().substr(f.page->url().find("/?"));
  CHECK(f.get("/orrery/session").body == "{\"native\":true,\"attached\":false}\n");
  Answer first = f.get(target);
  CHECK(first.status == 303);
  CHECK(first.header("Location") == "/?live");
  CHECK(first.header("Set-Cookie") == cat("orrery-", f.listener->port(), "=secret; HttpOnly; SameSite=Strict; Path=/"));
  CHECK(f.new_url == f.page->url());
  CHECK(f.new_url.find(target) == std::string::npos);
  Answer again = f.get(target);
  CHECK(again.status == 403);
  CHECK(again.body == "this address was used before; open the newest one that orrery printed\n");
  CHECK(again.header("Set-Cookie").empty());
  Answer known = f.get(target, "Cookie: " + f.cookie() + "\r\n");
  CHECK(known.status == 303);
  CHECK(known.header("Location") == "/?live");
  CHECK(known.header("Set-Cookie").empty());
  CHECK(f.get("/orrery/session", "Cookie: " + f.cookie() + "\r\n").body == "{\"native\":true,\"attached\":true}\n");
  CHECK(f.get("/", "", "evil.example:80").status == 421);
  CHECK(f.get("/", "", cat("localhost:", f.listener->port())).status == 200);
}

TEST_CASE("PageServer: the socket needs the session and our own origin") {
  PageFixture f;
  TestClient a = f.client(), b = f.client(), c = f.client(), d = f.client();
  CHECK(f.open_socket(a, f.origin(), "").status == 401);
  CHECK(f.open_socket(b, "http://evil.example", f.cookie()).status == 403);
  CHECK(f.open_socket(c, "", f.cookie()).status == 403);
  CHECK(f.open_socket(d, f.origin(), f.cookie()).status == 101);
}

TEST_CASE("PageSocket: calls, watches, duplex calls and traces share one connection") {
  PageFixture f;
  TestClient c = f.client();
  REQUIRE(f.open_socket(c, f.origin(), f.cookie()).status == 101);
  int opcode = 0;
  c.send_frame(1, R"({"id":1,"method":"POST","path":"/api/v1/pods?a=b%20c","headers":{"accept":"x"},"body":"12345"})");
  CHECK(c.read_frame(opcode) ==
        R"({"id":1,"status":200,"headers":{"content-type":"application/json","cache-control":"no-cache, private","warning":"299 - \"old \\\"thing\\\"\""},"body":"user=kubernetes-admin method=POST path=/api/v1/pods a=b c body=5"})");
  CHECK(opcode == 1);
  c.send_frame(1, R"({"id":1,"method":"GET","path":"/watch"})");
  CHECK(c.read_frame(opcode).find("\"stream\":true") != std::string::npos);
  CHECK(c.read_frame(opcode) == R"({"id":1,"chunk":"{\"type\":\"ADDED\"}\n{\"type\":\"MODIFIED\"}\n"})");
  c.send_frame(1, R"({"id":1,"method":"GET","path":"/x"})");
  CHECK(c.read_frame(opcode).find("this id is in use") != std::string::npos);
  c.send_frame(1, R"({"id":1,"cancel":true})");
  CHECK(f.server.eventually([&] { return f.server.api.cancelled == 1; }));
  c.send_frame(1, R"({"id":2,"method":"GET","path":"/exec","subprotocols":"v5.channel.k8s.io"})");
  CHECK(c.read_frame(opcode).find(R"("subprotocol":"v5.channel.k8s.io")") != std::string::npos);
  c.send_frame(1, R"({"id":2,"frame":"AGhp"})");
  CHECK(c.read_frame(opcode) == R"({"id":2,"frame":"AWhp"})");
  c.send_frame(1, R"({"id":3,"method":"GET","path":"/orrery/trace"})");
  CHECK(c.read_frame(opcode).find("\"stream\":true") != std::string::npos);
  f.server.on_loop([&] {
    ports::TraceRecord record;
    record.from = "kubectl";
    record.to = "apiserver";
    f.trace.emit(record);
  });
  CHECK(c.read_frame(opcode).find(R"(\"from\":\"kubectl\",\"to\":\"apiserver\")") != std::string::npos);
  c.send_frame(1, "rubbish");
  CHECK(c.read_frame(opcode).find("\"status\":400") != std::string::npos);
  c.send_frame(1, R"({"id":4,"method":"GET","path":"nopath"})");
  CHECK(c.read_frame(opcode).find("is not a path") != std::string::npos);
}
