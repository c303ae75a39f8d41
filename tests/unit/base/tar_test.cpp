#include <doctest/doctest.h>

#include <map>

#include "core/base/tar.h"

using namespace orrery;

TEST_CASE("tar: files come out as they went in, an archive that breaks off says so") {
  std::string archive;
  tar_add(archive, "a.txt", "one");
  tar_add(archive, "dir/b.txt", std::string(1000, 'b'));
  tar_add(archive, "empty", "");
  tar_end(archive);
  CHECK(archive.size() % 512 == 0);
  CHECK(archive.substr(257, 5) == "ustar");
  std::map<std::string, std::string> files;
  const auto keep = [&](std::string_view name, std::string_view content) { return files.emplace(name, content).second; };
  CHECK(untar(archive, keep));
  CHECK(files == std::map<std::string, std::string>{{"a.txt", "one"}, {"dir/b.txt", std::string(1000, 'b')}, {"empty", ""}});
  files.clear();
  CHECK_FALSE(untar(std::string_view(archive).substr(0, 1600), keep));
  CHECK(files.size() == 1);
  CHECK(untar("", keep));
}
