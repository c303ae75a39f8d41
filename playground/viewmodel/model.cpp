#include "playground/viewmodel/model.h"

#include <algorithm>

namespace orrery::viewmodel {
namespace {

constexpr const char* kViews[] = {"map", "pod", "why", "layers", "events", "object"};
constexpr const char* kTabs[] = {"yaml", "edit", "links", "changes", "describe", "usage", "events", "logs"};

Word word_of(PartKind kind) {
  switch (kind) {
    case PartKind::User: return Word::part_user;
    case PartKind::ApiServer: return Word::part_apiserver;
    case PartKind::Etcd: return Word::part_etcd;
    case PartKind::Scheduler: return Word::part_scheduler;
    case PartKind::ControllerManager: return Word::part_controller_manager;
    case PartKind::Kubelet: return Word::part_kubelet;
    case PartKind::KubeProxy: return Word::part_kube_proxy;
    case PartKind::Runtime: return Word::part_runtime;
    case PartKind::Dns: break;
  }
  return Word::part_dns;
}

}  // namespace

Word about(PartKind kind) {
  switch (kind) {
    case PartKind::User: return Word::part_user_about;
    case PartKind::ApiServer: return Word::part_apiserver_about;
    case PartKind::Etcd: return Word::part_etcd_about;
    case PartKind::Scheduler: return Word::part_scheduler_about;
    case PartKind::ControllerManager: return Word::part_controller_manager_about;
    case PartKind::Kubelet: return Word::part_kubelet_about;
    case PartKind::KubeProxy: return Word::part_kube_proxy_about;
    case PartKind::Runtime: return Word::part_runtime_about;
    case PartKind::Dns: break;
  }
  return Word::part_dns_about;
}

bool wants_commands(const Document& document) {
  return std::any_of(document.blocks.begin(), document.blocks.end(), [](const Block& block) {
    return block.kind == BlockKind::Goal || (block.kind == BlockKind::Code && !block.action.empty());
  });
}

bool shows(const Model& model, const std::string& panel) {
  if (model.panels.empty()) return true;
  for (const std::string& shown : model.panels)
    if (shown == panel) return true;
  return false;
}

const Pod* selected_pod(const Model& model) {
  if (model.selected.kind != "Pod") return nullptr;
  return find_pod(model.cluster, model.selected.ns, model.selected.name);
}

std::string part_name(const Model& model, const Part& part) { return model.say(word_of(part.kind)); }

std::string place_name(const Model& model, const std::string& id) {
  if (id.rfind("pod/", 0) == 0) {
    const Pod* pod = find_pod(model.cluster, id.substr(4));
    return pod ? pod->name : "Pod";
  }
  if (const Part* part = find_part(model.cluster, id)) {
    if (part->node.empty()) return part_name(model, *part);
    return part_name(model, *part) + " " + part->node;
  }
  if (id.rfind(kRulesPrefix, 0) == 0) return model.say(Word::node_rules, {id.substr(kRulesPrefix.size())});
  const std::size_t slash = id.find('/');
  if (slash != std::string::npos && id.compare(0, slash, "controller-manager") == 0) return id.substr(slash + 1) + " controller";
  return id;
}

std::string caption(const Model& model) {
  if (const Trace* trace = model.motion.current()) {
    if (model.language == Language::English && !trace->why.empty()) return trace->why;
    const std::string object = trace->object.kind.empty() ? "" : trace->object.kind + " " + trace->object.name;
    return model.say(Word::hop, {place_name(model, trace->from), place_name(model, trace->to), trace->verb, object});
  }
  if (model.history.feed().empty()) return "";
  const FeedLine& last = model.history.feed().back();
  return model.say(last.sentence, last.names);
}

View view_of(const std::string& name) {
  for (std::size_t i = 0; i < std::size(kViews); ++i)
    if (name == kViews[i]) return View(i);
  return View::Map;
}

const char* name_of(View view) { return kViews[int(view)]; }

ObjectTab tab_of(const std::string& name) {
  for (std::size_t i = 0; i < std::size(kTabs); ++i)
    if (name == kTabs[i]) return ObjectTab(i);
  return ObjectTab::Yaml;
}

const char* name_of(ObjectTab tab) { return kTabs[int(tab)]; }

Word label_of(ObjectTab tab) {
  switch (tab) {
    case ObjectTab::Yaml: return Word::act_yaml;
    case ObjectTab::Edit: return Word::tab_edit;
    case ObjectTab::Links: return Word::tab_links;
    case ObjectTab::Changes: return Word::tab_changes;
    case ObjectTab::Describe: return Word::act_describe;
    case ObjectTab::Usage: return Word::tab_usage;
    case ObjectTab::Events: return Word::view_events;
    case ObjectTab::Logs: break;
  }
  return Word::act_logs;
}

std::vector<ObjectTab> object_tabs(const Model& model) {
  std::vector<ObjectTab> tabs = {ObjectTab::Yaml, ObjectTab::Edit, ObjectTab::Links, ObjectTab::Changes, ObjectTab::Describe};
  if (model.selected.kind == "Pod" || model.selected.kind == "Node") tabs.push_back(ObjectTab::Usage);  // what metrics.k8s.io measures
  tabs.push_back(ObjectTab::Events);
  if (model.selected.kind == "Pod") tabs.push_back(ObjectTab::Logs);
  return tabs;
}

}  // namespace orrery::viewmodel
