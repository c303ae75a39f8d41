// Source: pkg/apis/batch/validation/validation.go.
#include "core/api/json.h"
#include "core/api/validation/kinds.h"
#include "core/api/validation/pod.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

// What robfig/cron says about the five fields, or nothing.
std::string cron_problem(std::string_view text) {
  if (text.empty()) return "empty spec string";
  if (text[0] == '@') {
    for (std::string_view known : {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
      if (text == known) return {};
    Duration every;
    if (starts_with(text, "@every "))
      return parse_go_duration(text.substr(7), every)
                 ? std::string()
                 : cat("failed to parse duration ", text, ": time: invalid duration ", orrery::quoted(text.substr(7)));
    return cat("unrecognized descriptor: ", text);
  }
  std::vector<std::string> fields;
  for (std::string& f : split(text, ' '))
    if (!f.empty()) fields.push_back(std::move(f));
  if (fields.size() != 5)
    return cat("expected exactly 5 fields, found ", fields.size(), ": [", join(fields, " "), "]");
  struct Range {
    int64_t low, high;
    std::string_view names;
  };
  constexpr Range kRanges[] = {{0, 59, ""}, {0, 23, ""}, {1, 31, ""},
                               {1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
                               {0, 6, "sun mon tue wed thu fri sat"}};
  for (size_t i = 0; i < 5; ++i) {
    const Range& range = kRanges[i];
    auto number = [&](const std::string& t, int64_t& out) {
      if (parse_int64(t, out)) return true;
      size_t at = t.size() == 3 ? range.names.find(to_lower(t)) : std::string_view::npos;
      if (at == std::string_view::npos || at % 4 != 0) return false;
      out = range.low + static_cast<int64_t>(at / 4);
      return true;
    };
    for (const std::string& part : split(fields[i], ',')) {
      std::vector<std::string> step = split(part, '/');
      std::vector<std::string> ends = split(step[0], '-');
      if (step.size() > 2) return cat("too many slashes: ", part);
      if (ends.size() > 2) return cat("too many hyphens: ", part);
      int64_t low = range.low, high = range.high, every = 1;
      if (ends[0] != "*" && ends[0] != "?") {
        if (!number(ends[0], low))
          return cat("failed to parse int from ", ends[0], ": strconv.Atoi: parsing ", orrery::quoted(ends[0]),
                     ": invalid syntax");
        high = low;
        if (ends.size() == 2 && !number(ends[1], high))
          return cat("failed to parse int from ", ends[1], ": strconv.Atoi: parsing ", orrery::quoted(ends[1]),
                     ": invalid syntax");
      }
      if (step.size() == 2 && !parse_int64(step[1], every))
        return cat("failed to parse int from ", step[1], ": strconv.Atoi: parsing ", orrery::quoted(step[1]),
                   ": invalid syntax");
      if (low < range.low) return cat("beginning of range (", low, ") below minimum (", range.low, "): ", part);
      if (high > range.high) return cat("end of range (", high, ") above maximum (", range.high, "): ", part);
      if (low > high) return cat("beginning of range (", low, ") beyond end of range (", high, "): ", part);
      if (every == 0) return cat("step of range should be a positive number: ", part);
    }
  }
  return {};
}

void job_spec(Errors& e, const batch_v1::JobSpec& s, bool standalone, const Path& at) {
  if (s.parallelism) e.nonnegative(at / "parallelism", *s.parallelism);
  if (s.completions) e.nonnegative(at / "completions", *s.completions);
  if (s.activeDeadlineSeconds) e.nonnegative(at / "activeDeadlineSeconds", *s.activeDeadlineSeconds);
  if (s.backoffLimit) e.nonnegative(at / "backoffLimit", *s.backoffLimit);
  if (s.ttlSecondsAfterFinished) e.nonnegative(at / "ttlSecondsAfterFinished", *s.ttlSecondsAfterFinished);
  if (s.completionMode) {
    e.one_of(at / "completionMode", *s.completionMode, {"Indexed", "NonIndexed"});
    if (*s.completionMode == "Indexed" && !s.completions)
      e.required(at / "completions", "when completion mode is Indexed");
  }
  if (s.podReplacementPolicy)
    e.one_of(at / "podReplacementPolicy", *s.podReplacementPolicy, {"Failed", "TerminatingOrFailed"});
  if (standalone) {
    if (!s.selector)
      e.required(at / "selector");
    else
      check_label_selector(e, *s.selector, at / "selector");
    if (s.selector && !selector_matches(s.selector, s.template_.metadata.labels))
      e.invalid(at / "template" / "metadata" / "labels", Value::of(s.template_.metadata.labels),
                "`selector` does not match template `labels`");
  } else if (s.manualSelector.value_or(false)) {
    e.not_supported(at / "manualSelector", "true", {"nil", "false"});
  }
  check_pod_template(e, s.template_, at / "template");
  Path restart = at / "template" / "spec" / "restartPolicy";
  const Str& policy = s.template_.spec.restartPolicy;
  if (policy == "Always")
    e.required(restart, "valid values: \"OnFailure\", \"Never\"");
  else if (!(policy == "OnFailure") && !(policy == "Never"))
    e.not_supported(restart, policy, {"OnFailure", "Never"});
  else if (s.podFailurePolicy && !(policy == "Never"))
    e.invalid(restart, policy.view(), "only \"Never\" is supported when podFailurePolicy is specified");
}

}  // namespace

void check(Errors& e, const batch_v1::Job& j) { job_spec(e, j.spec, true, Path("spec")); }

void check(Errors& e, const batch_v1::CronJob& c) {
  Path at("spec");
  if (c.metadata.name.size() > 52)
    e.invalid(Path("metadata.name"), c.metadata.name.view(), "must be no more than 52 characters");
  if (c.spec.schedule.empty()) {
    e.required(at / "schedule");
  } else {
    std::string problem = cron_problem(c.spec.schedule);
    if (!problem.empty()) e.invalid(at / "schedule", c.spec.schedule.view(), problem);
    if (c.spec.schedule.view().find("TZ") != std::string_view::npos)
      e.invalid(at / "schedule", c.spec.schedule.view(),
                "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
  }
  if (c.spec.startingDeadlineSeconds) e.nonnegative(at / "startingDeadlineSeconds", *c.spec.startingDeadlineSeconds);
  e.one_of(at / "concurrencyPolicy", c.spec.concurrencyPolicy, {"Allow", "Forbid", "Replace"});
  if (c.spec.successfulJobsHistoryLimit)
    e.nonnegative(at / "successfulJobsHistoryLimit", *c.spec.successfulJobsHistoryLimit);
  if (c.spec.failedJobsHistoryLimit) e.nonnegative(at / "failedJobsHistoryLimit", *c.spec.failedJobsHistoryLimit);
  check_labels(e, c.spec.jobTemplate.metadata.labels, at / "jobTemplate" / "metadata" / "labels");
  job_spec(e, c.spec.jobTemplate.spec, false, at / "jobTemplate" / "spec");
}

void check_update(Errors& e, const batch_v1::Job& j, const batch_v1::Job& old) {
  check(e, j);
  Path at("spec");
  auto number = [](const std::optional<int32_t>& n) { return n ? Value::of(*n) : Value::json("null"); };
  bool elastic = j.spec.completionMode && *j.spec.completionMode == "Indexed" && j.spec.completions &&
                 j.spec.parallelism && *j.spec.completions == *j.spec.parallelism;
  check_immutable(e, elastic || j.spec.completions == old.spec.completions, number(j.spec.completions),
                  at / "completions");
  check_immutable(e, j.spec.selector == old.spec.selector,
                  Value::json(j.spec.selector ? to_json(*j.spec.selector) : "null"), at / "selector");
  core_v1::PodTemplateSpec same = j.spec.template_;
  bool suspended = old.spec.suspend.value_or(false) && !old.status.startTime.is_set();
  if (suspended) {  // scheduling directives may change before the first start
    same.metadata = old.spec.template_.metadata;
    same.spec.nodeSelector = old.spec.template_.spec.nodeSelector;
    same.spec.affinity = old.spec.template_.spec.affinity;
    same.spec.tolerations = old.spec.template_.spec.tolerations;
    same.spec.schedulingGates = old.spec.template_.spec.schedulingGates;
  }
  check_immutable(e, same == old.spec.template_, Value::json(to_json(j.spec.template_)), at / "template");
  check_immutable(e, j.spec.completionMode == old.spec.completionMode,
                  j.spec.completionMode ? Value::of(j.spec.completionMode->view()) : Value::json("null"),
                  at / "completionMode");
}

}  // namespace orrery::api::validation
