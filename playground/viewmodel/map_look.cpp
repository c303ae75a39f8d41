#include "playground/viewmodel/map_look.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace orrery::viewmodel {
namespace {

constexpr const char* kGroups[] = {"node", "namespace", "owner"};
constexpr const char* kColours[] = {"status", "phase", "readiness", "requests"};
constexpr const char* kLabelPrefix = "label:";

// Set by controllers on each pod or each revision: as groups they tell nothing that a user asked for.
bool made_by_controller(const std::string& key) {
  static const std::set<std::string> kMade = {"pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid",
                                              "batch.kubernetes.io/controller-uid", "job-name", "statefulset.kubernetes.io/pod-name",
                                              "apps.kubernetes.io/pod-index", "batch.kubernetes.io/job-completion-index"};
  return kMade.count(key) > 0;
}

const std::string* label_value(const Pod& pod, const std::string& key) {
  for (const auto& [name, value] : pod.labels)
    if (name == key) return &value;
  return nullptr;
}

using Top = std::map<std::pair<std::string, std::string>, const Workload*>;

// Of each (namespace, "Kind name") the workload that it belongs to in the end: a Deployment, not its ReplicaSet.
Top top_owners(const ClusterModel& model) {
  std::map<std::string, const Workload*> by_uid;
  for (const Workload& workload : model.workloads) by_uid[workload.uid] = &workload;
  Top top;
  for (const Workload& workload : model.workloads) {
    const Workload* last = &workload;
    for (int step = 0; step < 4 && !last->owner_uid.empty(); ++step) {
      const auto above = by_uid.find(last->owner_uid);
      if (above == by_uid.end()) break;
      last = above->second;
    }
    top[{workload.ref.ns, workload.ref.kind + " " + workload.ref.name}] = last;
  }
  return top;
}

std::string owner_of(const Pod& pod, const Top& top) {
  if (pod.owner.empty()) return "";
  const std::string own = pod.owner_kind + " " + pod.owner;
  const auto found = top.find({pod.ns, own});
  return found == top.end() ? own : found->second->ref.kind + " " + found->second->ref.name;
}

int phase_row(PodPhase phase) {
  switch (phase) {
    case PodPhase::Pending: return 0;
    case PodPhase::Running: return 1;
    case PodPhase::Succeeded: return 2;
    case PodPhase::Failed: return 3;
    case PodPhase::Unknown: break;
  }
  return 4;
}

PodMark status_mark(const Pod& pod) {
  const Tone own = tone_of(pod), tone = pod.deleting ? Tone::Idle : own;
  const int row = tone == Tone::Good ? 0 : tone == Tone::Waiting ? 1 : tone == Tone::Bad ? 2 : tone == Tone::Done ? 3 : 4;
  return {row, own};
}

PodMark readiness_mark(const Pod& pod) {
  if (pod.phase == PodPhase::Succeeded || pod.phase == PodPhase::Failed) return {2, Tone::Done};
  return pod.ready ? PodMark{0, Tone::Good} : PodMark{1, Tone::Waiting};
}

float share(std::int64_t request, std::int64_t limit) { return limit > 0 ? std::clamp(float(double(request) / double(limit)), 0.0f, 1.0f) : 0; }

// The scarcer of CPU and memory decides: what it asks for against what it may take.
PodMark requests_mark(const Pod& pod) {
  PodMark mark;
  mark.gauge = true;
  const bool asks = pod.cpu_request_milli > 0 || pod.memory_request > 0;
  const bool limited = pod.cpu_limit_milli > 0 && pod.memory_limit > 0;
  if (!asks && pod.cpu_limit_milli == 0 && pod.memory_limit == 0) return mark.meaning = 3, mark.open = true, mark;
  if (!limited) {
    mark.level = 0.5f;
    return mark.meaning = 2, mark.tone = Tone::Waiting, mark.open = true, mark;
  }
  mark.level = std::min(share(pod.cpu_request_milli, pod.cpu_limit_milli), share(pod.memory_request, pod.memory_limit));
  mark.meaning = mark.level >= 1 ? 0 : 1;
  mark.tone = Tone::Good;
  return mark;
}

constexpr Word kStatusRows[] = {Word::look_status_good, Word::look_status_waiting, Word::look_status_bad, Word::look_status_done, Word::look_status_leaving,
                                Word::look_status_silent};
constexpr Word kPhaseRows[] = {Word::look_phase_pending, Word::look_phase_running, Word::look_phase_succeeded, Word::look_phase_failed, Word::look_phase_unknown};
constexpr Word kReadinessRows[] = {Word::look_ready, Word::look_not_ready, Word::look_ended};
constexpr Word kRequestRows[] = {Word::look_requests_full, Word::look_requests_part, Word::look_requests_open, Word::look_requests_none};

std::vector<LegendRow> rows_of(Colouring colouring, Language language) {
  std::vector<LegendRow> rows;
  const auto add = [&](int meaning, Tone tone, Word text) { rows.push_back({{meaning, tone}, word(language, text)}); };
  constexpr Tone kStatus[] = {Tone::Good, Tone::Waiting, Tone::Bad, Tone::Done, Tone::Idle, Tone::Unknown};
  constexpr Tone kPhases[] = {Tone::Waiting, Tone::Good, Tone::Done, Tone::Bad, Tone::Idle};
  constexpr Tone kReadiness[] = {Tone::Good, Tone::Waiting, Tone::Done};
  switch (colouring) {
    case Colouring::Status:
      for (int i = 0; i < 6; ++i) add(i, kStatus[i], kStatusRows[i]);
      break;
    case Colouring::Phase:
      for (int i = 0; i < 5; ++i) add(i, kPhases[i], kPhaseRows[i]);
      break;
    case Colouring::Readiness:
      for (int i = 0; i < 3; ++i) add(i, kReadiness[i], kReadinessRows[i]);
      break;
    case Colouring::Requests:
      rows = {{{0, Tone::Good, true, 1, false}, word(language, kRequestRows[0])},
              {{1, Tone::Good, true, 0.5f, false}, word(language, kRequestRows[1])},
              {{2, Tone::Waiting, true, 0.5f, true}, word(language, kRequestRows[2])},
              {{3, Tone::Idle, true, 0, true}, word(language, kRequestRows[3])}};
      break;
  }
  return rows;
}

}  // namespace

void set_look(MapLook& look, const std::string& group, const std::string& colour) {
  for (std::size_t i = 0; i < std::size(kGroups); ++i)
    if (group == kGroups[i]) look.grouping = Grouping(i), look.label.clear();
  if (group.rfind(kLabelPrefix, 0) == 0 && group.size() > std::string(kLabelPrefix).size()) {
    look.grouping = Grouping::Label;
    look.label = group.substr(std::string(kLabelPrefix).size());
  }
  for (std::size_t i = 0; i < std::size(kColours); ++i)
    if (colour == kColours[i]) look.colouring = Colouring(i);
}

std::string group_name(const MapLook& look) {
  return look.grouping == Grouping::Label ? kLabelPrefix + look.label : kGroups[int(look.grouping)];
}

std::string colour_name(const MapLook& look) { return kColours[int(look.colouring)]; }

MapLook next_grouping(const ClusterModel& model, MapLook look) {
  std::vector<std::string> names(std::begin(kGroups), std::end(kGroups));
  for (const std::string& key : label_keys(model)) names.push_back(kLabelPrefix + key);
  const auto at = std::find(names.begin(), names.end(), group_name(look));
  set_look(look, at == names.end() || at + 1 == names.end() ? names.front() : *(at + 1), "");
  return look;
}

MapLook next_colouring(MapLook look) {
  look.colouring = Colouring((int(look.colouring) + 1) % int(std::size(kColours)));
  return look;
}

std::vector<PodGroup> pod_groups(const ClusterModel& model, const MapLook& look) {
  const Top top = look.grouping == Grouping::Owner ? top_owners(model) : Top();
  std::map<std::pair<std::string, std::string>, std::size_t> index;
  std::vector<PodGroup> found;
  for (std::size_t i = 0; i < model.pods.size(); ++i) {
    const Pod& pod = model.pods[i];
    std::string name, ns;
    if (look.grouping == Grouping::Namespace) name = pod.ns;
    if (look.grouping == Grouping::Owner) name = owner_of(pod, top), ns = name.empty() ? "" : pod.ns;
    if (look.grouping == Grouping::Label)
      if (const std::string* value = label_value(pod, look.label)) name = look.label + "=" + *value;
    const auto [at, fresh] = index.try_emplace({name, ns}, found.size());
    if (fresh) found.push_back({name, ns, {}});
    found[at->second].pods.push_back(std::uint32_t(i));
  }
  std::vector<PodGroup> groups;
  for (const auto& [key, at] : index)
    if (!key.first.empty()) groups.push_back(std::move(found[at]));
  const auto without = index.find({"", ""});
  if (without != index.end()) groups.push_back(std::move(found[without->second]));
  return groups;
}

std::vector<std::string> label_keys(const ClusterModel& model) {
  std::vector<std::pair<int, std::string>> keys;  // few
  for (const Pod& pod : model.pods)
    for (const auto& label : pod.labels) {
      auto known = std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.second == label.first; });
      if (known == keys.end()) known = keys.insert(known, {0, label.first});
      --known->first;  // so that the most used come first
    }
  keys.erase(std::remove_if(keys.begin(), keys.end(), [](const auto& key) { return made_by_controller(key.second); }), keys.end());
  std::sort(keys.begin(), keys.end());  // total order: each key stands once
  std::vector<std::string> out;
  for (const auto& key : keys)
    if (out.size() < kLabelKeysMax) out.push_back(key.second);
  return out;
}

PodMark mark_of(const Pod& pod, Colouring colouring) {
  switch (colouring) {
    case Colouring::Status: return status_mark(pod);
    case Colouring::Phase: {
      constexpr Tone kTones[] = {Tone::Waiting, Tone::Good, Tone::Done, Tone::Bad, Tone::Idle};
      const int row = phase_row(pod.phase);
      return {row, kTones[row]};
    }
    case Colouring::Readiness: return readiness_mark(pod);
    case Colouring::Requests: break;
  }
  return requests_mark(pod);
}

PodMark mark_of(const SilentNodes& silent, const Pod& pod, Colouring colouring) {
  const bool unknown = colouring == Colouring::Status && !pod.deleting && out_of_touch(silent, pod);
  return unknown ? PodMark{5, Tone::Unknown} : mark_of(pod, colouring);
}

std::vector<LegendRow> legend(const ClusterModel& model, Colouring colouring, Language language) {
  std::vector<LegendRow> rows = rows_of(colouring, language);
  const SilentNodes silent = silent_nodes(model);
  for (const Pod& pod : model.pods) ++rows[std::size_t(mark_of(silent, pod, colouring).meaning)].pods;
  return rows;
}

}  // namespace orrery::viewmodel
