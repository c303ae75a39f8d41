#include "runtime_sim/copy/images_used.h"

#include <map>
#include <set>

#include "core/base/quantity.h"
#include "core/base/text.h"
#include "runtime_sim/copy/clean.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

constexpr int64_t kMemoryUnknown = 8 << 20;

struct Use {
  std::set<int32_t> ports;
  int64_t memory_limit = 0;     // the smallest; 0: none
  int64_t cpu = 0, memory = 0;  // sums of what was measured
  int64_t measured = 0;         // containers
  bool ran = false, refused = false, was_ready = false;
};

struct Measured {
  int64_t cpu = 0, memory = 0;
};

int64_t amount(const json& from, const char* pointer, bool milli) {
  auto q = Quantity::parse(from.value(json::json_pointer(pointer), std::string()));
  return !q.ok() ? 0 : milli ? q->milli_value() : q->value();
}

void add_port(Use& use, const json& port) {
  if (port.is_number_integer()) use.ports.insert(port.get<int32_t>());
}

void add_container(Use& use, const json& container) {
  for (const json& port : container.value("ports", json::array()))
    if (port.value("protocol", "TCP") == "TCP") add_port(use, port.value("containerPort", json()));
  for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"})
    for (const char* how : {"httpGet", "tcpSocket", "grpc"})
      add_port(use, container.value(json::json_pointer(cat("/", probe, "/", how, "/port")), json()));
  int64_t limit = amount(container, "/resources/limits/memory", false);
  if (limit && (!use.memory_limit || limit < use.memory_limit)) use.memory_limit = limit;
}

bool selects(const json& selector, const json& labels) {
  for (const auto& [key, value] : selector.items())
    if (labels.value(key, json()) != value) return false;
  return true;
}

class Collector {
 public:
  explicit Collector(const Reading& reading) : reading_(reading) {}

  std::map<std::string, Use> collect() {
    if (const Listing* usage = reading_.find("pods.metrics.k8s.io"))
      for (const json& pod : usage->objects) measure(pod);
    for (const Listing& listing : reading_.listings)
      for (const json& object : listing.objects)
        if (const json* spec = pod_spec_in(listing.kind, object)) add(*spec, object);
    if (const Listing* pods = reading_.find("pods"))
      for (const json& pod : pods->objects) pods_[pod["metadata"].value("namespace", "")].push_back(&pod);
    if (const Listing* services = reading_.find("services"))
      for (const json& service : services->objects) lead_to_pods(service);
    return std::move(uses_);
  }

 private:
  static std::string key_of(const json& pod, const std::string& container) {
    return cat(pod["metadata"].value("namespace", ""), "/", pod["metadata"].value("name", ""), "/", container);
  }
  void measure(const json& pod) {
    for (const json& c : pod.value("containers", json::array()))
      measured_[key_of(pod, c.value("name", ""))] = {amount(c, "/usage/cpu", true), amount(c, "/usage/memory", false)};
  }
  void add(const json& spec, const json& object) {
    for (const char* field : {"initContainers", "containers"})
      for (const json& container : spec.value(field, json::array())) {
        Use& use = uses_[container.value("image", "")];
        add_container(use, container);
        auto found = measured_.find(key_of(object, container.value("name", "")));
        if (found == measured_.end()) continue;
        use.cpu += found->second.cpu;
        use.memory += found->second.memory;
        ++use.measured;
      }
    for (const char* field : {"/status/initContainerStatuses", "/status/containerStatuses"})
      for (const json& status : object.value(json::json_pointer(field), json::array())) observe(spec, status);
  }
  void observe(const json& spec, const json& status) {
    for (const char* field : {"initContainers", "containers"})
      for (const json& container : spec.value(field, json::array())) {
        if (container.value("name", "") != status.value("name", "")) continue;
        Use& use = uses_[container.value("image", "")];
        const std::string why = status.value("/state/waiting/reason"_json_pointer, std::string());
        use.refused = use.refused || why == "ErrImagePull" || why == "ImagePullBackOff" || why == "InvalidImageName";
        use.ran = use.ran || !status.value("imageID", "").empty();
        use.was_ready = use.was_ready || status.value("ready", false);
      }
  }
  // A port that a Service names by number need not be declared.
  void lead_to_pods(const json& service) {
    const json selector = service.value("/spec/selector"_json_pointer, json::object());
    if (selector.empty()) return;
    for (const json* pod : pods_[service["metadata"].value("namespace", "")]) {
      if (!selects(selector, pod->value("/metadata/labels"_json_pointer, json::object()))) continue;
      for (const json& port : service.value("/spec/ports"_json_pointer, json::array()))
        if (port.value("protocol", "TCP") == "TCP") lead_to(*pod, port.value("targetPort", port.value("port", json())));
    }
  }
  // The first container is as good as any when none declares that port.
  void lead_to(const json& pod, const json& port) {
    const json containers = pod.value("/spec/containers"_json_pointer, json::array());
    if (!port.is_number_integer() || containers.empty()) return;
    for (const json& container : containers)
      for (const json& declared : container.value("ports", json::array()))
        if (declared.value("containerPort", json()) == port) return;
    add_port(uses_[containers[0].value("image", "")], port);
  }

  const Reading& reading_;
  std::map<std::string, Measured> measured_;
  std::map<std::string, Use> uses_;
  std::map<std::string, std::vector<const json*>> pods_;  // by namespace
};

// Whether the catalogue's image does what the cluster's does, as far as it can be told.
bool suits(const Image& image, const Use& use) {
  if (image.shell_main || !use.was_ready) return true;
  for (int32_t port : use.ports)
    if (!image.program.listens.contains(port)) return false;
  return true;
}

PlainImage plain_of(const std::string& reference, const Use& use) {
  PlainImage out;
  out.reference = reference;
  for (int32_t port : use.ports) out.ports.push_back(port);
  out.memory_bytes = use.measured ? use.memory / use.measured : kMemoryUnknown;
  if (use.measured) out.cpu_milli = use.cpu / use.measured;
  if (use.memory_limit) out.memory_bytes = std::min(out.memory_bytes, use.memory_limit * 9 / 10);
  return out;
}

}  // namespace

ImagesUsed images_used(const Reading& reading) {
  ImagesUsed out;
  for (const auto& [reference, use] : Collector(reading).collect()) {
    if (reference.empty()) continue;
    const Image* known = find_image(reference);
    if (known && suits(*known, use))
      out.built_in.push_back(reference);
    else if (use.refused && !use.ran)
      out.missing.push_back(reference);
    else
      out.plain.push_back(plain_of(reference, use));
  }
  return out;
}

}  // namespace orrery::sim
