// Job, CronJob, HorizontalPodAutoscaler.
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/describe/describers.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

constexpr size_t kIndexesShown = 50;  // characters of a Job's completed indexes, to the next comma

std::string indexes_text(const std::string& indexes) {
  if (indexes.empty()) return "<none>";
  const size_t comma = indexes.find(',', kIndexesShown);
  return comma == std::string::npos ? indexes : indexes.substr(0, comma + 1) + "...";
}

std::string duration_of(const json& job) {
  WallTime began, ended;
  parse_rfc3339(text_at(job, "/status/startTime"), began);
  parse_rfc3339(text_at(job, "/status/completionTime"), ended);
  return human_duration(ended - began);
}

}  // namespace

void describe_job(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Selector", "/spec/selector", Form::Inline},
                       {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  if (const std::string by = controller_of(o); !by.empty()) w.line(0, "Controlled By", by);
  write_rows(w, 0, o, {{"Parallelism", "/spec/parallelism", Form::IfThere}, {"Completions", "/spec/completions", Form::OrUnset},
                       {"Completion Mode", "/spec/completionMode", Form::IfThere}, {"Suspend", "/spec/suspend", Form::IfThere},
                       {"Backoff Limit", "/spec/backoffLimit", Form::IfThere}, {"TTL Seconds After Finished", "/spec/ttlSecondsAfterFinished", Form::IfThere},
                       {"Start Time", "/status/startTime", Form::Time}, {"Completed At", "/status/completionTime", Form::Time}});
  if (!value_at(o, "/status/startTime").is_null() && !value_at(o, "/status/completionTime").is_null()) w.line(0, "Duration", duration_of(o));
  write_rows(w, 0, o, {{"Active Deadline Seconds", "/spec/activeDeadlineSeconds", Form::Seconds}});
  const json& ready = value_at(o, "/status/ready");
  w.line(0, "Pods Statuses", cat(text_at(o, "/status/active", "0"), " Active", ready.is_null() ? "" : cat(" (", text_of(ready), " Ready)"), " / ",
                                 text_at(o, "/status/succeeded", "0"), " Succeeded / ", text_at(o, "/status/failed", "0"), " Failed"));
  if (text_at(o, "/spec/completionMode") == "Indexed") w.line(0, "Completed Indexes", indexes_text(text_at(o, "/status/completedIndexes")));
  write_pod_template(w, value_at(o, "/spec/template"));
}

void describe_cron_job(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  write_rows(w, 0, o, {{"Schedule", "/spec/schedule"}, {"Concurrency Policy", "/spec/concurrencyPolicy"}, {"Suspend", "/spec/suspend", Form::Flag},
                       {"Successful Job History Limit", "/spec/successfulJobsHistoryLimit", Form::OrUnset},
                       {"Failed Job History Limit", "/spec/failedJobsHistoryLimit", Form::OrUnset}});
  const std::string deadline = text_at(o, "/spec/startingDeadlineSeconds");
  w.line(0, "Starting Deadline Seconds", deadline.empty() ? "<unset>" : deadline + "s");
  const json& job = value_at(o, "/spec/jobTemplate/spec");
  w.line(0, "Selector", value_at(job, "/selector").is_null() ? "<unset>" : selector_text(job["selector"]));
  write_rows(w, 0, job, {{"Parallelism", "/parallelism", Form::OrUnset}, {"Completions", "/completions", Form::OrUnset},
                         {"Active Deadline Seconds", "/activeDeadlineSeconds", Form::Seconds}});
  write_pod_template(w, value_at(job, "/template"));
  const json& last = value_at(o, "/status/lastScheduleTime");
  w.line(0, "Last Schedule Time", last.is_null() ? "<unset>" : time_1123(text_of(last)));
  std::vector<std::string> active;
  for (const json& one : value_at(o, "/status/active")) active.push_back(text_at(one, "/name"));
  w.line(0, "Active Jobs", active.empty() ? "<none>" : join(active, ", "));
}

namespace {

// Where a metric's target is an average value, a value, or a share of what was requested; what is not measured is unknown.
void write_metric(Writer& w, const json& metric, const json& now) {
  const std::string type = text_at(metric, "/type");
  if (type == "Resource" || type == "ContainerResource") {
    const bool one = type == "ContainerResource";
    const json& wanted = value_at(metric, one ? "/containerResource" : "/resource");
    const json& current = value_at(now, one ? "/containerResource/current" : "/resource/current");
    const std::string what = cat("resource ", text_at(wanted, "/name"), one ? cat(" of container \"", text_at(wanted, "/container"), "\"") : "", " on pods");
    if (!value_at(wanted, "/target/averageValue").is_null())
      return w.line(1, what, cat(text_at(current, "/averageValue", "<unknown>"), " / ", text_at(wanted, "/target/averageValue")));
    const std::string used = text_at(current, "/averageUtilization");
    const std::string target = text_at(wanted, "/target/averageUtilization");
    return w.line(1, cat(what, "  (as a percentage of request)"),
                  cat(used.empty() ? "<unknown>" : cat(used, "% (", text_at(current, "/averageValue"), ")"), " / ", target.empty() ? "<auto>" : target + "%"));
  }
  if (type == "Pods")
    return w.line(1, cat("\"", text_at(metric, "/pods/metric/name"), "\" on pods"),
                  cat(text_at(now, "/pods/current/averageValue", "<unknown>"), " / ", text_at(metric, "/pods/target/averageValue")));
  if (type != "Object" && type != "External") return w.put(1, cat("<unknown metric type ", orrery::quoted(type), ">"));
  const bool object = type == "Object";
  const json& wanted = value_at(metric, object ? "/object" : "/external");
  const json& current = value_at(now, object ? "/object/current" : "/external/current");
  const bool average = !value_at(wanted, "/target/averageValue").is_null();
  const char* field = average ? "/averageValue" : "/value";
  w.line(1, cat("\"", text_at(wanted, "/metric/name"), "\" ", object ? cat("on ", text_at(wanted, "/describedObject/kind"), "/", text_at(wanted, "/describedObject/name"), " ") : "",
                average ? "(target average value)" : "(target value)"),
         cat(text_at(current, field, "<unknown>"), " / ", text_at(value_at(wanted, "/target"), field)));
}

void write_direction(Writer& w, const char* title, const json& rules) {
  if (rules.is_null()) return;
  w.put(1, title);
  if (rules.contains("stabilizationWindowSeconds")) w.put(2, cat("Stabilization Window: ", text_at(rules, "/stabilizationWindowSeconds"), " seconds"));
  if (value_at(rules, "/policies").empty()) return;
  w.put(2, cat("Select Policy: ", text_at(rules, "/selectPolicy", "Max")));
  w.put(2, "Policies:");
  for (const json& p : rules["policies"])
    w.put(3, cat("- Type: ", text_at(p, "/type"), "\tValue: ", text_at(p, "/value"), "\tPeriod: ", text_at(p, "/periodSeconds"), " seconds"));
}

}  // namespace

void describe_autoscaler(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  write_rows(w, 0, o, {{"CreationTimestamp", "/metadata/creationTimestamp", Form::Time}});
  const std::string target = text_at(o, "/spec/scaleTargetRef/kind");
  w.line(0, "Reference", cat(target, "/", text_at(o, "/spec/scaleTargetRef/name")));
  w.line(0, "Metrics", "( current / target )");
  const json& current = value_at(o, "/status/currentMetrics");
  const json& metrics = value_at(o, "/spec/metrics");
  const json none;
  for (size_t i = 0; i < metrics.size(); ++i) write_metric(w, metrics[i], i < current.size() ? current[i] : none);
  write_rows(w, 0, o, {{"Min replicas", "/spec/minReplicas", Form::OrUnset}, {"Max replicas", "/spec/maxReplicas"}});
  if (!value_at(o, "/spec/behavior").is_null()) {
    w.put(0, "Behavior:");
    write_direction(w, "Scale Up:", value_at(o, "/spec/behavior/scaleUp"));
    write_direction(w, "Scale Down:", value_at(o, "/spec/behavior/scaleDown"));
  }
  w.line(0, cat(target, " pods"), cat(text_at(o, "/status/currentReplicas", "0"), " current / ", text_at(o, "/status/desiredReplicas", "0"), " desired"));
  const json& conditions = value_at(o, "/status/conditions");
  if (conditions.empty()) return;
  w.put(0, "Conditions:");
  w.heads(1, {"Type", "Status", "Reason", "Message"});
  for (const json& c : conditions) w.row(1, {text_at(c, "/type"), text_at(c, "/status"), text_at(c, "/reason"), text_at(c, "/message")});
}

}  // namespace orrery::kubectl
