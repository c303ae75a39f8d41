// Errors in Kubernetes' own words. Source: apimachinery pkg/api/errors/errors.go.
#pragma once

#include "core/api/gen/meta_v1.h"
#include "core/api/kinds.h"
#include "core/base/result.h"

namespace orrery::apiserver {

using api::KindInfo;

Error not_found(const KindInfo& kind, const Str& name);       // pods "x" not found
Error already_exists(const KindInfo& kind, const Str& name);  // pods "x" already exists
Error conflict(const KindInfo& kind, const Str& name, std::string_view why);
Error modified(const KindInfo& kind, const Str& name);  // ... the object has been modified; ...
Error forbidden(const KindInfo& kind, const Str& name, std::string_view why);
Error invalid(const KindInfo& kind, const Str& name, List<Cause> causes);
Error method_not_supported(const KindInfo& kind, std::string_view verb);
Error no_such_resource();  // the server could not find the requested resource
Error expired(std::string_view why);
Error bad_request(std::string_view why);
Error unauthorized();
Error not_acceptable(std::string_view only);  // only the following media types are accepted: ...
Error unsupported_media_type(std::string_view only);

api::meta_v1::Status status_of(const Error& error);
// Status "Success" of a deletion.
api::meta_v1::Status deleted_status(const KindInfo& kind, const Str& name, const Str& uid);

}  // namespace orrery::apiserver
