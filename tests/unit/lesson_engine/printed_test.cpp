// The printed lessons say what their Documents say, in both languages, and need no script.
#include <doctest/doctest.h>

#include <set>

#include "embed/lessons_bundle.h"
#include "playground/lesson_engine/printed.h"
#include "playground/viewmodel/document_html.h"

using namespace orrery;
using namespace orrery::lesson;

namespace {

// The text of <main> as a reader sees it: a line a block, marks gone.
std::string read_main(const std::string& html) {
  const std::size_t from = html.find("<main>\n") + 7, to = html.find("</main>");
  std::string text;
  for (std::size_t i = from; i < to; ++i) {
    if (html[i] == '<') {
      const std::size_t end = html.find('>', i);
      const std::string tag = html.substr(i + 1, end - i - 1);
      i = end;
      if ((tag == "ul" || tag == "/ul") && i + 1 < to && html[i + 1] == '\n') ++i;
      continue;
    }
    text += html[i];
  }
  for (const auto& [mark, plain] : {std::pair<std::string, std::string>{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}})
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; ++at) text.replace(at, mark.size(), plain);
  return text;
}

Library lessons() { return load_library(std::string(embedded::lessons_bundle)); }

}  // namespace

TEST_CASE("printed: every lesson's page reads as its Document, in both languages") {
  const Library library = lessons();
  const auto pages = printed_pages(library);
  CHECK(pages.size() == 2 * (library.lessons.size() + 1));
  for (const auto& lesson : library.lessons)
    for (const Language language : {Language::English, Language::Korean}) {
      const std::string& page = pages.at(lesson->id + "." + viewmodel::code_of(language) + ".html");
      CAPTURE(lesson->id);
      CHECK(read_main(page) == viewmodel::text_of(printed_lesson(*lesson, language, library.glossary)));
      CHECK(page.find("<script") == std::string::npos);
      CHECK(page.find("href=\"http") == std::string::npos);
    }
}

TEST_CASE("printed: a page holds all that the lesson says, and nothing of a cluster") {
  const Library library = lessons();
  for (const auto& lesson : library.lessons) {
    const viewmodel::Document document = printed_lesson(*lesson, Language::Korean, library.glossary);
    const std::string text = viewmodel::text_of(document);
    std::set<std::string> ids;
    for (const viewmodel::Block& block : document.blocks) CHECK_MESSAGE(ids.insert(block.id).second, lesson->id << ": " << block.id);
    for (const auto& value : lesson->values) CHECK(text.find("{" + value.first + "}") == std::string::npos);
    for (const Step& step : lesson->steps)
      for (const Option& option : step.options) CHECK(text.find(viewmodel::plain_text(viewmodel::parse_inline(option.text.ko))) != std::string::npos);
    for (const std::string& command : lesson->real_commands) CHECK(text.find(command) != std::string::npos);
  }
}

TEST_CASE("printed: every link leads to a page that is there, and text can't become marks") {
  const auto pages = printed_pages(lessons());
  for (const auto& page : pages)
    for (std::size_t at = 0; (at = page.second.find("href=\"", at)) != std::string::npos; ++at) {
      const std::size_t from = at + 6, to = page.second.find('"', from);
      CHECK(pages.count(page.second.substr(from, to - from)) == 1);
    }
  viewmodel::Document document;
  document.title = "<b>&\"";
  document.blocks.emplace_back();
  document.blocks[0].spans = {{viewmodel::SpanKind::Code, "a < b && <script>", ""}};
  const std::string html = viewmodel::html_of(document, {"x", "y", "", ""});
  CHECK(html.find("<code>a &lt; b &amp;&amp; &lt;script&gt;</code>") != std::string::npos);
  CHECK(html.find("<title>&lt;b&gt;&amp;&quot; - Orrery") != std::string::npos);
}
