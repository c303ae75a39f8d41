// PATCH: JSON, merge and strategic merge patches. Source: apiserver pkg/endpoints/handlers/patch.go.
#include "core/api/defaults.h"
#include "core/api/patch/patch.h"
#include "core/apiserver/admission/admission.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/errors.h"

namespace orrery::apiserver {

Result<api::MutableObject> ApiServer::read_patch(CallRecord& call, const api::ObjectPtr& current, std::string_view kind) {
  std::vector<MediaType> media = parse_media_types(call.request->headers.get("content-type"));
  api::PatchType how;
  if (media.empty() || !api::patch_type(media[0].type, how))
    return unsupported_media_type(
        "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, "
        "application/apply-patch+yaml");
  api::DecodeNotes notes;
  auto patched = api::patch_object(current, how, call.request->body, &notes);
  if (!patched.ok()) return patched.error();
  if (!notes.strict.empty()) {
    if (call.query.field_validation == api::FieldValidation::Strict) {
      Error cause = api::strict_error(notes.strict);
      return api::body_error(api::type_meta_of(current.type()), kind, cause, call.request->body);
    }
    if (call.query.field_validation == api::FieldValidation::Warn)
      for (const std::string& w : notes.strict) call.warnings.push_back(Str(w));
  }
  return api::MutableObject(*patched);
}

Answer ApiServer::patch(CallRecord& call) {
  const RequestInfo& info = call.info;
  const KindInfo& kind = *info.kind;
  Writer writer = writer_for(call);
  api::ObjectPtr head = registry_.head(kind, info.ns, info.name, writer);
  if (!head) return stored_answer(call, not_found(kind, info.name), writer, 0);
  auto next = read_patch(call, head, kind.kind);
  if (!next.ok()) return stored_answer(call, next.error(), writer, 0);
  if (info.subresource.empty()) api::set_defaults(*next);
  AdmissionRequest request{registry_, writer, kind, info.ns, "UPDATE", info.subresource, info.name};
  if (auto no = admit(request, &*next, head); !no.ok()) return stored_answer(call, no.error(), writer, 0);
  return stored_answer(call, registry_.update(kind, info.ns, info.name, info.subresource, std::move(*next), writer), writer, 200);
}

}  // namespace orrery::apiserver
