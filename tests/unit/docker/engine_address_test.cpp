#include <doctest/doctest.h>

#include "runtime_native/docker/engine_address.h"

using namespace orrery;
using namespace orrery::docker;

TEST_CASE("EngineAddress: the forms of DOCKER_HOST") {
  CHECK(parse_engine_address("unix:///run/x.sock")->path == "/run/x.sock");
  CHECK(parse_engine_address("/run/x.sock")->text() == "unix:///run/x.sock");
  auto tcp = parse_engine_address("tcp://10.0.0.1:1234");
  CHECK(tcp->host == "10.0.0.1");
  CHECK(tcp->port == 1234);
  CHECK(parse_engine_address("tcp://engine")->text() == "tcp://engine:2375");
  CHECK(parse_engine_address("tcp://[::1]:99/")->text() == "tcp://[::1]:99");
  for (const char* bad : {"", "ssh://host", "tcp://", "tcp://h:0", "tcp://h:70000", "tcp://h:x", "relative/path"}) {
    CAPTURE(bad);
    CHECK(parse_engine_address(bad).error().reason == Reason::BadRequest);
  }
  CHECK(!parse_engine_address("/" + std::string(200, 'a')).ok());
}

TEST_CASE("EngineAddress: DOCKER_HOST wins, else Docker's then podman's sockets") {
  CHECK(engine_candidates("tcp://h:1", "/run/user/1")->size() == 1);
  auto all = engine_candidates("", "/run/user/1000");
  CHECK(all->size() == 4);
  CHECK((*all)[0].path == "/var/run/docker.sock");
  CHECK((*all)[1].path == "/run/podman/podman.sock");
  CHECK((*all)[3].path == "/run/user/1000/podman/podman.sock");
  CHECK(!engine_candidates("nonsense", "").ok());
}
