#include <doctest/doctest.h>

#include "playground/viewmodel/editing.h"

using namespace orrery::viewmodel;

TEST_CASE("Editing: what only the API server writes is left out, what looks like it elsewhere stays") {
  CHECK(editable("apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    uid: mine\n  creationTimestamp: \"2026-01-01T00:00:00Z\"\n  name: a\n  resourceVersion: \"7\"\n"
                 "  uid: 12\nspec:\n  generation: 3\nstatus:\n  conditions:\n  - type: Ready\n  phase: Running\n") ==
        "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    uid: mine\n  name: a\nspec:\n  generation: 3\n");
  CHECK(editable("").empty());
}

TEST_CASE("Editing: a file's name is its object's") {
  CHECK(file_stem({"Deployment", "default", "web"}) == "deployment-web");
  CHECK(file_stem({"ClusterRole", "", "system:node"}) == "clusterrole-system-node");
}
