// How the map's pods are grouped into rooms, and what their signs tell: chosen by the user, pure functions of the model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "playground/viewmodel/cluster_model.h"
#include "playground/viewmodel/pod_words.h"
#include "playground/viewmodel/history.h"

namespace orrery::viewmodel {

enum class Grouping { Node, Namespace, Owner, Label };
enum class Colouring { Status, Phase, Readiness, Requests };

struct MapLook {
  Grouping grouping = Grouping::Node;
  std::string label;  // the key, when grouped by label
  Colouring colouring = Colouring::Status;
  friend bool operator==(const MapLook&, const MapLook&) = default;
};

// "node", "namespace", "owner", "label:app" and "status", "phase", "readiness", "requests": what commands and settings
// carry. Anything else leaves that part of `look` as it was.
void set_look(MapLook& look, const std::string& group, const std::string& colour);
std::string group_name(const MapLook& look);
std::string colour_name(const MapLook& look);
// The next one of each, in the order in which the control lists them; labels are label_keys of the model.
MapLook next_grouping(const ClusterModel& model, MapLook look);
MapLook next_colouring(MapLook look);

// Pods that share a room, in the model's order. Pods without that owner or label are together, the last group.
struct PodGroup {
  std::string name;   // "shop", "Deployment web"; empty: those without
  std::string ns;     // of an owner; empty for the other groupings
  std::vector<std::uint32_t> pods;  // positions in the model
};
// By (name, namespace). REQUIRES: not grouped by node.
std::vector<PodGroup> pod_groups(const ClusterModel& model, const MapLook& look);

constexpr std::size_t kLabelKeysMax = 6;
// Keys that pods carry, those of most pods first, without those that a controller makes to tell its own pods apart.
std::vector<std::string> label_keys(const ClusterModel& model);

// What a pod's sign says. A sign is a shape (of its tone), or for requests a gauge: how much of its limit a pod asks for.
struct PodMark {
  int meaning = 0;     // which row of the legend
  Tone tone = Tone::Idle;
  bool gauge = false;
  float level = 0;     // of the gauge, 0 to 1
  bool open = false;   // of the gauge: nothing limits it
};
PodMark mark_of(const Pod& pod, Colouring colouring);
// Among the others: a pod out of touch has its own sign where signs tell its status.
PodMark mark_of(const SilentNodes& silent, const Pod& pod, Colouring colouring);

struct LegendRow {
  PodMark mark;
  const char* text = "";  // in the asked language
  int pods = 0;
};
// Every row that the colouring has, in order, with how many pods are so.
std::vector<LegendRow> legend(const ClusterModel& model, Colouring colouring, Language language);

}  // namespace orrery::viewmodel
