#include "core/api/status.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace orrery::api {
namespace {

using nlohmann::json;

Str text(const json& from, const char* name) {
  const auto found = from.find(name);
  return Str(found != from.end() && found->is_string() ? found->get<std::string>() : std::string());
}

Cause cause_of(const json& from) {
  Cause cause;
  cause.type = text(from, "reason");
  cause.message = text(from, "message");
  cause.field = text(from, "field");
  return cause;
}

}  // namespace

Error error_of_status(int code, std::string_view body) {
  Error error = make_error(reason_from_code(code), Str(trim(body)));
  error.code = code;
  const json status = json::parse(body, nullptr, false);
  if (!status.is_object()) return error;
  error.message = text(status, "message");
  error.reason = reason_from_text(text(status, "reason"));
  const auto details = status.find("details");
  if (details == status.end() || !details->is_object()) return error;
  error.name = text(*details, "name");
  error.group = text(*details, "group");
  error.kind = text(*details, "kind");
  error.uid = text(*details, "uid");
  const auto causes = details->find("causes");
  if (causes == details->end() || !causes->is_array()) return error;
  for (const json& one : *causes)
    if (one.is_object()) error.causes.push_back(cause_of(one));
  return error;
}

}  // namespace orrery::api
