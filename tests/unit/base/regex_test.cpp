#include <doctest/doctest.h>

#include "core/base/regex.h"

using namespace orrery;

namespace {

bool match(std::string_view pattern, std::string_view text) {
  auto regex = Regex::compile(pattern);
  REQUIRE(regex.ok());
  return regex->matches(text);
}

std::string refusal(std::string_view pattern) {
  auto regex = Regex::compile(pattern);
  return regex.ok() ? "none" : regex.error().message.str();
}

}  // namespace

// https://pkg.go.dev/regexp/syntax
TEST_CASE("Regex: what Go's MatchString finds") {
  CHECK(match("", "anything"));
  CHECK(match("b", "abc"));
  CHECK(!match("^b", "abc"));
  CHECK(match("c$", "abc"));
  CHECK(!match("^ab$", "abc"));
  CHECK(match("a.c", "abc"));
  CHECK(!match("a.c", "a\nc"));
  CHECK(match("(?s)a.c", "a\nc"));
  CHECK(match("(?i)ABC", "xabcx"));
  CHECK(match("(?i)[^x-z]", "A"));
  CHECK(!match("(?i)^[^A]$", "a"));
  CHECK(match("(?m)^b$", "a\nb\nc"));
  CHECK(match("^(a|bc|)d$", "bcd"));
  CHECK(match("^(a|bc|)d$", "d"));
  CHECK(match("^a*b+c?$", "bbb"));
  CHECK(!match("^a*b+c?$", "ac"));
  CHECK(match("^a{2,3}$", "aaa"));
  CHECK(!match("^a{2,3}$", "aaaa"));
  CHECK(match("^a{2,}$", "aaaaaa"));
  CHECK(match("^a{2}?$", "aa"));
  CHECK(match("^x{,3}$", "x{,3}"));  // no repetition: a literal
  CHECK(match("^[a-c[:digit:]_\\-\\]]+$", "a2_-]"));
  CHECK(match("^[]a]$", "]"));
  CHECK(match("^\\d+\\.\\w\\s$", "12.x "));
  CHECK(match("\\bgo\\b", "let us go now"));
  CHECK(!match("\\bgo\\b", "gone"));
  CHECK(match("^\\x41\\x{1F600}$", "A\U0001F600"));
  CHECK(match("^.$", "\xea\xb0\x80"));  // one Hangul syllable
  CHECK(match("^(?P<y>\\d{4})-(?:\\d\\d)$", "2026-11"));
  CHECK(match("\\Qa.b\\E+", "xa.bb"));
  // https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
  CHECK(match("^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$", "* * * * */5"));
  CHECK(!match("^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$", "* * * *"));
}

TEST_CASE("Regex: hostile patterns cost what they are long") {
  std::string text(20'000, 'a');
  CHECK(!match("^(a+)+$", text + "b"));
  CHECK(!match("(a*)*(a*)*b$", text));
  CHECK(refusal("((a{100}){100}){100}") == "error parsing regexp: expression too large");
  CHECK(refusal(std::string(1000, '(')) != "none");
}

TEST_CASE("Regex: errors are Go's") {
  CHECK(refusal("(a") == "error parsing regexp: missing closing ): `(a`");
  CHECK(refusal("a)") == "error parsing regexp: unexpected ): `a)`");
  CHECK(refusal("[a") == "error parsing regexp: missing closing ]: `[a`");
  CHECK(refusal("*") == "error parsing regexp: missing argument to repetition operator: `*`");
  CHECK(refusal("a**") == "error parsing regexp: invalid nested repetition operator: `**`");
  CHECK(refusal("a{2,1}") == "error parsing regexp: invalid repeat count: `{2,1}`");
  CHECK(refusal("a{1001}") == "error parsing regexp: invalid repeat count: `{1001}`");
  CHECK(refusal("[z-a]") == "error parsing regexp: invalid character class range: `z-a`");
  CHECK(refusal("\\") == "error parsing regexp: trailing backslash at end of expression");
  CHECK(refusal("\\y") == "error parsing regexp: invalid escape sequence: `\\y`");
  CHECK(refusal("(?=a)") == "error parsing regexp: invalid or unsupported Perl syntax: `(?=`");
}
