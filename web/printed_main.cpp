// orrery-printed FOLDER: writes the printed lessons beside the page, and pages.json, the list of their names.
#include <fstream>
#include <iostream>
#include <string>

#include "embed/lessons_bundle.h"
#include "playground/lesson_engine/printed.h"

using namespace orrery;

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: orrery-printed FOLDER\n", 2;
  const std::string folder = std::string(argv[1]) + "/";
  const auto write = [&](const std::string& name, const std::string& text) { return bool(std::ofstream(folder + name, std::ios::binary) << text << std::flush); };
  lesson::Json names = lesson::Json::array();
  for (const auto& [name, text] : lesson::printed_pages(lesson::load_library(std::string(embedded::lessons_bundle)))) {
    if (!write(name, text)) return std::cerr << "can't write " << folder << name << "\n", 1;
    names.push_back(name);
  }
  return write("pages.json", names.dump() + "\n") ? 0 : 1;
}
