#include "core/api/jsonpath.h"

#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"

namespace orrery::api {

using nlohmann::json;
using Values = std::vector<const json*>;

std::string jsonpath_text(const json& v) { return v.is_string() ? v.get<std::string>() : v.dump(); }

namespace {

// One path expression: .a.b[0]['c'][*][?(@.x=="y")]..d
class Path {
 public:
  Path(const std::string& text, std::string& error) : t_(text), error_(error) {}

  Values eval(const Values& from) {
    Values now = from;
    if (i_ < t_.size() && (t_[i_] == '@' || t_[i_] == '$')) ++i_;
    while (i_ < t_.size() && error_.empty()) {
      if (t_[i_] == '.') {
        bool deep = i_ + 1 < t_.size() && t_[i_ + 1] == '.';
        i_ += deep ? 2 : 1;
        if (i_ < t_.size() && t_[i_] == '[') continue;
        std::string name = field();
        if (name.empty()) continue;  // "." alone: the object itself
        now = deep ? descend(now, name) : step(now, name);
      } else if (t_[i_] == '[') {
        now = bracket(now);
      } else {
        std::string name = field();
        if (name.empty()) {
          error_ = cat("unrecognized character in action: U+", static_cast<int>(t_[i_]));
          break;
        }
        now = step(now, name);
      }
    }
    return now;
  }

 private:
  std::string field() {
    std::string name;
    while (i_ < t_.size() && t_[i_] != '.' && t_[i_] != '[') {
      if (t_[i_] == '\\' && i_ + 1 < t_.size()) ++i_;
      name += t_[i_++];
    }
    return name;
  }
  static Values step(const Values& from, const std::string& name) {
    Values out;
    for (const json* v : from) {
      if (name == "*") {
        if (v->is_structured())
          for (const auto& item : *v) out.push_back(&item);
      } else if (v->is_object() && v->contains(name)) {
        out.push_back(&(*v)[name]);
      }
    }
    return out;
  }
  static Values descend(const Values& from, const std::string& name) {
    Values out = step(from, name);
    for (const json* v : from) {
      if (!v->is_structured()) continue;
      Values below;
      for (const auto& item : *v) below.push_back(&item);
      for (const json* found : descend(below, name)) out.push_back(found);
    }
    return out;
  }
  Values bracket(const Values& from) {
    size_t end = i_ + 1;
    int depth = 1;
    char quote = 0;
    for (; end < t_.size(); ++end) {
      if (quote) {
        if (t_[end] == quote) quote = 0;
      } else if (t_[end] == '\'' || t_[end] == '"') {
        quote = t_[end];
      } else if (t_[end] == '[') {
        ++depth;
      } else if (t_[end] == ']' && --depth == 0) {
        break;
      }
    }
    if (end >= t_.size()) return error_ = "unterminated array", Values();
    std::string inner = t_.substr(i_ + 1, end - i_ - 1);
    i_ = end + 1;
    if (inner == "*") return step(from, "*");
    if (starts_with(inner, "?(")) return filter(from, inner.substr(2, inner.size() - 3));
    if (!inner.empty() && (inner[0] == '\'' || inner[0] == '"')) return step(from, inner.substr(1, inner.size() - 2));
    Values out;
    for (const json* v : from) {
      if (!v->is_array()) continue;
      int64_t size = static_cast<int64_t>(v->size()), a = 0, b = 0;
      size_t colon = inner.find(':');
      if (colon == std::string::npos) {
        for (const std::string& piece : split(inner, ',')) {
          if (!parse_int64(piece, a)) return error_ = cat("invalid array index ", piece), Values();
          if (a < 0) a += size;
          if (a < 0 || a >= size)
            return error_ = cat("array index out of bounds: index ", piece, ", length ", size), Values();
          out.push_back(&(*v)[static_cast<size_t>(a)]);
        }
        continue;
      }
      b = size;
      parse_int64(inner.substr(0, colon), a);
      parse_int64(inner.substr(colon + 1), b);
      if (a < 0) a += size;
      if (b < 0) b += size;
      for (int64_t k = a < 0 ? 0 : a; k < b && k < size; ++k) out.push_back(&(*v)[static_cast<size_t>(k)]);
    }
    return out;
  }
  Values filter(const Values& from, const std::string& condition) {
    std::string op, left = condition, right;
    for (const char* candidate : {"==", "!=", ">=", "<=", ">", "<"}) {
      size_t at = condition.find(candidate);
      if (at == std::string::npos) continue;
      op = candidate;
      left = std::string(trim(condition.substr(0, at)));
      right = std::string(trim(condition.substr(at + op.size())));
      break;
    }
    std::string want = right;
    if (want.size() >= 2 && (want[0] == '"' || want[0] == '\'')) want = want.substr(1, want.size() - 2);
    Values out;
    for (const json* v : from) {
      if (!v->is_array()) continue;
      for (const json& item : *v) {
        std::string ignored;
        Values found = Path(left, ignored).eval({&item});
        bool keep = !found.empty();
        if (keep && !op.empty()) {
          std::string have = jsonpath_text(*found[0]);
          int64_t x = 0, y = 0;
          bool numbers = parse_int64(have, x) && parse_int64(want, y);
          int order = numbers ? (x < y ? -1 : x > y) : have.compare(want);
          keep = op == "=="   ? order == 0
                 : op == "!=" ? order != 0
                 : op == ">"  ? order > 0
                 : op == "<"  ? order < 0
                 : op == ">=" ? order >= 0
                              : order <= 0;
        }
        if (keep) out.push_back(&item);
      }
    }
    return out;
  }

  const std::string& t_;
  std::string& error_;
  size_t i_ = 0;
};

struct Node {
  enum class Kind : uint8_t { Text, Path, Range } kind = Kind::Text;
  std::string text;
  std::vector<Node> body;
};

bool parse(const std::string& t, size_t& i, std::vector<Node>& out, std::string& error, bool inside) {
  while (i < t.size()) {
    if (t[i] != '{') {
      size_t next = t.find('{', i);
      out.push_back({Node::Kind::Text, t.substr(i, next == std::string::npos ? next : next - i), {}});
      i = next == std::string::npos ? t.size() : next;
      continue;
    }
    size_t end = i + 1;
    char quote = 0;
    for (; end < t.size() && (quote || t[end] != '}'); ++end) {
      if (quote ? t[end] == quote : t[end] == '"' || t[end] == '\'') quote = quote ? 0 : t[end];
    }
    if (end >= t.size()) return error = "unclosed action", false;
    std::string action(trim(t.substr(i + 1, end - i - 1)));
    i = end + 1;
    if (action == "end") {
      if (!inside) return error = "not in range, nothing to end", false;
      return true;
    }
    if (starts_with(action, "range ")) {
      Node range{Node::Kind::Range, std::string(trim(action.substr(6))), {}};
      if (!parse(t, i, range.body, error, true)) return false;
      out.push_back(std::move(range));
    } else if (action.size() >= 2 && (action[0] == '"' || action[0] == '\'')) {
      std::string literal = action.substr(1, action.size() - 2);
      out.push_back({Node::Kind::Text, replace_all(replace_all(literal, "\\n", "\n"), "\\t", "\t"), {}});
    } else {
      out.push_back({Node::Kind::Path, action, {}});
    }
  }
  if (inside) return error = "unterminated range", false;
  return true;
}

bool print_nodes(const std::vector<Node>& nodes, const json& at, std::string& out, std::string& error) {
  for (const Node& n : nodes) {
    if (n.kind == Node::Kind::Text) {
      out += n.text;
      continue;
    }
    Values values = Path(n.text, error).eval({&at});
    if (!error.empty()) return false;
    if (n.kind == Node::Kind::Range) {
      for (const json* v : values)
        if (!print_nodes(n.body, *v, out, error)) return false;
      continue;
    }
    for (size_t i = 0; i < values.size(); ++i) out += (i ? " " : "") + jsonpath_text(*values[i]);
  }
  return true;
}

}  // namespace

bool print_jsonpath(const json& object, const std::string& text, std::string& out, std::string& error) {
  std::string t = text.find('{') == std::string::npos ? cat("{", text, "}") : text;
  std::vector<Node> nodes;
  size_t i = 0;
  if (parse(t, i, nodes, error, false) && print_nodes(nodes, object, out, error)) return true;
  error = cat("error parsing jsonpath ", text, ", ", error);
  return false;
}

Values at_path(const json& object, const std::string& path, std::string& error) {
  return Path(path, error).eval({&object});
}

}  // namespace orrery::api
