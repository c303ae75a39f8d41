#include "core/base/quantity.h"

namespace orrery {
namespace {

using Wide = __int128;

constexpr int kNano = -9;
constexpr int kScaleMax = 90;        // amounts beyond are capped
constexpr int kDigitsMax = 36;       // significant digits that are read exactly

constexpr Wide kWideMax = static_cast<Wide>(~static_cast<unsigned __int128>(0) >> 1);

Error parse_error(const char* text) { return make_error(Reason::BadRequest, text); }
Error format_error() {
  return parse_error(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

struct Suffix {
  std::string_view text;
  int base;
  int exponent;
};
constexpr Suffix kSuffixes[] = {{"", 10, 0},    {"n", 10, -9},  {"u", 10, -6},  {"m", 10, -3},  {"k", 10, 3},
                                {"M", 10, 6},   {"G", 10, 9},   {"T", 10, 12},  {"P", 10, 15},  {"E", 10, 18},
                                {"Ki", 2, 10},  {"Mi", 2, 20},  {"Gi", 2, 30},  {"Ti", 2, 40},  {"Pi", 2, 50},
                                {"Ei", 2, 60}};

bool digit(char c) { return c >= '0' && c <= '9'; }

// Reads "e3" or "E-3".
bool exponent_of(std::string_view text, int& out) {
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return false;
  text.remove_prefix(1);
  bool negative = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  if (text.empty()) return false;
  int n = 0;
  for (char c : text) {
    if (!digit(c)) return false;
    n = n > 1'000'000 ? n : n * 10 + (c - '0');
  }
  out = negative ? -n : n;
  return true;
}

// Saturates; true when exact.
bool mul(Wide& value, Wide by) {
  Wide limit = kWideMax / by;
  if (value > limit || value < -limit) {
    value = value < 0 ? -kWideMax : kWideMax;
    return false;
  }
  value *= by;
  return true;
}

// value * 10^scale as a multiple of 10^target; what is lost is rounded away from zero. Saturates.
Wide at_scale(Wide value, int scale, int target, bool* exact = nullptr) {
  for (; scale > target && value != 0; --scale)
    if (!mul(value, 10)) {
      if (exact) *exact = false;
      return value;
    }
  bool lost = false;
  for (; scale < target && value != 0; ++scale) {
    lost |= value % 10 != 0;
    value /= 10;
    if (value == 0 && lost) break;
  }
  // A value that sank to zero had its sign in what was lost; the callers pass non-negative values.
  if (exact) *exact = !lost;
  return lost ? value + 1 : value;
}

Wide rounded_up(int64_t value, int scale, int target, bool* exact = nullptr) {
  Wide wide = value;
  return wide < 0 ? -at_scale(-wide, scale, target, exact) : at_scale(wide, scale, target, exact);
}

int64_t saturate(Wide value) {
  if (value > INT64_MAX) return INT64_MAX;
  if (value < INT64_MIN) return INT64_MIN;
  return static_cast<int64_t>(value);
}

// Makes value * 10^scale fit: drops trailing zeros, never digits; larger amounts are capped.
void fit(Wide value, int scale, int64_t& out, int8_t& out_scale) {
  while ((value > INT64_MAX || value < -static_cast<Wide>(INT64_MAX)) && value % 10 == 0 && scale < kScaleMax)
    value /= 10, ++scale;
  if (value > INT64_MAX || value < -static_cast<Wide>(INT64_MAX)) {  // finer digits go first
    while (scale < 0 && (value > INT64_MAX || value < -static_cast<Wide>(INT64_MAX))) {
      value = value < 0 ? -((-value + 9) / 10) : (value + 9) / 10;
      ++scale;
    }
    value = saturate(value);
  }
  out = static_cast<int64_t>(value);
  out_scale = static_cast<int8_t>(value == 0 ? 0 : scale);
}

}  // namespace

Quantity Quantity::make(int64_t value, int scale, Format format) {
  Quantity q;
  q.value_ = value;
  q.scale_ = static_cast<int8_t>(value == 0 ? 0 : scale);
  q.format_ = format;
  return q;
}

Result<Quantity> Quantity::parse(std::string_view text) {
  if (text.empty()) return format_error();
  bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  size_t i = 0;
  Wide value = 0;
  int scale = 0, digits = 0;
  bool lost = false, any = false, too_many = false;
  auto take_digit = [&](char c, bool fraction) {
    any = true;
    if (digits < kDigitsMax) {
      value = value * 10 + (c - '0');
      digits += value != 0;
      scale -= fraction;
    } else if (fraction) {
      lost |= c != '0';
    } else {
      too_many = true;
      ++scale;
    }
  };
  for (; i < text.size() && digit(text[i]); ++i) take_digit(text[i], false);
  if (i < text.size() && text[i] == '.')
    for (++i; i < text.size() && digit(text[i]); ++i) take_digit(text[i], true);
  std::string_view suffix = text.substr(i);
  // What the regular expression lets pass as a suffix; anything else has the wrong format.
  size_t s = 0;
  while (s < suffix.size() && std::string_view("eEinumkKMGTP").find(suffix[s]) != std::string_view::npos) ++s;
  if (s < suffix.size() && (suffix[s] == '-' || suffix[s] == '+')) ++s;
  while (s < suffix.size() && digit(suffix[s])) ++s;
  if (s < suffix.size()) return format_error();
  if (!any && text.empty()) return Quantity{};  // a lone sign is zero, as Kubernetes reads it

  int base = 0, exponent = 0;
  Format format = Format::DecimalSI;
  for (const Suffix& known : kSuffixes)
    if (known.text == suffix) {
      base = known.base;
      exponent = known.exponent;
      format = base == 2 ? Format::BinarySI : Format::DecimalSI;
    }
  if (base == 0) {
    if (!exponent_of(suffix, exponent)) return parse_error("unable to parse quantity's suffix");
    base = 10;
    format = Format::DecimalExponent;
  }
  if (!any) return parse_error("unable to parse numeric part of quantity");

  if (base == 10) {
    scale += exponent;
  } else {
    // Fractions of binary amounts are exact in decimal after the multiplication.
    if (!mul(value, static_cast<Wide>(1) << exponent)) too_many = true;
  }
  if (value != 0 && scale > kScaleMax) too_many = true, scale = 0;
  if (scale < kNano) {
    value = at_scale(value, scale < -120 ? -120 : scale, kNano);
    if (value == 0 && digits > 0) value = 1;
    scale = kNano;
  } else if (lost) {
    value += 1;
  }
  if (format == Format::BinarySI) {
    bool exact = true;
    Wide whole = at_scale(value, scale, 0, &exact);
    if (whole > INT64_MAX || too_many) value = INT64_MAX, scale = 0;
    if (whole <= 1 && !exact) format = Format::DecimalSI;  // between 0 and 1
  } else if (too_many && value != 0 && scale == 0) {
    value = INT64_MAX;
  }
  Quantity out;
  fit(negative ? -value : value, scale, out.value_, out.scale_);
  out.format_ = format;
  return out;
}

std::string Quantity::str() const {
  if (value_ == 0) return "0";
  Format format = format_;
  bool exact = true;
  Wide whole = rounded_up(value_, scale_, 0, &exact);
  if (format == Format::BinarySI && ((whole > -1024 && whole < 1024) || !exact)) format = Format::DecimalSI;
  std::string_view suffix;
  if (format == Format::BinarySI) {
    int exponent = 0;
    for (; whole % 1024 == 0 && exponent < 60; whole /= 1024) exponent += 10;
    for (const Suffix& s : kSuffixes)
      if (s.base == 2 && s.exponent == exponent) suffix = s.text;
    return cat(static_cast<int64_t>(saturate(whole)), suffix);
  }
  Wide value = value_;
  int exponent = scale_;
  for (; value % 10 == 0; value /= 10) ++exponent;
  for (; ((exponent % 3) + 3) % 3 != 0; --exponent) value *= 10;
  std::string digits;
  for (Wide v = value < 0 ? -value : value; v != 0; v /= 10)
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(v % 10)));
  if (value < 0) digits.insert(digits.begin(), '-');
  if (format == Format::DecimalSI)
    for (const Suffix& s : kSuffixes)
      if (s.base == 10 && s.exponent == exponent) return digits + std::string(s.text);
  return exponent == 0 ? digits : cat(digits, "e", exponent);
}

int64_t Quantity::value() const { return saturate(rounded_up(value_, scale_, 0)); }
int64_t Quantity::milli_value() const { return saturate(rounded_up(value_, scale_, -3)); }

Quantity& Quantity::operator+=(const Quantity& other) {
  if (value_ == 0) {
    *this = other;
    return *this;
  }
  int scale = scale_ < other.scale_ ? scale_ : other.scale_;
  bool exact = true;
  Wide sum = rounded_up(value_, scale_, scale, &exact) + rounded_up(other.value_, other.scale_, scale, &exact);
  fit(sum, scale, value_, scale_);
  return *this;
}

Quantity& Quantity::operator-=(const Quantity& other) {
  Quantity negated = other;
  negated.value_ = other.value_ == INT64_MIN ? INT64_MAX : -other.value_;
  return *this += negated;
}

int Quantity::compare(const Quantity& other) const {
  if (sign() != other.sign()) return sign() < other.sign() ? -1 : 1;
  if (scale_ == other.scale_) return value_ < other.value_ ? -1 : value_ > other.value_;
  int scale = scale_ < other.scale_ ? scale_ : other.scale_;
  Wide a = rounded_up(value_, scale_, scale), b = rounded_up(other.value_, other.scale_, scale);
  return a < b ? -1 : a > b;
}

}  // namespace orrery
