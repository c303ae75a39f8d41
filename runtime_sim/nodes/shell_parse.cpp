#include "core/base/text.h"
#include "runtime_sim/nodes/shell_script.h"

namespace orrery::sim {

namespace {

using Op = ShellInstruction::Op;

struct Token {
  enum class Kind : uint8_t { Word, Operator, End } kind = Kind::End;
  std::string text;
};

// Words keep their quotes; operators are ; & && | || ( ) < > >> newline.
bool tokenize(std::string_view s, std::vector<Token>& out, std::string& error) {
  size_t i = 0;
  while (i < s.size()) {
    char c = s[i];
    if (c == ' ' || c == '\t' || c == '\r') {
      ++i;
    } else if (c == '\\' && i + 1 < s.size() && s[i + 1] == '\n') {
      i += 2;
    } else if (c == '#') {
      while (i < s.size() && s[i] != '\n') ++i;
    } else if (c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')') {
      std::string op(1, c == '\n' ? ';' : c);
      if ((c == '&' || c == '|') && i + 1 < s.size() && s[i + 1] == c) op += c;
      out.push_back({Token::Kind::Operator, op});
      i += op.size();
    } else if (c == '<' || c == '>' || ((c == '2' || c == '1') && i + 1 < s.size() && s[i + 1] == '>' &&
                                        (out.empty() || i == 0 || s[i - 1] == ' '))) {
      std::string op;
      if (c == '1' || c == '2') op += c, ++i;
      op += s[i++];
      if (i < s.size() && op.back() == '>' && s[i] == '>') op += '>', ++i;
      if (i + 1 < s.size() && s[i] == '&') op += "&", op += s[i + 1], i += 2;
      out.push_back({Token::Kind::Operator, op});
    } else {
      std::string word;
      int depth = 0;
      while (i < s.size()) {
        c = s[i];
        if (depth == 0 && (c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '&' || c == '|' || c == '<' || c == '>' ||
                           c == ')' || c == '('))
          break;
        if (c == '\\' && i + 1 < s.size()) {
          word += c;
          word += s[i + 1];
          i += 2;
          continue;
        }
        if (c == '\'' || c == '"') {
          char quote = c;
          word += s[i++];
          while (i < s.size() && s[i] != quote) {
            if (quote == '"' && s[i] == '\\' && i + 1 < s.size()) word += s[i++];
            word += s[i++];
          }
          if (i >= s.size()) {
            error = "sh: syntax error: unterminated quoted string";
            return false;
          }
          word += s[i++];
          continue;
        }
        if (c == '$' && i + 1 < s.size() && s[i + 1] == '(') ++depth, word += s[i++];
        else if (depth > 0 && c == '(' && word.back() != '$') ++depth;
        else if (depth > 0 && c == ')') --depth;
        word += s[i++];
      }
      if (depth > 0) {
        error = "sh: syntax error: missing ')'";
        return false;
      }
      out.push_back({Token::Kind::Word, word});
    }
  }
  return true;
}

class Parser {
 public:
  Parser(std::vector<Token> tokens, ShellScript& script) : tokens_(std::move(tokens)), script_(script) {}

  bool parse(std::string& error) {
    list({});
    if (error_.empty() && at_ < tokens_.size()) unexpected();
    error = error_;
    return error_.empty();
  }

 private:
  const Token& peek() const {
    static const Token end;
    return at_ < tokens_.size() ? tokens_[at_] : end;
  }
  bool is_op(std::string_view op) const { return peek().kind == Token::Kind::Operator && peek().text == op; }
  bool is_word(std::string_view word) const { return peek().kind == Token::Kind::Word && peek().text == word; }
  void unexpected() {
    if (error_.empty())
      error_ = peek().kind == Token::Kind::End ? "sh: syntax error: unexpected end of file"
                                               : cat("sh: syntax error: unexpected ", quoted(peek().text));
  }
  void expect(std::string_view word) {
    if (is_word(word)) ++at_;
    else unexpected();
  }
  uint32_t here() const { return static_cast<uint32_t>(script_.code.size()); }
  uint32_t emit(Op op) {
    script_.code.push_back({});
    script_.code.back().op = op;
    return here() - 1;
  }

  void list(const std::vector<std::string>& until) {
    while (error_.empty()) {
      while (is_op(";") || is_op("&")) ++at_;
      if (peek().kind == Token::Kind::End || is_op(")")) return;
      for (const std::string& word : until)
        if (is_word(word)) return;
      and_or();
      if (!is_op(";") && !is_op("&")) return;
    }
  }

  void and_or() {
    pipeline();
    while (error_.empty() && (is_op("&&") || is_op("||"))) {
      uint32_t jump = emit(is_op("&&") ? Op::JumpIfFail : Op::JumpIfOk);
      ++at_;
      while (is_op(";")) ++at_;
      pipeline();
      script_.code[jump].target = here();
    }
  }

  void pipeline() {
    bool negate = is_word("!");
    if (negate) ++at_;
    if (!compound()) {
      std::vector<ShellCommand> commands;
      do {
        if (is_op("|")) ++at_;
        commands.push_back(simple());
      } while (error_.empty() && is_op("|"));
      script_.code[emit(Op::Run)].pipeline = std::move(commands);
    } else if (is_op("|")) {
      error_ = "sh: a pipe after a loop or block isn't simulated";
    }
    if (negate) emit(Op::Negate);
  }

  bool compound() {
    if (is_word("while") || is_word("until")) {
      bool until = is_word("until");
      ++at_;
      uint32_t start = here();
      list({"do"});
      uint32_t out = emit(until ? Op::JumpIfOk : Op::JumpIfFail);
      expect("do");
      list({"done"});
      expect("done");
      script_.code[emit(Op::Jump)].target = start;
      script_.code[out].target = here();
      emit(Op::SetOk);
      return true;
    }
    if (is_word("for")) {
      ++at_;
      std::string name = peek().text;
      ++at_;
      std::vector<std::string> words;
      if (is_word("in")) {
        ++at_;
        while (peek().kind == Token::Kind::Word) words.push_back(tokens_[at_++].text);
      }
      while (is_op(";")) ++at_;
      script_.code[emit(Op::ForBegin)].words = std::move(words);
      uint32_t next = emit(Op::ForNext);
      script_.code[next].variable = name;
      expect("do");
      list({"done"});
      expect("done");
      script_.code[emit(Op::Jump)].target = next;
      script_.code[next].target = here();
      emit(Op::ForEnd);
      return true;
    }
    if (is_word("if")) {
      ++at_;
      std::vector<uint32_t> ends;
      bool has_else = false;
      list({"then"});
      for (;;) {
        uint32_t skip = emit(Op::JumpIfFail);
        expect("then");
        list({"elif", "else", "fi"});
        ends.push_back(emit(Op::Jump));
        script_.code[skip].target = here();
        if (!error_.empty() || !is_word("elif")) break;
        ++at_;
        list({"then"});
      }
      if (is_word("else")) {
        has_else = true;
        ++at_;
        list({"fi"});
      }
      expect("fi");
      if (!has_else) emit(Op::SetOk);
      for (uint32_t jump : ends) script_.code[jump].target = here();
      return true;
    }
    if (is_word("{") || is_op("(")) {
      bool brace = is_word("{");
      ++at_;
      list({"}"});
      if (brace) expect("}");
      else if (is_op(")")) ++at_;
      else unexpected();
      return true;
    }
    return false;
  }

  ShellCommand simple() {
    ShellCommand c;
    while (error_.empty()) {
      const Token& t = peek();
      if (t.kind == Token::Kind::Operator && (t.text.find('>') != std::string::npos || t.text == "<")) {
        ShellRedirect r;
        r.fd = t.text[0] == '2' ? 2 : t.text == "<" ? 0 : 1;
        r.append = t.text.find(">>") != std::string::npos;
        r.to_stdout = t.text.find("&1") != std::string::npos;
        bool duplicate = t.text.find('&') != std::string::npos;
        ++at_;
        if (!duplicate) {
          if (peek().kind != Token::Kind::Word) return unexpected(), c;
          r.word = tokens_[at_++].text;
        }
        c.redirects.push_back(r);
      } else if (t.kind == Token::Kind::Word) {
        size_t eq = t.text.find('=');
        bool name = eq != std::string::npos && eq > 0 &&
                    t.text.substr(0, eq).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
                        std::string::npos;
        if (c.words.empty() && name) c.assignments.push_back({t.text.substr(0, eq), t.text.substr(eq + 1)});
        else c.words.push_back(t.text);
        ++at_;
      } else {
        break;
      }
    }
    if (c.words.empty() && c.assignments.empty() && c.redirects.empty()) unexpected();
    return c;
  }

  std::vector<Token> tokens_;
  ShellScript& script_;
  size_t at_ = 0;
  std::string error_;
};

}  // namespace

std::shared_ptr<const ShellScript> compile_script(std::string_view text, std::string& error) {
  std::vector<Token> tokens;
  if (!tokenize(text, tokens, error)) return nullptr;
  auto script = std::make_shared<ShellScript>();
  if (!Parser(std::move(tokens), *script).parse(error)) return nullptr;
  return script;
}

}  // namespace orrery::sim
