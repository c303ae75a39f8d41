#include "core/base/tar.h"
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
      tar_add(a.io.output, shown, text.view());
    }
    if (any) continue;
    a.io.errors += cat("tar: ", name, ": No such file or directory\ntar: error exit delayed from previous errors\n");
    status = 1;
  }
  tar_end(a.io.output);
  return status;
}

int tar_in(Tar& a, const std::string& cwd) {
  std::string refused;
  const bool whole = untar(a.io.input, [&](std::string_view name, std::string_view content) {
    const std::string path = absolute(std::string(name), cwd);
    if (a.host.writable(path)) a.host.files().set(path, content);
    else refused = name;
    return refused.empty();
  });
  if (!refused.empty()) a.io.errors += cat("tar: can't open '", refused, "': Read-only file system\n");
  if (!whole) a.io.errors += "tar: short read\n";
  return whole && refused.empty() ? 0 : 1;
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
