// kubectl debug: a container beside those of a running pod, in a copy of it, or in a pod of its own on a node
// (kubectl pkg/cmd/debug).
#include <nlohmann/json.hpp>

#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/kubectl/commands/attach.h"
#include "core/kubectl/commands/debug_profiles.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

constexpr Duration kContainerPoll = millis(250);
constexpr int kSuffixLength = 5;
constexpr const char* kContainerLists[] = {"containers", "initContainers", "ephemeralContainers"};
constexpr const char* kStatusLists[] = {"initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"};

json* container_called(json& pod, std::string_view name) {
  for (const char* list : kContainerLists) {
    if (!pod["spec"].contains(list)) continue;
    for (json& container : pod["spec"][list])
      if (container.value("name", "") == name) return &container;
  }
  return nullptr;
}

json state_of(const json& pod, std::string_view container) {
  for (const char* list : kStatusLists)
    for (const json& status : pod["status"].value(list, json::array()))
      if (status.value("name", "") == container) return status.value("state", json::object());
  return json::object();
}

// Of flags such as --set-image a=b,c=d.
json pairs_of(const Args& args, std::string_view flag) {
  json out = json::object();
  for (const std::string& value : args.all(flag))
    for (const std::string& pair : split(value, ',')) {
      const size_t eq = pair.find('=');
      if (eq != std::string::npos) out[pair.substr(0, eq)] = pair.substr(eq + 1);
    }
  return out;
}

// What is wrong with the flags, as Validate() says it; "": nothing.
std::string wrong_flags(const Context& c) {
  const Args& a = c.args;
  const bool image = !a.get("image").empty(), copy = !a.get("copy-to").empty(), command = !a.after_dashes().empty();
  if (!is_debug_profile(a.get("profile", "legacy"))) return cat("unknown profile: ", a.get("profile"));
  if (a.on("attach") && !image && a.get("container").empty())
    return "you must specify --container or create a new container using --image in order to attach.";
  if (copy) {
    if (!image && !a.has("set-image") && !command) return "you must specify --image, --set-image or command arguments.";
    if (command && a.get("container").empty() && !image) return "you must specify an existing container or a new image when specifying args.";
  } else {
    for (const char* flag : {"replace", "same-node"})
      if (a.on(flag)) return cat("--", flag, " may only be used with --copy-to.");
    if (a.has("set-image")) return "--set-image may only be used with --copy-to.";
    if (!image) return "you must specify --image when not using --copy-to.";
  }
  if (a.words().empty()) return "NAME or filename is required for debug";
  const std::string policy = a.get("image-pull-policy");
  if (!policy.empty() && policy != "Always" && policy != "IfNotPresent" && policy != "Never") return cat("invalid image pull policy: ", policy);
  if (a.has("target") && copy) return "--target is incompatible with --copy-to. Use --share-processes instead.";
  return "";
}

// A name that is the same however often the command runs anew: drawn from what it was asked about.
std::string drawn_suffix(const json& object, int draw = 0) {
  const json& m = object["metadata"];
  return Rng(fnv1a(cat(m.value("uid", ""), m.value("resourceVersion", ""), draw))).suffix(kSuffixLength);
}

std::string name_for(Context& c, json& pod) {
  if (c.args.has("container")) return c.args.get("container");
  std::string name;
  for (int draw = 0; name.empty() || container_called(pod, name); ++draw) name = cat("debugger-", drawn_suffix(pod, draw));
  if (!c.args.on("quiet")) c.out(cat("Defaulting debug container name to ", name, ".\n"));
  return name;
}

json environment_of(const Args& args) {
  json env = json::array();
  const json pairs = pairs_of(args, "env");
  for (const auto& [name, value] : pairs.items()) env.push_back(json{{"name", name}, {"value", value}});
  return env;
}

// What the flags say of the container, over what it is.
void set_container(const Args& args, json& container) {
  if (!args.after_dashes().empty()) {
    container[args.on("arguments-only") ? "args" : "command"] = args.after_dashes();
    if (!args.on("arguments-only")) container.erase("args");
  }
  if (args.has("env")) container["env"] = environment_of(args);
  if (args.has("image")) container["image"] = args.get("image");
  if (args.has("image-pull-policy")) container["imagePullPolicy"] = args.get("image-pull-policy");
  container["stdin"] = args.on("stdin");
  container["tty"] = args.on("tty");
}

DebugKeeps keeps_of(const Args& a) {
  return {a.on("keep-labels"), a.on("keep-annotations"), a.on("keep-liveness"), a.on("keep-readiness"), a.on("keep-startup"),
          a.on("keep-init-containers", true)};
}

// The pod that was made or changed, and the container to attach to; empty: none.
struct Debugged {
  json pod;
  std::string container;
};

Step ask(Context& c, const char* method, const std::string& path, const json& body, const char* type, json& answer) {
  const ports::ApiReply* r = c.send(method, path, body.dump(), type);
  if (!r) return Step::Wait;
  if (const Error* e = body_of(*r, answer)) return c.fail(*e);
  return Step::Done;
}

// displayWarning
void warn_of_user(Context& c, const json& pod, const json& container) {
  const auto number = [](const json& object, const char* path) { return object.value(json::json_pointer(path), int64_t{0}); };
  const json security = container.value("securityContext", json::object());
  if (number(pod, "/spec/securityContext/runAsUser") == 0 || (security.contains("runAsUser") && security["runAsUser"] == 0)) return;
  if (!security.value("privileged", false) && security.value("/capabilities/add"_json_pointer, json::array()).empty()) return;
  c.err("Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. "
        "Please consider using \"--custom\" with a custom profile that specifies \"securityContext.runAsUser: 0\".\n");
}

Step beside(Context& c, json pod, Debugged& out) {
  json container{{"name", name_for(c, pod)}, {"terminationMessagePolicy", "File"}};
  set_container(c.args, container);
  if (c.args.has("target")) container["targetContainerName"] = c.args.get("target");
  apply_debug_profile(c.args.get("profile", "legacy"), DebugStyle::Ephemeral, {}, pod, container);
  warn_of_user(c, pod, container);
  out.container = container["name"];
  const json& m = pod["metadata"];
  json patch{{"ephemeralContainers", json::array({container})}}, &order = patch["$setElementOrder/ephemeralContainers"];
  for (const json& before : pod["spec"].value("ephemeralContainers", json::array())) order.push_back(json{{"name", before.value("name", "")}});
  order.push_back(json{{"name", out.container}});
  return ask(c, "PATCH", path_of(*api::find_kind("v1", "Pod"), m.value("namespace", ""), m.value("name", ""), "ephemeralcontainers"),
             json{{"spec", patch}}, "application/strategic-merge-patch+json", out.pod);
}

void set_images(const Args& args, json& copy) {
  const json images = pairs_of(args, "set-image");
  for (json& container : copy["spec"]["containers"])
    for (const std::string& name : {std::string("*"), container.value("name", "")})
      if (images.contains(name)) container["image"] = images[name];
}

Step in_copy(Context& c, const json& pod, Debugged& out) {
  const json& m = pod["metadata"];
  json copy{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", c.args.get("copy-to")}, {"namespace", m.value("namespace", "")}}},
            {"spec", pod["spec"]}};
  for (const char* map : {"labels", "annotations"})
    if (m.contains(map)) copy["metadata"][map] = m[map];
  copy["spec"].erase("ephemeralContainers");
  if (c.args.has("share-processes")) copy["spec"]["shareProcessNamespace"] = c.args.on("share-processes");
  if (!c.args.on("same-node")) copy["spec"].erase("nodeName");
  set_images(c.args, copy);
  std::string name = c.args.get("container");
  const bool images_only = !c.args.has("image") && c.args.has("set-image");
  json* container = container_called(copy, name);
  if (!container && !images_only) {
    if (!c.args.has("image")) return c.fail("you must specify image when creating new container");
    name = name_for(c, copy);
    copy["spec"]["containers"].push_back(json{{"name", name}, {"terminationMessagePolicy", "File"}});
    container = &copy["spec"]["containers"].back();
  }
  if (container) {
    set_container(c.args, *container);
    apply_debug_profile(c.args.get("profile", "legacy"), DebugStyle::Copy, keeps_of(c.args), copy, *container);
    warn_of_user(c, copy, *container);
    out.container = name;
  }
  const api::KindInfo& kind = *api::find_kind("v1", "Pod");
  const Step made = ask(c, "POST", path_of(kind, m.value("namespace", "")), copy, "application/json", out.pod);
  if (made != Step::Done || !c.args.on("replace")) return made;
  json gone;
  return ask(c, "DELETE", path_of(kind, m.value("namespace", ""), m.value("name", "")),
             json{{"kind", "DeleteOptions"}, {"apiVersion", "v1"}, {"gracePeriodSeconds", 0}}, "application/json", gone);
}

Step on_node(Context& c, const json& node, Debugged& out) {
  const std::string machine = node["metadata"].value("name", ""), name = cat("node-debugger-", machine, "-", drawn_suffix(node));
  out.container = c.args.get("container", "debugger");
  if (!c.args.on("quiet")) c.out(cat("Creating debugging pod ", name, " with container ", out.container, " on node ", machine, ".\n"));
  json container{{"name", out.container}, {"terminationMessagePolicy", "File"}};
  set_container(c.args, container);
  json pod{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", name}, {"labels", {{"app.kubernetes.io/managed-by", "kubectl-debug"}}}}},
           {"spec", {{"nodeName", machine}, {"restartPolicy", "Never"}, {"tolerations", json::array({json{{"operator", "Exists"}}})}}}};
  apply_debug_profile(c.args.get("profile", "legacy"), DebugStyle::Node, {}, pod, container);
  pod["spec"]["containers"] = json::array({container});
  return ask(c, "POST", path_of(*api::find_kind("v1", "Pod"), c.ns()), pod, "application/json", out.pod);
}

// The pod once its container runs or has run. What keeps it waiting is said when it changes.
Step wait_for_container(Context& c, const std::string& path, const std::string& container, json& pod) {
  for (Poll poll(c);;) {
    const ports::ApiReply* r = c.get(path);
    if (!r) return Step::Wait;
    if (const Error* e = body_of(*r, pod)) return c.fail(*e);
    const json state = state_of(pod, container);
    if (state.contains("running") || state.contains("terminated")) return Step::Done;
    const std::string why = state.value("/waiting/message"_json_pointer, std::string()), line = cat("Warning: container ", container, ": ", why, "\n");
    if (!why.empty() && !c.args.on("quiet") && c.text(2).find(line) == std::string::npos) c.err(line);
    if (!poll.again(kContainerPoll)) return Step::Wait;
  }
}

Step attach_when_running(Context& c, const Debugged& debugged) {
  const json& m = debugged.pod["metadata"];
  const std::string path = path_of(*api::find_kind("v1", "Pod"), m.value("namespace", ""), m.value("name", ""));
  json pod;
  if (const Step step = wait_for_container(c, path, debugged.container, pod); step != Step::Done) return step;
  const std::optional<Error>& refused = c.session().stream_error;
  if (!state_of(pod, debugged.container).contains("terminated") && !refused) return attach_to(c, pod, debugged.container);
  if (refused) c.err(cat("warning: couldn't attach to pod/", m.value("name", ""), ", falling back to streaming logs: ", refused->message, "\n"));
  const ports::ApiReply* r = c.get(cat(path, "/log?container=", debugged.container), "*/*");
  if (!r) return Step::Wait;
  if (r->error) return c.fail(*r->error);
  c.out(r->body.view());
  return Step::Done;
}

Step debug_one(Context& c, const ObjectRef& ref, Debugged& out) {
  const ports::ApiReply* r = c.get(path_of(ref));
  if (!r) return Step::Wait;
  json object;
  if (const Error* e = body_of(*r, object)) return c.fail(*e);
  if (ref.kind->kind == "Node") return on_node(c, object, out);
  if (ref.kind->kind == "Pod") return c.args.has("copy-to") ? in_copy(c, object, out) : beside(c, std::move(object), out);
  return c.fail(cat("\"", ref.kind->group, "/", ref.kind->version, ", Kind=", ref.kind->kind, "\" not supported by debug"));
}

}  // namespace

Step run_debug(Context& c) {
  const std::string wrong = wrong_flags(c);
  if (!wrong.empty()) return c.fail(wrong);
  if (c.args.has("target") && !c.args.on("quiet"))
    c.out(cat("Targeting container ", orrery::quoted(c.args.get("target")),
              ". If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n"));
  if (c.args.on("tty") && !c.args.on("stdin")) return c.fail("-i/--stdin is required for containers with -t/--tty=true");
  if (c.args.get("profile", "legacy") == "legacy")
    c.err("--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example \"--profile=general\".\n");
  std::vector<std::string> words = c.args.words();
  for (std::string& word : words)
    if (word.find('/') == std::string::npos) word = cat("pods/", word);
  std::string error;
  const std::vector<ObjectRef> refs = resolve_words(c, words, c.ns(), error);
  if (!error.empty()) return c.fail(error);
  const bool attach = c.args.on("attach", c.args.on("stdin"));
  if (attach && refs.size() > 1) return c.fail("one pod or node at a time can be attached to");
  for (const ObjectRef& ref : refs) {
    Debugged debugged;
    Step step = debug_one(c, ref, debugged);
    if (step == Step::Done && attach && !debugged.container.empty()) step = attach_when_running(c, debugged);
    if (step != Step::Done) return step;
  }
  return Step::Done;
}

}  // namespace orrery::kubectl
