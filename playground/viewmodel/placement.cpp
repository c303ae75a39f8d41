#include "playground/viewmodel/placement.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace orrery::viewmodel {

void order_nodes(Placement& placement) {
  const auto rank = [](const PlacementNode& node) { return std::make_tuple(!node.chosen, !node.fits(), node.fits() ? -node.total : 0, node.plugin, node.refusals, node.name); };
  std::stable_sort(placement.nodes.begin(), placement.nodes.end(), [&](const PlacementNode& a, const PlacementNode& b) { return rank(a) < rank(b); });
}

std::vector<std::pair<std::string, int>> count_refusals(const Placement& placement) {
  std::map<std::string, int> counts;
  for (const PlacementNode& node : placement.nodes)
    for (const std::string& reason : node.refusals) ++counts[reason];
  std::vector<std::pair<std::string, int>> out(counts.begin(), counts.end());
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

}  // namespace orrery::viewmodel
