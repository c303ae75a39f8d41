#include "core/apiserver/convert.h"

#include "core/api/gen/core_v1.h"
#include "core/api/gen/events_v1.h"
#include "core/apiserver/autoscaler_versions.h"

namespace orrery::apiserver {

namespace {

// Source: pkg/apis/events/v1/conversion.go
void event_to_core(const api::events_v1::Event& in, api::core_v1::Event& out) {
  out.metadata = in.metadata;
  out.eventTime = in.eventTime;
  if (in.series) {
    out.series.mut().count = in.series->count;
    out.series.mut().lastObservedTime = in.series->lastObservedTime;
  }
  out.reportingComponent = in.reportingController;
  out.reportingInstance = in.reportingInstance;
  out.action = in.action;
  out.reason = in.reason;
  out.involvedObject = in.regarding;
  out.related = in.related;
  out.message = in.note;
  out.type = in.type;
  out.source = in.deprecatedSource;
  out.firstTimestamp = in.deprecatedFirstTimestamp;
  out.lastTimestamp = in.deprecatedLastTimestamp;
  out.count = in.deprecatedCount;
}

void event_from_core(const api::core_v1::Event& in, api::events_v1::Event& out) {
  out.metadata = in.metadata;
  out.eventTime = in.eventTime;
  if (in.series) {
    out.series.mut().count = in.series->count;
    out.series.mut().lastObservedTime = in.series->lastObservedTime;
  }
  out.reportingController = in.reportingComponent;
  out.reportingInstance = in.reportingInstance;
  out.action = in.action;
  out.reason = in.reason;
  out.regarding = in.involvedObject;
  out.related = in.related;
  out.note = in.message;
  out.type = in.type;
  out.deprecatedSource = in.source;
  out.deprecatedFirstTimestamp = in.firstTimestamp;
  out.deprecatedLastTimestamp = in.lastTimestamp;
  out.deprecatedCount = in.count;
}

}  // namespace

api::MutableObject convert(api::MutableObject from, const api::TypeDesc& to) {
  api::MutableObject out(to);
  if (&to == &api::desc<api::core_v1::Event>())
    event_to_core(from.as<api::events_v1::Event>(), out.as<api::core_v1::Event>());
  else if (&to == &api::desc<api::events_v1::Event>())
    event_from_core(from.as<api::core_v1::Event>(), out.as<api::events_v1::Event>());
  else
    convert_autoscaler(from, out);
  return out;
}

}  // namespace orrery::apiserver
