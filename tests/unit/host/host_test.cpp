#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "runtime_native/host/file.h"
#include "runtime_native/host/host_info.h"
#include "runtime_native/host/real_clock.h"

using namespace orrery;

TEST_CASE("File: an atomic write replaces the whole file or leaves the old one") {
  char folder[] = "/tmp/orrery-test-XXXXXX";
  REQUIRE(mkdtemp(folder));
  std::string path = std::string(folder) + "/a/b";
  CHECK(host::write_file_atomic(path, "x", 0600).error().reason == Reason::NotFound);
  REQUIRE(host::make_dirs(std::string(folder) + "/a", 0700).ok());
  REQUIRE(host::make_dirs(std::string(folder) + "/a", 0700).ok());
  REQUIRE(host::write_file_atomic(path, "one", 0600).ok());
  REQUIRE(host::write_file_atomic(path, "two", 0644).ok());
  CHECK(*host::read_file(path) == "two");
  struct stat st{};
  stat(path.c_str(), &st);
  CHECK((st.st_mode & 0777) == 0644);
  CHECK(!host::make_dirs(path + "/c", 0700).ok());
  Result<std::string> missing = host::read_file(path + "x");
  CHECK(missing.error().reason == Reason::NotFound);
  CHECK(missing.error().message == cat("cannot read ", path, "x: No such file or directory"));
}

TEST_CASE("HostInfo: tells of this machine") {
  host::HostInfo info = host::read_host_info();
  CHECK(!info.host_name.empty());
  CHECK(!info.kernel_version.empty());
  CHECK(info.cpus >= 1);
  CHECK(info.memory_bytes > 100'000'000);
  CHECK(info.operating_system == "linux");
  host::ProcessUse use = host::read_process_use();
  CHECK(use.resident_bytes > 1'000'000);
}

TEST_CASE("RealClock: is past 2026, and seeds differ") {
  CHECK(host::RealClock().now().ns > 1'767'225'600ll * 1'000'000'000);
  CHECK(host::random_seed() != host::random_seed());
}
