#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "core/base/str.h"
#include "runtime_native/docker/cgroup_usage.h"
#include "runtime_native/docker/docker_images.h"
#include "runtime_native/docker/engine_containers.h"
#include "runtime_native/docker/object_order.h"
#include "runtime_native/docker/pull_progress.h"
#include "runtime_native/docker/tar_file.h"

using namespace orrery;
using namespace orrery::docker;

TEST_CASE("tar_of_file: tar reads it") {
  std::string path = cat("/tmp/orrery-tar-test-", ::getpid());
  std::string tar = tar_of_file("pause", std::string("\0binary\n", 8), 0755);
  CHECK(tar.size() % 512 == 0);
  std::ofstream(path) << tar;
  FILE* pipe = ::popen(cat("tar -tvf ", path, " && tar -xOf ", path, " | od -An -c").c_str(), "r");
  REQUIRE(pipe);
  char buffer[512] = {};
  size_t n = ::fread(buffer, 1, sizeof buffer - 1, pipe);
  CHECK(::pclose(pipe) == 0);
  ::unlink(path.c_str());
  std::string said(buffer, n);
  CHECK(said.find("-rwxr-xr-x 0/0") != std::string::npos);
  CHECK(said.find(" pause\n") != std::string::npos);
  CHECK(said.find("\\0   b   i   n   a   r   y  \\n") != std::string::npos);
}

TEST_CASE("LineReader: lines are the same however the bytes are cut, endless ones are dropped") {
  std::string text = "one\n\ntwo three\n" + std::string(LineReader::kLineBytesMax + 5, 'x') + "\nlast\n";
  for (size_t cut : {1000u, 4096u, 2000000u}) {
    LineReader reader;
    std::vector<std::string> lines;
    for (size_t i = 0; i < text.size(); i += cut)
      reader.feed(std::string_view(text).substr(i, cut), [&](std::string_view line) { lines.emplace_back(line); });
    CHECK(lines == std::vector<std::string>{"one", "", "two three", "last"});
  }
}

TEST_CASE("PullProgress: an error below status 200 is an error") {
  PullProgress good;
  good.feed("{\"status\":\"Downloading\",\"progress\":\"[=> ]\"}\r\n{\"status\":\"Pull com");
  CHECK(good.status() == "Downloading [=> ]");
  good.feed("plete\"}");
  CHECK(good.result().ok());
  PullProgress bad;
  bad.feed("{\"status\":\"Pulling\"}\n{\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"x\"}");
  CHECK(bad.result().error().message == "manifest unknown");
  PullProgress noise;
  noise.feed("not json\n[1]\n");
  CHECK(noise.result().ok());
}

TEST_CASE("parse_image_reference: tag, digest, port") {
  auto check = [](const char* text, const char* name, const char* tag) {
    auto r = parse_image_reference(text);
    CHECK(r.name == name);
    CHECK(r.tag == tag);
  };
  check("web", "web", "latest");
  check("team/web:2", "team/web", "2");
  check("host:5000/web", "host:5000/web", "latest");
  check("host:5000/web:3", "host:5000/web", "3");
  check("web:1@sha256:abc", "web:1", "sha256:abc");
}

TEST_CASE("StartGate: a named number runs, the rest in order") {
  StartGate gate(2);
  std::vector<int> ran;
  std::vector<std::function<void()>> leave;
  for (int i = 0; i < 5; ++i)
    gate.enter([&, i](std::function<void()> done) {
      ran.push_back(i);
      leave.push_back(done);
    });
  CHECK(ran == std::vector<int>{0, 1});
  leave[1]();
  CHECK(ran == std::vector<int>{0, 1, 2});
  gate.set_max(3);
  leave[0]();
  CHECK(ran == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("ObjectOrder: one object's calls queue, stops overtake only stops") {
  ObjectOrder order;
  std::string log;
  std::map<char, std::function<void()>> leave;
  auto enter = [&](const char* object, char name, bool hurried) {
    order.enter(object, hurried, [&, name](std::function<void()> done) {
      log += name;
      leave[name] = done;
    });
  };
  enter("x", 'a', false);
  enter("y", 'b', false);
  enter("x", 'c', true);
  enter("x", 'd', true);
  CHECK(log == "ab");
  leave['a']();
  CHECK(log == "abcd");  // both stops run
  enter("y", 'e', false);
  leave['b']();
  CHECK(log == "abcde");
  leave['c']();
  enter("x", 'f', true);  // nothing waits: beside d
  CHECK(log == "abcdef");
  enter("x", 'g', false);
  leave['d']();
  CHECK(log == "abcdef");
  leave['f']();
  CHECK(log == "abcdefg");
  leave['g']();
  leave['e']();
  CHECK(order.busy_objects() == 0);
}

TEST_CASE("cgroup usage: only of a process that is the container's") {
  CHECK(!read_cgroup_usage(::getpid(), "0123456789abcdef"));
  CHECK(!read_cgroup_usage(1 << 30, "x"));
}
