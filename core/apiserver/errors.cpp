#include "core/apiserver/errors.h"

#include "core/apiserver/request_info.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

Error about(Reason reason, const KindInfo& kind, const Str& name, std::string message) {
  Error e = make_error(reason, message);
  e.name = name;
  e.group = Str(kind.group);
  e.kind = Str(kind.plural);
  return e;
}

}  // namespace

Error not_found(const KindInfo& kind, const Str& name) {
  return about(Reason::NotFound, kind, name, cat(qualified_resource(kind), " \"", name, "\" not found"));
}

Error already_exists(const KindInfo& kind, const Str& name) {
  return about(Reason::AlreadyExists, kind, name, cat(qualified_resource(kind), " \"", name, "\" already exists"));
}

Error conflict(const KindInfo& kind, const Str& name, std::string_view why) {
  return about(Reason::Conflict, kind, name,
               cat("Operation cannot be fulfilled on ", qualified_resource(kind), " \"", name, "\": ", why));
}

Error modified(const KindInfo& kind, const Str& name) {
  return conflict(kind, name,
                  "the object has been modified; please apply your changes to the latest version and try again");
}

Error forbidden(const KindInfo& kind, const Str& name, std::string_view why) {
  std::string message = name.empty() ? cat(qualified_resource(kind), " is forbidden: ", why)
                                     : cat(qualified_resource(kind), " \"", name, "\" is forbidden: ", why);
  return about(Reason::Forbidden, kind, name, message);
}

Error invalid(const KindInfo& kind, const Str& name, List<Cause> causes) {
  std::string message = cat(qualified_kind(kind), " \"", name, "\" is invalid");
  std::vector<std::string> all;
  for (const Cause& c : causes) all.push_back(c.field.empty() ? c.message.str() : cat(c.field, ": ", c.message));
  if (all.size() == 1) message += cat(": ", all[0]);
  if (all.size() > 1) message += cat(": [", join(all, ", "), "]");
  Error e = about(Reason::Invalid, kind, name, message);
  e.kind = Str(kind.kind);
  e.causes = std::move(causes);
  return e;
}

Error method_not_supported(const KindInfo& kind, std::string_view verb) {
  return about(Reason::MethodNotAllowed, kind, {},
               cat(verb, " is not supported on resources of kind \"", qualified_resource(kind), "\""));
}

Error no_such_resource() { return make_error(Reason::NotFound, "the server could not find the requested resource"); }

Error expired(std::string_view why) { return make_error(Reason::Expired, Str(why)); }
Error bad_request(std::string_view why) { return make_error(Reason::BadRequest, Str(why)); }
Error unauthorized() { return make_error(Reason::Unauthorized, "Unauthorized"); }

Error not_acceptable(std::string_view only) {
  return make_error(Reason::NotAcceptable, cat("only the following media types are accepted: ", only));
}

Error unsupported_media_type(std::string_view only) {
  return make_error(Reason::UnsupportedMediaType,
                    cat("the body of the request was in an unknown format - accepted media types include: ", only));
}

api::meta_v1::Status status_of(const Error& error) {
  api::meta_v1::Status s;
  s.status = "Failure";
  s.message = error.message;
  s.reason = Str(reason_text(error.reason));
  s.code = error.http();
  if (!error.name.empty() || !error.group.empty() || !error.kind.empty() || !error.uid.empty() ||
      !error.causes.empty() || error.retry_after_s) {
    auto& d = s.details.mut();
    d.name = error.name;
    d.group = error.group;
    d.kind = error.kind;
    d.uid = error.uid;
    d.retryAfterSeconds = error.retry_after_s;
    for (const Cause& c : error.causes) {
      api::meta_v1::StatusCause cause;
      cause.reason = c.type;
      cause.message = c.message;
      cause.field = c.field;
      d.causes.push_back(std::move(cause));
    }
  }
  return s;
}

api::meta_v1::Status deleted_status(const KindInfo& kind, const Str& name, const Str& uid) {
  api::meta_v1::Status s;
  s.status = "Success";
  auto& d = s.details.mut();
  d.name = name;
  d.group = Str(kind.group);
  d.kind = Str(kind.plural);
  d.uid = uid;
  return s;
}

}  // namespace orrery::apiserver
