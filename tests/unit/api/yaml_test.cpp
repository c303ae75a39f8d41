#include "core/api/yaml.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace orrery;
using namespace orrery::api;

static std::string converted(std::string_view yaml, bool strict = true) {
  auto r = yaml_to_json(yaml, strict);
  return r ? *r : r.error().message.str();
}

TEST_CASE("YAML: unquoted scalars by YAML 1.1, quoted ones stay text") {
  CHECK(converted("a: yes\nb: 'yes'\nc: off\nd: ~\ne: 0644\nf: 0x1F\ng: 1_000\nh: 1e3\ni: 1.50\nj: \"12\"\nk: 08\nl: +1\n") ==
        R"({"a":true,"b":"yes","c":false,"d":null,"e":420,"f":31,"g":1000,"h":1000,"i":1.5,"j":"12","k":8,"l":1})");
  CHECK(converted("t: 2026-11-22T09:30:00Z\nd: 2026-11-22\nq: 500m\nv: 1.27.3\ne: ''\nf:\ng: Null\nh: nginx:1.27\n") ==
        R"({"d":"2026-11-22","e":"","f":null,"g":null,"h":"nginx:1.27","q":"500m","t":"2026-11-22T09:30:00Z","v":"1.27.3"})");
  CHECK(converted("1: a\ntrue: b\n") == R"({"1":"a","true":"b"})");
  CHECK(converted("!!str 12") == "\"12\"");
  CHECK(converted("o: 18446744073709551615\nm: -9223372036854775808\n") ==
        R"({"m":-9223372036854775808,"o":18446744073709551615})");
}

TEST_CASE("YAML: block texts, flow, anchors and merges") {
  CHECK(converted("a: |\n  x\n  y\nb: >-\n  p\n  q\nc: [1, {d: e}]\n") == R"({"a":"x\ny\n","b":"p q","c":[1,{"d":"e"}]})");
  CHECK(converted("y: 1\n") == R"({"true":1})");  // YAML 1.1
  CHECK(converted("x: &b {p: 1, q: 2}\nw:\n  <<: *b\n  q: 3\nz: *b\n") ==
        R"({"w":{"p":1,"q":3},"x":{"p":1,"q":2},"z":{"p":1,"q":2}})");
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    std::string p(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) bomb += (i ? ",*" : "*") + p;
    bomb += "]\n";
  }
  CHECK(converted(bomb) == "error converting YAML to JSON: yaml: document contains excessive aliasing");
}

TEST_CASE("YAML: errors name the line in go-yaml's words") {
  CHECK(converted("a: b: c\n") == "error converting YAML to JSON: yaml: line 1: mapping values are not allowed in this context");
  CHECK(converted("a:\n\t- b\n").find("found character that cannot start any token") != std::string::npos);
  CHECK(converted("a: [1, 2\n").find("did not find expected ',' or ']'") != std::string::npos);
  CHECK(converted("a: 1\nb: 2\na: 3\n") ==
        "error converting YAML to JSON: yaml: unmarshal errors:\n  line 3: key \"a\" already set in map");
  CHECK(converted("a: 1\na: 3\n", false) == R"({"a":3})");
  CHECK(converted("a: 'x\n").find("found unexpected end of stream") != std::string::npos);
  CHECK(converted("- a\nb: c\n").find("did not find expected '-' indicator") != std::string::npos);
  CHECK(converted("a: *b\n").find("unknown anchor 'b' referenced") != std::string::npos);
}

TEST_CASE("YAML: bytes that are no text are refused in go-yaml's words") {
  auto fault = [](std::string_view text) { return converted(text).substr(std::string("error converting YAML to JSON: ").size()); };
  CHECK(fault("a: \xff\n") == "yaml: invalid leading UTF-8 octet");
  CHECK(fault("? [\x80]\n: b\n") == "yaml: invalid leading UTF-8 octet");
  CHECK(fault("a: \xc3(\n") == "yaml: invalid trailing UTF-8 octet");
  CHECK(fault("a: \xe2\x82") == "yaml: incomplete UTF-8 octet sequence");
  CHECK(fault("a: \xed\xa0\x80\n") == "yaml: invalid Unicode character");
  CHECK(fault("a: \xc0\xaf\n") == "yaml: invalid length of a UTF-8 sequence");
  CHECK(fault("a: \x01\n") == "yaml: control characters are not allowed");
  CHECK(fault("a: \x7f\n") == "yaml: control characters are not allowed");
  CHECK(converted("a: 파드 \U0001f600\n") == "{\"a\":\"파드 \U0001f600\"}");
}

TEST_CASE("YAML: a stream is split at its separators, empty parts are dropped") {
  auto parts = split_yaml("# head\n---\na: 1\n---\n# nothing\n---\nb: |\n  x\n  ---y\n--- \nc: 3");
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].line == 3);
  CHECK(parts[1].line == 7);
  auto docs = yaml_documents("a: 1\n---\n---\n{\"b\": 2}\n");
  REQUIRE(docs.ok());
  REQUIRE(docs->size() == 2);
  CHECK((*docs)[1] == R"({"b":2})");
}

static std::string yaml(std::string_view json) { return json_to_yaml(json); }

TEST_CASE("YAML out: kubectl's layout") {
  CHECK(yaml(R"({"kind":"Pod","apiVersion":"v1","spec":{"containers":[{"name":"a","args":["x","y"],"env":[]},{"name":"b"}],"e":{}},"status":null})") ==
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - args:\n    - x\n    - \"y\"\n    env: []\n    name: a\n  - name: b\n  e: {}\nstatus: null\n");
  CHECK(yaml(R"([[1,2],[3]])") == "- - 1\n  - 2\n- - 3\n");
  CHECK(yaml(R"({"a":[{"b":[{"c":1}]}]})") == "a:\n- b:\n  - c: 1\n");
  CHECK(yaml("3") == "3\n");
}

TEST_CASE("YAML out: scalars are quoted when they would read as something else") {
  struct {
    const char *json, *out;
  } rows[] = {{R"("")", "\"\""},          {R"("true")", "\"true\""},   {R"("80")", "\"80\""},  {R"("1.5")", "\"1.5\""},
              {R"("500m")", "500m"},       {R"("yes")", "\"yes\""},     {R"("a: b")", "'a: b'"}, {R"("a #b")", "'a #b'"},
              {R"("a#b")", "a#b"},         {R"("*x")", "'*x'"},         {R"("-")", "'-'"},       {R"("-x")", "-x"},
              {R"("it's")", "it's"},       {R"("'x")", "'''x'"},        {R"(" x")", "' x'"},     {R"("x ")", "'x '"},
              {R"("a\tb")", "\"a\\tb\""}, {R"("2026-11-22T09:30:00Z")", "\"2026-11-22T09:30:00Z\""},
              {R"("1:30")", "\"1:30\""},   {R"("10.0.0.1")", "10.0.0.1"}, {R"("null")", "\"null\""}, {R"("~")", "\"~\""},
              {R"("{}")", "'{}'"},         {R"("%x")", "'%x'"},         {R"("a,b")", "a,b"},     {R"("0x1F")", "\"0x1F\""},
              {R"("1e3")", "\"1e3\""},     {R"("x:")", "'x:'"},         {R"("=")", "="},         {R"("\u00e9")", "\u00e9"},
              {R"("\ud83d\ude00")", "\"\\U0001F600\""}, {"1.5", "1.5"}, {"1.0", "1"},            {"true", "true"}};
  for (auto& row : rows) {
    CAPTURE(row.json);
    CHECK(yaml(row.json) == std::string(row.out) + "\n");
  }
  CHECK(yaml(R"({"a":"x\ny\n","b":"x\ny","c":"x\n\n"," d":"\n"})") == "' d': |2+\n\na: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\n");
  // As kubectl 1.35 printed them.
  CHECK(yaml(R"({"a10":0,"a9":1,"a1b":2,"a01":3,"a_b":4,"a.b":5,"a-b":6,"A":7,"b":8,"10":11,"9":12,"2x":13})") ==
        "2x: 13\n\"9\": 12\n\"10\": 11\nA: 7\na-b: 6\na.b: 5\na_b: 4\na1b: 2\na01: 3\na9: 1\na10: 0\nb: 8\n");
}

TEST_CASE("YAML out: long texts fold behind column 80") {
  CHECK(yaml(R"({"metadata":{"annotations":{"kubernetes.io/limit-ranger":"LimitRanger plugin set: cpu request for container hostnames"}}})") ==
        "metadata:\n  annotations:\n    kubernetes.io/limit-ranger: 'LimitRanger plugin set: cpu request for container\n      hostnames'\n");
}
