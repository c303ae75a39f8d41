#include "playground/viewmodel/document_html.h"

namespace orrery::viewmodel {
namespace {

constexpr const char* kGo = "go:";

constexpr const char* kStyle =
    "body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1.5rem;color:#2a2520;background:#f8f4ec;word-break:keep-all;overflow-wrap:anywhere}a{color:#1f6a61}"
    "@media(prefers-color-scheme:dark){body{color:#efe8dc;background:#1b1916}a{color:#6fc7ba}}"
    "pre{white-space:pre-wrap;padding:.5rem 1rem;border-left:3px solid}aside{border-left:3px solid;padding-left:1rem}"
    "nav{display:flex;gap:1.5rem}@media print{nav{display:none}}";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

std::string inline_html(const std::vector<Span>& spans) {
  std::string out;
  for (const Span& span : spans) {
    const char* tag = span.kind == SpanKind::Strong ? "strong" : span.kind == SpanKind::Code ? "code" : span.kind == SpanKind::Term ? "dfn" : "";
    out += *tag ? std::string("<") + tag + ">" + escaped(span.text) + "</" + tag + ">" : escaped(span.text);
  }
  return out;
}

std::string link(const std::string& address, const std::string& name) {
  return "<a href=\"" + escaped(address) + "\">" + escaped(name) + "</a>";
}

bool in_list(const Block& block) { return block.kind == BlockKind::Bullet || block.kind == BlockKind::Choice || block.kind == BlockKind::Goal; }

std::string block_html(const Block& block) {
  const std::string inside = inline_html(block.spans);
  switch (block.kind) {
    case BlockKind::Heading: {
      const std::string tag = "h" + std::to_string(block.level);
      return "<" + tag + ">" + inside + "</" + tag + ">";
    }
    case BlockKind::Bullet:
    case BlockKind::Choice:
    case BlockKind::Goal: return "<li>" + inside + "</li>";
    case BlockKind::Code: return "<pre><code>" + escaped(block.text) + "</code></pre>";
    case BlockKind::Note:
    case BlockKind::Feedback: return "<aside>" + inside + "</aside>";
    case BlockKind::Slot: return "";
    case BlockKind::Button:
      if (block.action.rfind(kGo, 0) == 0) return "<p><a href=\"" + escaped(block.action.substr(3)) + "\">" + inside + "</a></p>";
      [[fallthrough]];
    case BlockKind::Paragraph: break;
  }
  return "<p>" + inside + "</p>";
}

}  // namespace

std::string html_of(const Document& document, const HtmlPage& page) {
  std::string out = "<!doctype html>\n<html lang=\"" + escaped(document.language) + "\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
                    "<title>" + escaped(document.title) + " - Orrery</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n<nav>";
  if (!page.home.empty()) out += link(page.home, page.home_name);
  out += link(page.other, page.other_name) + "</nav>\n<main>\n";
  bool list = false;
  for (const Block& block : document.blocks) {
    if (in_list(block) != list) out += list ? "</ul>\n" : "<ul>\n";
    list = in_list(block);
    const std::string html = block_html(block);
    if (!html.empty()) out += html + "\n";
  }
  return out + (list ? "</ul>\n" : "") + "</main>\n</body>\n</html>\n";
}

std::string text_of(const Document& document) {
  std::string out;
  for (const Block& block : document.blocks)
    if (block.kind != BlockKind::Slot) out += (block.kind == BlockKind::Code ? block.text : plain_text(block.spans)) + "\n";
  return out;
}

}  // namespace orrery::viewmodel
