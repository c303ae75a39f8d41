#include "playground/viewmodel/document.h"

namespace orrery::viewmodel {
namespace {

void flush(std::vector<Span>& spans, std::string& text) {
  if (!text.empty()) spans.push_back({SpanKind::Text, text, ""});
  text.clear();
}

// The length of what stands at `at` when it reads `open`...`close`, with the inside in `inside`; 0 otherwise.
std::size_t enclosed(const std::string& line, std::size_t at, const std::string& open, const std::string& close,
                     std::string& inside) {
  if (line.compare(at, open.size(), open) != 0) return 0;
  const std::size_t from = at + open.size();
  const std::size_t end = line.find(close, from);
  if (end == std::string::npos || end == from) return 0;
  inside = line.substr(from, end - from);
  return end + close.size() - at;
}

std::size_t term_at(const std::string& line, std::size_t at, Span& span) {
  std::string label, ref;
  const std::size_t label_size = enclosed(line, at, "[", "]", label);
  if (label_size == 0) return 0;
  const std::size_t ref_size = enclosed(line, at + label_size, "(term:", ")", ref);
  if (ref_size == 0) return 0;
  span = {SpanKind::Term, label, ref};
  return label_size + ref_size;
}

}  // namespace

std::vector<Span> parse_inline(const std::string& line) {
  std::vector<Span> spans;
  std::string text;
  for (std::size_t at = 0; at < line.size();) {
    Span span;
    std::size_t size = enclosed(line, at, "**", "**", span.text);
    span.kind = SpanKind::Strong;
    if (size == 0) {
      size = enclosed(line, at, "`", "`", span.text);
      span.kind = SpanKind::Code;
    }
    if (size == 0) size = term_at(line, at, span);
    if (size == 0) {
      text += line[at++];
      continue;
    }
    flush(spans, text);
    spans.push_back(span);
    at += size;
  }
  flush(spans, text);
  return spans;
}

std::string plain_text(const std::vector<Span>& spans) {
  std::string out;
  for (const Span& span : spans) out += span.text;
  return out;
}

}  // namespace orrery::viewmodel
