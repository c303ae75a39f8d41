// Source: printers.go printReplicaSet, printDeployment, printJob, ...
#include "core/api/gen/apps_v1.h"
#include "core/api/gen/autoscaling_v1.h"
#include "core/api/gen/autoscaling_v2.h"
#include "core/api/gen/batch_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/api/gen/policy_v1.h"
#include "core/apiserver/convert.h"
#include "core/api/label_text.h"
#include "core/apiserver/printers/hpa_metrics.h"
#include "core/apiserver/printers/printer.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::apps_v1;
using namespace api::batch_v1;
using api::core_v1::ReplicationController;
using api::policy_v1::PodDisruptionBudget;
namespace hpa1 = api::autoscaling_v1;
namespace hpa2 = api::autoscaling_v2;

template <class T>
void replica_cells(const T& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.number(o.spec.replicas.value_or(1));
  out.number(o.status.replicas);
  out.number(o.status.readyReplicas);
  out.age(o.metadata.creationTimestamp, now);
}

void replicaset_cells(const ReplicaSet& o, WallTime now, Cells& out) {
  replica_cells(o, now, out);
  container_cells(o.spec.template_.spec.containers, out);
  out.text(format_selector(o.spec.selector));
}

void controller_cells(const ReplicationController& o, WallTime now, Cells& out) {
  replica_cells(o, now, out);
  static const List<api::core_v1::Container> kNone;
  container_cells(o.spec.template_ ? o.spec.template_->spec.containers : kNone, out);
  out.text(format_labels(o.spec.selector));
}

void deployment_cells(const Deployment& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(cat(o.status.readyReplicas, '/', o.spec.replicas.value_or(1)));
  out.number(o.status.updatedReplicas);
  out.number(o.status.availableReplicas);
  out.age(o.metadata.creationTimestamp, now);
  container_cells(o.spec.template_.spec.containers, out);
  out.text(api::selector_text(o.spec.selector));
}

void statefulset_cells(const StatefulSet& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(cat(o.status.readyReplicas, '/', o.spec.replicas.value_or(1)));
  out.age(o.metadata.creationTimestamp, now);
  container_cells(o.spec.template_.spec.containers, out);
}

void daemonset_cells(const DaemonSet& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.number(o.status.desiredNumberScheduled);
  out.number(o.status.currentNumberScheduled);
  out.number(o.status.numberReady);
  out.number(o.status.updatedNumberScheduled);
  out.number(o.status.numberAvailable);
  out.text(format_labels(o.spec.template_.spec.nodeSelector));
  out.age(o.metadata.creationTimestamp, now);
  container_cells(o.spec.template_.spec.containers, out);
  out.text(format_selector(o.spec.selector));
}

bool has_condition(const Job& job, std::string_view type) {
  for (const JobCondition& c : job.status.conditions)
    if (c.type == type) return c.status == "True";
  return false;
}

std::string_view job_status(const Job& o) {
  if (has_condition(o, "Complete")) return "Complete";
  if (has_condition(o, "Failed")) return "Failed";
  if (o.metadata.deletionTimestamp.is_set()) return "Terminating";
  if (has_condition(o, "Suspended")) return "Suspended";
  if (has_condition(o, "FailureTarget")) return "FailureTarget";
  return "Running";
}

void job_cells(const Job& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(job_status(o));
  int parallelism = o.spec.parallelism.value_or(0);
  if (o.spec.completions)
    out.text(cat(o.status.succeeded, '/', *o.spec.completions));
  else
    out.text(parallelism > 1 ? cat(o.status.succeeded, "/1 of ", parallelism) : cat(o.status.succeeded, "/1"));
  if (!o.status.startTime.is_set())
    out.text("");
  else
    out.text(human_duration((o.status.completionTime.is_set() ? o.status.completionTime : now) - o.status.startTime));
  out.age(o.metadata.creationTimestamp, now);
  container_cells(o.spec.template_.spec.containers, out);
  out.text(format_selector(o.spec.selector));
}

void cronjob_cells(const CronJob& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(o.spec.schedule);
  out.text(o.spec.timeZone ? o.spec.timeZone->view() : std::string_view("<none>"));
  out.text(!o.spec.suspend ? "<unset>" : *o.spec.suspend ? "True" : "False");
  out.number(o.status.active.size());
  out.text(o.status.lastScheduleTime.is_set() ? age_text(o.status.lastScheduleTime, now) : "<none>");
  out.age(o.metadata.creationTimestamp, now);
  const auto& job = o.spec.jobTemplate.spec;
  container_cells(job.template_.spec.containers, out);
  out.text(format_selector(job.selector));
}

std::string_view group_of(std::string_view api_version) {
  size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

void revision_cells(const ControllerRevision& o, WallTime now, Cells& out) {
  std::string controller = "<none>";
  for (const auto& ref : o.metadata.ownerReferences) {
    if (!ref.controller.value_or(false)) continue;
    std::string_view group = group_of(ref.apiVersion);
    controller = cat(to_lower(group.empty() ? ref.kind.str() : cat(ref.kind, '.', group)), '/', ref.name);
  }
  out.text(o.metadata.name);
  out.text(controller);
  out.number(o.revision);
  out.age(o.metadata.creationTimestamp, now);
}

std::string number_or_percent(const std::optional<api::IntOrString>& v) {
  if (!v) return "N/A";
  return v->is_string ? v->text.str() : cat(v->number);
}

void budget_cells(const PodDisruptionBudget& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(number_or_percent(o.spec.minAvailable));
  out.text(number_or_percent(o.spec.maxUnavailable));
  out.number(o.status.disruptionsAllowed);
  out.age(o.metadata.creationTimestamp, now);
}

void autoscaler_cells(const hpa2::HorizontalPodAutoscaler& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(cat(o.spec.scaleTargetRef.kind, '/', o.spec.scaleTargetRef.name));
  out.text(hpa_metrics_text(o));
  out.text(o.spec.minReplicas ? cat(*o.spec.minReplicas) : "<unset>");
  out.number(o.spec.maxReplicas);
  out.number(o.status.currentReplicas);
  out.age(o.metadata.creationTimestamp, now);
}

void autoscaler1_cells(const hpa1::HorizontalPodAutoscaler& o, WallTime now, Cells& out) {
  api::MutableObject v1(api::desc<hpa1::HorizontalPodAutoscaler>());
  v1.as<hpa1::HorizontalPodAutoscaler>() = o;
  api::MutableObject v2 = convert(std::move(v1), api::desc<hpa2::HorizontalPodAutoscaler>());
  autoscaler_cells(v2.as<hpa2::HorizontalPodAutoscaler>(), now, out);
}

}  // namespace

void add_workload_printers(std::vector<Printer>& all) {
  const Column names = text_column("Containers", 1), images = text_column("Images", 1),
               selector = text_column("Selector", 1);
  std::vector<Column> replicas{
      kName, number_column("Desired"), number_column("Current"), number_column("Ready"), kAge, names, images, selector};
  all.push_back(printer<ReplicaSet, replicaset_cells>(replicas));
  all.push_back(printer<ReplicationController, controller_cells>(replicas));
  all.push_back(printer<Deployment, deployment_cells>({kName, text_column("Ready"), text_column("Up-to-date"),
                                                       text_column("Available"), kAge, names, images, selector}));
  all.push_back(printer<StatefulSet, statefulset_cells>({kName, text_column("Ready"), kAge, names, images}));
  all.push_back(printer<DaemonSet, daemonset_cells>(
      {kName, number_column("Desired"), number_column("Current"), number_column("Ready"), number_column("Up-to-date"),
       number_column("Available"), text_column("Node Selector"), kAge, names, images, selector}));
  all.push_back(printer<Job, job_cells>({kName, text_column("Status"), text_column("Completions"),
                                         text_column("Duration"), kAge, names, images, selector}));
  all.push_back(printer<CronJob, cronjob_cells>({kName, text_column("Schedule"), text_column("Timezone"),
                                                 boolean_column("Suspend"), number_column("Active"),
                                                 text_column("Last Schedule"), kAge, names, images, selector}));
  all.push_back(
      printer<ControllerRevision, revision_cells>({kName, text_column("Controller"), text_column("Revision"), kAge}));
  all.push_back(
      printer<PodDisruptionBudget, budget_cells>({kName, text_column("Min Available"), text_column("Max Unavailable"),
                                                  number_column("Allowed Disruptions"), kAge}));
  std::vector<Column> autoscaler{kName,
                                 text_column("Reference"),
                                 text_column("Targets"),
                                 text_column("MinPods"),
                                 text_column("MaxPods"),
                                 text_column("Replicas"),
                                 kAge};
  all.push_back(printer<hpa2::HorizontalPodAutoscaler, autoscaler_cells>(autoscaler));
  all.push_back(printer<hpa1::HorizontalPodAutoscaler, autoscaler1_cells>(autoscaler));
}

}  // namespace orrery::apiserver
