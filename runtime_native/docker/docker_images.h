// The image port on a Docker Engine.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "core/ports/image_service.h"
#include "runtime_native/docker/engine_address.h"

namespace orrery::docker {

// An image reference cut for POST /images/create: "web" pulls the tag latest, never all tags.
struct ImageReference {
  std::string name;  // "registry:5000/team/web"
  std::string tag;   // "latest", or a digest "sha256:..."
};
ImageReference parse_image_reference(std::string_view text);

class DockerImages final : public ports::ImageService {
 public:
  DockerImages(boost::asio::io_context& io, ports::TaskQueue& queue, EngineAddress engine);
  ~DockerImages() override;
  void inspect(Str image, ports::ReplyTo reply) override;
  void pull(Str image, ports::ReplyTo reply) override;
  void list(ports::ReplyTo reply) override;
  void remove(Str image, ports::ReplyTo reply) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace orrery::docker
