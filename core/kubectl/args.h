// Flags and words of a command line, as cobra and pflag read them: --name=value, --name value, -n value, -nvalue, -it, --.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::kubectl {

class Args {
 public:
  // `spec` lists the flags: "o:output= A:all-namespaces l:selector= watch ...". A '=' means a value follows, '#' that
  // it is an integer, '?' that one may follow only after '=' (--dry-run=client). Returns false with `error` set: "unknown flag: --foo".
  bool parse(const std::vector<std::string>& argv, size_t first, std::string_view spec, std::string& error);

  const std::vector<std::string>& words() const { return words_; }
  const std::vector<std::string>& after_dashes() const { return after_; }  // behind "--"
  bool dashes() const { return dashes_; }
  bool has(std::string_view flag) const { return values_.count(std::string(flag)) > 0; }
  std::string get(std::string_view flag, std::string_view otherwise = "") const;
  bool on(std::string_view flag, bool otherwise = false) const;
  std::vector<std::string> all(std::string_view flag) const;  // of a flag that may repeat

 private:
  std::vector<std::string> words_, after_;
  std::map<std::string, std::vector<std::string>> values_;
  bool dashes_ = false;
};

}  // namespace orrery::kubectl
