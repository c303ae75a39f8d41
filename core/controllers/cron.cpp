#include "core/controllers/cron.h"

#include "core/base/text.h"

namespace orrery::controllers {
namespace {

constexpr int64_t kMinute = 60;
constexpr int64_t kDay = 86400;
constexpr int kYearsMax = 5;

struct FieldRule {
  const char* name;
  int min, max;
  std::string_view names;  // of min, min+1, ...
};
constexpr FieldRule kFields[] = {
    {"minute", 0, 59, ""},
    {"hour", 0, 23, ""},
    {"day of month", 1, 31, ""},
    {"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
    {"day of week", 0, 6, "sun mon tue wed thu fri sat"},
};

Error bad(std::string text) { return make_error(Reason::Invalid, std::move(text)); }

bool number(const FieldRule& rule, std::string_view text, int& out) {
  int64_t n = 0;
  if (parse_int64(text, n)) {
    if (n < 0 || n > 1000) return false;
    out = static_cast<int>(n);
    return true;
  }
  int i = rule.min;
  for (const std::string& name : split(rule.names, ' ')) {
    if (!name.empty() && to_lower(text) == name) {
      out = i;
      return true;
    }
    ++i;
  }
  return false;
}

// One part of a list: "*", "5", "1-5", "*/15", "10-50/20".
Result<uint64_t> part_bits(const FieldRule& rule, std::string_view part, bool& star) {
  std::vector<std::string> halves = split(part, '/');
  int first = rule.min, last = rule.max, step = 1;
  if (halves.size() > 2) return bad(cat("too many slashes: ", part));
  std::vector<std::string> ends = split(halves[0], '-');
  if (halves[0] == "*" || halves[0] == "?") {
    star = halves.size() == 1;
  } else {
    if (ends.size() > 2) return bad(cat("too many hyphens: ", part));
    if (!number(rule, ends[0], first)) return bad(cat("failed to parse int from ", ends[0]));
    last = first;
    if (ends.size() == 2 && !number(rule, ends[1], last)) return bad(cat("failed to parse int from ", ends[1]));
    if (ends.size() == 1 && halves.size() == 2) last = rule.max;
  }
  if (halves.size() == 2 && (!number({"step", 0, 0, ""}, halves[1], step) || step == 0))
    return bad(cat("step of range should be a positive number: ", part));
  if (first < rule.min) return bad(cat("beginning of range (", first, ") below minimum (", rule.min, "): ", part));
  if (last > rule.max) return bad(cat("end of range (", last, ") above maximum (", rule.max, "): ", part));
  if (first > last)
    return bad(cat("beginning of range (", first, ") beyond end of range (", last, "): ", part));
  uint64_t bits = 0;
  for (int i = first; i <= last; i += step) bits |= 1ull << i;
  return bits;
}

Result<uint64_t> field_bits(const FieldRule& rule, std::string_view text, bool& star) {
  uint64_t bits = 0;
  star = false;
  for (const std::string& part : split(text, ',')) {
    bool one_star = false;
    auto parsed = part_bits(rule, part, one_star);
    if (!parsed.ok()) return parsed.error();
    bits |= *parsed;
    star |= one_star;
  }
  return bits;
}

struct Civil {
  int64_t year;
  int month, day;
};

// Howard Hinnant's civil_from_days.
Civil civil_of(int64_t days) {
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  int64_t doe = days - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  int day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  return {yoe + era * 400 + (month <= 2), month, day};
}

}  // namespace

Result<CronSchedule> CronSchedule::parse(std::string_view text) {
  CronSchedule out;
  std::string spec(trim(text));
  if (starts_with(spec, "@every ")) {
    Duration every;
    if (!parse_go_duration(std::string_view(spec).substr(7), every))
      return bad(cat("failed to parse duration ", spec));
    out.every_ = every < seconds(1) ? seconds(1) : seconds(every.s());
    return out;
  }
  struct Word {
    std::string_view word, means;
  };
  constexpr Word kWords[] = {{"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
                             {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
                             {"@hourly", "0 * * * *"}};
  if (!spec.empty() && spec[0] == '@') {
    std::string_view means;
    for (const Word& w : kWords)
      if (w.word == spec) means = w.means;
    if (means.empty()) return bad(cat("unrecognized descriptor: ", spec));
    spec = means;
  }
  std::vector<std::string> fields;
  for (const std::string& piece : split(spec, ' '))
    if (!piece.empty()) fields.push_back(piece);
  if (fields.size() != 5)
    return bad(cat("expected exactly 5 fields, found ", fields.size(), ": [", join(fields, " "), "]"));
  uint64_t* into[] = {&out.minutes_, &out.hours_, &out.days_, &out.months_, &out.weekdays_};
  for (size_t i = 0; i < 5; ++i) {
    bool star = false;
    auto bits = field_bits(kFields[i], fields[i], star);
    if (!bits.ok()) return bits.error();
    *into[i] = *bits;
    if (i == 2) out.any_day_ = star;
    if (i == 4) out.any_weekday_ = star;
  }
  return out;
}

std::optional<WallTime> CronSchedule::next(WallTime t) const {
  constexpr int64_t kSecond = 1'000'000'000;
  int64_t now = t.ns / kSecond;
  if (every_.ns > 0) return WallTime{(now + every_.s()) * kSecond};
  int64_t at = (now / kMinute + 1) * kMinute;
  for (int64_t day = at / kDay; day <= at / kDay + 366 * kYearsMax; ++day) {
    Civil date = civil_of(day);
    if (!(months_ >> date.month & 1)) continue;
    int weekday = static_cast<int>(((day + 4) % 7 + 7) % 7);
    bool by_day = days_ >> date.day & 1, by_weekday = weekdays_ >> weekday & 1;
    // When both are given, either will do.
    if (!(any_day_ || any_weekday_ ? by_day && by_weekday : by_day || by_weekday)) continue;
    int64_t from = day == at / kDay ? at % kDay / kMinute : 0;
    for (int64_t minute = from; minute < 1440; ++minute)
      if ((hours_ >> (minute / 60) & 1) && (minutes_ >> (minute % 60) & 1))
        return WallTime{(day * kDay + minute * kMinute) * kSecond};
  }
  return std::nullopt;
}

}  // namespace orrery::controllers
