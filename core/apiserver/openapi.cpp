// /openapi/v2 and /openapi/v3. The documents are made at first need and kept.
#include "core/api/openapi/openapi.h"

#include "core/apiserver/nonresource.h"
#include "core/base/rng.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

// Asked for with "@" by client-go; answered, and asked for by newer ones, with a name that is a valid media type.
constexpr std::string_view kProtobufAsked = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
constexpr std::string_view kProtobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

bool wants_protobuf(const CallRecord& call) {
  for (const MediaType& m : parse_media_types(call.request->headers.get("accept"))) {
    if (m.type == kProtobuf || m.type == kProtobufAsked) return true;
    if (m.type == "application/json" || m.type == "*/*") return false;
  }
  return false;
}

}  // namespace

std::optional<Answer> answer_openapi(const CallRecord& call, const CustomKinds& custom, Documents& documents) {
  std::string_view path = call.request->path;
  if (path != "/openapi/v2" && path != "/openapi/v3" && !starts_with(path, "/openapi/v3/")) return std::nullopt;
  bool protobuf = path == "/openapi/v2" && wants_protobuf(call);
  std::string key = protobuf ? cat(path, " protobuf") : std::string(path);
  auto it = documents.find(key);
  if (it == documents.end()) {
    api::OpenApiResources resources = api::builtin_openapi_resources();
    for (const CustomKinds::TypePtr& type : custom.all()) resources.push_back(api::custom_openapi_resource(*type));
    std::string text = protobuf                ? api::openapi_v2_protobuf(resources)
                       : path == "/openapi/v2" ? api::openapi_v2_json(resources)
                       : path == "/openapi/v3"
                           ? api::openapi_v3_index(resources)
                           : api::openapi_v3(resources, path.substr(std::string_view("/openapi/v3/").size()));
    if (text.empty()) return std::nullopt;
    it = documents.emplace(std::move(key), Document{Str(text), Str(cat('"', hex64(fnv1a(text)), '"'))}).first;
  }
  Answer a;
  a.headers.set("etag", it->second.etag);
  if (call.request->headers.get("if-none-match") == it->second.etag) {
    a.status = 304;
    return a;
  }
  a.body = it->second.text;
  a.content_type = protobuf ? Str(kProtobuf) : Str("application/json");
  if (call.request->has_param("hash")) a.headers.set("cache-control", "public, immutable");
  return a;
}

}  // namespace orrery::apiserver
