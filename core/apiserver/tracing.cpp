// What the API server shows of itself: requests that reach it, writes that go on to etcd, changes that reach watchers.
#include "core/apiserver/apiserver.h"

namespace orrery::apiserver {

namespace {

// Of every record: made once.
const Str kApiServer = "apiserver", kEtcd = "etcd", kPut = "put", kDelete = "delete";
const Str kWatch[] = {"watch ADDED", "watch MODIFIED", "watch DELETED", "watch BOOKMARK", "watch ERROR"};  // by WatchType

bool is_heartbeat(const RequestInfo& info) { return info.kind && info.kind->kind == "Lease"; }

}  // namespace

uint64_t ApiServer::trace(const CallRecord& call) {
  if (!trace_) return 0;
  ports::TraceRecord r;
  r.at = loop_.now();
  r.from = call.request->source.empty() ? call.user.user : call.request->source;
  r.to = kApiServer;
  if (!call.info.is_resource)
    r.verb = cat_str(call.request->method, ' ', call.request->path);
  else if (call.info.subresource.empty())
    r.verb = texts_.get(call.info.verb);
  else
    r.verb = texts_.get(cat(call.info.verb, ' ', call.info.subresource));
  if (call.info.kind) r.kind = texts_.get(call.info.kind->kind);
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
  r.from = kApiServer;
  r.to = kEtcd;
  r.verb = call.info.verb == "delete" ? kDelete : kPut;
  r.kind = texts_.get(call.info.kind->kind);
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
  r.from = kApiServer;
  r.to = w.call.request->source.empty() ? w.call.user.user : w.call.request->source;
  r.verb = kWatch[static_cast<size_t>(type)];
  r.kind = texts_.get(w.call.info.kind->kind);
  r.ns = object.meta().namespace_;
  r.name = object.meta().name;
  r.revision = change.revision;
  r.heartbeat = is_heartbeat(w.call.info);
  trace_->emit(std::move(r));
}

}  // namespace orrery::apiserver
