// Running containers get what their pod's spec asks for by now (kubectl patch --subresource resize), in place or by a
// restart as their resizePolicy says. Part of PodWorker. Rules: pkg/kubelet/kuberuntime computePodResizeAction.
#include "core/base/text.h"
#include "core/kubelet/pod_worker.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;

namespace {

bool differ(const v1::ResourceRequirements& a, const v1::ResourceRequirements& b, std::string_view name) {
  return !(a.requests.get(name) == b.requests.get(name)) || !(a.limits.get(name) == b.limits.get(name));
}

bool differ(const v1::ResourceRequirements& a, const v1::ResourceRequirements& b) {
  return differ(a, b, "cpu") || differ(a, b, "memory");
}

bool must_restart(const v1::Container& c, const v1::ResourceRequirements& has) {
  for (const v1::ContainerResizePolicy& p : c.resizePolicy)
    if (p.restartPolicy == "RestartContainer" && differ(c.resources, has, p.resourceName)) return true;
  return false;
}

}  // namespace

void PodWorker::resize(PodState& pod) {
  auto behind = [&](const v1::Container& c) -> ContainerState* {
    auto it = pod.containers.find(c.name);
    if (it == pod.containers.end() || !it->second.resources || it->second.op != Op::None) return nullptr;
    const ports::ContainerStatus* s = newest(pod.observed, c.name);
    bool runs = s && s->state == ports::ContainerState::Running && s->id == it->second.current_id;
    return runs && differ(*it->second.resources, c.resources) ? &it->second : nullptr;
  };
  bool any = false;
  for (const v1::Container& c : pod.pod->spec.containers) any = any || behind(c);
  if (!any) {
    pod.resize_reason = pod.resize_message = {};
    return;
  }
  if (!host_.may_resize(pod)) return host_.wake(pod, ports_.queue.now() + kErrorRetry);
  for (const v1::Container& c : pod.pod->spec.containers) {
    ContainerState* s = behind(c);
    if (!s) continue;
    if (must_restart(c, *s->resources)) {
      stop(pod, c, *s, s->current_id, cat("Container ", c.name, " resize requires restart"), grace_of(pod));
      continue;
    }
    s->resources = std::make_shared<const v1::ResourceRequirements>(c.resources);
    ports_.runtime.update_resources(s->current_id, c.resources.limits.get("memory").value(),
                                    c.resources.limits.get("cpu").milli_value(),
                                    reply_to(pod, CallFor::Resize, c.name, s->current_id));
  }
}

}  // namespace orrery::kubelet
