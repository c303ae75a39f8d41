#include "runtime_sim/images/registry.h"

#include "core/base/text.h"

namespace orrery::sim {
namespace {

constexpr uint64_t kPlainSize = 20'000'000;

std::string key_of(std::string_view reference) {
  ImageName name = parse_image(reference);
  return cat(name.repository, ":", name.tag);
}

Image image_of(const PlainImage& plain) {
  ImageName name = parse_image(plain.reference);
  Image i;
  i.repository = name.repository;
  i.tags = {name.tag};
  i.size_bytes = kPlainSize;
  i.entrypoint = {"/app"};
  i.plain = true;
  i.program.start_delay = millis(100);
  i.program.listens = plain.ports;
  i.program.answers = {{"/*", 200, "ok\n", 400, {}}};
  i.program.cpu_milli = plain.cpu_milli;
  i.program.memory_bytes = plain.memory_bytes;
  return i;
}

}  // namespace

Registry::Registry(const List<PlainImage>& plain) {
  for (const PlainImage& image : plain) own_[key_of(image.reference)] = image_of(image);
}

const Image* Registry::find(std::string_view reference) const {
  if (own_.empty()) return find_image(reference);
  auto own = own_.find(key_of(reference));
  return own == own_.end() ? find_image(reference) : &own->second;
}

}  // namespace orrery::sim
