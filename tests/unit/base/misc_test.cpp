#include <doctest/doctest.h>

#include <cstdint>

#include "core/base/hash.h"
#include "core/base/indexed_map.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/text.h"

using namespace orrery;

TEST_CASE("Rng: the same seed gives the same numbers, children don't disturb each other") {
  Rng a(42), b(42);
  CHECK(a.next() == b.next());
  CHECK(a.child("pods").next() == b.child("pods").next());
  CHECK(a.child("pods").next() != a.child("nodes").next());
  b.next();
  CHECK(a.child("pods").next() == b.child("pods").next());
  Rng zero(0);  // xoshiro256** seeded by SplitMix64(0): a fixed point for every platform
  CHECK(zero.next() == 0x99ec5f36cb75f2b4ull);
  CHECK(zero.suffix(5).size() == 5);
  std::string id = zero.uuid();
  CHECK(id.size() == 36);
  CHECK(id[14] == '4');
  for (int i = 0; i < 1000; ++i) CHECK(zero.below(7) < 7);
}

TEST_CASE("Hashes: FNV-1a and the suffix alphabet") {
  CHECK(fnv1a("") == 14695981039346656037ull);
  CHECK(fnv1a("a") == 0xaf63dc4c8601ec8cull);
  CHECK(fnv1a32("a") == 0xe40c292cu);
  CHECK(safe_encode("0123456789") == "456789bcdf");
}

TEST_CASE("cat: every kind of piece, as a std::string and as a Str") {
  const Str ns = "default";
  const std::string name = "web";
  CHECK(cat() == "");
  CHECK(cat(ns, '/', name, "-", std::string_view("abc"), ": ", true, ' ', false) == "default/web-abc: true false");
  CHECK(cat(0, " ", -1, " ", INT64_MIN, " ", UINT64_MAX, " ", uint8_t{7}) ==
        "0 -1 -9223372036854775808 18446744073709551615 7");
  CHECK(cat_str("a", 1, ns) == "a1default");
  CHECK(cat_str("", Str()).empty());
  CHECK(std::string_view(cat_str("a", "bc").c_str()) == "abc");
}

TEST_CASE("IndexedMap: found by hash what a map finds, also when copied, moved and after erasing") {
  using M = IndexedMap<Str, int, StrHash>;
  M map;
  auto key = [](int i) { return cat_str("key-", i * 7919 % 1000); };
  for (int i = 0; i < 500; ++i) map[key(i)] = i;
  for (int i = 0; i < 500; i += 3) map.erase(map.find(key(i)));
  M copy = map;
  M moved = std::move(map);
  for (M* m : {&copy, &moved}) {
    size_t found = 0;
    for (int i = 0; i < 1000; ++i) {
      auto it = m->find(key(i).view());
      CHECK((it != m->end()) == (i < 500 && i % 3 != 0));
      if (it == m->end()) continue;
      CHECK(it->second == i);
      ++found;
    }
    CHECK(found == m->size());
    CHECK(m->lower_bound("key-5")->first == m->ordered().lower_bound("key-5")->first);
  }
  copy[key(1)] = -1;
  CHECK(copy.find(key(1))->second == -1);
  CHECK(moved.find(key(1))->second == 1);
  copy = M();
  CHECK(copy.find(key(1)) == copy.end());
  copy["small"] = 1;  // without an index
  CHECK(copy.count("small") == 1);
}

TEST_CASE("Reason: text and code") {
  CHECK(reason_text(Reason::AlreadyExists) == "AlreadyExists");
  CHECK(http_code(Reason::Invalid) == 422);
  CHECK(reason_from_code(409) == Reason::Conflict);
  CHECK(reason_from_text("Expired") == Reason::Expired);
  for (int r = 0; r <= static_cast<int>(Reason::ServiceUnavailable); ++r)
    CHECK(reason_from_text(reason_text(static_cast<Reason>(r))) == static_cast<Reason>(r));
}

TEST_CASE("Text: base64, percent, quoting, numbers") {
  std::string out;
  CHECK(base64_encode("hello") == "aGVsbG8=");
  CHECK(base64_decode("aGVsbG8=", out));
  CHECK(out == "hello");
  CHECK(base64_decode("", out));
  CHECK_FALSE(base64_decode("aGVsbG8", out));
  CHECK_FALSE(base64_decode("aGV=bG8=", out));
  CHECK(percent_decode("a%20b%2Fc+d", true) == "a b/c d");
  CHECK(percent_encode("a b/c") == "a%20b%2Fc");
  CHECK(quoted("a \"b\"\n") == "\"a \\\"b\\\"\\n\"");
  int64_t n;
  CHECK(parse_int64("-9223372036854775808", n));
  CHECK(n == INT64_MIN);
  CHECK_FALSE(parse_int64("9223372036854775808", n));
  CHECK_FALSE(parse_int64("1x", n));
  CHECK(split("a,b,", ',').size() == 3);
  CHECK(replace_all("aXbX", "X", "--") == "a--b--");
}
