#include "core/kubectl/args.h"

#include "core/base/str.h"
#include "core/base/text.h"

namespace orrery::kubectl {

namespace {

struct Flag {
  std::string name;
  char letter = 0;
  bool value = false, optional_value = false, whole = false;
};

// Flags that every command takes.
constexpr std::string_view kGlobal =
    " n:namespace= context= kubeconfig= server= s:server= v= request-timeout= h:help cluster= user= token= as= as-group= ";

std::vector<Flag> flags_of(std::string_view spec) {
  std::vector<Flag> out;
  std::string all = cat(kGlobal, spec);
  for (const std::string& piece : split(all, ' ')) {
    if (piece.empty()) continue;
    Flag f;
    std::string text = piece;
    if (text.size() > 2 && text[1] == ':') {
      f.letter = text[0];
      text = text.substr(2);
    }
    if (text.back() == '=' || text.back() == '?' || text.back() == '#') {
      f.value = text.back() != '?';
      f.whole = text.back() == '#';
      f.optional_value = text.back() == '?';
      text.pop_back();
    }
    f.name = text;
    out.push_back(std::move(f));
  }
  return out;
}

// What pflag says of an integer flag's value that is none.
std::string not_whole(const Flag& flag, const std::string& value) {
  int64_t number = 0;
  if (!flag.whole || parse_int64(value, number)) return "";
  const bool digits = !value.empty() && value.find_first_not_of("0123456789", value[0] == '-' ? 1 : 0) == std::string::npos;
  return cat("invalid argument ", quoted(value), " for \"", flag.letter ? cat("-", flag.letter, ", ") : "", "--", flag.name,
             "\" flag: strconv.ParseInt: parsing ", quoted(value), digits ? ": value out of range" : ": invalid syntax");
}

}  // namespace

bool Args::parse(const std::vector<std::string>& argv, size_t first, std::string_view spec, std::string& error) {
  std::vector<Flag> flags = flags_of(spec);
  auto by_name = [&](std::string_view name) -> const Flag* {
    for (const Flag& f : flags)
      if (f.name == name) return &f;
    return nullptr;
  };
  auto by_letter = [&](char c) -> const Flag* {
    for (const Flag& f : flags)
      if (f.letter == c) return &f;
    return nullptr;
  };
  for (size_t i = first; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (dashes_) {
      after_.push_back(word);
    } else if (word == "--") {
      dashes_ = true;
    } else if (starts_with(word, "--")) {
      size_t eq = word.find('=');
      std::string name = word.substr(2, eq == std::string::npos ? eq : eq - 2);
      const Flag* f = by_name(name);
      if (!f) return error = cat("unknown flag: --", name), false;
      if (eq != std::string::npos) {
        values_[f->name].push_back(word.substr(eq + 1));
      } else if (f->value) {
        if (i + 1 >= argv.size()) return error = cat("flag needs an argument: --", name), false;
        values_[f->name].push_back(argv[++i]);
      } else {
        values_[f->name].push_back(f->optional_value ? "unchanged" : "true");
      }
    } else if (word.size() > 1 && word[0] == '-') {
      for (size_t k = 1; k < word.size(); ++k) {
        const Flag* f = by_letter(word[k]);
        if (!f) return error = cat("unknown shorthand flag: '", word[k], "' in ", word), false;
        if (!f->value) {
          values_[f->name].push_back("true");
          continue;
        }
        std::string value = word.substr(k + 1);
        if (starts_with(value, "=")) value = value.substr(1);
        if (value.empty()) {
          if (i + 1 >= argv.size()) return error = cat("flag needs an argument: '", word[k], "' in ", word), false;
          value = argv[++i];
        }
        values_[f->name].push_back(value);
        break;
      }
    } else {
      words_.push_back(word);
    }
  }
  for (const Flag& f : flags)
    for (const std::string& value : all(f.name))
      if (error = not_whole(f, value); !error.empty()) return false;
  return true;
}

std::string Args::get(std::string_view flag, std::string_view otherwise) const {
  auto it = values_.find(std::string(flag));
  return it == values_.end() ? std::string(otherwise) : it->second.back();
}

bool Args::on(std::string_view flag, bool otherwise) const {
  auto it = values_.find(std::string(flag));
  return it == values_.end() ? otherwise : it->second.back() != "false" && it->second.back() != "0";
}

std::vector<std::string> Args::all(std::string_view flag) const {
  auto it = values_.find(std::string(flag));
  return it == values_.end() ? std::vector<std::string>() : it->second;
}

}  // namespace orrery::kubectl
