// Images of a node. Whether to pull is the kubelet's decision (imagePullPolicy); this port only does it.
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/ports/task.h"

namespace orrery::ports {

struct ImageInfo {
  Str id;                 // "sha256:..."
  List<Str> names;        // tags and digests
  uint64_t size_bytes = 0;
  int64_t user = -1;      // of the image's config; -1: a name or none
  Str user_name;
  bool root_user = true;
};

struct PullResult {
  Str id;
  uint64_t size_bytes = 0;
};

class ImageService {
 public:
  virtual ~ImageService() = default;
  // Result<std::optional<ImageInfo>>: nothing when the node doesn't have it
  virtual void inspect(Str image, ReplyTo reply) = 0;
  // Result<PullResult>; the error's message is the runtime's own ("manifest for web:9 not found: ...")
  virtual void pull(Str image, ReplyTo reply) = 0;
  // Result<std::vector<ImageInfo>>
  virtual void list(ReplyTo reply) = 0;
  // Result<void>
  virtual void remove(Str image, ReplyTo reply) = 0;
};

}  // namespace orrery::ports
