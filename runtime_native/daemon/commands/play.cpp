// `orrery play` is a program of its own beside this one: the server need not carry a window's libraries.
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime_native/daemon/commands/commands.h"

namespace orrery::daemon {

std::string program_folder() {
  char buffer[4096];
  ssize_t n = ::readlink("/proc/self/exe", buffer, sizeof buffer);
  std::string exe(buffer, n > 0 ? static_cast<size_t>(n) : 0);
  return exe.substr(0, exe.rfind('/') == std::string::npos ? 0 : exe.rfind('/'));
}

// build/native/orrery -> build/wasm/web
std::string built_web_dir() {
  std::string folder = program_folder();
  return folder.substr(0, folder.rfind('/')) + "/wasm/web";
}

int play(const std::vector<std::string>& arguments) {
  std::string program = program_folder() + "/orrery-play";
  std::vector<char*> argv{program.data()};
  std::vector<std::string> copies = arguments;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  return fail(make_error(Reason::NotFound, cat("cannot start ", program, ": ", std::strerror(errno))));
}

}  // namespace orrery::daemon
