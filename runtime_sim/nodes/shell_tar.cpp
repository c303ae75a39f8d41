#include <algorithm>

#include "core/base/text.h"
#include "runtime_sim/nodes/shell_script.h"

namespace orrery::sim {

namespace {

struct Tar {
  const std::vector<std::string>& argv;
  const ShellState& shell;
  ShellHost& host;
  CommandIo& io;
};

std::string tar_header(const std::string& name, size_t size) {
  std::string h(512, '\0');
  auto put = [&](size_t at, std::string_view text) { h.replace(at, text.size(), text); };
  auto octal = [](uint64_t n, int digits) {
    std::string out;
    for (int i = digits - 1; i >= 0; --i) out += static_cast<char>('0' + (n >> (3 * i) & 7));
    return out;
  };
  put(0, std::string_view(name).substr(0, 99));
  put(100, octal(0644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(0, 11));
  put(148, "        ");
  put(156, "0");
  put(257, "ustar");
  put(263, "00");
  uint64_t sum = 0;
  for (char c : h) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6));
  h[154] = '\0';
  return h;
}

int tar_out(Tar& a, const std::vector<std::string>& names, const std::string& cwd) {
  int status = 0;
  for (const std::string& name : names)
    if (starts_with(name, "/") && a.io.errors.empty()) a.io.errors = "tar: removing leading '/' from member names\n";
  for (const std::string& name : names) {
    std::string path = absolute(name, cwd);
    bool any = false;
    for (const auto& [file, text] : a.host.files()) {
      if ((file != path && !starts_with(file, path + "/")) || ends_with(file, "/")) continue;
      any = true;
      std::string shown = starts_with(name, "/") ? file.str().substr(1) : cat(name, file.view().substr(path.size()));
      a.io.output += tar_header(shown, text.size());
      a.io.output += text.view();
      a.io.output.append((512 - text.size() % 512) % 512, '\0');
    }
    if (any) continue;
    a.io.errors += cat("tar: ", name, ": No such file or directory\ntar: error exit delayed from previous errors\n");
    status = 1;
  }
  a.io.output.append(1024, '\0');
  return status;
}

int tar_in(Tar& a, const std::string& cwd) {
  const std::string& in = a.io.input;
  for (size_t at = 0; at + 512 <= in.size() && in[at] != '\0';) {
    std::string name = in.substr(at, std::min<size_t>(100, in.find('\0', at) - at));
    uint64_t size = 0;
    for (size_t i = at + 124; i < at + 135 && in[i] >= '0' && in[i] <= '7'; ++i)
      size = size * 8 + static_cast<uint64_t>(in[i] - '0');
    if (size > in.size() - at - 512) return a.io.errors += "tar: short read\n", 1;
    char type = in[at + 156];
    std::string path = absolute(name, cwd);
    if (type == '0' || type == '\0') {
      if (!a.host.writable(path)) return a.io.errors += cat("tar: can't open '", name, "': Read-only file system\n"), 1;
      a.host.files().set(path, in.substr(at + 512, size));
    }
    at += 512 + (size + 511) / 512 * 512;
  }
  return 0;
}

}  // namespace

int run_tar(const std::vector<std::string>& argv, const ShellState& shell, ShellHost& host, CommandIo& io) {
  Tar a{argv, shell, host, io};
  std::string flags, cwd = a.shell.cwd.str();
  std::vector<std::string> names;
  for (size_t i = 1; i < a.argv.size(); ++i) {
    const std::string& word = a.argv[i];
    if (word == "-C" && i + 1 < a.argv.size())
      cwd = absolute(a.argv[++i], cwd);
    else if (i == 1 || (starts_with(word, "-") && word != "-" && !starts_with(word, "--")))
      flags += word;
    else if (word != "-" && !starts_with(word, "--"))
      names.push_back(word);
  }
  if (flags.find('c') != std::string::npos) return tar_out(a, names, cwd);
  if (flags.find('x') != std::string::npos) return tar_in(a, cwd);
  a.io.errors += "tar: must specify one of c, x\n";
  return 1;
}

}  // namespace orrery::sim
