#include "runtime_native/host/host_volumes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>

#include "core/base/text.h"
#include "runtime_native/host/file.h"
#include "runtime_native/host/loop_driver.h"

namespace orrery::host {
namespace {

namespace fs = std::filesystem;
using ports::MountSpec;
using ports::VolumeSpec;

constexpr const char* kData = "..data";
constexpr const char* kDataNew = "..data_tmp";

Error io_error(std::string_view what, const std::string& path, int err) {
  return make_error(Reason::InternalError, cat("cannot ", what, " ", path, ": ", std::strerror(err)));
}

// The process' umask must not narrow what containers of other users may read.
Result<void> make_dir(const std::string& path, unsigned mode) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return io_error("make the folder", path, errno);
  if (::chmod(path.c_str(), mode) != 0) return io_error("make the folder", path, errno);
  return {};
}

Result<void> give_to_group(const std::string& path, int64_t group, unsigned mode) {
  if (group < 0) return {};
  if (::chown(path.c_str(), static_cast<uid_t>(-1), static_cast<gid_t>(group)) != 0 || ::chmod(path.c_str(), mode) != 0) {
    return io_error("give to group " + std::to_string(group), path, errno);
  }
  return {};
}

// Names from the API are validated there; what would leave the volume is refused here all the same.
bool stays_inside(std::string_view path) {
  if (path.empty() || path[0] == '/') return false;
  for (const std::string& part : split(path, '/')) {
    if (part == ".." || part.empty() || starts_with(part, "..")) return false;
  }
  return true;
}

Result<void> write_one(const std::string& dir, const ports::VolumeFile& file, int64_t group) {
  if (!stays_inside(file.path)) return make_error(Reason::BadRequest, cat("a volume can't hold the path ", quoted(file.path)));
  std::string path = cat(dir, "/", file.path);
  for (size_t slash = dir.size() + 1; (slash = path.find('/', slash)) != std::string::npos; ++slash) {
    Result<void> made = make_dir(path.substr(0, slash), 0755);
    if (!made) return made;
  }
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return io_error("write", path, errno);
  std::string_view bytes = file.content;
  bool ok = true;
  while (ok && !bytes.empty()) {
    ssize_t n = ::write(fd, bytes.data(), bytes.size());
    ok = n > 0;
    if (ok) bytes.remove_prefix(static_cast<size_t>(n));
  }
  unsigned mode = static_cast<unsigned>(file.mode) | (group >= 0 ? 0440u : 0u);
  ok = ok && ::fchmod(fd, mode & 07777) == 0;
  if (ok && group >= 0) ok = ::fchown(fd, static_cast<uid_t>(-1), static_cast<gid_t>(group)) == 0;
  int err = errno;
  ::close(fd);
  return ok ? Result<void>() : Result<void>(io_error("write", path, err));
}

// Where "..data" points now, or "".
std::string current_data(const std::string& dir) {
  char target[256];
  ssize_t n = ::readlink((dir + "/" + kData).c_str(), target, sizeof target);
  return n > 0 ? std::string(target, static_cast<size_t>(n)) : std::string();
}

Result<void> write_files(const std::string& dir, const VolumeSpec& spec) {
  std::string old = current_data(dir);
  std::string name = "..0";
  for (int n = 1; file_exists(dir + "/" + name); ++n) name = cat("..", n);
  Result<void> done = make_dir(dir + "/" + name, 0755);
  std::set<std::string> tops;
  for (const ports::VolumeFile& file : spec.files) {
    if (done.ok()) done = write_one(dir + "/" + name, file, spec.fs_group);
    tops.insert(split(file.path, '/')[0]);
  }
  std::error_code ec;
  if (!done) {
    fs::remove_all(dir + "/" + name, ec);
    return done;
  }
  ::unlink((dir + "/" + kDataNew).c_str());
  if (::symlink(name.c_str(), (dir + "/" + kDataNew).c_str()) != 0 ||
      ::rename((dir + "/" + kDataNew).c_str(), (dir + "/" + kData).c_str()) != 0) {
    return io_error("write", dir, errno);
  }
  for (const std::string& top : tops) {
    if (::symlink(cat(kData, "/", top).c_str(), (dir + "/" + top).c_str()) != 0 && errno != EEXIST) {
      return io_error("write", dir + "/" + top, errno);
    }
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(dir, ec)) {
    std::string file = entry.path().filename().string();
    if (!starts_with(file, "..") && !tops.count(file)) ::unlink(entry.path().c_str());
  }
  if (!old.empty() && old != name) fs::remove_all(dir + "/" + old, ec);
  return {};
}

Result<MountSpec> host_path(const VolumeSpec& spec) {
  std::string path = spec.host_path.str();
  std::string_view type = spec.host_path_type;
  struct stat st{};
  bool there = ::stat(path.c_str(), &st) == 0;
  if (!there && (type == "DirectoryOrCreate" || type.empty())) {
    Result<void> made = make_dirs(path, 0755);
    if (!made) return made.error();
    there = ::stat(path.c_str(), &st) == 0;
  } else if (!there && type == "FileOrCreate") {
    int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return io_error("make", path, errno);
    ::close(fd);
    there = ::stat(path.c_str(), &st) == 0;
  }
  auto wrong = [&](const char* what) { return make_error(Reason::BadRequest, cat("hostPath type check failed: ", path, " is not ", what)); };
  if (starts_with(type, "Directory") && !(there && S_ISDIR(st.st_mode))) return wrong("a directory");
  if (starts_with(type, "File") && !(there && S_ISREG(st.st_mode))) return wrong("a file");
  if (type == "Socket" && !(there && S_ISSOCK(st.st_mode))) return wrong("a socket file");
  if (type == "CharDevice" && !(there && S_ISCHR(st.st_mode))) return wrong("a character device");
  if (type == "BlockDevice" && !(there && S_ISBLK(st.st_mode))) return wrong("a block device");
  MountSpec mount;
  mount.host_path = path;
  return mount;
}

bool plain_name(std::string_view name) { return !name.empty() && name.find('/') == std::string_view::npos && name[0] != '.'; }

}  // namespace

Result<MountSpec> set_up_volume(const std::string& root, const VolumeSpec& spec) {
  if (!plain_name(spec.pod.uid) || !plain_name(spec.name)) return make_error(Reason::BadRequest, "a volume needs a pod and a name");
  Result<MountSpec> mount{MountSpec{}};
  if (spec.type == VolumeSpec::Type::HostPath) {
    mount = host_path(spec);
  } else if (spec.type == VolumeSpec::Type::MemoryDir) {
    mount->type = MountSpec::Type::Tmpfs;
    mount->tmpfs_bytes = spec.size_limit_bytes;
  } else {
    std::string pod_dir = cat(root, "/", spec.pod.uid), dir = cat(pod_dir, "/", spec.name);
    Result<void> done = make_dirs(pod_dir, 0711);
    bool files = spec.type == VolumeSpec::Type::Files;
    if (done.ok()) done = make_dir(dir, files ? 0755 : 0777);
    if (done.ok()) done = give_to_group(dir, spec.fs_group, files ? 02755 : 02777);
    if (done.ok() && files) done = write_files(dir, spec);
    if (!done) return done.error();
    mount->host_path = dir;
  }
  if (mount.ok()) mount->volume = spec.name;
  return mount;
}

Result<void> tear_down_volumes(const std::string& root, const ports::PodRef& pod) {
  if (!plain_name(pod.uid)) return make_error(Reason::BadRequest, "a volume needs a pod");
  std::error_code ec;
  std::string dir = cat(root, "/", pod.uid);
  fs::remove_all(dir, ec);
  if (ec) return make_error(Reason::InternalError, cat("cannot remove ", dir, ": ", ec.message()));
  return {};
}

std::vector<ports::VolumeUsage> volume_usage(const std::string& root, const ports::PodRef& pod) {
  std::vector<ports::VolumeUsage> out;
  if (!plain_name(pod.uid)) return out;
  std::error_code ec;
  std::map<std::string, int64_t> sizes;
  int left = kUsageFilesMax;
  for (const fs::directory_entry& volume : fs::directory_iterator(cat(root, "/", pod.uid), ec)) {
    int64_t& sum = sizes[volume.path().filename().string()];
    std::error_code walk;
    for (fs::recursive_directory_iterator at(volume.path(), fs::directory_options::skip_permission_denied, walk), end;
         !walk && at != end && left > 0; at.increment(walk), --left) {
      struct stat st{};  // blocks, not lengths: what the files take
      if (::lstat(at->path().c_str(), &st) == 0 && S_ISREG(st.st_mode)) sum += static_cast<int64_t>(st.st_blocks) * 512;
    }
  }
  for (const auto& [name, bytes] : sizes) out.push_back({name, bytes});
  return out;
}

struct HostVolumes::Worker {
  Worker(std::string r, LoopDriver& d) : root(std::move(r)), driver(d) {}
  std::string root;
  LoopDriver& driver;
  boost::asio::thread_pool thread{1};
};

HostVolumes::HostVolumes(std::string root, LoopDriver& driver) : worker_(std::make_unique<Worker>(std::move(root), driver)) {}

HostVolumes::~HostVolumes() { worker_->thread.join(); }

void HostVolumes::set_up(VolumeSpec spec, ports::ReplyTo reply) {
  boost::asio::post(worker_->thread, [w = worker_.get(), spec = std::move(spec), reply] {
    w->driver.run_between_turns([result = set_up_volume(w->root, spec), reply](loop::Loop& loop) { loop.reply(reply, result); });
  });
}

void HostVolumes::tear_down(ports::PodRef pod, ports::ReplyTo reply) {
  boost::asio::post(worker_->thread, [w = worker_.get(), pod = std::move(pod), reply] {
    w->driver.run_between_turns([result = tear_down_volumes(w->root, pod), reply](loop::Loop& loop) { loop.reply(reply, result); });
  });
}

void HostVolumes::usage(ports::PodRef pod, ports::ReplyTo reply) {
  boost::asio::post(worker_->thread, [w = worker_.get(), pod = std::move(pod), reply] {
    Result<std::vector<ports::VolumeUsage>> result = volume_usage(w->root, pod);
    w->driver.run_between_turns([result, reply](loop::Loop& loop) { loop.reply(reply, result); });
  });
}

}  // namespace orrery::host
