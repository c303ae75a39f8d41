// Regex: Go's regular expressions (RE2 syntax) without captures, matched in time proportional to pattern times text.
//
// Written here because std::regex backtracks: a hostile pattern or a long text would stop the server, and its recursion
// overflows the stack. Source of the syntax: Go regexp/syntax.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace orrery {

class Regex {
 public:
  static constexpr size_t kProgramMax = 20'000;  // instructions
  static constexpr int kRepeatMax = 1000;        // of a{n,m}, as in Go
  static constexpr int kDepthMax = 200;          // nested groups

  // Errors in Go's words: "error parsing regexp: missing closing ): `(a`".
  static Result<Regex> compile(std::string_view pattern);
  // Anywhere in the text, as Go's MatchString.
  bool matches(std::string_view text) const;

  struct Range {
    uint32_t from, to;
  };
  struct Inst {
    enum Op : uint8_t { Set, Split, Jump, Begin, End, LineBegin, LineEnd, Word, NotWord, Match } op = Match;
    int32_t x = 0, y = 0;       // Split, Jump: where to, relative to this instruction
    std::vector<Range> ranges;  // Set
  };

 private:
  std::vector<Inst> program_;
};

}  // namespace orrery
