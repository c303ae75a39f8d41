// ORRERY_CHECK: an assertion about the program itself, kept in release builds. User input never reaches one.
#pragma once

namespace orrery {
[[noreturn]] void check_failed(const char* condition, const char* why, const char* file, int line);
}

#define ORRERY_CHECK(condition, why) \
  ((condition) ? static_cast<void>(0) : ::orrery::check_failed(#condition, why, __FILE__, __LINE__))
