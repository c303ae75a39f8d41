// Content negotiation: what the client accepts and what it sent. Source: apiserver pkg/endpoints/handlers/negotiation.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/ports/api.h"

namespace orrery::apiserver {

struct Accept {
  enum class Format : uint8_t { Json, Yaml } format = Format::Json;
  // What objects and lists are turned into.
  enum class As : uint8_t { Object, Table, PartialMetadata, PartialMetadataList } as = As::Object;
  bool v1beta1 = false;  // Table of meta.k8s.io/v1beta1
  bool pretty = false;
};

// `transform`: whether Table and the like are possible there. Errors: NotAcceptable.
Result<Accept> negotiate(const ports::ApiRequest& request, bool transform);
std::string content_type_of(const Accept& accept);

struct Body {
  enum class Format : uint8_t { Json, Yaml, Protobuf } format = Format::Json;
};
// From Content-Type; empty means JSON. Errors: UnsupportedMediaType.
Result<Body> body_format(const ports::ApiRequest& request);

// "application/json;g=x;v=v1" -> type and parameters.
struct MediaType {
  std::string type;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string_view parameter(std::string_view name) const;
};
std::vector<MediaType> parse_media_types(std::string_view header);

}  // namespace orrery::apiserver
