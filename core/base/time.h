// Integer time. Instant counts monotonic nanoseconds since the loop's start and decides everything that waits;
// WallTime counts nanoseconds since 1970 (UTC) and only stamps objects.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace orrery {

struct Duration {
  int64_t ns = 0;
  friend auto operator<=>(const Duration&, const Duration&) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend constexpr Duration operator*(Duration a, int64_t n) { return {a.ns * n}; }
  friend constexpr Duration operator/(Duration a, int64_t n) { return {a.ns / n}; }
  constexpr int64_t ms() const { return ns / 1'000'000; }
  constexpr int64_t s() const { return ns / 1'000'000'000; }
};
constexpr Duration nanos(int64_t n) { return {n}; }
constexpr Duration micros(int64_t n) { return {n * 1'000}; }
constexpr Duration millis(int64_t n) { return {n * 1'000'000}; }
constexpr Duration seconds(int64_t n) { return {n * 1'000'000'000}; }
constexpr Duration minutes(int64_t n) { return {n * 60'000'000'000}; }

struct Instant {
  int64_t ns = 0;
  friend auto operator<=>(const Instant&, const Instant&) = default;
  friend constexpr Instant operator+(Instant a, Duration d) { return {a.ns + d.ns}; }
  friend constexpr Instant operator-(Instant a, Duration d) { return {a.ns - d.ns}; }
  friend constexpr Duration operator-(Instant a, Instant b) { return {a.ns - b.ns}; }
};

// Unset is Kubernetes' zero time: absent or null in JSON.
struct WallTime {
  static constexpr int64_t kUnset = INT64_MIN;
  int64_t ns = kUnset;
  constexpr bool is_set() const { return ns != kUnset; }
  explicit constexpr operator bool() const { return is_set(); }
  friend auto operator<=>(const WallTime&, const WallTime&) = default;
  friend constexpr WallTime operator+(WallTime a, Duration d) { return {a.ns + d.ns}; }
  friend constexpr WallTime operator-(WallTime a, Duration d) { return {a.ns - d.ns}; }
  friend constexpr Duration operator-(WallTime a, WallTime b) { return {a.ns - b.ns}; }
};

// "2026-11-22T09:30:00Z", the form of metav1.Time; fraction_digits 6 gives metav1.MicroTime, 9 RFC 3339 with nanoseconds.
std::string format_rfc3339(WallTime t, int fraction_digits = 0);
// Accepts RFC 3339 with or without fraction and with any offset; false when the text is not one.
bool parse_rfc3339(std::string_view text, WallTime& out);
// Go's time.Duration text: "1h2m3.5s", "300ms", "0s".
std::string format_go_duration(Duration d);
bool parse_go_duration(std::string_view text, Duration& out);
// kubectl's ages (apimachinery util/duration HumanDuration): "5s", "3m20s", "2d3h", "401d".
std::string human_duration(Duration d);

}  // namespace orrery
