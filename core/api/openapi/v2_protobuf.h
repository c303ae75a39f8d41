// An OpenAPI v2 document as gnostic's protobuf message openapi.v2.Document (openapiv2/OpenAPIv2.proto), the only form in
// which client-go reads it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace orrery::api::openapi {

std::string v2_to_protobuf(const nlohmann::json& document);

}  // namespace orrery::api::openapi
