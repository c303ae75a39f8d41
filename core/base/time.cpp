#include "core/base/time.h"

#include "core/base/str.h"

namespace orrery {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kDay = 86'400;

int64_t floor_div(int64_t a, int64_t b) {
  int64_t q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

struct Date {
  int64_t year;
  int month, day;
};

// Proleptic Gregorian calendar; days count from 1970-01-01 (after Howard Hinnant's civil calendar algorithms).
Date date_of(int64_t days) {
  days += 719'468;
  int64_t era = floor_div(days, 146'097);
  int64_t doe = days - era * 146'097;
  int64_t yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  return {yoe + era * 400 + (month <= 2), month, static_cast<int>(doy - (153 * mp + 2) / 5 + 1)};
}

int64_t days_of(int64_t year, int month, int day) {
  year -= month <= 2;
  int64_t era = floor_div(year, 400);
  int64_t yoe = year - era * 400;
  int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146'097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719'468;
}

int days_in_month(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

void pad(std::string& out, int64_t n, int width) {
  std::string digits = std::to_string(n);
  if (digits.size() < static_cast<size_t>(width)) out.append(width - digits.size(), '0');
  out += digits;
}

// Reads exactly `width` digits.
bool digits(std::string_view& text, int width, int64_t& out) {
  if (text.size() < static_cast<size_t>(width)) return false;
  out = 0;
  for (int i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// "1.5" for n = 1500 and unit = 1000.
std::string with_fraction(uint64_t n, uint64_t unit) {
  std::string out = std::to_string(n / unit);
  uint64_t rest = n % unit;
  if (rest == 0) return out;
  out += '.';
  for (unit /= 10; rest != 0; unit /= 10) {
    out += static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  return out;
}

}  // namespace

std::string format_rfc3339(WallTime t, int fraction_digits) {
  if (!t.is_set()) return "0001-01-01T00:00:00Z";
  int64_t secs = floor_div(t.ns, kSecond);
  int64_t nanos = t.ns - secs * kSecond;
  int64_t days = floor_div(secs, kDay);
  int64_t of_day = secs - days * kDay;
  Date d = date_of(days);
  std::string out;
  out.reserve(32);
  pad(out, d.year, 4);
  out += '-';
  pad(out, d.month, 2);
  out += '-';
  pad(out, d.day, 2);
  out += 'T';
  pad(out, of_day / 3600, 2);
  out += ':';
  pad(out, of_day / 60 % 60, 2);
  out += ':';
  pad(out, of_day % 60, 2);
  if (fraction_digits > 0) {
    for (int i = fraction_digits; i < 9; ++i) nanos /= 10;
    out += '.';
    pad(out, nanos, fraction_digits);
  }
  out += 'Z';
  return out;
}

bool parse_rfc3339(std::string_view text, WallTime& out) {
  int64_t year, month, day, hour, minute, second, nanos = 0, offset = 0;
  if (!digits(text, 4, year) || !take(text, '-') || !digits(text, 2, month) || !take(text, '-') ||
      !digits(text, 2, day) || !take(text, 'T') || !digits(text, 2, hour) || !take(text, ':') ||
      !digits(text, 2, minute) || !take(text, ':') || !digits(text, 2, second))
    return false;
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, static_cast<int>(month)) || hour > 23 ||
      minute > 59 || second > 59)
    return false;
  if (take(text, '.')) {
    int64_t unit = 100'000'000;
    bool any = false;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), unit /= 10, any = true)
      nanos += (text.front() - '0') * unit;
    if (!any) return false;
  }
  if (!take(text, 'Z')) {
    bool west = take(text, '-');
    int64_t h, m;
    if ((!west && !take(text, '+')) || !digits(text, 2, h) || !take(text, ':') || !digits(text, 2, m) || h > 23 ||
        m > 59)
      return false;
    offset = (west ? -1 : 1) * (h * 3600 + m * 60);
  }
  if (!text.empty()) return false;
  int64_t secs = days_of(year, static_cast<int>(month), static_cast<int>(day)) * kDay + hour * 3600 + minute * 60 +
                 second - offset;
  if (year == 1 && secs == days_of(1, 1, 1) * kDay && nanos == 0) {
    out = WallTime{};  // Go's zero time
    return true;
  }
  constexpr int64_t kMax = INT64_MAX / kSecond - 1;  // years 1678 to 2261: what nanoseconds can hold
  if (secs > kMax) secs = kMax, nanos = 0;
  if (secs < -kMax) secs = -kMax, nanos = 0;
  out.ns = secs * kSecond + nanos;
  return true;
}

std::string format_go_duration(Duration d) {
  if (d.ns == 0) return "0s";
  std::string sign = d.ns < 0 ? "-" : "";
  uint64_t n = d.ns < 0 ? 0 - static_cast<uint64_t>(d.ns) : static_cast<uint64_t>(d.ns);
  if (n < 1000) return sign + std::to_string(n) + "ns";
  if (n < 1'000'000) return sign + with_fraction(n, 1000) + "\u00b5s";
  if (n < 1'000'000'000) return sign + with_fraction(n, 1'000'000) + "ms";
  constexpr uint64_t kMinute = 60ull * kSecond;
  std::string out = sign;
  if (n >= 60 * kMinute) out += std::to_string(n / (60 * kMinute)) + "h";
  if (n >= kMinute) out += std::to_string(n / kMinute % 60) + "m";
  return out + with_fraction(n % kMinute, kSecond) + "s";
}

bool parse_go_duration(std::string_view text, Duration& out) {
  bool negative = false;
  if (!take(text, '+')) negative = take(text, '-');
  if (text == "0") {
    out = {};
    return true;
  }
  if (text.empty()) return false;
  __int128 total = 0;
  constexpr __int128 kLimit = static_cast<__int128>(INT64_MAX) + 1;
  while (!text.empty()) {
    __int128 whole = 0, fraction = 0, scale = 1;
    bool any = false;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), any = true) {
      whole = whole * 10 + (text.front() - '0');
      if (whole > kLimit) return false;
    }
    if (take(text, '.')) {
      for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), any = true) {
        if (scale > 1'000'000'000'000'000) continue;  // finer than any unit can show
        fraction = fraction * 10 + (text.front() - '0');
        scale *= 10;
      }
    }
    if (!any) return false;
    struct Unit {
      std::string_view name;
      int64_t ns;
    };
    constexpr Unit kUnits[] = {{"ns", 1},         {"us", 1000},      {"\u00b5s", 1000},    {"\u03bcs", 1000},
                               {"ms", 1'000'000}, {"s", kSecond},    {"m", 60 * kSecond},  {"h", 3600 * kSecond}};
    const Unit* unit = nullptr;
    for (const Unit& u : kUnits)  // "ms" stands before "m"
      if (text.substr(0, u.name.size()) == u.name && (!unit || u.name.size() > unit->name.size())) unit = &u;
    if (!unit) return false;
    text.remove_prefix(unit->name.size());
    total += whole * unit->ns + fraction * unit->ns / scale;
    if (total > kLimit) return false;
  }
  if (!negative && total == kLimit) return false;
  out.ns = static_cast<int64_t>(negative ? -total : total);
  return true;
}

std::string human_duration(Duration d) {
  int64_t seconds = d.ns / kSecond;
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return cat(seconds, "s");
  auto two = [](int64_t big, const char* big_unit, int64_t small, const char* small_unit) {
    return small == 0 ? cat(big, big_unit) : cat(big, big_unit, small, small_unit);
  };
  int64_t minutes = seconds / 60, hours = seconds / 3600, days = hours / 24;
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return cat(minutes, "m");
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return cat(hours, "h");
  if (hours < 24 * 8) return two(days, "d", hours % 24, "h");
  if (hours < 24 * 365 * 2) return cat(days, "d");
  if (hours < 24 * 365 * 8) return two(days / 365, "y", days % 365, "d");
  return cat(days / 365, "y");
}

}  // namespace orrery
