#include "core/kubectl/resources.h"

#include <nlohmann/json.hpp>

#include "core/api/jsonpath.h"
#include "core/api/yaml.h"
#include "core/base/text.h"
#include "core/kubectl/custom_columns.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

bool in_list(std::string_view list, std::string_view word) {
  for (const std::string& piece : split(list, ','))
    if (piece == word) return true;
  return false;
}

}  // namespace

// A kind that isn't known may have been defined since: the command runs again when the definitions were asked for.
const api::KindInfo* resolve_kind(Context& c, std::string_view text) {
  std::string name = to_lower(text), group;
  bool with_group = false;
  if (size_t dot = name.find('.'); dot != std::string::npos) {
    group = name.substr(dot + 1);
    name = name.substr(0, dot);
    with_group = true;
    if (starts_with(group, "v1.")) group = group.substr(3);
    if (group == "v1") group = "";
  }
  for (const api::KindInfo* kind : c.kinds()) {
    const api::KindInfo& k = *kind;
    if (with_group && k.group != group) continue;
    if (!with_group && k.group == "events.k8s.io") continue;  // core's events come first, as in discovery
    if (name == k.plural || name == k.singular || in_list(k.short_names, name)) return &k;
  }
  c.note_unknown_kind();
  return nullptr;
}

std::string qualified_plural(const api::KindInfo& k) {
  return k.group.empty() ? std::string(k.plural) : cat(k.plural, ".", k.group);
}

std::string unknown_kind(std::string_view name) {
  return cat("the server doesn't have a resource type ", orrery::quoted(name));
}

std::vector<ObjectRef> resolve_words(Context& c, const std::vector<std::string>& words, const Str& ns, std::string& error) {
  std::vector<ObjectRef> out;
  auto add = [&](const api::KindInfo& k, std::string_view name) {
    out.push_back({&k, k.namespaced ? ns : Str(), name});
  };
  if (words.empty()) return out;
  if (words[0].find('/') != std::string::npos) {
    for (const std::string& word : words) {
      size_t slash = word.find('/');
      if (slash == std::string::npos || slash + 1 == word.size()) {
        error = "arguments in resource/name form must have a single resource and name";
        return {};
      }
      const api::KindInfo* k = resolve_kind(c, word.substr(0, slash));
      if (!k) return error = unknown_kind(word.substr(0, slash)), std::vector<ObjectRef>();
      add(*k, word.substr(slash + 1));
    }
    return out;
  }
  std::vector<const api::KindInfo*> kinds;
  for (const std::string& type : split(words[0], ',')) {
    if (type == "all") {
      for (const api::KindInfo* k : c.kinds())
        if (in_list(k->categories, "all") && !(k->group == "autoscaling" && k->version == "v1")) kinds.push_back(k);
      continue;
    }
    const api::KindInfo* k = resolve_kind(c, type);
    if (!k) return error = unknown_kind(type), std::vector<ObjectRef>();
    kinds.push_back(k);
  }
  if (words.size() > 1 && kinds.size() > 1) {
    for (size_t i = 1; i < words.size(); ++i)
      for (const api::KindInfo* k : kinds) add(*k, words[i]);
    return out;
  }
  for (const api::KindInfo* k : kinds) {
    if (words.size() == 1) add(*k, "");
    for (size_t i = 1; i < words.size(); ++i) add(*k, words[i]);
  }
  return out;
}

std::string path_of(const api::KindInfo& k, std::string_view ns, std::string_view name, std::string_view sub) {
  std::string path = k.group.empty() ? cat("/api/", k.version) : cat("/apis/", k.group, "/", k.version);
  if (k.namespaced && !ns.empty()) path += cat("/namespaces/", ns);
  path += cat("/", k.plural);
  if (!name.empty()) path += cat("/", percent_encode(name));
  if (!sub.empty()) path += cat("/", sub);
  return path;
}

std::string path_of(const ObjectRef& ref, std::string_view sub) { return path_of(*ref.kind, ref.ns, ref.name, sub); }

std::string display_name(const api::KindInfo& k, std::string_view name) {
  return k.group.empty() ? cat(k.singular, "/", name) : cat(k.singular, ".", k.group, "/", name);
}

std::string escape_query(std::string_view text) { return percent_encode(text); }

namespace {

const api::KindInfo* find_kind(Context& c, std::string_view version, std::string_view kind) {
  for (const api::KindInfo* k : c.kinds())
    if (k->kind == kind && k->api_version() == version) return k;
  return nullptr;
}

}  // namespace

ObjectRef ref_of(Context& c, const json& object, const Str& default_ns, std::string& error) {
  ObjectRef ref;
  std::string version = object.value("apiVersion", ""), kind = object.value("kind", "");
  if (kind.empty()) {
    error = "error validating data: kind not set";
    return ref;
  }
  if (version.empty()) {
    error = "error validating data: apiVersion not set";
    return ref;
  }
  ref.kind = find_kind(c, version, kind);
  if (!ref.kind) {
    c.note_unknown_kind();
    error = cat("resource mapping not found for name: ",
                orrery::quoted(object.value("/metadata/name"_json_pointer, std::string())),
                " namespace: ", orrery::quoted(object.value("/metadata/namespace"_json_pointer, std::string())),
                " from input: no matches for kind ", orrery::quoted(kind), " in version ", orrery::quoted(version),
                "\nensure CRDs are installed first");
    return ref;
  }
  ref.name = object.value("/metadata/name"_json_pointer, std::string());
  if (ref.kind->namespaced) {
    ref.ns = object.value("/metadata/namespace"_json_pointer, std::string());
    if (ref.ns.empty()) ref.ns = default_ns;
  }
  return ref;
}

const Error* body_of(const ports::ApiReply& reply, json& out) {
  if (reply.error) return &*reply.error;
  out = json::parse(reply.body.view(), nullptr, false);
  static const Error broken = make_error(Reason::InternalError, "the server's answer isn't JSON");
  return out.is_discarded() ? &broken : nullptr;
}

bool print_object(Context& c, const json& object, const std::string& format, std::string& out, std::string& error) {
  if (format == "json") {
    out += object.dump(4) + "\n";
    return true;
  }
  if (format == "yaml") {
    out += api::dom_to_yaml(object);
    return true;
  }
  auto each = [&](auto&& f) {
    if (object.contains("items") && object["items"].is_array() && !object.contains("data"))
      for (const json& item : object["items"]) f(item);
    else
      f(object);
  };
  if (format == "name") {
    each([&](const json& item) {
      const api::KindInfo* k = find_kind(c, item.value("apiVersion", ""), item.value("kind", ""));
      std::string name = item.value("/metadata/name"_json_pointer, std::string());
      out += k ? display_name(*k, name) + "\n" : name + "\n";
    });
    return true;
  }
  if (starts_with(format, "jsonpath=")) {
    std::string text = format.substr(9);
    return api::print_jsonpath(object, text, out, error);
  }
  if (starts_with(format, "custom-columns=")) return print_custom_columns(object, format.substr(15), !c.args.on("no-headers"), out, error);
  error = cat("unable to match a printer suitable for the output format ", orrery::quoted(format),
              ", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,"
              "jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml");
  return false;
}

std::string dry_run_note(const Args& args) {
  std::string mode = args.get("dry-run", "none");
  return mode == "server" ? " (server dry run)" : mode == "client" || mode == "unchanged" ? " (dry run)" : "";
}

std::string write_query(Context& c, std::string_view manager) {
  std::string query = cat("?fieldManager=", c.args.get("field-manager", manager));
  std::string validate = c.args.get("validate", "true");
  query += cat("&fieldValidation=", validate == "false" || validate == "ignore" ? "Ignore"
                                    : validate == "warn"                        ? "Warn"
                                                                                : "Strict");
  if (c.args.get("dry-run") == "server") query += "&dryRun=All";
  return query;
}

Step report(Context& c, const json& object, const api::KindInfo& kind, std::string_view done) {
  std::string format = c.args.get("output"), out, error;
  std::string name = object.value("/metadata/name"_json_pointer, std::string());
  if (format.empty()) {
    c.out(cat(display_name(kind, name), " ", done, dry_run_note(c.args), "\n"));
    return Step::Done;
  }
  if (!print_object(c, object, format, out, error)) return c.fail(error);
  c.out(out);
  return Step::Done;
}

}  // namespace orrery::kubectl
