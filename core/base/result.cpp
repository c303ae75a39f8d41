#include "core/base/result.h"

namespace orrery {
namespace {

struct Row {
  Reason reason;
  std::string_view text;
  int code;
};
// In the order of enum Reason. Codes as apimachinery's api/errors constructors set them.
constexpr Row kRows[] = {
    {Reason::Unknown, "", 500},
    {Reason::Unauthorized, "Unauthorized", 401},
    {Reason::Forbidden, "Forbidden", 403},
    {Reason::NotFound, "NotFound", 404},
    {Reason::AlreadyExists, "AlreadyExists", 409},
    {Reason::Conflict, "Conflict", 409},
    {Reason::Gone, "Gone", 410},
    {Reason::Invalid, "Invalid", 422},
    {Reason::ServerTimeout, "ServerTimeout", 500},
    {Reason::StoreReadError, "StorageReadError", 500},
    {Reason::Timeout, "Timeout", 504},
    {Reason::TooManyRequests, "TooManyRequests", 429},
    {Reason::BadRequest, "BadRequest", 400},
    {Reason::MethodNotAllowed, "MethodNotAllowed", 405},
    {Reason::NotAcceptable, "NotAcceptable", 406},
    {Reason::RequestEntityTooLarge, "RequestEntityTooLarge", 413},
    {Reason::UnsupportedMediaType, "UnsupportedMediaType", 415},
    {Reason::InternalError, "InternalError", 500},
    {Reason::Expired, "Expired", 410},
    {Reason::ServiceUnavailable, "ServiceUnavailable", 503},
};

}  // namespace

std::string_view reason_text(Reason reason) { return kRows[static_cast<int>(reason)].text; }

Reason reason_from_text(std::string_view text) {
  for (const Row& row : kRows)
    if (row.text == text) return row.reason;
  return Reason::Unknown;
}

int http_code(Reason reason) { return kRows[static_cast<int>(reason)].code; }

// As apimachinery NewGenericServerResponse guesses.
Reason reason_from_code(int http_code) {
  switch (http_code) {
    case 409: return Reason::Conflict;
    case 410: return Reason::Expired;
    case 500: return Reason::InternalError;
    case 504: return Reason::Timeout;
    default: break;
  }
  for (const Row& row : kRows)
    if (row.code == http_code && row.code != 500) return row.reason;
  return Reason::Unknown;
}

}  // namespace orrery
