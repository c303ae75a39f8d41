// What the API server shows of itself: requests that reach it, writes that go on to etcd, changes that reach watchers.
#include "core/apiserver/apiserver.h"

namespace orrery::apiserver {

namespace {

bool is_heartbeat(const RequestInfo& info) { return info.kind && info.kind->kind == "Lease"; }

}  // namespace

uint64_t ApiServer::trace(const CallRecord& call) {
  if (!trace_) return 0;
  ports::TraceRecord r;
  r.at = loop_.now();
  r.from = call.request->source.empty() ? call.user.user : call.request->source;
  r.to = "apiserver";
  r.verb = call.info.subresource.empty() ? Str(call.info.verb) : Str(cat(call.info.verb, ' ', call.info.subresource));
  if (!call.info.is_resource) r.verb = Str(cat(call.request->method, ' ', call.request->path));
  if (call.info.kind) r.kind = Str(call.info.kind->kind);
  r.ns = call.info.ns;
  r.name = call.info.name;
  r.why = call.request->headers.get("orrery-why");  // the caller's reason (core/client)
  r.heartbeat = is_heartbeat(call.info);
  return trace_->emit(std::move(r));
}

void ApiServer::trace_write(const CallRecord& call, const Answer& answer) {
  if (!trace_ || !call.info.kind || answer.error || answer.after == 0 || answer.after <= store_.revision()) return;
  ports::TraceRecord r;
  r.cause = call.trace;
  r.at = loop_.now();
  r.from = "apiserver";
  r.to = "etcd";
  r.verb = call.info.verb == "delete" ? "delete" : "put";
  r.kind = Str(call.info.kind->kind);
  r.ns = call.info.ns;
  r.name = answer.object && answer.object.type().has_object_meta ? answer.object.meta().name : call.info.name;
  r.revision = answer.after;
  r.heartbeat = is_heartbeat(call.info);
  trace_->emit(std::move(r));
}

void ApiServer::trace_event(const WatchCall& w, ports::WatchType type, const api::ObjectPtr& object,
                            const store::Change& change) {
  ports::TraceRecord r;
  r.cause = change.cause;
  r.at = loop_.now();
  r.from = "apiserver";
  r.to = w.call.request->source.empty() ? w.call.user.user : w.call.request->source;
  r.verb = Str(cat("watch ", ports::watch_type_text(type)));
  r.kind = Str(w.call.info.kind->kind);
  r.ns = object.meta().namespace_;
  r.name = object.meta().name;
  r.revision = change.revision;
  r.heartbeat = is_heartbeat(w.call.info);
  trace_->emit(std::move(r));
}

}  // namespace orrery::apiserver
