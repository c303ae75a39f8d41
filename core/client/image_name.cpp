#include "core/client/image_name.h"

#include <string>

namespace orrery::client {

Str normalized_image(std::string_view name) {
  std::string out(name);
  size_t slash = out.find('/');
  std::string first = slash == std::string::npos ? std::string() : out.substr(0, slash);
  bool registry = first.find_first_of(".:") != std::string::npos || first == "localhost";
  if (!registry) out = slash == std::string::npos ? "docker.io/library/" + out : "docker.io/" + out;
  if (out.find('@') == std::string::npos && out.find(':', out.rfind('/')) == std::string::npos) out += ":latest";
  return out;
}

}  // namespace orrery::client
