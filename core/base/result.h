// Result<T>: a value or an Error. Errors are values with Kubernetes' closed list of Status reasons.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "core/base/check.h"
#include "core/base/list.h"
#include "core/base/str.h"

namespace orrery {

// metav1.StatusReason (apimachinery pkg/apis/meta/v1/types.go); the HTTP code follows from the reason.
enum class Reason : uint8_t {
  Unknown, Unauthorized, Forbidden, NotFound, AlreadyExists, Conflict, Gone, Invalid, ServerTimeout, StoreReadError,
  Timeout, TooManyRequests, BadRequest, MethodNotAllowed, NotAcceptable, RequestEntityTooLarge, UnsupportedMediaType,
  InternalError, Expired, ServiceUnavailable,
};
std::string_view reason_text(Reason reason);  // "NotFound"; "" for Unknown
Reason reason_from_text(std::string_view text);
int http_code(Reason reason);  // 404
Reason reason_from_code(int http_code);

struct Cause {
  Str type;     // metav1.CauseType: "FieldValueInvalid", "FieldManagerConflict", ...
  Str message;
  Str field;    // "spec.containers[0].name"
};

// What becomes a metav1.Status when it reaches a client.
struct Error {
  Reason reason = Reason::Unknown;
  Str message;
  // status.details
  Str name;
  Str group;
  Str kind;  // resource or kind, as Kubernetes puts it there ("pods", "Pod")
  Str uid;
  List<Cause> causes;
  int32_t retry_after_s = 0;
  int32_t code = 0;  // 0: http_code(reason)

  int http() const { return code ? code : http_code(reason); }
};

inline Error make_error(Reason reason, Str message) {
  Error e;
  e.reason = reason;
  e.message = std::move(message);
  return e;
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}
  bool ok() const { return v_.index() == 0; }
  explicit operator bool() const { return ok(); }
  const T& value() const& {
    ORRERY_CHECK(ok(), "a Result's value is read only after ok()");
    return std::get<0>(v_);
  }
  T& value() & {
    ORRERY_CHECK(ok(), "a Result's value is read only after ok()");
    return std::get<0>(v_);
  }
  T&& value() && {
    ORRERY_CHECK(ok(), "a Result's value is read only after ok()");
    return std::get<0>(std::move(v_));
  }
  const T& operator*() const { return value(); }
  T& operator*() { return value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  const Error& error() const {
    ORRERY_CHECK(!ok(), "a Result's error is read only after !ok()");
    return std::get<1>(v_);
  }

 private:
  std::variant<T, Error> v_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : e_(std::move(error)) {}
  bool ok() const { return !e_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    ORRERY_CHECK(!ok(), "a Result's error is read only after !ok()");
    return *e_;
  }

 private:
  std::optional<Error> e_;
};

}  // namespace orrery
