#include "runtime_native/host/host_volumes.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime_native/host/file.h"

using namespace orrery;
using ports::MountSpec;
using ports::VolumeSpec;

namespace {

std::string temporary_folder() {
  char path[] = "/tmp/orrery-test-XXXXXX";
  return ::mkdtemp(path);
}

VolumeSpec volume(VolumeSpec::Type type) {
  VolumeSpec spec;
  spec.type = type;
  spec.pod.uid = "uid-1";
  spec.name = "config";
  return spec;
}

ports::VolumeFile file(const char* path, const char* content, int32_t mode = 0644) {
  ports::VolumeFile f;
  f.path = path;
  f.content = content;
  f.mode = mode;
  return f;
}

unsigned mode_of(const std::string& path) {
  struct stat st{};
  return ::stat(path.c_str(), &st) == 0 ? st.st_mode & 07777u : 0;
}

}  // namespace

TEST_CASE("HostVolumes: files are swapped as a whole, old ones go, modes hold whatever the umask") {
  std::string root = temporary_folder() + "/volumes";
  mode_t before = ::umask(0077);
  VolumeSpec spec = volume(VolumeSpec::Type::Files);
  spec.files = {file("color", "red"), file("deep/er/size", "7", 0400)};
  Result<MountSpec> mount = host::set_up_volume(root, spec);
  ::umask(before);
  REQUIRE(mount.ok());
  std::string dir = mount->host_path.str();
  CHECK(dir == root + "/uid-1/config");
  CHECK(*host::read_file(dir + "/color") == "red");
  CHECK(*host::read_file(dir + "/deep/er/size") == "7");
  CHECK(mode_of(dir) == 0755);
  CHECK(mode_of(dir + "/color") == 0644);
  CHECK(mode_of(dir + "/deep") == 0755);
  CHECK(mode_of(dir + "/deep/er/size") == 0400);
  spec.files = {file("color", "blue"), file("new", "n")};
  REQUIRE(host::set_up_volume(root, spec).ok());
  CHECK(*host::read_file(dir + "/color") == "blue");
  CHECK(*host::read_file(dir + "/new") == "n");
  CHECK(!host::file_exists(dir + "/deep"));
  char target[64] = {};
  CHECK(::readlink((dir + "/color").c_str(), target, sizeof target) > 0);
  CHECK(std::string(target) == "..data/color");
  REQUIRE(host::tear_down_volumes(root, spec.pod).ok());
  CHECK(!host::file_exists(root + "/uid-1"));
  CHECK(host::tear_down_volumes(root, spec.pod).ok());
}

TEST_CASE("HostVolumes: no path leaves the volume") {
  std::string root = temporary_folder();
  for (const char* path : {"../x", "/etc/x", "a/../../x", "", "..data", "a//b"}) {
    VolumeSpec spec = volume(VolumeSpec::Type::Files);
    spec.files = {file(path, "x")};
    CAPTURE(path);
    CHECK(!host::set_up_volume(root, spec).ok());
  }
  VolumeSpec spec = volume(VolumeSpec::Type::EmptyDir);
  spec.pod.uid = "..";
  CHECK(!host::set_up_volume(root, spec).ok());
  CHECK(!host::tear_down_volumes(root, spec.pod).ok());
}

TEST_CASE("HostVolumes: an emptyDir keeps its content when set up again, and anyone may write") {
  std::string root = temporary_folder();
  Result<MountSpec> mount = host::set_up_volume(root, volume(VolumeSpec::Type::EmptyDir));
  REQUIRE(mount.ok());
  CHECK(mode_of(mount->host_path.str()) == 0777);
  REQUIRE(host::write_file_atomic(mount->host_path.str() + "/x", "kept", 0644).ok());
  REQUIRE(host::set_up_volume(root, volume(VolumeSpec::Type::EmptyDir)).ok());
  CHECK(*host::read_file(mount->host_path.str() + "/x") == "kept");
  VolumeSpec memory = volume(VolumeSpec::Type::MemoryDir);
  memory.size_limit_bytes = 1 << 20;
  CHECK(host::set_up_volume(root, memory)->type == MountSpec::Type::Tmpfs);
  CHECK(host::set_up_volume(root, memory)->tmpfs_bytes == 1 << 20);
}

TEST_CASE("HostVolumes: a hostPath is checked by its type in Kubernetes' words") {
  std::string root = temporary_folder();
  VolumeSpec spec = volume(VolumeSpec::Type::HostPath);
  spec.host_path = root + "/data";
  spec.host_path_type = "Directory";
  CHECK(host::set_up_volume(root, spec).error().message == cat("hostPath type check failed: ", root, "/data is not a directory"));
  spec.host_path_type = "DirectoryOrCreate";
  CHECK(host::set_up_volume(root, spec)->host_path == root + "/data");
  spec.host_path_type = "File";
  CHECK(host::set_up_volume(root, spec).error().message == cat("hostPath type check failed: ", root, "/data is not a file"));
  spec.host_path = root + "/file";
  spec.host_path_type = "FileOrCreate";
  CHECK(host::set_up_volume(root, spec).ok());
  CHECK(host::tear_down_volumes(root, spec.pod).ok());
  CHECK(host::file_exists(root + "/data"));
}
