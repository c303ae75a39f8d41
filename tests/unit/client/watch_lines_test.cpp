// A watch over a wire: lines become events however they are cut.
#include <doctest/doctest.h>

#include "core/api/object.h"
#include "core/ports/watch_lines.h"

using namespace orrery;
using ports::WatchType;

namespace {

const std::string kStream =
    R"({"type":"ADDED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"default","resourceVersion":"7"}}})"
    "\n"
    R"({"type":"BOOKMARK","object":{"apiVersion":"v1","kind":"Pod","metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}})"
    "\n"
    R"({"type":"DELETED","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"default","resourceVersion":"12"}}})"
    "\n"
    R"({"type":"ERROR","object":{"kind":"Status","status":"Failure","message":"too old resource version","reason":"Expired","code":410}})"
    "\n";

List<ports::WatchEvent> read_in_pieces(size_t piece) {
  ports::WatchLines lines;
  List<ports::WatchEvent> out;
  for (size_t at = 0; at < kStream.size(); at += piece) lines.feed(std::string_view(kStream).substr(at, piece), out);
  return out;
}

}  // namespace

TEST_CASE("WatchLines: each line is an event, wherever the stream is cut") {
  for (size_t piece : {size_t{1}, size_t{37}, kStream.size()}) {
    const auto events = read_in_pieces(piece);
    REQUIRE(events.size() == 4);
    CHECK(events[0].type == WatchType::Added);
    CHECK(events[0].object.meta().name == "web");
    CHECK(events[0].revision == 7);
    CHECK(events[1].type == WatchType::Bookmark);
    CHECK(events[1].initial_end);
    CHECK(events[1].revision == 9);
    CHECK(events[2].type == WatchType::Deleted);
    CHECK(events[3].type == WatchType::Error);
    CHECK(events[3].error.http() == 410);
    CHECK(events[3].error.message == "too old resource version");
  }
}

TEST_CASE("WatchLines: a line that can't be read is left out, and the next one counts") {
  ports::WatchLines lines;
  List<ports::WatchEvent> events;
  lines.feed("nonsense\n{\"type\":\"ADDED\"}\n{\"type\":\"ADDED\",\"object\":3}\n", events);
  CHECK(events.empty());
  lines.feed(kStream, events);
  CHECK(events.size() == 4);
}
