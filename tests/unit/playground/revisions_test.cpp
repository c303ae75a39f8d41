#include <doctest/doctest.h>

#include "playground/viewmodel/revision_writer.h"
#include "playground/viewmodel/revisions.h"
#include "playground/viewmodel/view_document.h"

using namespace orrery::viewmodel;

TEST_CASE("Revisions: by default the newest is compared with the one before it; the choice counts from the newest") {
  Revisions revisions;
  RevisionPair pair;
  CHECK_FALSE(compared(revisions, {}, pair));
  revisions.list.resize(4);
  REQUIRE(compared(revisions, {}, pair));
  CHECK(pair.from == 2);
  CHECK(pair.to == 3);
  REQUIRE(compared(revisions, {1, -1}, pair));
  CHECK(pair.from == 1);
  CHECK(pair.to == 2);
  REQUIRE(compared(revisions, {3, 0}, pair));  // either way round: from the older to the newer
  CHECK(pair.from == 0);
  CHECK(pair.to == 3);
  CHECK_FALSE(compared(revisions, {3, -1}, pair));  // nothing lies before the oldest
}

TEST_CASE("RevisionWriter: the managed fields tell, else the trace of that very write, else nobody") {
  Model model;
  const ObjectRef web = {"Deployment", "default", "web"};
  model.cluster.revisions.of = web;
  model.cluster.traces = {{4, 0, kSecond, "kubectl", "apiserver", "patch", web}, {7, 0, 2 * kSecond, "controller-manager/deployment", "apiserver", "update status", web},
                          {8, 7, 3 * kSecond, "apiserver", "etcd", "put", web, 12}, {9, 7, 3 * kSecond, "apiserver", "etcd", "put", {"Pod", "default", "web"}, 13}};
  CHECK(writer_of(model, {"12", 0, "", "", ""}).who == "deployment controller");
  CHECK(writer_of(model, {"12", 0, "", "", ""}).how == "update status");
  CHECK(writer_of(model, {"12", 0, "", "", ""}).at == 3 * kSecond);
  CHECK(writer_of(model, {"12", kSecond, "kubectl-patch", "Update", ""}).who == "kubectl-patch");
  CHECK(writer_of(model, {"13", 0, "", "", ""}).who.empty());  // another object's
  CHECK(writer_of(model, {"14", 0, "", "", ""}).who.empty());
  model.cluster.traces.drop_front(2);  // the request is forgotten, the write not yet
  CHECK(writer_of(model, {"12", 0, "", "", ""}).who.empty());
}

TEST_CASE("ViewDocument: what changed stands in the mirror, with who did it") {
  Model model;
  model.view = View::Object;
  model.object_tab = ObjectTab::Changes;
  model.selected = {"Deployment", "default", "web"};
  model.cluster.revisions = {model.selected, true, false, {{"5", kSecond, "kubectl-create", "Update", "replicas: 3\n"}, {"9", 2 * kSecond, "kubectl", "Update scale", "replicas: 5\n"}}};
  std::string text, chosen;
  for (const Block& block : view_document(model).blocks) {
    if (block.kind == BlockKind::Code) text += block.text;
    if (block.kind == BlockKind::Choice && block.state == BlockState::Chosen) chosen += plain_text(block.spans) + ";";
  }
  CHECK(text == "- replicas: 3\n+ replicas: 5\n");
  CHECK(chosen == "Changes;now, 00:00:02, kubectl Update scale;");
}
