// kubectl set image|resources|env (kubectl pkg/cmd/set).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/resources.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

constexpr const char* kStrategic = "application/strategic-merge-patch+json";

json::json_pointer template_of(const ObjectRef& ref) {
  if (ref.kind->kind == "Pod") return json::json_pointer("/spec");
  return json::json_pointer(ref.kind->kind == "CronJob" ? "/spec/jobTemplate/spec/template/spec" : "/spec/template/spec");
}

// Patches the containers of each object that `change` gives a patch for: a list of {"name": ..., ...}.
template <class Change>
Step set_containers(Context& c, const std::vector<std::string>& words, const char* done, Change change) {
  std::vector<ObjectRef> refs;
  Step step = targets_of(c, words, refs);
  if (step != Step::Done) return step;
  for (const ObjectRef& ref : refs) {
    const ports::ApiReply* r = c.get(path_of(ref));
    if (!r) return Step::Wait;
    json object, stored;
    if (const Error* e = body_of(*r, object)) return c.fail(*e);
    const json::json_pointer at = template_of(ref);
    if (!object.contains(at)) return c.fail(cat(display_name(*ref.kind, ref.name), " the object is not a pod or does not have a pod template"));
    json containers = json::array();
    if (Step s = change(ref, object[at]["containers"], containers); s != Step::Done) return s;
    if (containers.empty()) continue;
    json patch;
    patch[at] = json{{"containers", containers}};
    r = c.send("PATCH", path_of(ref) + "?fieldManager=kubectl-set", patch.dump(), kStrategic);
    if (!r) return Step::Wait;
    if (const Error* e = body_of(*r, stored)) return c.fail(*e);
    report(c, stored, *ref.kind, done);
  }
  return Step::Done;
}

// -c: a name, or a pattern with *; all when not given.
bool selected(const Context& c, const std::string& name) {
  const std::string pattern = c.args.get("containers", "*");
  const size_t star = pattern.find('*');
  if (star == std::string::npos) return name == pattern;
  const std::string before = pattern.substr(0, star), after = pattern.substr(star + 1);
  return name.size() >= before.size() + after.size() && starts_with(name, before) && ends_with(name, after);
}

bool any_selected(Context& c, const ObjectRef& ref, const json& containers) {
  for (const json& container : containers)
    if (selected(c, container.value("name", ""))) return true;
  c.err(cat("Warning: ", ref.kind->kind, "/", ref.name, " does not have any containers matching ", orrery::quoted(c.args.get("containers")), "\n"));
  return false;
}

// "cpu=100m,memory=64Mi"
bool read_amounts(Context& c, const char* flag, json& out) {
  out = json::object();
  if (!c.args.has(flag)) return true;
  for (const std::string& part : split(c.args.get(flag), ',')) {
    const size_t eq = part.find('=');
    if (eq == std::string::npos) return c.fail(cat("Invalid argument syntax ", part, ", expected <resource>=<value>")), false;
    if (!Quantity::parse(part.substr(eq + 1)))
      return c.fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"), false;
    out[part.substr(0, eq)] = part.substr(eq + 1);
  }
  return true;
}

struct Variables {
  std::vector<std::pair<std::string, std::string>> set;
  std::vector<std::string> removed;
};

std::string value_text(const json& variable) {
  const json from = variable.value("valueFrom", json::object());
  const std::string name = variable.value("name", "");
  if (from.contains("configMapKeyRef"))
    return cat("# ", name, " from configmap ", from["configMapKeyRef"].value("name", ""), ", key ", from["configMapKeyRef"].value("key", ""));
  if (from.contains("secretKeyRef"))
    return cat("# ", name, " from secret ", from["secretKeyRef"].value("name", ""), ", key ", from["secretKeyRef"].value("key", ""));
  if (from.contains("fieldRef")) return cat("# ", name, " from field path ", from["fieldRef"].value("fieldPath", ""));
  return cat(name, "=", variable.value("value", ""));
}

// What a ConfigMap's or Secret's keys are as variables: upper case, no dots or dashes.
std::string variable_name(const std::string& prefix, const std::string& key) {
  std::string out;
  for (const char ch : key) out += ch == '-' || ch == '.' ? '_' : static_cast<char>(ch >= 'a' && ch <= 'z' ? ch - 32 : ch);
  return prefix + out;
}

// --from=configmap/NAME or secret/NAME: a reference for each key.
Step read_from(Context& c, json& out) {
  if (!c.args.has("from")) return Step::Done;
  std::string error;
  const std::vector<ObjectRef> refs = resolve_words(c, {c.args.get("from")}, c.ns(), error);
  if (!error.empty()) return c.fail(error);
  if (refs.size() != 1 || refs[0].name.empty()) return c.fail("only one resource may be specified with --from");
  const std::string kind(refs[0].kind->kind);
  if (kind != "ConfigMap" && kind != "Secret") return c.fail(cat("unsupported resource specified in --from"));
  const ports::ApiReply* r = c.get(path_of(refs[0]));
  if (!r) return Step::Wait;
  json object;
  if (const Error* e = body_of(*r, object)) return c.fail(*e);
  const char* reference = kind == "ConfigMap" ? "configMapKeyRef" : "secretKeyRef";
  const json data = object.value("data", json::object());
  for (auto it = data.begin(); it != data.end(); ++it) {
    const std::string name = variable_name("", it.key());
    if (name != it.key()) c.err(cat("Warning: key ", it.key(), " transferred to ", name, "\n"));
    out.push_back({{"name", c.args.get("prefix") + name}, {"valueFrom", {{reference, {{"name", refs[0].name}, {"key", it.key()}}}}}});
  }
  return Step::Done;
}

void list_variables(Context& c, const ObjectRef& ref, const json& containers) {
  for (const json& container : containers) {
    const std::string name = container.value("name", "");
    if (!selected(c, name)) continue;
    c.out(cat("# ", ref.kind->kind, " ", ref.name, ", container ", name, "\n"));
    for (const json& variable : container.value("env", json::array())) c.out(value_text(variable) + "\n");
  }
}

}  // namespace

Step run_set_image(Context& c) {
  std::vector<std::string> words, images;
  for (const std::string& w : c.args.words()) (w.find('=') == std::string::npos ? words : images).push_back(w);
  if (images.empty()) return c.fail("at least one image update is required");
  return set_containers(c, words, "image updated", [&](const ObjectRef&, const json& containers, json& out) {
    for (const std::string& image : images) {
      const std::string name = image.substr(0, image.find('=')), value = image.substr(image.find('=') + 1);
      bool found = false;
      for (const json& container : containers) {
        if (name != "*" && container["name"] != name) continue;
        found = true;
        if (container.value("image", "") != value) out.push_back(json{{"name", container["name"]}, {"image", value}});
      }
      if (!found) return c.fail(cat("unable to find container named ", orrery::quoted(name)));
    }
    return Step::Done;
  });
}

namespace {

// Patches each object of these words; `change` says how, empty: not at all.
template <class Change>
Step patch_each(Context& c, const std::vector<std::string>& words, const char* done, Change change) {
  std::vector<ObjectRef> refs;
  if (const Step step = targets_of(c, words, refs); step != Step::Done) return step;
  for (const ObjectRef& ref : refs) {
    const ports::ApiReply* r = c.get(path_of(ref));
    if (!r) return Step::Wait;
    json object, stored;
    if (const Error* e = body_of(*r, object)) return c.fail(*e);
    const json patch = change(ref, object);
    if (patch.empty()) return c.fail(cat(display_name(*ref.kind, ref.name), " the object is not a pod or does not have a pod template"));
    r = c.send("PATCH", path_of(ref) + "?fieldManager=kubectl-set", patch.dump(), kStrategic);
    if (!r) return Step::Wait;
    if (const Error* e = body_of(*r, stored)) return c.fail(*e);
    report(c, stored, *ref.kind, done);
  }
  return Step::Done;
}

}  // namespace

Step run_set_service_account(Context& c) {
  std::vector<std::string> words = c.args.words();
  if (words.empty()) return c.fail("serviceaccount is required");
  const std::string account = words.back();
  words.pop_back();
  if (words.empty()) return c.fail(kNothingNamed);
  return patch_each(c, words, "serviceaccount updated", [&](const ObjectRef& ref, const json& object) {
    json patch;
    const json::json_pointer at = template_of(ref);
    if (object.contains(at)) patch[at] = json{{"serviceAccountName", account}, {"serviceAccount", account}};
    return patch;
  });
}

Step run_set_selector(Context& c) {
  std::vector<std::string> words = c.args.words();
  if (words.empty()) return c.fail("selector is required");
  json selector = json::object();
  for (const std::string& pair : split(words.back(), ',')) {
    const size_t eq = pair.find('=');
    if (eq == std::string::npos) return c.fail(cat("invalid selector ", orrery::quoted(words.back())));
    selector[pair.substr(0, eq)] = pair.substr(eq + 1);
  }
  words.pop_back();
  return patch_each(c, words, "selector updated", [&](const ObjectRef&, const json& object) {
    json wanted = selector;  // what it had goes
    const json had = object.value("/spec/selector"_json_pointer, json::object());  // kept alive: items() refers to it
    for (const auto& [key, value] : had.items())
      if (!wanted.contains(key)) wanted[key] = nullptr;
    return json{{"spec", {{"selector", wanted}}}};
  });
}

Step run_set_resources(Context& c) {
  json limits, requests;
  if (!read_amounts(c, "limits", limits) || !read_amounts(c, "requests", requests)) return Step::Failed;
  if (limits.empty() && requests.empty()) return c.fail("you must specify an update to requests or limits (in the form of --requests/--limits)");
  return set_containers(c, c.args.words(), "resource requirements updated", [&](const ObjectRef&, const json& containers, json& out) {
    for (const json& container : containers) {
      if (!selected(c, container.value("name", ""))) continue;
      json resources = json::object();
      if (!limits.empty()) resources["limits"] = limits;
      if (!requests.empty()) resources["requests"] = requests;
      out.push_back({{"name", container["name"]}, {"resources", resources}});
    }
    if (out.empty()) return c.fail("one or more containers must be specified");
    return Step::Done;
  });
}

Step run_set_env(Context& c) {
  std::vector<std::string> words, changes = c.args.all("env");
  for (const std::string& w : c.args.words()) {
    const bool change = w.find('=') != std::string::npos || (w.size() > 1 && w.back() == '-' && !words.empty());
    (change ? changes : words).push_back(w);
  }
  json variables = json::array();
  if (Step step = read_from(c, variables); step != Step::Done) return step;
  std::vector<std::string> removed;
  for (const std::string& change : changes) {
    const size_t eq = change.find('=');
    if (eq == std::string::npos) removed.push_back(change.substr(0, change.size() - 1));
    else variables.push_back({{"name", change.substr(0, eq)}, {"value", change.substr(eq + 1)}});
  }
  const bool list = c.args.on("list");
  return set_containers(c, words, "env updated", [&](const ObjectRef& ref, const json& containers, json& out) {
    if (list) {
      list_variables(c, ref, containers);
      return Step::Done;
    }
    if (!any_selected(c, ref, containers) || (variables.empty() && removed.empty())) return Step::Done;
    for (const json& container : containers) {
      if (!selected(c, container.value("name", ""))) continue;
      json env = json::array(), order = json::array();
      for (const json& known : container.value("env", json::array())) order.push_back({{"name", known["name"]}});
      for (const json& variable : variables) {
        json changed = variable;
        if (changed.contains("value")) changed["valueFrom"] = nullptr;
        else changed["value"] = nullptr;
        env.push_back(changed);
        const json name = {{"name", changed["name"]}};
        if (std::find(order.begin(), order.end(), name) == order.end()) order.push_back(name);
      }
      for (const std::string& name : removed) {
        env.push_back({{"name", name}, {"$patch", "delete"}});
        order.erase(std::remove(order.begin(), order.end(), json{{"name", name}}), order.end());
      }
      out.push_back({{"name", container["name"]}, {"env", env}, {"$setElementOrder/env", order}});
    }
    return Step::Done;
  });
}

}  // namespace orrery::kubectl
