#include "core/base/quantity.h"

#include <doctest/doctest.h>

using namespace orrery;

static std::string canonical(std::string_view text) {
  auto q = Quantity::parse(text);
  return q ? q->str() : "error: " + q.error().message.str();
}

TEST_CASE("Quantity: prints the canonical form with the suffix family it was written in") {
  struct {
    const char *in, *out;
  } rows[] = {{"0", "0"},         {"0Mi", "0"},       {"100m", "100m"},   {"0.1", "100m"},     {"1.5", "1500m"},
              {"1.5Gi", "1536Mi"}, {"0.5Gi", "512Mi"}, {"1024Mi", "1Gi"},  {"1000Mi", "1000Mi"}, {"128Mi", "128Mi"},
              {"1000m", "1"},      {"2000", "2k"},     {"1e3", "1e3"},     {"12E6", "12e6"},    {"1E", "1E"},
              {"1.", "1"},         {".5", "500m"},     {"-250m", "-250m"}, {"+5", "5"},         {"100k", "100k"},
              {"512Ki", "512Ki"},  {"1000Ki", "1000Ki"}, {"0.001", "1m"},  {"0.0005", "500u"},  {"1.2345", "1234500u"},
              {"0.1n", "1n"},      {"0.9n", "1n"},     {"-0.1n", "-1n"},   {"8Ei", "9223372036854775807"},
              {"9223372036854775807", "9223372036854775807"}, {"0.1Ki", "102400m"}, {"1Ki", "1Ki"}, {"1023Mi", "1023Mi"},
              {"500", "500"},      {"1.1Mi", "1153433600m"}, {"1000E", "1e21"}, {"16777216Ki", "16Gi"}};
  for (auto& row : rows) {
    CAPTURE(row.in);
    CHECK(canonical(row.in) == row.out);
  }
}

TEST_CASE("Quantity: malformed text is refused in Kubernetes' words") {
  std::string format = "error: quantities must match the regular expression "
                       "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  CHECK(canonical("") == format);
  CHECK(canonical("abc") == format);
  CHECK(canonical("1.2.3") == format);
  CHECK(canonical("5 Mi") == format);
  CHECK(canonical("1Mb") == format);
  CHECK(canonical("1mi") == "error: unable to parse quantity's suffix");
  CHECK(canonical("1MiB") == format);
  CHECK(canonical("1KK") == "error: unable to parse quantity's suffix");
}

TEST_CASE("Quantity: whole and thousandth values round up") {
  CHECK(Quantity::parse("1500m")->value() == 2);
  CHECK(Quantity::parse("1500m")->milli_value() == 1500);
  CHECK(Quantity::parse("1u")->milli_value() == 1);
  CHECK(Quantity::parse("1u")->value() == 1);
  CHECK(Quantity::parse("1Gi")->value() == 1073741824);
  CHECK(Quantity::parse("-1500m")->value() == -2);
  CHECK(Quantity::parse("100E")->value() == INT64_MAX);
}

TEST_CASE("Quantity: arithmetic keeps the left format and compares by amount") {
  auto q = [](const char* t) { return *Quantity::parse(t); };
  CHECK((q("1Gi") + q("512Mi")).str() == "1536Mi");
  CHECK((q("100m") + q("1")).str() == "1100m");
  CHECK((q("0") + q("1Gi")).str() == "1Gi");
  CHECK((q("1") - q("250m")).str() == "750m");
  CHECK((q("1") - q("1")).str() == "0");
  CHECK(q("1000m") == q("1"));
  CHECK(q("1Gi") > q("1G"));
  CHECK(q("-1") < q("0"));
  CHECK(q("999m") < q("1"));
  CHECK(q("100E") > q("1n"));
}
