#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/kubectl/describe/rules.h"
#include "core/kubectl/describe/writer.h"

using namespace orrery;
using namespace orrery::kubectl;
using nlohmann::json;

TEST_CASE("Writer: a column reaches over the lines that have a cell in it, as text/tabwriter's") {
  Writer w;
  w.line(0, "Name", "web");
  w.line(0, "Namespace", "default");
  w.put(0, "Rules:");
  w.heads(1, {"Host", "Path", "Backends"});
  w.put(1, "a.example.com\t");
  w.put(2, "\t/ \tweb:80");
  w.line(0, "Events", "<none>");
  CHECK(w.text() ==
        "Name:       web\n"
        "Namespace:  default\n"
        "Rules:\n"
        "  Host           Path  Backends\n"
        "  ----           ----  --------\n"
        "  a.example.com  \n"
        "                 /   web:80\n"
        "Events:          <none>\n");
}

TEST_CASE("Writer: a value's width is in characters, not in bytes") {
  Writer w;
  w.row(0, {"파드", "b"});
  w.row(0, {"abc", "d"});
  CHECK(w.text() == "파드   b\nabc  d\n");
}

TEST_CASE("Writer: long annotations stand in lines of their own, what apply keeps stands nowhere") {
  Writer w;
  const std::string words(150, 'x');
  w.annotations(0, json{{"kubectl.kubernetes.io/last-applied-configuration", "{}"}, {"long", words}, {"short", "a"}});
  CHECK(w.text() == "Annotations:  long:\n                " + std::string(138, 'x') + "...\n              short: a\n");
}

TEST_CASE("selector_text: terms by their keys") {
  CHECK(selector_text(json::object()) == "<none>");
  CHECK(selector_text(json{{"b", "2"}, {"a", "1"}}) == "a=1,b=2");
  CHECK(selector_text(json::parse(R"({"matchLabels":{"c":"3"},"matchExpressions":[
    {"key":"b","operator":"In","values":["z","y"]},{"key":"d","operator":"DoesNotExist"},{"key":"a","operator":"Exists"}]})")) == "a,b in (y,z),c=3,!d");
}

TEST_CASE("rule_rows: each resource once, with all of its verbs") {
  const auto rows = rule_rows(json::parse(R"([
    {"apiGroups":["","apps"],"resources":["pods","deployments/scale"],"verbs":["get","list"]},
    {"apiGroups":[""],"resources":["pods"],"verbs":["watch"]},
    {"apiGroups":[""],"resources":["pods"],"resourceNames":["web"],"verbs":["delete"]},
    {"nonResourceURLs":["/healthz"],"verbs":["get"]}])"));
  std::string text;
  for (const RuleRow& r : rows) text += r.resources + " " + r.urls + " " + r.names + " " + r.verbs + "\n";
  CHECK(text ==
        "pods [] [web] [delete]\n"
        "pods [] [] [get list watch]\n"
        "deployments/scale [] [] [get list]\n"
        "deployments.apps/scale [] [] [get list]\n"
        "pods.apps [] [] [get list]\n"
        " [/healthz] [] [get]\n");
}
