// kubectl describe: which objects, and what else their descriptions need.
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/describe/describe.h"
#include "core/kubectl/manifests.h"
#include "core/kubectl/resources.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

struct Described {
  ObjectRef ref;
  json object;
  bool by_prefix = false;  // of its name: then each ends in an empty line, as kubectl prints those
};

ObjectRef ref_to(const ObjectRef& listed, const json& item) {
  return {listed.kind, item["metadata"].value("namespace", ""), item["metadata"].value("name", "")};
}

// The object of that name, else all whose names begin so; of a list all.
Step find_objects(Context& c, const ObjectRef& ref, std::vector<Described>& out) {
  std::string query = ref.name.empty() && c.args.has("selector") ? "?labelSelector=" + escape_query(c.args.get("selector")) : "";
  const ports::ApiReply* r = c.get(path_of(ref) + query);
  if (!r) return Step::Wait;
  json body;
  const Error* e = body_of(*r, body);
  if (!e && !ref.name.empty()) {
    out.push_back({ref, std::move(body)});
    return Step::Done;
  }
  if (e && (e->reason != Reason::NotFound || ref.name.empty())) return c.fail(*e);
  if (e) {
    const ports::ApiReply* all = c.get(path_of(*ref.kind, ref.ns));
    if (!all) return Step::Wait;
    if (body_of(*all, body)) return c.fail(*e);
  }
  const size_t before = out.size();
  for (json& item : body["items"])
    if (starts_with(item["metadata"].value("name", ""), ref.name)) out.push_back({ref_to(ref, item), item, e != nullptr});
  return e && out.size() == before ? c.fail(*e) : Step::Done;
}

// Those of the object itself, not of one that bore its name before; a node's kubelet gives the name for the uid.
Step find_events(Context& c, const Described& d, json& out) {
  const std::string ns = d.ref.ns.empty() ? "" : cat("/namespaces/", d.ref.ns);
  const ports::ApiReply* r = c.get(cat("/api/v1", ns, "/events?fieldSelector=",
                                       escape_query(cat("involvedObject.name=", d.ref.name, ",involvedObject.kind=", d.ref.kind->kind))));
  if (!r) return Step::Wait;
  json list;
  out = json::array();
  if (body_of(*r, list)) return Step::Done;
  const std::string uid = d.object["metadata"].value("uid", "");
  for (json& event : list["items"]) {
    const std::string of = event["involvedObject"].value("uid", "");
    if (of.empty() || of == uid || (d.ref.kind->kind == "Node" && of == d.ref.name)) out.push_back(std::move(event));
  }
  return Step::Done;
}

}  // namespace

Step run_describe(Context& c) {
  std::string error;
  std::vector<ObjectRef> refs;
  if (c.args.has("filename"))
    for (const Manifest& m : manifests_of(c, error)) refs.push_back(m.ref);
  else
    refs = resolve_words(c, c.args.words(), c.all_namespaces() ? Str() : c.ns(), error);
  if (!error.empty()) return c.fail(error);
  if (refs.empty()) return c.fail("You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.");
  std::vector<Described> found;
  for (const ObjectRef& ref : refs)
    if (const Step step = find_objects(c, ref, found); step != Step::Done) return step;
  if (found.empty()) {
    c.err(cat("No resources found", refs[0].kind->namespaced && !c.all_namespaces() ? cat(" in ", c.ns(), " namespace") : "", ".\n"));
    return Step::Done;
  }
  for (const Described& d : found) {
    if (c.item()) continue;
    json events;
    std::map<std::string, json> lists;
    const bool with_events = c.args.on("show-events", true);
    if (with_events && find_events(c, d, events) == Step::Wait) return Step::Wait;
    for (const Need& need : needs_of(*d.ref.kind, d.object)) {
      const ports::ApiReply* r = c.get(need.path);
      if (!r) return Step::Wait;
      json list;
      if (!body_of(*r, list)) lists[need.key] = list["items"];
    }
    const std::string text = describe({d.object, *d.ref.kind, with_events ? &events : nullptr, lists, c.now()});
    c.out(cat(d.by_prefix || &d == &found.front() ? "" : "\n\n", text, d.by_prefix ? "\n" : ""));
    c.item_done(false);
  }
  return Step::Done;
}

}  // namespace orrery::kubectl
