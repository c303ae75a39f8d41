#include <doctest/doctest.h>

#include "core/base/text.h"
#include "tests/unit/sim_world/terminal.h"

using namespace orrery;
using sim::SimWorld;
using sim::Terminal;

TEST_CASE("SimWorld: nodes become Ready and a Deployment's pods run") {
  SimWorld world({});
  Terminal t(world);
  world.run_for(seconds(5));
  MESSAGE(t.out("get nodes"));
  MESSAGE(t.out("create deployment web --image=nginx --replicas=3"));
  world.run_for(seconds(20));
  MESSAGE(t.out("get deploy,rs,pods -o wide"));
  MESSAGE(t.out("describe deploy web"));
  MESSAGE(t.out("get events"));
  Terminal::Result r = t.run("get deploy web -o jsonpath={.status.readyReplicas}");
  CHECK(r.out == "3");
}
