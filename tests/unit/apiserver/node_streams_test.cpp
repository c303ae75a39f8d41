// Frames as client-go's remotecommand and the kubelet's websocket handler exchange them (v5.channel.k8s.io).
#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {


struct FakeNodes : ports::NodeLink {
  std::vector<ports::NodeRequest> asked;
  std::vector<ports::ReplyTo> reply;
  std::string seen;
  uint64_t call(Str node, ports::NodeRequest r, ports::ReplyTo to) override {
    seen += cat("node:", node, ' ');
    asked.push_back(std::move(r));
    reply.push_back(to);
    return asked.size();
  }
  void input(uint64_t, Str bytes) override { seen += cat("in:", bytes, ' '); }
  void close_input(uint64_t) override { seen += "close "; }
  void resize(uint64_t, uint16_t w, uint16_t h) override { seen += cat("size:", w, 'x', h, ' '); }
  void cancel(uint64_t) override { seen += "cancel "; }
};

struct Setup {
  FakeNodes nodes;
  World w{without_accounts(), &nodes};
  explicit Setup(bool bound = true) {
    w.call("POST", kPods, pod_json("a"));
    if (bound)
      w.call("POST", kPods + "/a/binding",
             R"({"apiVersion":"v1","kind":"Binding","metadata":{"name":"a"},"target":{"name":"n1"}})");
  }
  void part(ports::StreamPart p) {
    w.loop.reply(nodes.reply.back(), std::move(p));
    w.settle();
  }
  uint64_t exec(const char* query, const char* protocols) {
    ports::ApiRequest r = w.request("GET", kPods + "/a/exec?" + query);
    r.subprotocols = protocols;
    uint64_t id = w.begin(r);
    w.settle();
    return id;
  }
};

ports::StreamPart data(uint8_t channel, const char* text) {
  ports::StreamPart p;
  p.channel = channel;
  p.data = text;
  return p;
}

}  // namespace

TEST_CASE("Streams: a log is text as it comes") {
  Setup s;
  uint64_t id = s.w.begin(s.w.request("GET", kPods + "/a/log?follow=true&tailLines=5&timestamps=true"));
  REQUIRE(s.nodes.asked.size() == 1);
  CHECK(s.nodes.asked[0].container == "web");
  CHECK(s.nodes.asked[0].log.follow);
  CHECK(s.nodes.asked[0].log.tail_lines == 5);
  s.part(data(1, "one\n"));
  s.part(data(2, "two\n"));
  CHECK(s.w.replies[id][0].content_type == "text/plain");
  CHECK(s.w.sent(id) == "one\ntwo\n");
  s.w.server->cancel(id);
  CHECK(s.nodes.seen == "node:n1 cancel ");
}

TEST_CASE("Streams: a log that can't be had is an error in the kubelet's words") {
  Setup s;
  uint64_t id = s.w.begin(s.w.request("GET", kPods + "/a/log"));
  ports::StreamPart end;
  end.end = true;
  end.error = make_error(Reason::BadRequest, "container \"web\" in pod \"a\" is waiting to start: ContainerCreating");
  s.part(end);
  REQUIRE(s.w.replies[id].size() == 1);
  CHECK(s.w.replies[id][0].status == 400);
  CHECK(s.w.get(kPods + "/a/log?container=nope").error->message == "container nope is not valid for pod a");
}

TEST_CASE("Streams: a pod without a node has an empty log and can't be exec'ed") {
  Setup s(false);
  auto log = s.w.get(kPods + "/a/log");
  CHECK(log.status == 200);
  CHECK(log.body.empty());
  uint64_t id = s.exec("command=ls", "v5.channel.k8s.io");
  REQUIRE(s.w.replies[id].size() == 1);
  CHECK(s.w.replies[id][0].error->message == "pod a does not have a host assigned");
}

TEST_CASE("Streams: exec speaks channels and ends with the exit code") {
  Setup s;
  uint64_t id = s.exec("command=sh&command=-c&stdin=true&tty=true", "v4.channel.k8s.io, v5.channel.k8s.io");
  REQUIRE(s.nodes.asked.size() == 1);
  CHECK(s.nodes.asked[0].exec.command.size() == 2);
  CHECK(s.nodes.asked[0].exec.tty);
  s.w.server->send(id, Str(std::string("\0ls\n", 4)));
  s.w.server->send(id, Str(std::string("\4{\"Width\":80,\"Height\":24}")));
  s.w.server->send(id, Str(std::string("\xff\0", 2)));
  CHECK(s.nodes.seen == "node:n1 in:ls\n size:80x24 close ");
  s.part(data(1, "bin\n"));
  CHECK(s.w.replies[id][0].status == 101);
  CHECK(s.w.replies[id][0].subprotocol == "v5.channel.k8s.io");
  CHECK(s.w.sent(id) == std::string("\1bin\n"));
  ports::StreamPart end;
  end.end = true;
  end.exit_code = 3;
  s.part(end);
  std::string status = s.w.sent(id);
  CHECK(status[0] == 3);
  CHECK(has(status,
            "\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"3\"}]}"));
}

TEST_CASE("Streams: exec without an upgrade or without a known protocol is refused") {
  Setup s;
  CHECK(s.w.call("POST", kPods + "/a/exec?command=ls").error->message == "Upgrade request required");
  uint64_t id = s.exec("command=ls", "base64.binary.k8s.io");
  CHECK(s.w.replies[id][0].status == 400);
  CHECK(s.nodes.asked.empty());
}

TEST_CASE("Streams: port-forward names its port first on both channels") {
  Setup s;
  ports::ApiRequest r = s.w.request("GET", kPods + "/a/portforward?ports=8080");
  r.subprotocols = "v4.channel.k8s.io";
  uint64_t id = s.w.begin(r);
  CHECK(s.nodes.asked[0].port == 8080);
  s.part(data(1, "hello"));
  CHECK(s.w.sent(id) == std::string("\0\x90\x1f\1\x90\x1f\0hello", 12));
}

TEST_CASE("Admission: pods tolerate a node's trouble for five minutes, new nodes are tainted") {
  World w;
  auto pod = w.call("POST", kPods, pod_json("a"));
  CHECK(has(
      pod.body,
      R"({"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300})"));
  CHECK(has(pod.body, "\"priority\":0"));
  CHECK(has(w.call("POST", "/api/v1/nodes", R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"}})").body,
            R"("taints":[{"key":"node.kubernetes.io/not-ready","effect":"NoSchedule"}])"));
  CHECK(w.call("POST", kPods, pod_json("b", "", ",\"priorityClassName\":\"none\"")).error->message ==
        "pods \"b\" is forbidden: no PriorityClass with name none was found");
  CHECK(has(w.call("POST", kPods, pod_json("c", "", ",\"priorityClassName\":\"system-node-critical\"")).body,
            "\"priority\":2000001000"));
}
