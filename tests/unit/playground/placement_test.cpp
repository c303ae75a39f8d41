#include <doctest/doctest.h>

#include "playground/viewmodel/placement.h"

using namespace orrery::viewmodel;

namespace {

PlacementNode node(const std::string& name, std::int64_t total) {
  PlacementNode out;
  out.name = name;
  out.total = total;
  return out;
}

PlacementNode refused(const std::string& name, const std::string& plugin, std::vector<std::string> why) {
  PlacementNode out = node(name, 0);
  out.plugin = plugin;
  out.refusals = std::move(why);
  return out;
}

}  // namespace

TEST_CASE("placement: the chosen node first, then the fitting by score, then the refused by reason") {
  Placement placement;
  placement.nodes = {refused("n5", "TaintToleration", {"node(s) had untolerated taint(s)"}), node("n4", 10), node("n2", 30),
                     refused("n1", "NodeResourcesFit", {"Insufficient cpu", "Insufficient memory"}), node("n3", 30), node("n0", 5)};
  placement.nodes[5].chosen = true;
  order_nodes(placement);
  std::string order;
  for (const PlacementNode& n : placement.nodes) order += n.name + " ";
  CHECK(order == "n0 n2 n3 n4 n1 n5 ");
}

TEST_CASE("placement: refusals are counted, the most frequent first") {
  Placement placement;
  placement.nodes = {refused("a", "NodeResourcesFit", {"Insufficient cpu"}), refused("b", "NodeResourcesFit", {"Insufficient cpu", "Too many pods"}), node("c", 1)};
  const auto counts = count_refusals(placement);
  REQUIRE(counts.size() == 2);
  CHECK(counts[0] == std::make_pair(std::string("Insufficient cpu"), 2));
  CHECK(counts[1].second == 1);
}
