#include "core/base/time.h"

#include <doctest/doctest.h>

using namespace orrery;

TEST_CASE("WallTime: RFC 3339 both ways") {
  WallTime t{0};
  CHECK(format_rfc3339(t) == "1970-01-01T00:00:00Z");
  CHECK(parse_rfc3339("2026-11-22T09:30:00Z", t));
  CHECK(t.ns == 1795339800ll * 1'000'000'000);
  CHECK(format_rfc3339(t) == "2026-11-22T09:30:00Z");
  CHECK(parse_rfc3339("2026-11-22T10:30:00.123456789+01:00", t));
  CHECK(format_rfc3339(t) == "2026-11-22T09:30:00Z");
  CHECK(format_rfc3339(t, 6) == "2026-11-22T09:30:00.123456Z");
  CHECK(parse_rfc3339("2024-02-29T00:00:00Z", t));
  CHECK(format_rfc3339(t) == "2024-02-29T00:00:00Z");
  for (const char* bad : {"", "2023-02-29T00:00:00Z", "2026-11-22", "2026-11-22T09:30:00", "2026-11-22 09:30:00Z",
                          "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T09:30:00.Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_rfc3339(bad, t));
  }
  CHECK(parse_rfc3339("0001-01-01T00:00:00Z", t));
  CHECK_FALSE(t.is_set());
}

TEST_CASE("Duration: Go's text both ways") {
  CHECK(format_go_duration(seconds(0)) == "0s");
  CHECK(format_go_duration(seconds(3723) + millis(500)) == "1h2m3.5s");
  CHECK(format_go_duration(millis(300)) == "300ms");
  CHECK(format_go_duration(minutes(5)) == "5m0s");
  CHECK(format_go_duration(nanos(1500)) == "1.5\u00b5s");
  CHECK(format_go_duration(nanos(-7)) == "-7ns");
  Duration d;
  CHECK(parse_go_duration("1h2m3.5s", d));
  CHECK(d.ns == (seconds(3723) + millis(500)).ns);
  CHECK(parse_go_duration("-1.5h", d));
  CHECK(d.s() == -5400);
  CHECK(parse_go_duration("100ms", d));
  CHECK(d.ms() == 100);
  CHECK(parse_go_duration("0", d));
  for (const char* bad : {"", "1", "s", "1x", "1h-2m", ".s", "9999999999h"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_go_duration(bad, d));
  }
}

TEST_CASE("human_duration: kubectl's ages") {
  struct {
    int64_t s;
    const char* text;
  } rows[] = {{-2, "<invalid>"}, {-1, "0s"}, {0, "0s"}, {119, "119s"}, {120, "2m"}, {200, "3m20s"}, {599, "9m59s"},
              {600, "10m"}, {179 * 60, "179m"}, {3 * 3600, "3h"}, {3 * 3600 + 60, "3h1m"}, {8 * 3600, "8h"},
              {47 * 3600, "47h"}, {51 * 3600, "2d3h"}, {8 * 86400, "8d"}, {401 * 86400, "401d"}, {800 * 86400, "2y70d"},
              {9ll * 365 * 86400, "9y"}};
  for (auto& row : rows) CHECK(human_duration(seconds(row.s)) == row.text);
  CHECK(human_duration(millis(-1500)) == "0s");
}
