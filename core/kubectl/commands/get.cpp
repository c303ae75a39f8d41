// kubectl get (kubectl pkg/cmd/get).
#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/manifests.h"
#include "core/kubectl/resources.h"
#include "core/kubectl/table.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

constexpr const char* kTableAccept =
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

std::string selectors(Context& c) {
  std::string query;
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) query += cat(query.empty() ? "?" : "&", name, "=", escape_query(value));
  };
  add("labelSelector", c.args.get("selector"));
  add("fieldSelector", c.args.get("field-selector"));
  return query;
}

// Adds a parameter to a target or to its query alone.
std::string with(const std::string& target, const char* more) { return cat(target, target.find('?') == std::string::npos ? "?" : "&", more); }

// Objects, or rows that hold one each.
void sort_by(json& list, const std::string& by) {
  std::string path = by;
  if (starts_with(path, "{") && ends_with(path, "}")) path = path.substr(1, path.size() - 2);
  json::json_pointer pointer(replace_all(starts_with(path, ".") ? path : "." + path, ".", "/"));
  auto key = [&](const json& row) {
    const json& o = row.contains("cells") ? row["object"] : row;
    return o.contains(pointer) ? o[pointer] : json();
  };
  std::stable_sort(list.begin(), list.end(), [&](const json& a, const json& b) { return key(a) < key(b); });
}

struct Part {
  ObjectRef ref;
  json body;
  std::string path;
};

Step no_resources(Context& c, bool namespaced) {
  if (c.args.on("ignore-not-found")) return Step::Done;
  if (namespaced && !c.all_namespaces())
    c.err(cat("No resources found in ", c.ns(), " namespace.\n"));
  else
    c.err("No resources found\n");
  return Step::Done;
}

TableStyle style_of(Context& c, const Part& p, bool several, bool full_object) {
  TableStyle s;
  s.wide = c.args.get("output") == "wide";
  s.headers = !c.args.on("no-headers");
  s.with_namespace = c.all_namespaces() && p.ref.kind->namespaced;
  s.labels = c.args.on("show-labels");
  for (const std::string& list : c.args.all("label-columns"))
    for (const std::string& label : split(list, ',')) s.label_columns.push_back(label);
  if (several || c.args.on("show-kind")) s.prefix = display_name(*p.ref.kind, "");
  (void)full_object;
  return s;
}

Step print_tables(Context& c, std::vector<Part>& parts, bool several) {
  bool any = false, namespaced = false;
  std::vector<std::string> blocks;
  for (Part& p : parts) {
    namespaced = namespaced || p.ref.kind->namespaced;
    if (p.body.value("rows", json::array()).empty()) continue;
    any = true;
    if (c.args.has("sort-by")) sort_by(p.body["rows"], c.args.get("sort-by"));
    blocks.push_back(print_table(p.body, style_of(c, p, several, false)));
  }
  for (size_t i = 0; i < blocks.size(); ++i) c.out((i ? "\n" : "") + blocks[i]);
  return any ? Step::Done : no_resources(c, namespaced);
}

Step print_objects(Context& c, std::vector<Part>& parts, const std::string& format, bool single) {
  json whole;
  if (single) {
    whole = parts[0].body;
  } else {
    whole = json{{"apiVersion", "v1"}, {"items", json::array()}, {"kind", "List"}, {"metadata", {{"resourceVersion", ""}}}};
    for (Part& p : parts) {
      if (!p.body.contains("items")) {
        whole["items"].push_back(p.body);
        continue;
      }
      for (json& item : p.body["items"]) {
        item["apiVersion"] = p.ref.kind->api_version().str();
        item["kind"] = std::string(p.ref.kind->kind);
        whole["items"].push_back(item);
      }
    }
  }
  if (!c.args.on("show-managed-fields")) {
    auto strip = [](json& o) {
      if (o.contains("metadata") && o["metadata"].is_object()) o["metadata"].erase("managedFields");
    };
    strip(whole);
    if (whole.contains("items") && !single)
      for (json& item : whole["items"]) strip(item);
  }
  if (!single && c.args.has("sort-by")) sort_by(whole["items"], c.args.get("sort-by"));
  if (!single && whole["items"].empty() && format == "name") return Step::Done;
  std::string out, error;
  if (!print_object(c, whole, format, out, error)) return c.fail(error);
  c.out(out);
  return Step::Done;
}

bool is_table(const std::string& format) { return format.empty() || format == "wide"; }

Step watch(Context& c, const Part& p) {
  Session& s = c.session();
  if (s.stream_error) return c.fail(*s.stream_error);
  if (s.stream_exit) return Step::Done;
  ports::ApiRequest r;
  r.method = "GET";
  r.headers.set("accept", kTableAccept);
  std::string version = p.body.value("/metadata/resourceVersion"_json_pointer, std::string());
  std::string path = path_of(*p.ref.kind, p.ref.ns), query = selectors(c);
  if (!p.ref.name.empty()) query = with(query, cat("fieldSelector=", escape_query(cat("metadata.name=", p.ref.name))).c_str());
  query = with(query, "watch=true");
  query = with(query, cat("resourceVersion=", version).c_str());
  if (s.stream == StreamKind::None) s.kept = watch_style(style_of(c, p, false, false), !c.args.on("watch-only"));
  r.path = path + query;
  c.stream(StreamKind::WatchTable, std::move(r));
  return Step::Wait;
}

// cli-runtime pkg/resource/selector.go, Visit
Error not_listed(const Context& c, const api::KindInfo& kind, Error e) {
  if (e.reason != Reason::BadRequest && e.reason != Reason::NotFound) return e;
  const std::string what = orrery::quoted(cat(kind.group, "/", kind.version, ", Resource=", kind.plural));
  const std::string labels = c.args.get("selector"), fields = c.args.get("field-selector");
  if (labels.empty() && fields.empty())
    e.message = cat("Unable to list ", what, ": ", e.message);
  else
    e.message = cat("Unable to find ", what, " that match label selector ", orrery::quoted(labels), ", field selector ", orrery::quoted(fields), ": ", e.message);
  return e;
}

}  // namespace

Step run_get(Context& c) {
  if (c.args.has("raw")) {
    const ports::ApiReply* r = c.get(c.args.get("raw"));
    if (!r) return Step::Wait;
    if (r->error) return c.fail(*r->error);
    c.out(r->body);
    return Step::Done;
  }
  std::string error, format = c.args.get("output");
  std::vector<ObjectRef> refs;
  if (c.args.has("filename")) {
    for (const Manifest& m : manifests_of(c, error)) refs.push_back(m.ref);
  } else if (c.args.words().empty()) {
    c.err("You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported resources.\n\n"
          "error: Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).\n"
          "See 'kubectl get -h' for help and examples\n");
    return Step::Failed;
  } else {
    refs = resolve_words(c, c.args.words(), c.all_namespaces() ? Str() : c.ns(), error);
  }
  if (!error.empty()) return c.fail(error);
  bool named = !refs.empty() && !refs[0].name.empty();
  if (named && c.all_namespaces()) return c.fail("a resource cannot be retrieved by name across all namespaces");
  std::vector<Part> parts;
  bool failed = false, missing = false;
  for (const ObjectRef& ref : refs) {
    Part p;
    p.ref = ref;
    p.path = path_of(ref) + (ref.name.empty() ? selectors(c) : "");
    const char* accept = is_table(format) ? kTableAccept : "application/json";
    std::string path = p.path;
    if (is_table(format) && (c.all_namespaces() || c.args.has("sort-by") || c.args.on("show-labels") || c.args.has("label-columns")))
      path = with(path, c.args.has("sort-by") ? "includeObject=Object" : "includeObject=Metadata");
    if (ref.name.empty()) path = with(path, "limit=500");
    const ports::ApiReply* r = c.get(path, accept);
    if (!r) {
      missing = true;  // ask for all of them at once
      continue;
    }
    if (const Error* e = body_of(*r, p.body)) {
      if (e->reason == Reason::NotFound && c.args.on("ignore-not-found")) continue;
      c.fail(ref.name.empty() ? not_listed(c, *ref.kind, *e) : *e);
      failed = true;
      continue;
    }
    parts.push_back(std::move(p));
  }
  if (missing) return Step::Wait;
  if (parts.empty()) return failed ? Step::Failed : Step::Done;
  std::vector<const api::KindInfo*> kinds;
  for (const Part& p : parts)
    if (kinds.empty() || kinds.back() != p.ref.kind) kinds.push_back(p.ref.kind);
  Step step = Step::Done;
  if (is_table(format)) {
    if (named && kinds.size() == 1 && parts.size() > 1) {  // several names of one kind: one table
      for (size_t i = 1; i < parts.size(); ++i)
        for (json& row : parts[i].body["rows"]) parts[0].body["rows"].push_back(row);
      parts.resize(1);
    }
    if (!(c.args.on("watch-only"))) step = print_tables(c, parts, kinds.size() > 1);
  } else {
    bool single = named && parts.size() == 1;
    if (!single && parts.size() == 1 && format != "json" && format != "yaml" && format != "name") {
      for (json& item : parts[0].body["items"]) {
        item["apiVersion"] = parts[0].ref.kind->api_version().str();
        item["kind"] = std::string(parts[0].ref.kind->kind);
      }
    }
    step = print_objects(c, parts, format, single);
  }
  if (step == Step::Done && (c.args.on("watch") || c.args.on("watch-only")) && is_table(format)) return watch(c, parts[0]);
  return failed ? Step::Failed : step;
}

}  // namespace orrery::kubectl
