#include "core/apiserver/selection.h"

#include "core/api/validation/names.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/resources.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

// Source: apimachinery pkg/labels/selector.go (Parser, Requirement.Matches).
class LabelParser {
 public:
  explicit LabelParser(std::string_view text) : text_(text) { next(); }

  Result<std::vector<LabelTerm>> parse() {
    std::vector<LabelTerm> terms;
    while (token_ != End) {
      LabelTerm term;
      if (token_ == Not) {
        term.op = LabelTerm::Op::NotExists;
        next();
      }
      if (token_ != Word) return fail("!, identifier, or 'end of string'");
      term.key = Str(word_);
      next();
      if (term.op != LabelTerm::Op::NotExists && token_ != Comma && token_ != End) {
        if (auto bad = operation(term); !bad.ok()) return bad.error();
      }
      if (auto bad = check(term); !bad.ok()) return bad.error();
      terms.push_back(std::move(term));
      if (token_ == End) break;
      if (token_ != Comma) return fail("',' or 'end of string'");
      next();
      if (token_ == End) return fail("identifier after ','");
    }
    return terms;
  }

 private:
  enum Token { End, Word, Not, Comma, Open, Close, Equals, NotEquals, Greater, Less };

  Result<void> operation(LabelTerm& term) {
    bool word = token_ == Word;
    if (token_ == Equals || token_ == NotEquals) {
      term.op = token_ == Equals ? LabelTerm::Op::In : LabelTerm::Op::NotIn;
      next();
      if (token_ == Word) {
        term.values.push_back(Str(word_));
        next();
      } else {
        term.values.push_back({});
      }
      return {};
    }
    if (token_ == Greater || token_ == Less) {
      term.op = token_ == Greater ? LabelTerm::Op::Greater : LabelTerm::Op::Less;
      next();
      int64_t number = 0;
      if (token_ != Word || !parse_int64(word_, number))
        return make_error(Reason::BadRequest, "for 'Gt', 'Lt' operators, the value must be an integer");
      term.values.push_back(Str(word_));
      next();
      return {};
    }
    if (!word || (word_ != "in" && word_ != "notin")) return fail("in, notin, =, ==, !=, gt, lt");
    term.op = word_ == "in" ? LabelTerm::Op::In : LabelTerm::Op::NotIn;
    next();
    if (token_ != Open) return fail("'('");
    next();
    while (token_ != Close) {
      if (token_ == Word) {
        term.values.push_back(Str(word_));
        next();
      } else if (token_ == Comma) {
        term.values.push_back({});
      } else {
        return fail("',', ')' or identifier");
      }
      if (token_ == Comma)
        next();
      else if (token_ != Close)
        return fail("',' or ')'");
    }
    next();
    return {};
  }

  // apimachinery pkg/labels/selector.go, NewRequirement
  static Result<void> check(const LabelTerm& term) {
    auto bad = [](std::string_view path, const Str& text, const api::validation::Problems& problems) {
      return make_error(Reason::BadRequest, cat("unable to parse requirement: ", path, ": Invalid value: ", quoted(text), ": ", join(problems, "; ")));
    };
    if (auto problems = api::validation::qualified_name(term.key); !problems.empty()) return bad("key", term.key, problems);
    for (size_t i = 0; i < term.values.size(); ++i)
      if (auto problems = api::validation::label_value(term.values[i]); !problems.empty())
        return bad(cat("values[", i, "][", term.key, "]"), term.values[i], problems);
    return {};
  }

  Error fail(std::string_view expected) const {
    return make_error(Reason::BadRequest, cat("unable to parse requirement: found '", token_ == End ? "" : word_,
                                              "', expected: ", expected));
  }

  void next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    if (at_ >= text_.size()) return set(End, 0);
    auto two = text_.substr(at_, 2);
    switch (text_[at_]) {
      case '(':
        return set(Open, 1);
      case ')':
        return set(Close, 1);
      case ',':
        return set(Comma, 1);
      case '!':
        return two == "!=" ? set(NotEquals, 2) : set(Not, 1);
      case '=':
        return two == "==" ? set(Equals, 2) : set(Equals, 1);
      case '>':
        return set(Greater, 1);
      case '<':
        return set(Less, 1);
      default:
        break;
    }
    size_t end = text_.find_first_of("()!,=<> \t", at_);
    set(Word, (end == std::string_view::npos ? text_.size() : end) - at_);
  }
  void set(Token token, size_t length) {
    token_ = token;
    word_ = text_.substr(at_, length);
    at_ += length;
  }

  std::string_view text_, word_;
  size_t at_ = 0;
  Token token_ = End;
};

// Source: apimachinery pkg/fields/selector.go (ParseSelector; values escape \ , = with a backslash).
Result<std::vector<FieldTerm>> parse_fields(std::string_view text) {
  std::vector<FieldTerm> terms;
  std::string field, value;
  bool equal = true, in_value = false, any = false;
  auto finish = [&] {
    if (any) terms.push_back({Str(field), Str(value), equal});
    field.clear(), value.clear(), in_value = any = false, equal = true;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (in_value) {
      if (c == '\\' && i + 1 < text.size())
        value += text[++i];
      else if (c == ',')
        finish();
      else if (c == '=')
        return bad_request(cat("invalid field selector: ", text));
      else
        value += c;
      continue;
    }
    if (c == '!' && i + 1 < text.size() && text[i + 1] == '=') {
      equal = false, in_value = any = true, ++i;
    } else if (c == '=') {
      in_value = any = true;
      if (i + 1 < text.size() && text[i + 1] == '=') ++i;
    } else if (c == ',') {
      if (!field.empty()) return bad_request(cat("invalid selector: '", text, "'; can't understand '", field, "'"));
    } else {
      field += c;
    }
  }
  if (!any && !field.empty()) return bad_request(cat("invalid selector: '", text, "'; can't understand '", field, "'"));
  finish();
  return terms;
}

}  // namespace

bool LabelTerm::matches(const Map<Str>& labels) const {
  const Str* value = labels.find(key);
  auto among = [&] {
    for (const Str& v : values)
      if (v == *value) return true;
    return false;
  };
  switch (op) {
    case Op::Exists:
      return value != nullptr;
    case Op::NotExists:
      return value == nullptr;
    case Op::In:
      return value && among();
    case Op::NotIn:
      return !value || !among();
    case Op::Greater:
    case Op::Less: {
      int64_t have = 0, limit = 0;
      if (!value || !parse_int64(*value, have) || !parse_int64(values[0], limit)) return false;
      return op == Op::Greater ? have > limit : have < limit;
    }
  }
  return false;
}

bool Selection::matches(const api::KindInfo& kind, const api::ObjectPtr& object) const {
  for (const LabelTerm& term : labels)
    if (!term.matches(object.meta().labels)) return false;
  for (const FieldTerm& term : fields) {
    Str value;
    if (!selectable_field(kind, object, term.field, value) || (value == term.value) != term.equal) return false;
  }
  return true;
}

const Str* Selection::required(std::string_view field) const {
  for (const FieldTerm& term : fields)
    if (term.equal && term.field == field) return &term.value;
  return nullptr;
}

Result<Selection> read_selection(const api::KindInfo& kind, std::string_view labels, std::string_view fields) {
  Selection selection;
  if (!labels.empty()) {
    auto terms = LabelParser(labels).parse();
    if (!terms.ok()) return terms.error();
    selection.labels = std::move(*terms);
  }
  if (!fields.empty()) {
    auto terms = parse_fields(fields);
    if (!terms.ok()) return terms.error();
    api::ObjectPtr empty = api::MutableObject(storage_type(kind)).freeze();
    for (const FieldTerm& term : *terms) {
      Str ignored;
      if (!selectable_field(kind, empty, term.field, ignored))
        return bad_request(cat("field label not supported: ", term.field));
    }
    selection.fields = std::move(*terms);
  }
  return selection;
}

}  // namespace orrery::apiserver
