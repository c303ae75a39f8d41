// Names of images in full, as a runtime reports them and scheduler and kubelet compare them.
#pragma once

#include <string_view>

#include "core/base/str.h"

namespace orrery::client {

// "web" is "docker.io/library/web:latest", "acme/api:1" is "docker.io/acme/api:1".
Str normalized_image(std::string_view name);

}  // namespace orrery::client
