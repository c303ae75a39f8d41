// resource.Quantity: fixed-point numbers with suffixes, exactly as Kubernetes computes them (no float).
// Source: apimachinery pkg/api/resource (quantity.go, suffix.go, amount.go).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace orrery {

// value * 10^scale. Amounts finer than nano are rounded up on parsing; larger than int64 can hold at scale 0 are capped.
class Quantity {
 public:
  enum class Format : uint8_t { DecimalSI, BinarySI, DecimalExponent };

  Quantity() = default;
  static Quantity of(int64_t value, Format format = Format::DecimalSI) { return make(value, 0, format); }
  static Quantity milli(int64_t value, Format format = Format::DecimalSI) { return make(value, -3, format); }
  static Quantity make(int64_t value, int scale, Format format);
  // Errors say what Kubernetes says: "quantities must match the regular expression '...'" and so on.
  static Result<Quantity> parse(std::string_view text);

  // Canonical form: "100m", "1Gi", "1500M", "12e6".
  std::string str() const;
  // Rounded up to a whole number, to thousandths.
  int64_t value() const;
  int64_t milli_value() const;
  bool is_zero() const { return value_ == 0; }
  int sign() const { return value_ < 0 ? -1 : value_ > 0; }
  Format format() const { return format_; }

  Quantity& operator+=(const Quantity& other);
  Quantity& operator-=(const Quantity& other);
  friend Quantity operator+(Quantity a, const Quantity& b) { return a += b; }
  friend Quantity operator-(Quantity a, const Quantity& b) { return a -= b; }
  // By amount: 1000m == 1.
  friend bool operator==(const Quantity& a, const Quantity& b) { return a.compare(b) == 0; }
  friend std::strong_ordering operator<=>(const Quantity& a, const Quantity& b) { return a.compare(b) <=> 0; }

 private:
  int compare(const Quantity& other) const;
  int64_t value_ = 0;
  int8_t scale_ = 0;
  Format format_ = Format::DecimalSI;
};

}  // namespace orrery
