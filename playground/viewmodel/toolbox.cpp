#include "playground/viewmodel/toolbox.h"

#include <algorithm>

namespace orrery::viewmodel {
namespace {

// `#` stands for what it is on; what follows is how much.
struct Form {
  const char* selected;  // the kind it is offered for
  const char* fault;
  Word label;
};
constexpr Form kForms[] = {
    {"Node", "stop node/#", Word::fault_power},
    {"Node", "stop kubelet/#", Word::fault_kubelet},
    {"Node", "stop kube-proxy/#", Word::fault_kube_proxy},
    {"Node", "cut # apiserver", Word::fault_cut_apiserver},
    {"Node", "loss # apiserver 30", Word::fault_loss},
    {"Node", "slow-disk # 10", Word::fault_slow_disk},
    {"Node", "full-disk #", Word::fault_full_disk},
    {"Node", "noisy # 80", Word::fault_noisy},
    {"Node", "clock-skew # 1h", Word::fault_clock},
    {"Pod", "kill #", Word::fault_kill},
    {"Pod", "oom #", Word::fault_oom},
    {"PodGroup", "crash-loop #", Word::fault_crash_loop},
    {"PodGroup", "leak # 10Mi", Word::fault_leak},
    {"PodGroup", "fail-probes #", Word::fault_probes},
    {"Image", "image-missing #", Word::fault_image},
    {"Part", "stop #", Word::fault_stop},
    {"etcd", "slow-disk # 500ms", Word::fault_slow_disk},
    {"etcd", "full-disk #", Word::fault_full_disk},
    {"User", "registry-down", Word::fault_registry},
    {"User", "stop dns", Word::fault_dns},
};

std::string filled(const std::string& form, const std::string& name) {
  const std::size_t at = form.find('#');
  return at == std::string::npos ? form : form.substr(0, at) + name + form.substr(at + 1);
}

// How much is not part of which fault it is.
std::string without_amount(const std::string& form) {
  const std::size_t at = form.find('#'), amount = form.find_first_of("0123456789", at == std::string::npos ? form.size() : at);
  return amount == std::string::npos ? form : form.substr(0, amount - 1);
}

bool is_active(const Model& model, const std::string& form, const std::string& name) {
  const std::string which = filled(without_amount(form), name);
  return std::any_of(model.cluster.faults.begin(), model.cluster.faults.end(),
                     [&](const std::string& fault) { return fault == which || fault.rfind(which + " ", 0) == 0; });
}

void offer(const Model& model, const std::string& selected, const std::string& name, std::vector<FaultOffer>& out) {
  for (const Form& form : kForms)
    if (selected == form.selected) out.push_back({filled(form.fault, name), model.say(form.label), is_active(model, form.fault, name)});
}

// Lasting faults of a controller's pod are on all of its pods: its replacement has another name.
std::string group_of(const Pod& pod) {
  const std::size_t dash = pod.owner_kind.empty() ? std::string::npos : pod.name.rfind('-');
  return pod.ns + "/" + (dash == std::string::npos ? pod.name : pod.name.substr(0, dash + 1));
}

void offer_for_pod(const Model& model, const Pod& pod, std::vector<FaultOffer>& out) {
  offer(model, "Pod", pod.ns + "/" + pod.name, out);
  offer(model, "PodGroup", group_of(pod), out);
  const Container* app = nullptr;  // the last
  for (const Container& container : pod.containers)
    if (container.role == ContainerRole::App) app = &container;
  if (app) offer(model, "Image", app->image, out);
}

}  // namespace

std::vector<FaultOffer> fault_offers(const Model& model) {
  std::vector<FaultOffer> out;
  if (!model.cluster.simulated) return out;
  const ObjectRef& selected = model.selected;
  if (selected.kind == "Node" && find_node(model.cluster, selected.name)) offer(model, "Node", selected.name, out);
  if (const Pod* pod = selected_pod(model)) offer_for_pod(model, *pod, out);
  if (selected.kind != "Part") return out;
  const Part* part = find_part(model.cluster, selected.name);
  if (!part) return out;
  if (part->can_stop) offer(model, "Part", part->id, out);
  if (part->kind == PartKind::Etcd) offer(model, "etcd", part->id, out);
  if (part->kind == PartKind::User) offer(model, "User", "", out);
  return out;
}

std::string fault_sentence(const Model& model, const std::string& fault) {
  for (const Form& form : kForms) {
    const std::string pattern = without_amount(form.fault);
    const std::size_t at = pattern.find('#');
    if (at == std::string::npos) {
      if (pattern == fault) return model.say(form.label);
      continue;
    }
    const std::string before = pattern.substr(0, at), after = pattern.substr(at + 1);
    if (fault.rfind(before, 0) != 0) continue;
    const std::size_t end = after.empty() ? fault.find(' ', at) : fault.find(after, at);
    if (!after.empty() && end == std::string::npos) continue;
    const std::string name = fault.substr(at, end == std::string::npos ? end : end - at);
    return (form.label == Word::fault_stop ? place_name(model, name) : name) + ": " + model.say(form.label);
  }
  return fault;
}

}  // namespace orrery::viewmodel
