// kubectl top: what kubelets measured last, as metrics-server tells it (kubectl pkg/cmd/top, pkg/metricsutil).
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/table.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

struct Used {
  int64_t millicores = 0, mebibytes = 0;
};

Used used_of(const json& amounts) {
  const auto cpu = Quantity::parse(amounts.value("cpu", "0")), memory = Quantity::parse(amounts.value("memory", "0"));
  return {cpu.ok() ? cpu->milli_value() : 0, memory.ok() ? memory->value() >> 20 : 0};
}

struct Measured {
  std::string ns, name, container;
  Used used;
};

// The answer of the Metrics API: one object's list or all.
Step measured_items(Context& c, const std::string& path, json& items) {
  const std::string& name = c.args.words().empty() ? "" : c.args.words()[0];
  const std::string sort = c.args.get("sort-by");
  if (!sort.empty() && sort != "cpu" && sort != "memory") return c.fail("--sort-by accepts only cpu or memory");
  if (!name.empty() && c.args.has("selector")) return c.fail("only one of NAME or --selector can be provided");
  const std::string query = c.args.has("selector") ? "?labelSelector=" + escape_query(c.args.get("selector")) : "";
  const ports::ApiReply* r = c.get(cat(path, name.empty() ? "" : "/", name, query));
  if (!r) return Step::Wait;
  json body;
  if (const Error* e = body_of(*r, body)) return e->reason == Reason::NotFound && name.empty() ? c.fail("Metrics API not available") : c.fail(*e);
  items = name.empty() ? body["items"] : json::array({body});
  return Step::Done;
}

// By what --sort-by names, the most first; else by name.
void sort_measured(const Context& c, std::vector<Measured>& rows) {
  const std::string by = c.args.get("sort-by");
  std::stable_sort(rows.begin(), rows.end(), [&](const Measured& a, const Measured& b) {
    if (by == "cpu" && a.used.millicores != b.used.millicores) return a.used.millicores > b.used.millicores;
    if (by == "memory" && a.used.mebibytes != b.used.mebibytes) return a.used.mebibytes > b.used.mebibytes;
    return std::tie(a.ns, a.name) < std::tie(b.ns, b.name);
  });
}

std::string share(int64_t part, int64_t whole) { return cat(whole ? part * 100 / whole : 0, "%"); }

}  // namespace

Step run_top_node(Context& c) {
  json items, list;
  if (const Step step = measured_items(c, "/apis/metrics.k8s.io/v1beta1/nodes", items); step != Step::Done) return step;
  if (items.empty()) return c.fail("metrics not available yet");
  const std::string query = c.args.has("selector") ? "?labelSelector=" + escape_query(c.args.get("selector")) : "";
  const ports::ApiReply* r = c.get("/api/v1/nodes" + query);
  if (!r) return Step::Wait;
  if (const Error* e = body_of(*r, list)) return c.fail(*e);
  std::map<std::string, Used> room;
  for (const json& node : list["items"]) room[node["metadata"].value("name", "")] = used_of(node["status"].value("allocatable", json::object()));
  std::vector<Measured> nodes;
  for (const json& item : items) nodes.push_back({"", item["metadata"].value("name", ""), "", used_of(item["usage"])});
  sort_measured(c, nodes);
  std::vector<std::vector<std::string>> rows;
  if (!c.args.on("no-headers")) rows.push_back({"NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"});
  for (const Measured& node : nodes) {
    const Used all = room[node.name];
    rows.push_back({node.name, cat(node.used.millicores, "m"), share(node.used.millicores, all.millicores), cat(node.used.mebibytes, "Mi"), share(node.used.mebibytes, all.mebibytes)});
    room.erase(node.name);
  }
  // A node whose kubelet can't be asked stands last, without figures (printMissingMetricsNodeLine).
  if (c.args.words().empty())
    for (const auto& [name, all] : room) rows.push_back({name, "<unknown>", "<unknown>", "<unknown>", "<unknown>"});
  c.out(align(rows));
  return Step::Done;
}

namespace {

// Why there is nothing: no pods at all, or none that was measured yet.
Step nothing_measured(Context& c) {
  const ports::ApiReply* r = c.get(cat("/api/v1/", c.all_namespaces() ? std::string() : cat("namespaces/", c.ns(), "/"), "pods?limit=1",
                                       c.args.has("selector") ? "&labelSelector=" + escape_query(c.args.get("selector")) : ""));
  if (!r) return Step::Wait;
  json pods;
  if (const Error* e = body_of(*r, pods)) return c.fail(*e);
  if (!pods.value("items", json::array()).empty()) return c.fail("metrics not available yet");
  c.err(c.all_namespaces() ? std::string("No resources found\n") : cat("No resources found in ", c.ns(), " namespace.\n"));
  return Step::Done;
}

}  // namespace

Step run_top_pod(Context& c) {
  json items;
  const bool all = c.all_namespaces(), each = c.args.on("containers");
  const std::string path = all ? "/apis/metrics.k8s.io/v1beta1/pods" : cat("/apis/metrics.k8s.io/v1beta1/namespaces/", c.ns(), "/pods");
  if (const Step step = measured_items(c, path, items); step != Step::Done) return step;
  if (items.empty()) return nothing_measured(c);
  std::vector<Measured> pods;
  Used sum;
  for (const json& item : items) {
    Measured pod{item["metadata"].value("namespace", ""), item["metadata"].value("name", ""), "", {}};
    for (const json& container : item["containers"]) {
      const Used one = used_of(container["usage"]);
      pod.used = {pod.used.millicores + one.millicores, pod.used.mebibytes + one.mebibytes};
      if (each) pods.push_back({pod.ns, pod.name, container.value("name", ""), one});
    }
    sum = {sum.millicores + pod.used.millicores, sum.mebibytes + pod.used.mebibytes};
    if (!each) pods.push_back(std::move(pod));
  }
  sort_measured(c, pods);
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const std::string& ns, const std::string& pod, const std::string& container, std::vector<std::string> rest) {
    if (each) rest.insert(rest.begin(), container);
    rest.insert(rest.begin(), pod);
    if (all) rest.insert(rest.begin(), ns);
    rows.push_back(std::move(rest));
  };
  if (!c.args.on("no-headers")) add("NAMESPACE", each ? "POD" : "NAME", "NAME", {"CPU(cores)", "MEMORY(bytes)"});
  for (const Measured& pod : pods) add(pod.ns, pod.name, pod.container, {cat(pod.used.millicores, "m"), cat(pod.used.mebibytes, "Mi")});
  if (c.args.on("sum")) {
    add("", "", "", {"________", "________"});
    add("", "", "", {cat(sum.millicores, "m"), cat(sum.mebibytes, "Mi")});
  }
  c.out(align(rows));
  return Step::Done;
}

}  // namespace orrery::kubectl
