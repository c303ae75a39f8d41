#include <doctest/doctest.h>

#include "runtime_sim/world/external_metrics.h"

using namespace orrery;
using sim::SimExternalMetrics;

namespace {

std::string why(std::string_view text) {
  SimExternalMetrics outside;
  auto set = outside.set(text);
  return set ? "set" : set.error().message.str();
}

constexpr const char* kForm = "; a metric is written: NAME{LABEL=VALUE,...} QUANTITY, or none for the quantity";

}  // namespace

TEST_CASE("external metrics: one series for each set of labels, the last value counts") {
  SimExternalMetrics outside;
  CHECK(outside.set("queue_length 7").ok());
  CHECK(outside.set("queue_length{queue=orders, env=\"prod\"} 30").ok());
  CHECK(outside.set("queue_length{env=prod,queue=orders} 1500m").ok());
  CHECK(outside.set("queue_length{queue=mails} 2k").ok());
  CHECK(outside.texts() == std::vector<std::string>{"queue_length 7", "queue_length{env=prod,queue=orders} 1500m", "queue_length{queue=mails} 2k"});
  const auto values = outside.values();
  REQUIRE(values.size() == 3);
  CHECK(values[1].metric == "queue_length");
  CHECK(*values[1].labels.find("queue") == "orders");
  CHECK(values[1].value == *Quantity::parse("1.5"));
  CHECK(outside.set("queue_length{queue=mails} none").ok());
  CHECK(outside.values().size() == 2);
}

TEST_CASE("external metrics: what is wrong is said") {
  CHECK(why("queue_length") == std::string("a metric has a value") + kForm);
  CHECK(why("queue_length{queue=orders}") == std::string("a metric has a value") + kForm);
  CHECK(why("queue_length many") == std::string("\"many\" is no quantity") + kForm);
  CHECK(why("queue length 3") == std::string("\"queue length\" is no metric's name") + kForm);
  CHECK(why("queue/length 3") == std::string("\"queue/length\" is no metric's name") + kForm);
  CHECK(why("queue_length{orders} 3") == std::string("\"orders\" is no label") + kForm);
  CHECK(why("queue_length{queue=a,queue=b} 3") == std::string("the label queue is there twice") + kForm);
  CHECK(why("queue_length{queue=orders 3") == std::string("the labels end with }") + kForm);
}
