// Objects made from flags: create TYPE, run, expose, autoscale (kubectl pkg/cmd/create, run, expose, autoscale).
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/attach.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/commands/generators.h"
#include "core/kubectl/resources.h"

namespace orrery::kubectl {

using nlohmann::json;

Step create_object(Context& c, json object, const char* manager) {
  std::string error;
  ObjectRef ref = ref_of(c, object, c.ns(), error);
  if (!error.empty()) return c.fail(error);
  if (ref.kind->namespaced && c.args.has("namespace")) object["metadata"]["namespace"] = ref.ns.str();
  std::string mode = c.args.get("dry-run", "none");
  if (mode == "client" || mode == "unchanged") {
    // Typed objects are printed: what Go's structs never leave out stands there too.
    for (const char* kind : {"Namespace", "Deployment", "Pod", "PodDisruptionBudget", "ResourceQuota", "Service", "Ingress"})
      if (ref.kind->kind == kind && !object.contains("status"))
        object["status"] = ref.kind->kind == "Service" || ref.kind->kind == "Ingress" ? json{{"loadBalancer", json::object()}}
                           : ref.kind->kind == "PodDisruptionBudget"
                               ? json{{"currentHealthy", 0}, {"desiredHealthy", 0}, {"disruptionsAllowed", 0}, {"expectedPods", 0}}
                               : json::object();
    if (ref.kind->kind == "Namespace") object["spec"] = json::object();
    return report(c, object, *ref.kind, "created");
  }
  const ports::ApiReply* r = c.send("POST", path_of(*ref.kind, ref.ns) + write_query(c, manager), object.dump());
  if (!r) return Step::Wait;
  json stored;
  if (const Error* e = body_of(*r, stored)) {
    // kubectl create words it so; run, expose and autoscale leave it to the server's words.
    if (e->reason != Reason::AlreadyExists || manager != std::string_view("kubectl-create")) return c.fail(*e);
    c.err(cat("error: failed to create ", ref.kind->singular, ": ", e->message, "\n"));
    return Step::Failed;
  }
  return report(c, stored, *ref.kind, "created");
}

bool exactly_one(Context& c, const char* what, Step& step) {
  size_t n = c.args.words().size();
  if (n == 1) return true;
  step = c.fail(n == 0 ? cat("exactly one NAME is required, got 0\nSee 'kubectl create ", what, " -h' for help and examples")
                       : cat("exactly one NAME is required, got ", n, "\nSee 'kubectl create ", what, " -h' for help and examples"));
  return false;
}

namespace {

// "a=b" pairs; false with an error.
bool pairs(Context& c, const char* flag, json& into, bool encode, Step& step) {
  for (const std::string& literal : c.args.all(flag)) {
    size_t eq = literal.find('=');
    if (eq == std::string::npos || eq == 0) {
      step = c.fail(cat("invalid literal source ", literal, ", expected key=value"));
      return false;
    }
    std::string value = literal.substr(eq + 1);
    into[literal.substr(0, eq)] = encode ? base64_encode(value) : value;
  }
  return true;
}

bool files(Context& c, json& into, bool encode, Step& step) {
  for (const std::string& source : c.args.all("from-file")) {
    size_t eq = source.find('=');
    std::string path = eq == std::string::npos ? source : source.substr(eq + 1), text;
    std::string key = eq == std::string::npos ? path.substr(path.rfind('/') + 1) : source.substr(0, eq);
    if (!c.files().read(path, text)) {
      step = c.fail(cat("error reading ", path, ": no such file or directory"));
      return false;
    }
    into[key] = encode ? base64_encode(text) : text;
  }
  for (const std::string& path : c.args.all("from-env-file")) {
    std::string text;
    if (!c.files().read(path, text)) return step = c.fail(cat("error reading ", path, ": no such file or directory")), false;
    for (const std::string& line : split(text, '\n')) {
      size_t eq = line.find('=');
      if (eq != std::string::npos && line[0] != '#') into[line.substr(0, eq)] = encode ? base64_encode(line.substr(eq + 1)) : line.substr(eq + 1);
    }
  }
  return true;
}

json container_of(Context& c, const std::string& name, const std::string& image) {
  json container{{"name", name}, {"image", image}, {"resources", json::object()}};
  if (c.args.has("port")) {
    int64_t port = 0;
    parse_int64(c.args.get("port"), port);
    container["ports"] = json::array({json{{"containerPort", port}}});
  }
  const std::vector<std::string>& command = c.args.after_dashes();
  if (!command.empty()) container[c.args.on("command") || c.session().argv[0] == "create" ? "command" : "args"] = command;
  for (const std::string& e : c.args.all("env")) {
    size_t eq = e.find('=');
    container["env"].push_back(json{{"name", e.substr(0, eq)}, {"value", eq == std::string::npos ? "" : e.substr(eq + 1)}});
  }
  if (c.args.has("image-pull-policy")) container["imagePullPolicy"] = c.args.get("image-pull-policy");
  return container;
}

json label_object(const std::string& text, const json& otherwise) {
  if (text.empty()) return otherwise;
  json out = json::object();
  for (const std::string& pair : split(text, ',')) {
    size_t eq = pair.find('=');
    out[pair.substr(0, eq)] = eq == std::string::npos ? "" : pair.substr(eq + 1);
  }
  return out;
}

}  // namespace

Step run_create_namespace(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "namespace", step)) return step;
  return create_object(c, json{{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", c.args.words()[0]}}}});
}

Step run_create_service_account(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "serviceaccount", step)) return step;
  return create_object(c, json{{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", c.args.words()[0]}}}});
}

Step run_create_deployment(Context& c) {
  Step step = Step::Done;
  if (!c.args.has("image")) return c.fail("required flag(s) \"image\" not set");
  if (!exactly_one(c, "deployment", step)) return step;
  std::string name = c.args.words()[0];
  json labels{{"app", name}}, containers = json::array();
  for (const std::string& image : c.args.all("image")) {
    std::string container = image.substr(image.rfind('/') == std::string::npos ? 0 : image.rfind('/') + 1);
    container = container.substr(0, container.find_first_of(":@"));
    containers.push_back(container_of(c, container, image));
  }
  int64_t replicas = 1;
  if (c.args.has("replicas") && !parse_int64(c.args.get("replicas"), replicas))
    return c.fail(cat("invalid argument ", orrery::quoted(c.args.get("replicas")), " for \"-r, --replicas\" flag: strconv.ParseInt: parsing ",
                      orrery::quoted(c.args.get("replicas")), ": invalid syntax"));
  return create_object(c, json{{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"metadata", {{"name", name}, {"labels", labels}}},
      {"spec", {{"replicas", replicas}, {"selector", {{"matchLabels", labels}}}, {"strategy", json::object()},
                {"template", {{"metadata", {{"labels", labels}}}, {"spec", {{"containers", containers}}}}}}}});
}

Step run_create_configmap(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "configmap", step)) return step;
  json data = json::object();
  if (!pairs(c, "from-literal", data, false, step) || !files(c, data, false, step)) return step;
  json object{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", c.args.words()[0]}}}};
  if (!data.empty()) object["data"] = data;
  return create_object(c, object);
}

Step run_create_secret(Context& c) {
  const std::vector<std::string>& words = c.args.words();
  Step step = Step::Done;
  if (!exactly_one(c, "secret generic", step)) return step;
  json data = json::object();
  if (!pairs(c, "from-literal", data, true, step) || !files(c, data, true, step)) return step;
  json object{{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", words[0]}}}};
  if (c.args.has("type")) object["type"] = c.args.get("type");
  if (!data.empty()) object["data"] = data;
  return create_object(c, object);
}

namespace {

// A job as the cron job would start it now.
Step job_from(Context& c, const std::string& name) {
  std::string from = c.args.get("from"), error;
  std::vector<ObjectRef> refs = resolve_words(c, {from}, c.ns(), error);
  if (!error.empty()) return c.fail(error);
  if (refs.size() != 1 || refs[0].kind->kind != "CronJob") return c.fail(cat("unknown object type in --from: ", from));
  const ports::ApiReply* r = c.get(path_of(refs[0]));
  if (!r) return Step::Wait;
  json cron;
  if (const Error* e = body_of(*r, cron)) return c.fail(*e);
  const json& part = cron["spec"]["jobTemplate"];
  json meta{{"name", name}, {"annotations", part.value("/metadata/annotations"_json_pointer, json::object())}};
  meta["annotations"]["cronjob.kubernetes.io/instantiate"] = "manual";
  if (part.contains("metadata") && part["metadata"].contains("labels")) meta["labels"] = part["metadata"]["labels"];
  meta["ownerReferences"] = json::array({json{{"apiVersion", "batch/v1"}, {"controller", true}, {"kind", "CronJob"},
                                              {"name", cron["metadata"]["name"]}, {"uid", cron["metadata"]["uid"]}}});
  return create_object(c, json{{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"metadata", meta}, {"spec", part["spec"]}});
}

}  // namespace

Step run_create_cron_job(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "cronjob", step)) return step;
  if (!c.args.has("image")) return c.fail("required flag(s) \"image\" not set");
  if (!c.args.has("schedule")) return c.fail("required flag(s) \"schedule\" not set");
  std::string name = c.args.words()[0];
  json pod{{"containers", json::array({container_of(c, name, c.args.get("image"))})},
           {"restartPolicy", c.args.get("restart", "OnFailure")}};
  json job{{"metadata", {{"name", name}}}, {"spec", {{"template", {{"metadata", json::object()}, {"spec", pod}}}}}};
  return create_object(c, json{{"apiVersion", "batch/v1"}, {"kind", "CronJob"}, {"metadata", {{"name", name}}},
                               {"spec", {{"jobTemplate", job}, {"schedule", c.args.get("schedule")}}}});
}

Step run_create_job(Context& c) {
  Step step = Step::Done;
  if (!exactly_one(c, "job", step)) return step;
  std::string name = c.args.words()[0];
  if (c.args.has("from")) return job_from(c, name);
  if (!c.args.has("image")) return c.fail("either --image or --from must be specified");
  json spec{{"containers", json::array({container_of(c, name, c.args.get("image"))})}, {"restartPolicy", "Never"}};
  return create_object(c, json{{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"metadata", {{"name", name}}}, {"spec", {{"template", {{"spec", spec}}}}}});
}

Step run_run(Context& c) {
  if (!c.args.has("image")) return c.fail("required flag(s) \"image\" not set");
  if (c.args.words().empty()) return c.fail("NAME is required for run\nSee 'kubectl run -h' for help and examples");
  const bool attached = c.args.on("attach", c.args.on("stdin"));
  if (c.args.on("tty") && !c.args.on("stdin")) return c.usage("-i/--stdin is required for containers with -t/--tty=true");
  if (attached && c.args.get("dry-run", "none") != "none")
    return c.usage("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)");
  if (c.args.on("rm") && !attached) return c.usage("--rm should only be used for attached containers");
  std::string name = c.args.words()[0];
  json container = container_of(c, name, c.args.get("image"));
  std::vector<std::string> rest(c.args.words().begin() + 1, c.args.words().end());
  if (!rest.empty()) container[c.args.on("command") ? "command" : "args"] = rest;
  if (c.args.on("stdin")) container["stdin"] = true;
  if (c.args.on("stdin") && !c.args.on("leave-stdin-open")) container["stdinOnce"] = true;
  if (c.args.on("tty")) container["tty"] = true;
  json pod{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", name}, {"labels", label_object(c.args.get("labels"), json{{"run", name}})}}},
           {"spec", {{"containers", json::array({container})}, {"dnsPolicy", "ClusterFirst"}, {"restartPolicy", c.args.get("restart", "Always")}}}};
  if (c.args.has("overrides")) {  // a JSON merge patch, kubectl's default way of overriding
    const json changes = json::parse(c.args.get("overrides"), nullptr, false);
    if (!changes.is_object()) return c.fail("Invalid JSON Patch");
    pod.merge_patch(changes);
  }
  return attached ? run_attached(c, pod) : create_object(c, pod, "kubectl-run");
}

Step run_expose(Context& c) {
  std::string error;
  std::vector<ObjectRef> refs = resolve_words(c, c.args.words(), c.ns(), error);
  if (!error.empty()) return c.fail(error);
  if (refs.size() != 1 || refs[0].name.empty()) return c.fail("resource name may not be empty");
  const ports::ApiReply* r = c.get(path_of(refs[0]));
  if (!r) return Step::Wait;
  json target;
  if (const Error* e = body_of(*r, target)) return c.fail(*e);
  json selector, ports = json::array();
  std::string_view kind = refs[0].kind->kind;
  if (kind == "Pod") selector = target["metadata"].value("labels", json::object());
  else if (kind == "Service" || kind == "ReplicationController") selector = target["spec"].value("selector", json::object());
  else if (target.contains("spec") && target["spec"].contains("selector")) selector = target["spec"]["selector"].value("matchLabels", json::object());
  if (selector.empty()) return c.fail(cat("couldn't retrieve selectors via --selector flag or introspection: the ", to_lower(kind), " has no labels and cannot be exposed"));
  if (c.args.has("selector")) selector = label_object(c.args.get("selector"), selector);
  int64_t port = 0, number = 0;
  if (c.args.has("port")) {
    parse_int64(c.args.get("port"), port);
  } else {
    const json& spec = kind == "Pod" ? target["spec"] : target["/spec/template/spec"_json_pointer];
    if (spec.is_object())
      for (const json& container : spec.value("containers", json::array()))
        for (const json& p : container.value("ports", json::array())) port = port ? port : p.value("containerPort", 0);
    if (!port) return c.fail("couldn't find port via --port flag or introspection");
  }
  std::string to = c.args.get("target-port");
  json entry{{"port", port}, {"protocol", c.args.get("protocol", "TCP")}, {"targetPort", port}};
  if (!to.empty()) entry["targetPort"] = parse_int64(to, number) ? json(number) : json(to);
  ports.push_back(entry);
  json spec{{"ports", ports}, {"selector", selector}};
  if (c.args.has("type")) spec["type"] = c.args.get("type");
  if (c.args.has("cluster-ip")) spec["clusterIP"] = c.args.get("cluster-ip");
  json service{{"apiVersion", "v1"}, {"kind", "Service"}, {"metadata", {{"name", c.args.get("name", refs[0].name)}}}, {"spec", spec}};
  if (target["metadata"].contains("labels")) service["metadata"]["labels"] = target["metadata"]["labels"];
  std::string mode = c.args.get("dry-run", "none");
  const api::KindInfo* k = api::find_kind("v1", "Service");
  if (mode == "client" || mode == "unchanged") return report(c, service, *k, "exposed");
  r = c.send("POST", path_of(*k, c.ns()) + write_query(c, "kubectl-expose"), service.dump());
  if (!r) return Step::Wait;
  json stored;
  if (const Error* e = body_of(*r, stored)) return c.fail(*e);
  return report(c, stored, *k, "exposed");
}

namespace {

// "70%" of what is requested, or "500m" a pod; null with an error for anything else.
json metric_of(Context& c, const char* resource, const std::string& wanted) {
  json target;
  int64_t percent = 0;
  if (ends_with(wanted, "%") && parse_int64(wanted.substr(0, wanted.size() - 1), percent)) target = {{"type", "Utilization"}, {"averageUtilization", percent}};
  else if (const auto amount = Quantity::parse(wanted); amount.ok()) target = {{"type", "AverageValue"}, {"averageValue", amount->str()}};
  else return c.fail(cat("invalid resource ", resource, " value: ", wanted)), json();
  return {{"type", "Resource"}, {"resource", {{"name", resource}, {"target", target}}}};
}

// The flags' metrics; false with an error.
bool metrics_of(Context& c, json& metrics) {
  metrics = json::array();
  for (auto [flag, resource] : {std::pair<const char*, const char*>{"cpu-percent", "cpu"}, {"cpu", "cpu"}, {"memory", "memory"}}) {
    if (!c.args.has(flag)) continue;
    metrics.push_back(metric_of(c, resource, c.args.get(flag) + (std::string_view(flag) == "cpu-percent" ? "%" : "")));
    if (metrics.back().is_null()) return false;
  }
  return true;
}

}  // namespace

Step run_autoscale(Context& c) {
  int64_t min = 0, max = 0;
  parse_int64(c.args.get("min"), min);
  if (!c.args.has("max")) return c.fail("required flag(s) \"max\" not set");
  parse_int64(c.args.get("max"), max);
  if (c.args.has("cpu-percent"))
    c.err("Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n");
  if (max < 1) return c.fail(cat("--max=MAXPODS is required and must be at least 1, max: ", max));
  if (max < min) return c.fail(cat("--max=MAXPODS must be larger or equal to --min=MINPODS, max: ", max, ", min: ", min));
  if (c.args.has("cpu-percent") && c.args.has("cpu")) return c.fail("--cpu-percent and --cpu are mutually exclusive");
  json metrics, found;
  if (!metrics_of(c, metrics)) return Step::Failed;
  std::string error;
  std::vector<ObjectRef> refs = resolve_words(c, c.args.words(), c.ns(), error);
  if (!error.empty()) return c.fail(error);
  if (refs.size() != 1 || refs[0].name.empty()) return c.fail("resource name may not be empty");
  const ports::ApiReply* r = c.get(path_of(refs[0]));
  if (!r) return Step::Wait;
  if (const Error* e = body_of(*r, found)) return c.fail(*e);
  json hpa{{"apiVersion", "autoscaling/v2"}, {"kind", "HorizontalPodAutoscaler"}, {"metadata", {{"name", c.args.get("name", refs[0].name.view())}}},
           {"spec", {{"maxReplicas", max},
                     {"scaleTargetRef", {{"apiVersion", refs[0].kind->api_version().str()}, {"kind", std::string(refs[0].kind->kind)}, {"name", refs[0].name.str()}}}}}};
  if (min > 0) hpa["spec"]["minReplicas"] = min;
  if (!metrics.empty()) hpa["spec"]["metrics"] = metrics;
  const api::KindInfo* k = api::find_kind("autoscaling/v2", "HorizontalPodAutoscaler");
  if (c.args.has("dry-run") && c.args.get("dry-run") != "server") {
    if (c.args.has("namespace")) hpa["metadata"]["namespace"] = c.ns().str();
    hpa["status"] = {{"currentMetrics", nullptr}, {"desiredReplicas", 0}};
    return report(c, hpa, *k, "autoscaled");
  }
  r = c.send("POST", path_of(*k, c.ns()) + write_query(c, "kubectl-autoscale"), hpa.dump());
  if (!r) return Step::Wait;
  json stored;
  if (const Error* e = body_of(*r, stored)) return c.fail(*e);
  return report(c, stored, *k, "autoscaled");
}

}  // namespace orrery::kubectl
