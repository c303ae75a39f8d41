// PATCH: JSON, merge and strategic merge patches, server-side apply. Source: apiserver pkg/endpoints/handlers/patch.go.
#include "core/api/apply/apply.h"
#include "core/api/defaults.h"
#include "core/api/patch/patch.h"
#include "core/api/yaml.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/errors.h"

namespace orrery::apiserver {

namespace {
constexpr std::string_view kPatchTypes =
    "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, "
    "application/apply-patch+yaml";

// A key that stands twice in one mapping of an applied YAML document.
Result<void> check_keys_once(CallRecord& call) {
  if (call.query.field_validation == api::FieldValidation::Ignore || call.request->object) return {};
  auto strict = api::yaml_to_json(call.request->body, true);
  if (strict.ok()) return {};
  if (call.query.field_validation == api::FieldValidation::Strict)
    return bad_request(cat("error strict decoding YAML: ", strict.error().message));
  call.warnings.push_back(strict.error().message);
  return {};
}

// How the body of a PATCH is one. Server-side apply is not asked here.
Result<api::PatchType> asked_patch(const CallRecord& call) {
  std::vector<MediaType> media = parse_media_types(call.request->headers.get("content-type"));
  api::PatchType how;
  if (media.empty() || !api::patch_type(media[0].type, how)) return unsupported_media_type(kPatchTypes);
  return how;
}

}  // namespace

Result<api::MutableObject> ApiServer::read_patch(CallRecord& call, const api::ObjectPtr& current,
                                                 std::string_view kind) {
  auto how = asked_patch(call);
  if (!how.ok()) return how.error();
  if (*how == api::PatchType::Strategic && current.type().custom)
    return unsupported_media_type(
        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
  api::DecodeNotes notes;
  auto patched = api::patch_object(current, *how, call.request->body, &notes);
  if (!patched.ok()) return patched.error();
  if (auto bad = take_notes(call, notes, current.type(), kind); !bad.ok()) return bad.error();
  return api::MutableObject(*patched);
}

// Unknown and duplicate fields: warnings, or an error, as fieldValidation says.
Result<void> ApiServer::take_notes(CallRecord& call, const api::DecodeNotes& notes, const api::TypeDesc& type,
                                   std::string_view kind) {
  if (notes.strict.empty()) return {};
  if (call.query.field_validation == api::FieldValidation::Strict)
    return api::body_error(api::type_meta_of(type), kind, api::strict_error(notes.strict), call.request->body);
  if (call.query.field_validation == api::FieldValidation::Warn)
    for (const std::string& w : notes.strict) call.warnings.push_back(Str(w));
  return {};
}

// Who owns what in managedFields. In-process components are tracked only where somebody else's ownership is at stake:
// on objects that have managedFields, outside of status.
void ApiServer::track(const CallRecord& call, const api::ObjectPtr& live, api::MutableObject& next) const {
  bool component = call.request->object && call.request->want_object;
  if (component && (!live || live.meta().managedFields.empty() || call.info.subresource == "status")) {
    if (live && next.meta().managedFields.empty()) next.meta().managedFields = live.meta().managedFields;
    return;
  }
  api::track_update(live, next, field_manager(call));
}

api::FieldManager ApiServer::field_manager(const CallRecord& call) const {
  api::FieldManager m;
  m.name = call.query.field_manager;
  m.api_version = texts_.get(call.info.kind->api_version());
  m.subresource = call.info.subresource;
  m.now = clock_.now();
  m.pool = &texts_;
  if (call.info.subresource == "status")
    m.ignored = {"spec"};
  else if (call.info.subresource.empty() && call.info.kind->has_subresource("status"))
    m.ignored = {"status"};
  return m;
}

Answer ApiServer::apply(CallRecord& call) {
  const RequestInfo& info = call.info;
  const KindInfo& kind = *info.kind;
  if (!call.request->has_param("fieldManager") || call.request->param("fieldManager").empty()) {
    Error e = make_error(
        Reason::Invalid,
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
    e.group = "meta.k8s.io";
    e.kind = "PatchOptions";
    e.causes.push_back({"FieldValueRequired", "Required value: is required for apply patch", "fieldManager"});
    return fail(std::move(e));
  }
  Writer writer = writer_for(call);
  api::ObjectPtr head = registry_.head(kind, info.ns, info.name, writer);
  if (!head && !info.subresource.empty()) return stored_answer(call, not_found(kind, info.name), writer, 0);
  api::DecodeNotes notes;
  auto applied = api::server_side_apply(head, call.request->body, *kind.type, field_manager(call),
                                        call.query.force.value_or(false), &notes);
  if (!applied.ok()) return stored_answer(call, applied.error(), writer, 0);
  if (auto bad = take_notes(call, notes, *kind.type, kind.kind); !bad.ok()) return fail(bad.error());
  if (auto bad = check_keys_once(call); !bad.ok()) return fail(bad.error());
  api::MutableObject next(applied->object);
  if (changes_spec(info.subresource)) api::set_defaults(next);
  api::meta_v1::ObjectMeta& meta = next.meta();
  if (meta.name.empty()) meta.name = info.name;
  if (meta.name != info.name)
    return fail(bad_request(
        cat("the name of the object (", meta.name, ") does not match the name on the URL (", info.name, ")")));
  return stored_answer(call, admit_and_store(call, std::move(next), head, writer), writer, 200);
}

Answer ApiServer::patch(CallRecord& call) {
  const RequestInfo& info = call.info;
  const KindInfo& kind = *info.kind;
  std::vector<MediaType> media = parse_media_types(call.request->headers.get("content-type"));
  if (!media.empty() && media[0].type == "application/apply-patch+yaml") return apply(call);
  if (call.query.force)
    return fail(make_error(
        Reason::Invalid,
        "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch"));
  if (auto how = asked_patch(call); !how.ok()) return fail(how.error());
  Writer writer = writer_for(call);
  api::ObjectPtr head = registry_.head(kind, info.ns, info.name, writer);
  if (!head) return stored_answer(call, not_found(kind, info.name), writer, 0);
  auto next = read_patch(call, head, kind.kind);
  if (!next.ok()) return stored_answer(call, next.error(), writer, 0);
  if (changes_spec(info.subresource)) api::set_defaults(*next);
  track(call, head, *next);
  return stored_answer(call, admit_and_store(call, std::move(*next), head, writer), writer, 200);
}

}  // namespace orrery::apiserver
