// Writes a picture as PNG, uncompressed: screenshots of tests need no codec library.
#pragma once

#include <string>
#include <vector>

namespace orrery::platform {

struct Picture {
  int width = 0, height = 0;
  std::vector<unsigned char> rgb;  // rows from the top, 3 bytes a pixel
};

// False when the file can't be written.
bool write_png(const std::string& path, const Picture& picture);

}  // namespace orrery::platform
