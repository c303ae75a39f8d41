// OpenAPI documents made from the tables: what kubectl explain, apply and validation read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/reflect.h"

namespace orrery::api {

// One served resource. Built-in ones come from kinds.tsv; custom resources add theirs with a schema of their own.
struct OpenApiResource {
  std::string group, version, kind, plural;
  bool namespaced = true;
  std::vector<std::string> verbs;
  std::vector<std::string> subresources;
  bool strategic_merge = true;  // custom resources know no strategic merge patch
  std::string definition;       // name of its schema: "io.k8s.api.core.v1.Pod"
  std::string list_kind;        // custom resources: kind of their list
  std::string schema;           // custom resources: the schema as JSON; built-in: empty
};
using OpenApiResources = std::vector<OpenApiResource>;

OpenApiResources builtin_openapi_resources();
OpenApiResource custom_openapi_resource(const CustomType& type);

// GET /openapi/v3: {"paths":{"api/v1":{"serverRelativeURL":"/openapi/v3/api/v1?hash=..."},...}}
std::string openapi_v3_index(const OpenApiResources& resources);
// GET /openapi/v3/<path>, path as in the index ("apis/apps/v1"). Empty when nothing of that group version is served.
std::string openapi_v3(const OpenApiResources& resources, std::string_view path);
// GET /openapi/v2 as JSON, and as application/com.github.proto-openapi.spec.v2@v1.0+protobuf.
std::string openapi_v2_json(const OpenApiResources& resources);
std::string openapi_v2_protobuf(const OpenApiResources& resources);

}  // namespace orrery::api
