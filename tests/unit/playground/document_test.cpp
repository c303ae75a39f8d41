#include <doctest/doctest.h>

#include "playground/viewmodel/document.h"
#include "playground/viewmodel/mirror.h"
#include "playground/viewmodel/words.h"

using namespace orrery::viewmodel;

TEST_CASE("Document: inline marks become spans") {
  const auto spans = parse_inline("Delete **one** `kubectl` [pod](term:pod) now");
  REQUIRE(spans.size() == 7);
  CHECK(spans[1] == Span{SpanKind::Strong, "one", ""});
  CHECK(spans[3] == Span{SpanKind::Code, "kubectl", ""});
  CHECK(spans[5] == Span{SpanKind::Term, "pod", "pod"});
  CHECK(plain_text(spans) == "Delete one kubectl pod now");
}

TEST_CASE("Document: what doesn't parse stays") {
  CHECK(plain_text(parse_inline("2 ** 3 `open [x](y) [z]")) == "2 ** 3 `open [x](y) [z]");
  CHECK(parse_inline("").empty());
}

TEST_CASE("Mirror: JSON carries every block and escapes") {
  Document document;
  document.id = "a\"b";
  Block block;
  block.kind = BlockKind::Code;
  block.id = "c";
  block.text = "x\n\ty";
  document.blocks = {block};
  const std::string json = mirror_json(document);
  CHECK(json.find("\"id\":\"a\\\"b\"") != std::string::npos);
  CHECK(json.find("\"text\":\"x\\n\\u0009y\"") != std::string::npos);
  CHECK(json.find("\"kind\":\"code\"") != std::string::npos);
}

TEST_CASE("Words: both languages say everything") {
  for (int i = 0; i < int(Word::kCount); ++i) {
    CHECK(std::string(word(Language::English, Word(i))).size() > 0);
    CHECK(std::string(word(Language::Korean, Word(i))).size() > 0);
  }
  CHECK(phrase(Language::English, Word::feed_bound, {"web-1", "node-2"}) == "The scheduler chose node-2 for web-1.");
  CHECK(language_of("ko") == Language::Korean);
  CHECK(language_of("fr") == Language::English);
}
