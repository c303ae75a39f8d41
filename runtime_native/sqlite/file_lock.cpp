#include "runtime_native/sqlite/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/text.h"

namespace orrery::sqlite {

Result<std::unique_ptr<FileLock>> FileLock::take(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return make_error(Reason::ServiceUnavailable, cat("cannot write ", path, ": ", std::strerror(errno)));
  std::unique_ptr<FileLock> lock(new FileLock(fd));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    char text[32] = {};
    ssize_t n = ::pread(fd, text, sizeof text - 1, 0);
    std::string holder(trim(std::string_view(text, n > 0 ? static_cast<size_t>(n) : 0)));
    return make_error(Reason::Conflict, cat("the state behind ", path, " is in use by another orrery",
                                            holder.empty() ? "" : cat(" (process ", holder, ")")));
  }
  std::string pid = cat(static_cast<int64_t>(::getpid()), "\n");
  // The number only helps people; a full disk does not prevent the lock.
  if (::ftruncate(fd, 0) == 0 && ::pwrite(fd, pid.data(), pid.size(), 0) < 0) errno = 0;
  return lock;
}

FileLock::~FileLock() { ::close(fd_); }

}  // namespace orrery::sqlite
