// What the machines of one world can pull: the catalogue, and images that only this world has.
#pragma once

#include <map>

#include "runtime_sim/images/image.h"

namespace orrery::sim {

// An image of which nothing is known but how it is used. It runs whatever its command, answers 200 on its ports and
// uses what is said here; Image::plain has the rest.
struct PlainImage {
  Str reference;          // "acme/api:1.2"
  List<int32_t> ports;    // TCP
  int64_t cpu_milli = 1;  // of one container, all the time
  int64_t memory_bytes = 8 << 20;
};

class Registry {
 public:
  Registry() = default;
  explicit Registry(const List<PlainImage>& plain);
  // This world's own before the catalogue's. Null: no registry has it. Valid as long as this.
  const Image* find(std::string_view reference) const;
  bool has_own() const { return !own_.empty(); }

 private:
  std::map<std::string, Image> own_;  // by "repository:tag"
};

}  // namespace orrery::sim
