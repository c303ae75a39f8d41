#include "tests/unit/apiserver/world.h"

#include "core/ports/node_link.h"

using namespace orrery;
using namespace orrery::test;

namespace {

// Remembers what it was asked, and answers when told to.
struct ProxyNodes final : ports::NodeLink {
  std::vector<ports::NodeRequest> asked;
  std::vector<ports::ReplyTo> reply;
  uint64_t call(Str, ports::NodeRequest r, ports::ReplyTo to) override {
    asked.push_back(std::move(r));
    reply.push_back(to);
    return asked.size();
  }
  void input(uint64_t, Str) override {}
  void close_input(uint64_t) override {}
  void resize(uint64_t, uint16_t, uint16_t) override {}
  void cancel(uint64_t) override {}
};

struct Proxy {
  ProxyNodes nodes;
  World w{without_accounts(), &nodes};
  Proxy() {
    w.call("POST", kPods,
           R"({"metadata":{"name":"a"},"spec":{"nodeName":"n1","containers":[{"name":"web","image":"web:1",
      "ports":[{"name":"http","containerPort":8080}]}]}})");
    w.call("PUT", cat(kPods, "/a/status"),
           R"({"metadata":{"name":"a"},"spec":{"containers":[{"name":"web","image":"web:1"}]},
      "status":{"phase":"Running","podIP":"10.244.0.9"}})");
    w.call(
        "POST", "/api/v1/namespaces/default/services",
        R"({"metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"name":"http","port":80,"targetPort":8080}]}})");
  }
  void add_endpoint() {
    REQUIRE(w.call("POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
                   R"({"metadata":{"name":"web-1","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4",
      "ports":[{"name":"http","port":8080,"protocol":"TCP"}],"endpoints":[{"addresses":["10.244.0.9"],
      "conditions":{"ready":true},"targetRef":{"kind":"Pod","name":"a","namespace":"default"}}]})")
                .status == 201);
  }
  ports::ApiReply ask(const char* method, std::string_view url, ports::StreamPart part, std::string_view body = {}) {
    uint64_t id = w.begin(w.request(method, url, body));
    w.settle();
    if (!nodes.reply.empty()) {
      part.end = true;
      w.loop.reply(nodes.reply.back(), std::move(part));
      w.settle();
    }
    REQUIRE(w.replies[id].size() == 1);
    return w.replies[id][0];
  }
  static ports::StreamPart page(int32_t status, const char* body) {
    auto answer = std::make_shared<ports::HttpAnswer>();
    answer->status = status;
    answer->headers.set("content-type", "text/html");
    answer->headers.set("x-served-by", "a");
    answer->body = body;
    ports::StreamPart part;
    part.http = answer;
    return part;
  }
  static constexpr const char* kPods = "/api/v1/namespaces/default/pods";
  static constexpr const char* kServices = "/api/v1/namespaces/default/services";
};

}  // namespace

// https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/
TEST_CASE(
    "Proxy: a request goes to the pod's first port with its method, path, query and body; the answer comes back "
    "whole") {
  Proxy p;
  auto got = p.ask("POST", cat(Proxy::kPods, "/a/proxy/form/x?q=1"), Proxy::page(201, "<p>made</p>"), "a=b");
  CHECK(got.status == 201);
  CHECK(got.body == "<p>made</p>");
  CHECK(got.content_type == "text/html");
  CHECK(got.headers.get("x-served-by") == "a");
  REQUIRE(p.nodes.asked.size() == 1);
  const ports::HttpFetch& f = p.nodes.asked[0].fetch;
  CHECK(cat(f.method, " ", f.scheme, " ", f.port, " ", f.target, " ", f.body) == "POST http 8080 /form/x?q=1 a=b");
  p.ask("GET", cat(Proxy::kPods, "/https:a:8443/proxy/"), Proxy::page(404, "no"));
  CHECK(cat(p.nodes.asked[1].fetch.scheme, " ", p.nodes.asked[1].fetch.port, " ", p.nodes.asked[1].fetch.target) ==
        "https 8443 /");
}

TEST_CASE("Proxy: a service stands for its ready endpoints") {
  Proxy p;
  CHECK(p.ask("GET", cat(Proxy::kServices, "/web/proxy/"), {}).error->message ==
        "no endpoints available for service \"web\"");
  p.add_endpoint();
  CHECK(p.ask("GET", cat(Proxy::kServices, "/web:http/proxy/"), Proxy::page(200, "hi")).body == "hi");
  CHECK(p.nodes.asked.back().pod == "a");
  CHECK(p.nodes.asked.back().fetch.port == 8080);
  CHECK(p.ask("GET", cat(Proxy::kServices, "/web:nope/proxy/"), {}).error->message ==
        "no service port \"nope\" found for service \"web\"");
  CHECK(p.ask("GET", cat(Proxy::kServices, "/none/proxy/"), {}).error->message == "services \"none\" not found");
}

TEST_CASE("Proxy: what can't be reached is a 503 that says why") {
  Proxy p;
  ports::StreamPart refused;
  refused.error = make_error(Reason::InternalError, "dial tcp 10.244.0.9:8080: connect: connection refused");
  auto got = p.ask("GET", cat(Proxy::kPods, "/a/proxy/"), refused);
  CHECK(got.status == 503);
  CHECK(got.error->message == "error trying to reach service: dial tcp 10.244.0.9:8080: connect: connection refused");
}

TEST_CASE("Proxy: without a path the reader is sent to the root, which ends with a slash; writes go there at once") {
  Proxy p;
  auto got = p.ask("GET", cat(Proxy::kPods, "/a/proxy?method=GET"), Proxy::page(200, "hi"));
  CHECK(got.status == 301);
  CHECK(got.headers.get("location") == cat(Proxy::kPods, "/a/proxy/?method=GET"));
  CHECK(p.nodes.asked.empty());
  CHECK(p.ask("POST", cat(Proxy::kPods, "/a/proxy"), Proxy::page(200, "hi")).status == 200);
  CHECK(p.nodes.asked.back().fetch.target == "/");
}
