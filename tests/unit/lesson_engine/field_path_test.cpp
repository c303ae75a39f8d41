#include <doctest/doctest.h>

#include "playground/lesson_engine/field_path.h"

using namespace orrery::lesson;

namespace {

const Json kPod = Json::parse(R"({
  "metadata": {"name": "web-1", "labels": {"app.kubernetes.io/name": "web"}, "deletionTimestamp": null},
  "spec": {"replicas": 3, "containers": [{"name": "a", "image": "web:1"}, {"name": "b", "image": "log:2"}]},
  "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Initialized", "status": "False"}]}
})");

bool says(const std::string& text) {
  Comparison comparison;
  std::string error;
  REQUIRE_MESSAGE(parse_comparison(text, comparison, error), error);
  return holds(kPod, comparison);
}

std::string error_of(const std::string& text) {
  Comparison comparison;
  std::string error;
  CHECK_FALSE(parse_comparison(text, comparison, error));
  return error;
}

}  // namespace

TEST_CASE("FieldPath: members, indices, list keys, quoted keys and each item are reached") {
  CHECK(says("metadata.name == web-1"));
  CHECK(says("spec.containers[1].image == log:2"));
  CHECK(says("spec.containers[name=b].image == log:2"));
  CHECK(says("status.conditions[type=Ready].status == True"));
  CHECK_FALSE(says("status.conditions[type=Initialized].status == True"));
  CHECK(says("metadata.labels[\"app.kubernetes.io/name\"] == web"));
  CHECK(says("spec.containers[*].image == web:1"));
  CHECK_FALSE(says("spec.containers[5].image exists"));
}

TEST_CASE("FieldPath: comparisons follow the types of JSON") {
  CHECK(says("spec.replicas == 3"));
  CHECK_FALSE(says("spec.replicas == \"3\""));
  CHECK(says("spec.replicas >= 3"));
  CHECK_FALSE(says("spec.replicas > 3"));
  CHECK(says("spec.replicas < 4"));
  CHECK_FALSE(says("metadata.name < 4"));
  CHECK_FALSE(says("metadata.name <= 4"));
  CHECK(says("metadata.name has eb-"));
  CHECK(says("metadata.name in [\"web-0\", \"web-1\"]"));
  CHECK_FALSE(says("metadata.name in [\"web-0\"]"));
}

TEST_CASE("FieldPath: what is missing or null is absent, and differs from everything") {
  CHECK(says("metadata.deletionTimestamp absent"));
  CHECK_FALSE(says("metadata.deletionTimestamp exists"));
  CHECK(says("metadata.nothing != 3"));
  CHECK_FALSE(says("metadata.nothing == 3"));
  CHECK_FALSE(says("metadata.nothing <= 3"));
  CHECK_FALSE(says("spec.containers[*].image != web:1"));
}

TEST_CASE("FieldPath: what can't be read is said") {
  CHECK(error_of("status.phase").find("needs an operator") != std::string::npos);
  CHECK(error_of("status.phase = Running").find("'=' is not an operator") != std::string::npos);
  CHECK(error_of("status.phase ==").find("needs a value") != std::string::npos);
  CHECK(error_of("status.phase exists yes").find("takes no value") != std::string::npos);
  CHECK(error_of("a[1 == 2").find("not closed") != std::string::npos);
  CHECK(error_of("a..b == 2").find("empty") != std::string::npos);
  CHECK(error_of("a[x] == 2").find("brackets hold") != std::string::npos);
  CHECK(error_of("a in b").find("needs a list") != std::string::npos);
}

TEST_CASE("FieldPath: durations and counts") {
  CHECK(parse_duration_ns("1h30m") == 5'400'000'000'000);
  CHECK(parse_duration_ns("250ms") == 250'000'000);
  CHECK(parse_duration_ns("10") < 0);
  CHECK(parse_duration_ns("") < 0);
  CHECK(parse_duration_ns("5x") < 0);
  CountCheck check;
  REQUIRE(parse_count("== 0", check));
  CHECK(holds(0, check));
  CHECK_FALSE(holds(1, check));
  CHECK_FALSE(parse_count("in 3", check));
  CHECK_FALSE(parse_count("3", check));
}
