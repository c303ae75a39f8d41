// get and list. Source: apiserver pkg/registry/generic/registry/store.go, pkg/storage/etcd3/store.go,
// pkg/storage/continue.go.
#include <algorithm>

#include "core/api/json.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/continue_token.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/present.h"

namespace orrery::apiserver {

namespace {

constexpr size_t kSlice = 48;  // objects encoded in one task

Error too_large(uint64_t wanted, uint64_t current) {
  Error e = make_error(Reason::Timeout, cat("Too large resource version: ", wanted, ", current: ", current));
  e.causes.push_back({"ResourceVersionTooLarge", "Too large resource version", ""});
  e.retry_after_s = 1;
  return e;
}

// 410 with a token that goes on inconsistently (conformance: "should continue listing from the last key if the original
// version has been compacted away").
Answer expired_page(const CallRecord& call, const Str& after) {
  Answer a = fail(expired(
      "The provided continue parameter is too old to display a consistent list result. You can start a new list "
      "without "
      "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
      "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
      "deleted between the time the first chunk was returned and now may show up in the list."));
  auto status = status_of(*a.error);
  status.metadata.continue_ = Str(make_continue(0, after));
  a.body = Str(finish_json(api::to_json(status), call.accept));
  a.content_type = Str(content_type_of(call.accept));
  return a;
}

}  // namespace

Answer ApiServer::get(CallRecord& call) {
  const RequestInfo& info = call.info;
  if (call.query.revision > store_.revision()) return fail(too_large(call.query.revision, store_.revision()));
  api::ObjectPtr object = registry_.get(*info.kind, info.ns, info.name);
  if (!object) return fail(not_found(*info.kind, info.name));
  Answer a;
  a.object = std::move(object);
  present(call, a, clock_.now());
  return a;
}

bool ApiServer::list(CallRecord& call) {
  const RequestInfo& info = call.info;
  const KindInfo& kind = *info.kind;
  const Query& q = call.query;
  if (auto bad = check_list_query(q); !bad.ok()) return refuse(call, bad.error()), true;
  auto selection = read_selection(kind, q.label_selector, q.field_selector);
  if (!selection.ok()) return refuse(call, selection.error()), true;

  store::ListSpec spec;
  spec.table = registry_.table(kind);
  spec.ns = kind.namespaced ? info.ns : Str();
  uint64_t revision = store_.revision();
  if (!q.continue_.empty()) {
    auto token = read_continue(q.continue_);
    if (!token.ok()) return refuse(call, token.error()), true;
    spec.after = token->after;
    spec.revision = token->revision;
  } else if (q.revision > 0 && (q.match == Query::Match::Exact || (q.match == Query::Match::None && q.limit > 0))) {
    spec.revision = q.revision;
  }
  uint64_t wanted = std::max(q.revision, spec.revision);
  if (wanted > revision) return refuse(call, too_large(wanted, revision)), true;
  if (spec.revision) revision = spec.revision;

  if (const Str* node = selection->required("spec.nodeName"); node && kind.kind == "Pod" && !spec.revision)
    spec.index = *node;
  std::vector<std::pair<Str, store::Item>> found;
  ListCall out;
  bool filter = !selection->everything();
  uint64_t rest = 0;
  auto limit = static_cast<uint32_t>(std::min<int64_t>(std::max<int64_t>(q.limit, 0), UINT32_MAX));
  if (!store_.list(spec, filter ? 0 : limit, found, limit && !filter ? &rest : nullptr)) {
    if (!q.continue_.empty()) return answer(call, expired_page(call, spec.after)), true;
    return refuse(call, expired("The resourceVersion for the provided list is too old.")), true;
  }
  Str last;
  for (auto& [key, item] : found) {
    if (filter && !selection->matches(kind, item.object)) continue;
    if (limit && out.objects.size() == limit) {
      out.continue_ = Str(make_continue(revision, last));
      break;
    }
    out.objects.push_back(from_storage(kind, item.object));
    last = key;
  }
  if (limit && !filter && rest) {
    out.continue_ = Str(make_continue(revision, last));
    out.remaining = static_cast<int64_t>(rest);
  }
  out.revision = revision;
  out.call = std::move(call);
  uint64_t id = out.call.id;
  state_.lists.emplace(id, std::move(out));
  list_slice(id);
  return true;
}

// One slice of a long list; the rest follows in later tasks, over the same snapshot.
void ApiServer::list_slice(uint64_t id) {
  auto it = state_.lists.find(id);
  if (it == state_.lists.end()) return;  // cancelled
  ListCall& list = it->second;
  const KindInfo& kind = *list.call.info.kind;
  api::meta_v1::ListMeta meta;
  meta.resourceVersion = Str(cat(list.revision));
  meta.continue_ = list.continue_;
  meta.remainingItemCount = list.remaining;
  Answer a;
  if (list.call.request->want_object) {
    a.object = typed_list(kind, list.objects, meta);
  } else {
    bool first = list.next == 0;
    size_t end = std::min(list.objects.size(), list.next + kSlice);
    std::string slice = first ? present_list_head(list.call, meta) : std::string();
    for (; list.next < end; ++list.next)
      present_list_item(list.call, list.objects[list.next], clock_.now(), list.next == 0, slice);
    list.body.append(slice);
    if (list.next < list.objects.size()) return static_cast<void>(loop_.post(self_, kListSlice, id));
    list.body.append("]}\n");
    a.body = list.body.take();
    if (list.call.accept.format == Accept::Format::Yaml) a.body = Str(finish_json(a.body.str(), list.call.accept));
    a.content_type = Str(content_type_of(list.call.accept));
  }
  CallRecord call = std::move(list.call);
  state_.lists.erase(it);
  answer(std::move(call), std::move(a));
}

}  // namespace orrery::apiserver
