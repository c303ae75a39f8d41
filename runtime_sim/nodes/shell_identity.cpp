// Who a simulated container runs as and what its files and kernel settings are, worded as BusyBox words them.
#include <algorithm>

#include "core/base/text.h"
#include "runtime_sim/nodes/shell_script.h"

namespace orrery::sim {

namespace {

// Of the images' /etc/passwd and /etc/group.
std::string name_of(int64_t id) { return id == 0 ? "root" : id == 65534 ? "nobody" : ""; }

std::string named(int64_t id) {
  std::string name = name_of(id);
  return name.empty() ? std::to_string(id) : cat(id, "(", name, ")");
}

int do_id(const std::vector<std::string>& argv, const ShellUser& user, CommandIo& io) {
  if (argv.size() > 1 && (argv[1] == "-u" || argv[1] == "-g")) {
    io.output = cat(argv[1] == "-u" ? user.uid : user.gid, "\n");
    return 0;
  }
  std::vector<int64_t> groups(user.groups.begin(), user.groups.end());
  groups.insert(std::upper_bound(groups.begin(), groups.end(), user.gid), user.gid);
  std::string list;
  for (int64_t g : groups)
    list += cat(list.empty() ? "" : ",", argv.size() > 1 && argv[1] == "-G" ? std::to_string(g) : named(g));
  io.output = argv.size() > 1 && argv[1] == "-G"
                  ? replace_all(list, ",", " ") + "\n"
                  : cat("uid=", named(user.uid), " gid=", named(user.gid), " groups=", list, "\n");
  return 0;
}

int do_whoami(const ShellUser& user, CommandIo& io) {
  std::string name = name_of(user.uid);
  if (name.empty()) {
    io.errors = cat("whoami: unknown uid ", user.uid, "\n");
    return 1;
  }
  io.output = name + "\n";
  return 0;
}

int do_ps(ShellHost& host, CommandIo& io) {
  int64_t uid = host.user().uid;
  std::string user = name_of(uid).empty() ? std::to_string(uid) : name_of(uid);
  user.resize(std::max<size_t>(user.size(), 9), ' ');
  io.output = "PID   USER     TIME  COMMAND\n";
  for (const auto& [pid, command] : host.processes()) {
    std::string n = std::to_string(pid);
    io.output += cat(std::string(n.size() < 5 ? 5 - n.size() : 0, ' '), n, " ", user, " 0:00 ", command, "\n");
  }
  return 0;
}

std::string octal(int32_t mode) {
  std::string out;
  for (int shift = 6; shift >= 0; shift -= 3) out += static_cast<char>('0' + ((mode >> shift) & 7));
  return out;
}

// stat -c FORMAT FILE...
int do_stat(const std::vector<std::string>& argv, const ShellState& shell, ShellHost& host, CommandIo& io) {
  if (argv.size() < 4 || argv[1] != "-c") {
    io.errors = "stat: only -c FORMAT FILE is simulated\n";
    return 1;
  }
  int status = 0;
  for (size_t i = 3; i < argv.size(); ++i) {
    std::string path = absolute(argv[i], shell.cwd);
    const Str* text = host.files().find(path);
    if (!text) {
      io.errors += cat("stat: can't stat '", argv[i], "': No such file or directory\n");
      status = 1;
      continue;
    }
    std::string line = replace_all(argv[2], "%a", octal(host.mode(path)));
    line = replace_all(std::move(line), "%A", mode_text(host.mode(path)));
    line = replace_all(std::move(line), "%s", std::to_string(text->size()));
    line = replace_all(std::move(line), "%U", "root");
    line = replace_all(std::move(line), "%G", "root");
    io.output += replace_all(std::move(line), "%n", argv[i]) + "\n";
  }
  return status;
}

int do_sysctl(const std::vector<std::string>& argv, ShellHost& host, CommandIo& io) {
  bool bare = argv.size() > 2 && argv[1] == "-n";
  int status = 0;
  for (size_t i = bare ? 2 : 1; i < argv.size(); ++i) {
    const Str* value = host.files().find("/proc/sys/" + replace_all(argv[i], ".", "/"));
    if (value) {
      io.output += cat(bare ? "" : argv[i] + " = ", *value);
    } else {
      io.errors += cat("sysctl: error: '", argv[i], "' is an unknown key\n");
      status = 1;
    }
  }
  return status;
}

}  // namespace

std::string mode_text(int32_t mode) {
  constexpr std::string_view kLetters = "rwxrwxrwx";
  std::string out = "-";
  for (size_t i = 0; i < kLetters.size(); ++i) out += mode & (0400 >> i) ? kLetters[i] : '-';
  return out;
}

int run_identity(const std::vector<std::string>& argv, const ShellState& shell, ShellHost& host, CommandIo& io) {
  if (argv[0] == "id") return do_id(argv, host.user(), io);
  if (argv[0] == "whoami") return do_whoami(host.user(), io);
  if (argv[0] == "ps") return do_ps(host, io);
  if (argv[0] == "stat") return do_stat(argv, shell, host, io);
  return do_sysctl(argv, host, io);
}

}  // namespace orrery::sim
