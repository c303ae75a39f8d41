#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/api/json.h"
#include "core/api/yaml_scalar.h"
#include "core/base/text.h"
#include "core/base/utf8.h"

namespace orrery::api {
namespace {

using nlohmann::json;

struct Stop {  // thrown through yaml-cpp's parser, caught below
  std::string message;
};

size_t count_nodes(const json& value) {
  size_t n = 1;
  if (value.is_structured())
    for (const json& child : value) n += count_nodes(child);
  return n;
}

// Builds the tree from the parser's events.
class YamlBuilder : public YAML::EventHandler {
 public:
  explicit YamlBuilder(std::string_view text) : text_(text) {}
  json result;
  std::vector<std::string> duplicates;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { put(nullptr, mark, anchor, "null"); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Stop{cat("yaml: line ", mark.line + 1, ": anchor value contains itself")};
    nodes_ += count_nodes(found->second);
    json copy = found->second;
    put(std::move(copy), mark, 0, {});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_closed(mark);
    put(scalar(tag, value), mark, anchor, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open({json::array(), anchor, mark.line, {}, {}, false});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open({json::object(), anchor, mark.line, {}, {}, false});
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    json value;
    YAML::anchor_t anchor;
    int line;
    std::string key;
    std::set<std::string> own;  // keys that were written, not merged in
    bool has_key;
  };

  static json scalar(const std::string& tag, const std::string& value) {
    if (tag == "tag:yaml.org,2002:str" || tag == "!") return value;
    ResolvedScalar r = resolve_yaml_scalar(value);
    switch (r.kind) {
      case YamlScalar::Null: return nullptr;
      case YamlScalar::Bool: return r.boolean;
      case YamlScalar::Int: return r.is_unsigned ? json(r.large) : json(r.number);
      case YamlScalar::Float:
        if (!std::isfinite(r.real)) throw Stop{cat("json: unsupported value: ", std::isnan(r.real) ? "NaN" : "+Inf")};
        // Go prints whole floats without a fraction.
        if (std::floor(r.real) == r.real && std::fabs(r.real) < 9e18) return static_cast<int64_t>(r.real);
        return r.real;
      case YamlScalar::String:
      case YamlScalar::Timestamp: break;  // kept as text
    }
    return value;
  }

  // yaml-cpp 0.7 takes a quoted text that the end of the stream cuts off.
  void check_closed(const YAML::Mark& mark) const {
    size_t at = static_cast<size_t>(mark.pos);
    if (mark.pos < 0 || at >= text_.size() || (text_[at] != '"' && text_[at] != '\'')) return;
    char quote = text_[at];
    for (++at; at < text_.size(); ++at) {
      if (text_[at] == '\\' && quote == '"')
        ++at;
      else if (text_[at] == quote)
        return;
    }
    throw Stop{cat("yaml: line ", mark.line + 1, ": found unexpected end of stream")};
  }

  void open(Level level) {
    if (stack_.size() >= static_cast<size_t>(kJsonDepthMax)) throw Stop{"exceeded max depth"};
    stack_.push_back(std::move(level));
  }
  void close() {
    Level done = std::move(stack_.back());
    stack_.pop_back();
    YAML::Mark mark;
    mark.line = done.line;
    put(std::move(done.value), mark, done.anchor, {});
  }

  void put(json value, const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& text) {
    if (++nodes_ > kYamlNodesMax) throw Stop{"yaml: document contains excessive aliasing"};
    if (anchor) anchors_[anchor] = value;
    if (stack_.empty()) {
      result = std::move(value);
      return;
    }
    Level& top = stack_.back();
    if (top.value.is_array()) {
      top.value.push_back(std::move(value));
      return;
    }
    if (!top.has_key) {
      top.key = key_text(value, text, mark);
      top.has_key = true;
      if (!top.own.insert(top.key).second)
        duplicates.push_back(cat("line ", mark.line + 1, ": key ", orrery::quoted(top.key), " already set in map"));
      return;
    }
    top.has_key = false;
    if (top.key == "<<" && merge(top, value)) return;
    top.value[top.key] = std::move(value);
  }

  static std::string key_text(const json& value, const std::string& text, const YAML::Mark& mark) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean() || value.is_number()) return value.dump();
    throw Stop{cat("yaml: line ", mark.line + 1, ": invalid map key: ", text.empty() ? value.dump(-1, ' ', false, json::error_handler_t::replace) : text)};
  }

  // "<<: *base": keys that are written win.
  static bool merge(Level& top, const json& value) {
    if (value.is_array()) {
      for (const json& part : value)
        if (!part.is_object()) return false;
      for (const json& part : value) merge(top, part);
      top.own.erase("<<");
      return true;
    }
    if (!value.is_object()) throw Stop{"yaml: map merge requires map or sequence of maps as the value"};
    for (const auto& item : value.items())
      if (!top.value.contains(item.key())) top.value[item.key()] = item.value();
    top.own.erase("<<");
    return true;
  }

  std::string_view text_;
  size_t nodes_ = 0;
  std::vector<Level> stack_;
  std::map<YAML::anchor_t, json> anchors_;
};

// libyaml's words, which go-yaml prints, for what yaml-cpp says.
std::string go_words(const std::string& said) {
  struct Row {
    const char *said, *words;
  };
  constexpr Row kRows[] = {
      {"illegal map value", "mapping values are not allowed in this context"},
      {"illegal map key", "mapping keys are not allowed in this context"},
      {"illegal block entry", "block sequence entries are not allowed in this context"},
      {"illegal tab", "found character that cannot start any token"},
      {"unknown token", "found character that cannot start any token"},
      {"end of map not found", "did not find expected key"},
      {"end of map flow not found", "did not find expected ',' or '}'"},
      {"end of sequence not found", "did not find expected '-' indicator"},
      {"end of sequence flow not found", "did not find expected ',' or ']'"},
      {"illegal flow end", "did not find expected node content"},
      {"illegal EOF in scalar", "found unexpected end of stream"},
      {"illegal document indicator in scalar", "found unexpected document indicator"},
      {"unknown escape character", "found unknown escape character"},
      {"bad character found while scanning hex", "did not find expected hexdecimal number"},
  };
  for (const Row& row : kRows)
    if (said.find(row.said) != std::string::npos) return row.words;
  return said;
}

// What yaml-cpp says where it stopped, in go-yaml's words.
std::string parse_error(std::string_view text, const YAML::Exception& e) {
  std::string words = go_words(e.msg);
  std::vector<std::string> lines = split(text, '\n');
  std::string row = e.mark.line >= 0 && static_cast<size_t>(e.mark.line) < lines.size() ? lines[e.mark.line] : "";
  size_t column = e.mark.column > 0 ? static_cast<size_t>(e.mark.column) : 0;
  if (starts_with(e.msg, "the referenced anchor is not defined")) {
    size_t star = row.rfind('*', column);
    size_t from = star == std::string::npos ? row.size() : star + 1;
    words = cat("unknown anchor '", row.substr(from, row.find_first_of(" \t,]}\r", from) - from), "' referenced");
  } else if (row.substr(0, row.find_first_not_of(" \t")).find('\t') != std::string::npos) {
    words = "found character that cannot start any token";
  }
  return cat("yaml: line ", e.mark.line + 1, ": ", words);
}

// What go-yaml's reader refuses before it scans: text that is not UTF-8, and control characters (YAML 1.1, 5.1).
// Nothing when all is well.
std::string_view unreadable(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    int length = utf8_length(text, i);
    if (length == 0) {
      if ((c & 0xc0) == 0x80 || c >= 0xf8) return "invalid leading UTF-8 octet";
      size_t whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
      if (i + whole > text.size()) return "incomplete UTF-8 octet sequence";
      for (size_t k = 1; k < whole; ++k)
        if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return "invalid trailing UTF-8 octet";
      return c == 0xed || c >= 0xf4 ? "invalid Unicode character" : "invalid length of a UTF-8 sequence";
    }
    bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f ||
                   (c == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0 &&
                    static_cast<unsigned char>(text[i + 1]) != 0x85) ||
                   (c == 0xef && static_cast<unsigned char>(text[i + 1]) == 0xbf &&
                    static_cast<unsigned char>(text[i + 2]) >= 0xbe);
    if (control) return "control characters are not allowed";
    i += static_cast<size_t>(length);
  }
  return {};
}

Error convert_error(const std::string& message) {
  return make_error(Reason::BadRequest, "error converting YAML to JSON: " + message);
}

// "---" alone or followed by white space starts a new part, as kubectl's splitter sees it.
bool is_separator(std::string_view line) {
  return starts_with(line, "---") && (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

bool is_blank(std::string_view part) {
  while (!part.empty()) {
    std::string_view line = part.substr(0, part.find('\n'));
    part.remove_prefix(line.size() < part.size() ? line.size() + 1 : part.size());
    line = trim(line);
    if (!line.empty() && line[0] != '#' && line != "---" && line != "...") return false;
  }
  return true;
}

}  // namespace

std::vector<YamlPart> split_yaml(std::string_view text) {
  std::vector<YamlPart> out;
  size_t start = 0, at = 0;
  int line = 1, start_line = 1;
  auto finish = [&](size_t end) {
    std::string_view part = text.substr(start, end - start);
    if (!is_blank(part)) out.push_back({part, start_line});
  };
  while (at < text.size()) {
    size_t end = text.find('\n', at);
    std::string_view row = text.substr(at, end == std::string_view::npos ? end : end - at);
    if (is_separator(row)) {
      finish(at);
      bool content = !trim(row.substr(3)).empty() && trim(row.substr(3))[0] != '#';
      start = content ? at : end == std::string_view::npos ? text.size() : end + 1;
      start_line = content ? line : line + 1;
    }
    at = end == std::string_view::npos ? text.size() : end + 1;
    ++line;
  }
  finish(text.size());
  return out;
}

Result<json> yaml_to_dom(std::string_view text, bool strict) {
  if (std::string_view fault = unreadable(text); !fault.empty()) return convert_error(cat("yaml: ", fault));
  YamlBuilder builder(text);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) return json(nullptr);
    YamlBuilder rest(text);  // what follows without a separator belongs to no document
    if (split_yaml(text).size() == 1 && text.find("\n...") == std::string_view::npos && parser.HandleNextDocument(rest))
      return convert_error(builder.result.is_array() ? "yaml: did not find expected '-' indicator"
                                                     : "yaml: did not find expected <document start>");
  } catch (const Stop& stop) {
    return convert_error(stop.message);
  } catch (const YAML::Exception& e) {
    return convert_error(parse_error(text, e));
  }
  if (strict && !builder.duplicates.empty())
    return convert_error("yaml: unmarshal errors:\n  " + join(builder.duplicates, "\n  "));
  return std::move(builder.result);
}

Result<std::string> yaml_to_json(std::string_view text, bool strict) {
  auto dom = yaml_to_dom(text, strict);
  if (!dom) return dom.error();
  return dom->dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<std::vector<std::string>> yaml_documents(std::string_view text, bool strict) {
  std::vector<std::string> out;
  for (const YamlPart& part : split_yaml(text)) {
    auto json = yaml_to_json(part.text, strict);
    if (!json) return json.error();
    if (*json != "null") out.push_back(*std::move(json));
  }
  return out;
}

}  // namespace orrery::api
