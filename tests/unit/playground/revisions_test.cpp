#include <doctest/doctest.h>

#include "playground/viewmodel/revision_writer.h"
#include "playground/viewmodel/revisions.h"
#include "playground/viewmodel/view_document.h"

using namespace orrery::viewmodel;

namespace {

std::string told(const std::string& before, const std::string& after) {
  std::string out;
  for (const DiffLine& line : diff_lines(before, after)) {
    using Kind = DiffLine::Kind;
    if (line.kind == Kind::Gap) out += "@" + std::to_string(line.skipped) + "\n";
    else out += (line.kind == Kind::Added ? "+" : line.kind == Kind::Removed ? "-" : " ") + line.text + "\n";
  }
  return out;
}

std::string lines(int from, int to) {
  std::string out;
  for (int i = from; i < to; ++i) out += "line " + std::to_string(i) + "\n";
  return out;
}

}  // namespace

TEST_CASE("Diff: only what changed, with three lines around it, and what is left out is counted") {
  CHECK(told("a\nb\n", "a\nb\n").empty());
  CHECK(told("", "a\n") == "+a\n");
  CHECK(told("replicas: 3\n", "replicas: 5\n") == "-replicas: 3\n+replicas: 5\n");
  CHECK(told(lines(0, 10) + "x\n" + lines(10, 20), lines(0, 10) + "y\n" + lines(10, 20)) ==
        "@7\n line 7\n line 8\n line 9\n-x\n+y\n line 10\n line 11\n line 12\n@7\n");
  CHECK(told("a\nb\nc\nd\n", "a\nc\nd\ne\n") == " a\n-b\n c\n d\n+e\n");
}

TEST_CASE("Diff: texts that are too long are replaced as a whole, and nothing is lost") {
  const std::string before = lines(0, int(kDiffLinesMax) + 5), after = "new\n" + lines(7, int(kDiffLinesMax) + 12);
  std::size_t removed = 0, added = 0;
  for (const DiffLine& line : diff_lines(before, after)) {
    removed += line.kind == DiffLine::Kind::Removed;
    added += line.kind == DiffLine::Kind::Added;
  }
  CHECK(removed == kDiffLinesMax + 5);
  CHECK(added == kDiffLinesMax + 6);
}

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
  model.cluster.traces.erase(model.cluster.traces.begin(), model.cluster.traces.begin() + 2);  // the request is forgotten, the write not yet
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
