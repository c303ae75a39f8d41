#include "playground/viewmodel/manifest_errors.h"

#include <algorithm>
#include <cstdlib>

namespace orrery::viewmodel {
namespace {

constexpr std::size_t kErrorsMax = 50;

struct Line {
  std::size_t number = 0;
  std::size_t indent = 0;  // of the key: behind the dash of a list's item
  bool item = false;       // begins an item; its dash stands two before the key
  std::string key;
};

// Lines that hold a key or begin an item; what belongs to a block of text deeper down can't be mistaken for them by depth.
std::vector<Line> read(const std::string& yaml) {
  std::vector<Line> lines;
  std::size_t number = 0;
  for (std::size_t from = 0; from < yaml.size();) {
    const std::size_t end = std::min(yaml.find('\n', from), yaml.size());
    std::string text = yaml.substr(from, end - from);
    from = end + 1;
    ++number;
    std::size_t at = text.find_first_not_of(' ');
    if (at == std::string::npos || text[at] == '#' || text.compare(at, 3, "---") == 0) continue;
    Line line = {number, at, false, ""};
    while (at < text.size() && text[at] == '-' && (at + 1 == text.size() || text[at + 1] == ' ')) {
      line.item = true;
      at = std::min(text.find_first_not_of(' ', at + 1), text.size());
      line.indent += 2;
    }
    const std::size_t colon = text.find(':', at);
    if (colon != std::string::npos) line.key = text.substr(at, colon - at);
    if (line.key.size() >= 2 && (line.key[0] == '"' || line.key[0] == '\'')) line.key = line.key.substr(1, line.key.size() - 2);
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> steps_of(const std::string& path) {
  std::vector<std::string> steps;
  std::string step;
  const auto flush = [&] {
    if (!step.empty()) steps.push_back(step);
    step.clear();
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '.') flush();
    else if (path[i] == '[') {
      flush();
      const std::size_t end = std::min(path.find(']', i), path.size());
      steps.push_back(path.substr(i, end - i + 1));  // kept with its brackets: an index, or a map's key with dots
      i = end;
    } else {
      step += path[i];
    }
  }
  flush();
  return steps;
}

bool is_index(const std::string& step) {
  return step.size() > 2 && step[0] == '[' && std::all_of(step.begin() + 1, step.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
}

// Lines [from, to) hold the present value; `indent` is that of its keys.
struct Place {
  std::size_t from = 0, to = 0, indent = 0;
};

bool down_to_key(const std::vector<Line>& lines, const std::string& key, Place& span, std::size_t& number) {
  for (std::size_t i = span.from; i < span.to; ++i) {
    const bool own = lines[i].indent == span.indent && (!lines[i].item || i == span.from);
    if (!own || lines[i].key != key) continue;
    number = lines[i].number;
    std::size_t end = i + 1;
    // A list's dashes may stand as deep as the key that it belongs to.
    while (end < span.to && (lines[end].indent > span.indent) && !(lines[end].item && lines[end].indent - 2 < span.indent)) ++end;
    span = {i + 1, end, i + 1 < end ? lines[i + 1].indent : span.indent + 2};
    return true;
  }
  return false;
}

bool down_to_item(const std::vector<Line>& lines, std::size_t index, Place& span, std::size_t& number) {
  std::size_t seen = 0;
  for (std::size_t i = span.from; i < span.to; ++i) {
    if (!lines[i].item || lines[i].indent != span.indent || seen++ != index) continue;
    number = lines[i].number;
    std::size_t end = i + 1;
    while (end < span.to && !(lines[end].item && lines[end].indent <= span.indent) && lines[end].indent >= span.indent) ++end;
    span = {i, end, span.indent};
    return true;
  }
  return false;
}

bool begins_with(const std::string& text, std::size_t at, const std::string& word) { return text.compare(at, word.size(), word) == 0; }

// The quoted path behind each of `word`.
void quoted_fields(const std::string& yaml, const std::string& text, const std::string& word, std::vector<ManifestError>& out) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t from = at + word.size(), end = text.find('"', from);
    if (end == std::string::npos) return;
    out.push_back({line_of_field(yaml, text.substr(from, end - from)), text.substr(at, end + 1 - at)});
  }
}

// "spec.replicas: Invalid value: ..." of a Status' causes, one or each behind "* ".
void invalid_fields(const std::string& yaml, const std::string& text, std::vector<ManifestError>& out) {
  std::size_t at = text.find("is invalid: ");
  if (at == std::string::npos) return;
  at += 12;
  while (at < text.size()) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    std::string cause = text.substr(at, end - at);
    if (begins_with(cause, 0, "* ")) cause = cause.substr(2);
    const std::size_t colon = cause.find(": ");
    if (colon != std::string::npos && cause.find(' ') > colon) out.push_back({line_of_field(yaml, cause.substr(0, colon)), cause});
    at = end + 1;
  }
}

// "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
void wrong_types(const std::string& yaml, const std::string& text, std::vector<ManifestError>& out) {
  const std::string word = "into Go struct field ";
  const std::size_t at = text.find(word);
  if (at == std::string::npos) return;
  const std::size_t dot = text.find('.', at), end = text.find(' ', at + word.size());
  if (dot == std::string::npos || end == std::string::npos || dot > end) return;
  const std::size_t from = std::min(text.rfind("json: ", at), at);
  out.push_back({line_of_field(yaml, text.substr(dot + 1, end - dot - 1)), text.substr(from, std::min(text.find('\n', at), text.size()) - from)});
}

// "yaml: line 5: mapping values are not allowed in this context"
void no_yaml(const std::string& text, std::vector<ManifestError>& out) {
  const std::size_t at = text.find("yaml: line ");
  if (at == std::string::npos) return;
  const std::size_t line = std::size_t(std::max(0, std::atoi(text.c_str() + at + 11)));
  out.push_back({line, text.substr(at, std::min(text.find('\n', at), text.size()) - at)});
}

}  // namespace

std::size_t line_of_field(const std::string& yaml, const std::string& path) {
  const std::vector<Line> lines = read(yaml);
  Place span = {0, lines.size(), 0};
  std::size_t number = 0;
  for (const std::string& step : steps_of(path)) {
    const bool index = is_index(step);
    const std::string key = step[0] == '[' ? step.substr(1, step.size() - 2) : step;
    const bool found = index ? down_to_item(lines, std::size_t(std::atoi(key.c_str())), span, number) : down_to_key(lines, key, span, number);
    if (!found) break;
  }
  return number;
}

std::vector<ManifestError> manifest_errors(const std::string& yaml, const std::string& printed) {
  std::vector<ManifestError> out;
  quoted_fields(yaml, printed, "unknown field \"", out);
  quoted_fields(yaml, printed, "duplicate field \"", out);
  invalid_fields(yaml, printed, out);
  wrong_types(yaml, printed, out);
  no_yaml(printed, out);
  std::stable_sort(out.begin(), out.end(), [](const ManifestError& a, const ManifestError& b) { return a.line < b.line; });
  if (out.size() > kErrorsMax) out.resize(kErrorsMax);
  std::string rest = printed;
  while (!rest.empty() && rest.back() == '\n') rest.pop_back();
  if (out.empty() && !rest.empty()) out.push_back({0, rest});
  return out;
}

}  // namespace orrery::viewmodel
