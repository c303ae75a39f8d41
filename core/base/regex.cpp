#include "core/base/regex.h"

#include <algorithm>
#include <tuple>

#include "core/base/text.h"
#include "core/base/utf8.h"

namespace orrery {
namespace {

using Inst = Regex::Inst;
using Range = Regex::Range;
using Program = std::vector<Inst>;
using Ranges = std::vector<Range>;

constexpr uint32_t kLast = 0x10ffff;

Ranges complement(Ranges in) {
  std::stable_sort(in.begin(), in.end(), [](const Range& a, const Range& b) { return a.from < b.from; });
  Ranges out;
  uint32_t next = 0;
  for (const Range& r : in) {
    if (r.from > next) out.push_back({next, r.from - 1});
    next = std::max(next, r.to + 1);
  }
  if (next <= kLast) out.push_back({next, kLast});
  return out;
}

// \d, \w, \s and their opposites; false when `c` names none of them.
bool named_class(char c, Ranges& out) {
  Ranges r;
  switch (c | 0x20) {
    case 'd':
      r = {{'0', '9'}};
      break;
    case 'w':
      r = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
      break;
    case 's':
      r = {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
      break;
    default:
      return false;
  }
  if (!(c & 0x20)) r = complement(std::move(r));
  out.insert(out.end(), r.begin(), r.end());
  return true;
}

struct PosixClass {
  std::string_view name;
  Ranges ranges;
};
const std::vector<PosixClass>& posix_classes() {
  static const std::vector<PosixClass> all = {{"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
                                              {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
                                              {"ascii", {{0, 0x7f}}},
                                              {"blank", {{'\t', '\t'}, {' ', ' '}}},
                                              {"cntrl", {{0, 0x1f}, {0x7f, 0x7f}}},
                                              {"digit", {{'0', '9'}}},
                                              {"graph", {{'!', '~'}}},
                                              {"lower", {{'a', 'z'}}},
                                              {"print", {{' ', '~'}}},
                                              {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
                                              {"space", {{'\t', '\r'}, {' ', ' '}}},
                                              {"upper", {{'A', 'Z'}}},
                                              {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
                                              {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}}};
  return all;
}

uint32_t code_point(std::string_view text, size_t& at) {
  int length = utf8_length(text, at);
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length <= 1) return length == 1 ? byte(at++) : (++at, 0xfffdu);
  uint32_t c = byte(at) & (0x7fu >> length);
  for (int i = 1; i < length; ++i) c = c << 6 | (byte(at + static_cast<size_t>(i)) & 0x3fu);
  at += static_cast<size_t>(length);
  return c;
}

void append(Program& to, const Program& from) { to.insert(to.end(), from.begin(), from.end()); }
int32_t size_of(const Program& p) { return static_cast<int32_t>(p.size()); }

struct Parser {
  std::string_view text;
  size_t at = 0;
  int depth = 0;
  bool fold = false, dot_all = false, lines = false;
  std::string error;

  bool more() const { return at < text.size(); }
  bool fail(std::string_view what, std::string_view where) {
    if (error.empty())
      error = cat("error parsing regexp: ", what, where.empty() ? "" : ": `", where, where.empty() ? "" : "`");
    return false;
  }

  Program set(Ranges ranges) const {
    if (fold) {
      size_t n = ranges.size();
      for (size_t i = 0; i < n; ++i)
        for (auto [low, high, shift] : {std::tuple{'a', 'z', -32}, std::tuple{'A', 'Z', 32}}) {
          uint32_t from = std::max<uint32_t>(ranges[i].from, static_cast<uint32_t>(low));
          uint32_t to = std::min<uint32_t>(ranges[i].to, static_cast<uint32_t>(high));
          if (from <= to) ranges.push_back({from + static_cast<uint32_t>(shift), to + static_cast<uint32_t>(shift)});
        }
    }
    Inst i;
    i.op = Inst::Set;
    i.ranges = std::move(ranges);
    return {i};
  }
  static Program one(Inst::Op op) {
    Inst i;
    i.op = op;
    return {i};
  }

  bool alternation(Program& out) {
    if (++depth > Regex::kDepthMax) return fail("expression nests too deeply", text);
    Program left;
    if (!sequence(left)) return false;
    while (more() && text[at] == '|') {
      ++at;
      Program right;
      if (!sequence(right)) return false;
      Program both = one(Inst::Split);
      both[0].x = 1;
      both[0].y = size_of(left) + 2;
      append(both, left);
      append(both, one(Inst::Jump));
      both.back().x = size_of(right) + 1;
      append(both, right);
      left = std::move(both);
    }
    --depth;
    out = std::move(left);
    return true;
  }

  bool sequence(Program& out) {
    while (more() && text[at] != '|' && text[at] != ')') {
      size_t start = at;
      Program item;
      if (!atom(item) || !repeats(item, start)) return false;
      append(out, item);
      if (out.size() > Regex::kProgramMax) return fail("expression too large", {});
    }
    return true;
  }

  bool repeats(Program& item, size_t start) {
    bool again = false;
    while (more() && (text[at] == '*' || text[at] == '+' || text[at] == '?' || text[at] == '{')) {
      size_t op = at;
      int low = 0, high = -1;
      if (text[at] == '{') {
        if (!counts(low, high)) {
          if (!error.empty()) return false;
          return true;  // a literal brace
        }
      } else {
        low = text[at] == '+' ? 1 : 0;
        high = text[at] == '?' ? 1 : -1;
        ++at;
      }
      if (again) return fail("invalid nested repetition operator", text.substr(start, at - start));
      again = true;
      if (more() && text[at] == '?') ++at;  // lazy: the same texts match
      if (low > Regex::kRepeatMax || high > Regex::kRepeatMax || (high >= 0 && low > high))
        return fail("invalid repeat count", text.substr(op, at - op));
      if (!repeat(item, low, high)) return false;
      start = op;
    }
    return true;
  }

  // {n}, {n,} or {n,m} at `at`; false without an error when it is none of them.
  bool counts(int& low, int& high) {
    size_t i = at + 1;
    auto number = [&](int& n) {
      size_t digits = i;
      n = 0;
      while (i < text.size() && text[i] >= '0' && text[i] <= '9') n = std::min(n * 10 + (text[i++] - '0'), 100'000);
      return i > digits;
    };
    if (!number(low)) return false;
    high = low;
    if (i < text.size() && text[i] == ',') {
      ++i;
      if (!number(high)) high = -1;
    }
    if (i >= text.size() || text[i] != '}') return false;
    at = i + 1;
    return true;
  }

  bool repeat(Program& item, int low, int high) {
    Program out;
    size_t times = static_cast<size_t>(std::max(low, std::max(high, 1)));
    if ((item.size() + 2) * times > Regex::kProgramMax) return fail("expression too large", {});
    for (int i = 0; i < low; ++i) append(out, item);
    if (high < 0) {
      Program star = one(Inst::Split);
      star[0].x = 1;
      star[0].y = size_of(item) + 2;
      append(star, item);
      append(star, one(Inst::Jump));
      star.back().x = -(size_of(item) + 1);
      append(out, star);
    }
    for (int i = low; i < high; ++i) {
      append(out, one(Inst::Split));
      out.back().x = 1;
      out.back().y = (high - i) * (size_of(item) + 1);
      append(out, item);
    }
    item = std::move(out);
    return true;
  }

  bool atom(Program& out) {
    size_t start = at;
    char c = text[at];
    switch (c) {
      case '(':
        return group(out);
      case '[':
        return char_class(out);
      case '.':
        ++at;
        out = set(dot_all ? Ranges{{0, kLast}} : Ranges{{0, '\n' - 1}, {'\n' + 1, kLast}});
        return true;
      case '^':
        ++at;
        out = one(lines ? Inst::LineBegin : Inst::Begin);
        return true;
      case '$':
        ++at;
        out = one(lines ? Inst::LineEnd : Inst::End);
        return true;
      case '*':
      case '+':
      case '?':
        return fail("missing argument to repetition operator", text.substr(at, 1));
      case '\\':
        return escape(out);
      default:
        break;
    }
    if (c == '{') {
      int low = 0, high = 0;
      size_t end = at;
      if (counts(low, high)) return fail("missing argument to repetition operator", text.substr(end, at - end));
    }
    uint32_t p = code_point(text, at);
    if (p == 0xfffd && at - start == 1) return fail("invalid UTF-8", text.substr(start, 1));
    out = set({{p, p}});
    return true;
  }

  bool group(Program& out) {
    size_t start = at++;
    bool old_fold = fold, old_all = dot_all, old_lines = lines;
    if (at < text.size() && text[at] == '?') {
      ++at;
      if (at < text.size() && (text[at] == 'P' || text[at] == '<')) {  // a name: (?P<name>...)
        size_t end = text.find('>', at);
        if (end == std::string_view::npos || (text[at] == 'P' && text.substr(at, 2) != "P<"))
          return fail("invalid named capture", text.substr(start));
        if (text[at] == '<' && at + 1 < text.size() && (text[at + 1] == '=' || text[at + 1] == '!'))
          return fail("invalid or unsupported Perl syntax", text.substr(start, 4));
        at = end + 1;
      } else {
        bool on = true;
        while (more() && text[at] != ':' && text[at] != ')') {
          char f = text[at++];
          if (f == '-')
            on = false;
          else if (f == 'i')
            fold = on;
          else if (f == 's')
            dot_all = on;
          else if (f == 'm')
            lines = on;
          else if (f != 'U')
            return fail("invalid or unsupported Perl syntax", text.substr(start, at - start));
        }
        if (!more()) return fail("missing closing )", text);
        if (text[at++] == ')') return true;  // (?i): for the rest of the group around it
      }
    }
    if (!alternation(out)) return false;
    if (!more()) return fail("missing closing )", text);
    ++at;
    fold = old_fold, dot_all = old_all, lines = old_lines;
    return true;
  }

  // The code point that an escape stands for; `at` is behind the backslash.
  bool escaped_char(uint32_t& out, size_t start) {
    if (!more()) return fail("trailing backslash at end of expression", {});
    char c = text[at++];
    constexpr std::string_view kLetters = "aftnrv", kValues = "\a\f\t\n\r\v";
    if (size_t i = kLetters.find(c); i != std::string_view::npos) {
      out = static_cast<unsigned char>(kValues[i]);
      return true;
    }
    if (c == 'x') {
      std::string_view digits;
      if (more() && text[at] == '{') {
        size_t end = text.find('}', at);
        if (end == std::string_view::npos) return fail("invalid escape sequence", text.substr(start));
        digits = text.substr(at + 1, end - at - 1);
        at = end + 1;
      } else {
        digits = text.substr(at, 2);
        at = std::min(text.size(), at + 2);
      }
      out = 0;
      for (char d : digits) {
        int v = d >= '0' && d <= '9' ? d - '0' : (d | 0x20) >= 'a' && (d | 0x20) <= 'f' ? (d | 0x20) - 'a' + 10 : -1;
        if (v < 0 || out > kLast) return fail("invalid escape sequence", text.substr(start, at - start));
        out = out * 16 + static_cast<uint32_t>(v);
      }
      if (digits.empty() || out > kLast) return fail("invalid escape sequence", text.substr(start, at - start));
      return true;
    }
    bool word = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    if (word || static_cast<unsigned char>(c) >= 0x80)
      return fail("invalid escape sequence", text.substr(start, at - start));
    out = static_cast<unsigned char>(c);
    return true;
  }

  bool escape(Program& out) {
    size_t start = at++;
    if (more()) {
      Ranges ranges;
      char c = text[at];
      if (named_class(c, ranges)) return ++at, out = set(std::move(ranges)), true;
      if (c == 'A') return ++at, out = one(Inst::Begin), true;
      if (c == 'z') return ++at, out = one(Inst::End), true;
      if (c == 'b') return ++at, out = one(Inst::Word), true;
      if (c == 'B') return ++at, out = one(Inst::NotWord), true;
      if (c == 'Q') {
        size_t end = std::min(text.find("\\E", at), text.size());
        for (++at; at < end;) {
          uint32_t p = code_point(text, at);
          append(out, set({{p, p}}));
        }
        at = std::min(text.size(), end + 2);
        return true;
      }
    }
    uint32_t p = 0;
    if (!escaped_char(p, start)) return false;
    out = set({{p, p}});
    return true;
  }

  bool char_class(Program& out) {
    size_t start = at++;
    bool negated = more() && text[at] == '^';
    if (negated) ++at;
    Ranges ranges;
    bool first = true;
    while (more() && (text[at] != ']' || first)) {
      first = false;
      if (text.substr(at, 2) == "[:") {
        size_t end = text.find(":]", at);
        if (end != std::string_view::npos) {
          if (!posix(text.substr(at, end + 2 - at), ranges)) return false;
          at = end + 2;
          continue;
        }
      }
      if (text[at] == '\\' && at + 1 < text.size() && named_class(text[at + 1], ranges)) {
        at += 2;
        continue;
      }
      size_t item = at;
      uint32_t from = 0, to = 0;
      if (!class_char(from, start)) return false;
      to = from;
      if (text.substr(at, 1) == "-" && at + 1 < text.size() && text[at + 1] != ']') {
        ++at;
        if (!class_char(to, start)) return false;
        if (to < from) return fail("invalid character class range", text.substr(item, at - item));
      }
      ranges.push_back({from, to});
    }
    if (!more()) return fail("missing closing ]", text.substr(start));
    ++at;
    out = set(ranges);  // folded before it is turned around
    if (negated) out[0].ranges = complement(std::move(out[0].ranges));
    return true;
  }

  bool posix(std::string_view word, Ranges& ranges) {
    std::string_view name = word.substr(2, word.size() - 4);
    bool negated = !name.empty() && name[0] == '^';
    if (negated) name.remove_prefix(1);
    for (const PosixClass& c : posix_classes()) {
      if (c.name != name) continue;
      Ranges r = negated ? complement(c.ranges) : c.ranges;
      ranges.insert(ranges.end(), r.begin(), r.end());
      return true;
    }
    return fail("invalid character class range", word);
  }

  bool class_char(uint32_t& out, size_t start) {
    if (!more()) return fail("missing closing ]", text.substr(start));
    if (text[at] == '\\') {
      size_t escape_at = at++;
      return escaped_char(out, escape_at);
    }
    out = code_point(text, at);
    return true;
  }
};

bool is_word(uint32_t c) {
  return c < 0x80 && (c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
}

// The instructions that the matcher stands at, each once.
struct Threads {
  std::vector<uint32_t> sparse, dense;
  explicit Threads(size_t n) : sparse(n) {}
  bool add(uint32_t i) {
    if (sparse[i] < dense.size() && dense[sparse[i]] == i) return false;
    sparse[i] = static_cast<uint32_t>(dense.size());
    dense.push_back(i);
    return true;
  }
};

constexpr uint32_t kNone = 0xffffffff;  // before the first and behind the last character

bool holds(Inst::Op op, uint32_t before, uint32_t after) {
  bool border = (before != kNone && is_word(before)) != (after != kNone && is_word(after));
  switch (op) {
    case Inst::Begin:
      return before == kNone;
    case Inst::End:
      return after == kNone;
    case Inst::LineBegin:
      return before == kNone || before == '\n';
    case Inst::LineEnd:
      return after == kNone || after == '\n';
    case Inst::Word:
      return border;
    case Inst::NotWord:
      return !border;
    default:
      return true;
  }
}

// Follows what consumes no character; true when that reaches the match.
bool follow(const Program& p, Threads& to, uint32_t start, uint32_t before, uint32_t after,
            std::vector<uint32_t>& stack) {
  stack.assign(1, start);
  bool matched = false;
  while (!stack.empty()) {
    uint32_t i = stack.back();
    stack.pop_back();
    if (!to.add(i)) continue;
    const Inst& inst = p[i];
    auto go = [&](int32_t by) { stack.push_back(static_cast<uint32_t>(static_cast<int32_t>(i) + by)); };
    switch (inst.op) {
      case Inst::Set:
        break;
      case Inst::Match:
        matched = true;
        break;
      case Inst::Jump:
        go(inst.x);
        break;
      case Inst::Split:
        go(inst.x);
        go(inst.y);
        break;
      default:
        if (holds(inst.op, before, after)) go(1);
    }
  }
  return matched;
}

}  // namespace

Result<Regex> Regex::compile(std::string_view pattern) {
  Parser parser{pattern};
  Program program;
  bool ok = parser.alternation(program);
  if (ok && parser.more()) ok = parser.fail("unexpected )", pattern);
  if (!ok) return make_error(Reason::BadRequest, parser.error);
  program.emplace_back();
  Regex out;
  out.program_ = std::move(program);
  return out;
}

bool Regex::matches(std::string_view text) const {
  Threads now(program_.size()), next(program_.size());
  std::vector<uint32_t> stack;
  size_t at = 0;
  uint32_t before = kNone;
  while (true) {
    size_t behind = at;
    uint32_t c = at < text.size() ? code_point(text, behind) : kNone;
    if (follow(program_, now, 0, before, c, stack)) return true;
    // Those that were moved here by a character: follow them with what comes next.
    if (c == kNone) return false;
    size_t peek = behind;
    uint32_t after = peek < text.size() ? code_point(text, peek) : kNone;
    next.dense.clear();
    for (uint32_t i : now.dense) {
      const Inst& inst = program_[i];
      if (inst.op != Inst::Set) continue;
      bool in = false;
      for (const Range& r : inst.ranges) in = in || (c >= r.from && c <= r.to);
      if (in && follow(program_, next, i + 1, c, after, stack)) return true;
    }
    std::swap(now, next);
    before = c;
    at = behind;
  }
}

}  // namespace orrery
