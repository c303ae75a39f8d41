// Cron schedules, as robfig/cron's standard parser reads them: five fields, names, steps, and the @ words. In UTC.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"

namespace orrery::controllers {

class CronSchedule {
 public:
  // Errors say what is wrong: `expected exactly 5 fields, found 4: [* * * *]`.
  static Result<CronSchedule> parse(std::string_view text);
  // The first time after t; nothing when there is none within five years.
  std::optional<WallTime> next(WallTime t) const;

 private:
  uint64_t minutes_ = 0, hours_ = 0, days_ = 0, months_ = 0, weekdays_ = 0;  // a bit each
  bool any_day_ = false, any_weekday_ = false;  // the field is a star
  Duration every_{};                            // "@every 90s"
};

}  // namespace orrery::controllers
