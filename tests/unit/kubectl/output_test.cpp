#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/api/gen/apps_v1.h"
#include "core/api/jsonpath.h"
#include "core/kubectl/args.h"
#include "core/kubectl/diff3.h"
#include "core/kubectl/kubectl.h"
#include "core/kubectl/table.h"

using namespace orrery;
using namespace orrery::kubectl;
using nlohmann::json;

namespace {

std::string path(const char* text, const json& object) {
  std::string out, error;
  bool ok = api::print_jsonpath(object, text, out, error);
  return ok ? out : "error: " + error;
}

}  // namespace

TEST_CASE("JSONPath: the templates of the kubectl documentation") {
  json list = json::parse(R"({"kind":"List","items":[
    {"kind":"None","metadata":{"name":"127.0.0.1","labels":{"kubernetes.io/hostname":"127.0.0.1"}},"status":{"capacity":{"cpu":"4"}}},
    {"kind":"None","metadata":{"name":"127.0.0.2"},"status":{"capacity":{"cpu":"8"}}}],
    "users":[{"name":"myself","user":{}},{"name":"e2e","user":{"username":"admin","password":"secret"}}]})");
  CHECK(path("{.kind}", list) == "List");
  CHECK(path("{['kind']}", list) == "List");
  CHECK(path("{..name}", list) == "127.0.0.1 127.0.0.2 myself e2e");
  CHECK(path("{.items[*].metadata.name}", list) == "127.0.0.1 127.0.0.2");
  CHECK(path("{.users[0].name}", list) == "myself");
  CHECK(path("{.items[-1].metadata.name}", list) == "127.0.0.2");
  CHECK(path("{.users[?(@.name==\"e2e\")].user.password}", list) == "secret");
  CHECK(path("{range .items[*]}[{.metadata.name}, {.status.capacity.cpu}] {end}", list) ==
        "[127.0.0.1, 4] [127.0.0.2, 8] ");
  CHECK(path("{.items[0].metadata.labels.kubernetes\\.io/hostname}", list) == "127.0.0.1");
  CHECK(path("{range .items[*]}{.metadata.name}{\"\\n\"}{end}", list) == "127.0.0.1\n127.0.0.2\n");
}

TEST_CASE("Table: three blanks between columns, heads in capitals") {
  json table = json::parse(
      R"({"columnDefinitions":[{"name":"Name","format":"name","priority":0},{"name":"Ready","priority":0},{"name":"IP","priority":1}],
    "rows":[{"cells":["web-1","1/1","10.0.0.1"]},{"cells":["a","0/1",null]}]})");
  CHECK(print_table(table, {}) == "NAME    READY\nweb-1   1/1\na       0/1\n");
  TableStyle wide;
  wide.wide = true;
  CHECK(print_table(table, wide) == "NAME    READY   IP\nweb-1   1/1     10.0.0.1\na       0/1     <none>\n");
}

TEST_CASE("Args: flags as cobra reads them") {
  Args a;
  std::string error;
  CHECK(a.parse({"get", "po", "-n", "x", "-owide", "--watch", "-l=app=web", "--", "-z"}, 1,
                "o:output= w:watch l:selector=", error));
  CHECK(a.get("namespace") == "x");
  CHECK(a.get("output") == "wide");
  CHECK(a.on("watch"));
  CHECK(a.get("selector") == "app=web");
  CHECK(a.after_dashes() == std::vector<std::string>{"-z"});
  CHECK_FALSE(Args().parse({"get", "--foo"}, 1, "", error));
  CHECK(error == "unknown flag: --foo");
  CHECK_FALSE(Args().parse({"get", "-q"}, 1, "", error));
  CHECK(error == "unknown shorthand flag: 'q' in -q");
}

TEST_CASE("split_line: words as a shell splits them") {
  std::string error;
  CHECK(split_line("get pods -o jsonpath='{.a b}'", error) ==
        std::vector<std::string>{"get", "pods", "-o", "jsonpath={.a b}"});
  split_line("get 'open", error);
  CHECK(error == "unterminated quoted string");
}

TEST_CASE("three_way_patch: what changed, what was dropped, lists by their keys") {
  json last = json::parse(
      R"({"metadata":{"labels":{"a":"1","b":"2"}},"spec":{"replicas":2,"template":{"spec":{"containers":[{"name":"x","image":"i:1"},{"name":"y","image":"j"}]}}}})");
  json live = last;
  live["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] = "Always";
  json wanted = json::parse(
      R"({"metadata":{"labels":{"a":"1"}},"spec":{"replicas":3,"template":{"spec":{"containers":[{"name":"x","image":"i:2"}]}}}})");
  json patch = three_way_patch(last, wanted, live, api::desc<api::apps_v1::Deployment>());
  CHECK(patch["metadata"]["labels"] == json::parse(R"({"b":null})"));
  CHECK(patch["spec"]["replicas"] == 3);
  CHECK(patch["spec"]["template"]["spec"]["containers"] ==
        json::parse(R"([{"name":"x","image":"i:2"},{"$patch":"delete","name":"y"}])"));
  CHECK(three_way_patch(wanted, wanted, wanted, api::desc<api::apps_v1::Deployment>()).empty());
}
