// kubectl exec, attach and run -i: the streams of a container (kubectl pkg/cmd/exec, pkg/cmd/attach, pkg/cmd/run).
#include "core/kubectl/commands/attach.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/generators.h"
#include "core/kubectl/resources.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

constexpr Duration kAttachPoll = millis(250), kRunningTimeout = seconds(60);  // --pod-running-timeout

constexpr const char* kRecorded =
    "All commands and output from this session will be recorded in container logs, including credentials and sensitive "
    "information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n";

std::string phase_of(const json& pod) { return pod.value("/status/phase"_json_pointer, std::string()); }

bool has_ended(const json& pod) { return phase_of(pod) == "Succeeded" || phase_of(pod) == "Failed"; }

bool is_running_and_ready(const json& pod) {
  if (phase_of(pod) != "Running") return false;
  for (const json& condition : pod["status"].value("conditions", json::array()))
    if (condition.value("type", "") == "Ready") return condition.value("status", "") == "True";
  return false;
}

// The pod as soon as `met` holds of it; otherwise `step` says how it goes on.
template <class Met>
bool wait_for_pod(Context& c, const std::string& path, std::optional<Duration> at_most, Met met, json& pod, Step& step) {
  for (Poll poll(c);;) {
    step = Step::Wait;
    const ports::ApiReply* r = c.get(path);
    if (!r) return false;
    if (const Error* e = body_of(*r, pod)) return step = c.fail(*e), false;
    if (met(pod)) return true;
    if (at_most && poll.waited() >= *at_most) return step = c.fail("timed out waiting for the condition"), false;
    if (!poll.again(kAttachPoll)) return false;
  }
}

// "pod default/web terminated (Error)" and the exit code of a pod that failed. Source: pkg/cmd/run/run.go
std::string failure_of(const json& pod, int& code) {
  const std::string name = cat(pod["metadata"].value("namespace", ""), "/", pod["metadata"].value("name", ""));
  const json statuses = pod["status"].value("containerStatuses", json::array());
  const json ended = statuses.empty() ? json() : statuses[0].value("/state/terminated"_json_pointer, json());
  code = ended.is_object() ? ended.value("exitCode", 0) : 0;
  if (code == 0) return code = 1, cat("error: pod ", name, " failed with unknown exit code\n");
  const std::string message = ended.value("message", "");
  return cat("pod ", name, " terminated (", ended.value("reason", ""), ")\n", message, message.empty() ? "" : "\n");
}

Step ends_with_code(Context& c, int code) {
  c.session().stream_exit = code;
  return code == 0 ? Step::Done : Step::Failed;
}

std::string path_of_pod(const json& pod) {
  return cat("/api/v1/namespaces/", pod["metadata"].value("namespace", ""), "/pods/", pod["metadata"].value("name", ""));
}

// What the pod of `run -i` says and how it ends; the pod itself is left as it is.
Step talk(Context& c, const json& made, int& code, std::string& failure) {
  const std::string path = path_of_pod(made), restart = made["spec"].value("restartPolicy", "Always");
  const std::string container = made["spec"]["containers"][0].value("name", "");
  Duration patience = kRunningTimeout;
  if (c.args.has("pod-running-timeout")) parse_go_duration(c.args.get("pod-running-timeout"), patience);
  json pod;
  Step step = Step::Done;
  if (!wait_for_pod(c, path, patience, [](const json& p) { return has_ended(p) || is_running_and_ready(p); }, pod, step)) return step;
  if (has_ended(pod)) {
    const ports::ApiReply* r = c.get(cat(path, "/log?container=", container), "*/*");
    if (!r) return Step::Wait;
    if (r->error) return c.fail(*r->error);
    c.out(r->body.view());
  } else if (step = attach_to(c, pod, container); step != Step::Done) {
    return step;
  }
  if (restart == "Always" || c.args.on("leave-stdin-open")) return Step::Done;
  const bool success_only = restart == "OnFailure";
  const auto over = [&](const json& p) { return success_only ? phase_of(p) == "Succeeded" : has_ended(p); };
  if (!wait_for_pod(c, path, std::nullopt, over, pod, step)) return step;
  if (phase_of(pod) == "Failed") failure = failure_of(pod, code);
  return Step::Done;
}

}  // namespace

Step attach_to(Context& c, const json& pod, const std::string& container) {
  if (const Session& s = c.session(); s.stream_error) return c.fail(*s.stream_error);
  const bool input = c.args.on("stdin"), tty = c.args.on("tty");
  if (!c.args.on("quiet")) c.err(kRecorded);
  if (!c.attach(exec_request(pod, container, "attach", {}, tty, input), tty, input)) return Step::Wait;
  const std::string again = cat("'kubectl attach ", pod["metadata"].value("name", ""), " -c ", container, " -i -t'");
  if (!input || !tty || c.args.on("quiet") || pod["spec"].value("restartPolicy", "Always") != "Always") return Step::Done;
  bool ephemeral = false;
  for (const json& e : pod["spec"].value("ephemeralContainers", json::array())) ephemeral = ephemeral || e.value("name", "") == container;
  c.err(ephemeral ? cat("Session ended, the ephemeral container will not be restarted but may be reattached using ", again, " if it is still running\n")
                  : cat("Session ended, resume using ", again, " command when the pod is running\n"));
  return Step::Done;
}

Step run_attached(Context& c, const json& pod) {
  const ports::ApiReply* r = c.send("POST", path_of(*api::find_kind("v1", "Pod"), c.ns()) + write_query(c, "kubectl-run"), pod.dump());
  if (!r) return Step::Wait;
  json made;
  if (const Error* e = body_of(*r, made)) return c.fail(*e);
  int code = 0;
  std::string failure;
  const Step talked = talk(c, made, code, failure);
  if (talked == Step::Wait) return talked;
  if (c.args.on("rm")) {
    r = c.send("DELETE", path_of_pod(made), R"({"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"})");
    if (!r) return Step::Wait;
    if (!r->error) c.out(cat("pod ", orrery::quoted(made["metadata"].value("name", "")), " deleted from ", c.ns(), " namespace\n"));
  }
  c.err(failure);
  return talked == Step::Done ? ends_with_code(c, code) : talked;
}

Step run_attach(Context& c) {
  if (c.args.words().empty()) return c.fail("at least 1 argument is required for attach");
  std::vector<json> pods;
  const Step step = find_pods(c, c.args.words(), pods);
  if (step != Step::Done) return step;
  const json& pod = pods[0];
  if (has_ended(pod)) return c.fail(cat("cannot attach a container in a completed pod; current phase is ", phase_of(pod)));
  const std::string container = c.args.get("container");
  return attach_to(c, pod, container.empty() ? default_container(c, pod, true) : container);
}

Step run_exec(Context& c) {
  std::vector<std::string> command = c.args.after_dashes();
  if (c.args.words().empty()) return c.fail("pod, type/name or --filename must be specified");
  if (command.empty()) {
    if (c.args.words().size() < 2) return c.fail("you must specify at least one command for the container");
    return c.fail("exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead");
  }
  Session& s = c.session();
  if (s.stream_error) return c.fail(*s.stream_error);
  if (s.stream_exit) return *s.stream_exit == 0 ? Step::Done : Step::Failed;
  std::vector<json> pods;
  const Step step = find_pods(c, c.args.words(), pods);
  if (step != Step::Done) return step;
  const json& pod = pods[0];
  if (has_ended(pod)) return c.fail(cat("cannot exec into a container in a completed pod; current phase is ", phase_of(pod)));
  std::string container = c.args.get("container");
  if (container.empty()) container = default_container(c, pod, true);
  s.tty = c.args.on("tty");
  s.takes_input = c.args.on("stdin");
  c.stream(StreamKind::Exec, exec_request(pod, container, "exec", command, s.tty, s.takes_input));
  return Step::Wait;
}

}  // namespace orrery::kubectl
