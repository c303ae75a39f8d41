#include "core/apiserver/media.h"

#include "core/apiserver/errors.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kYaml = "application/yaml";
constexpr std::string_view kAll = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

bool accepts_json(std::string_view type) {
  return type == kJson || type == "*/*" || type == "application/*" || type == "text/*" || type == "text/plain";
}

}  // namespace

std::string_view MediaType::parameter(std::string_view name) const {
  for (const auto& p : parameters)
    if (p.first == name) return p.second;
  return {};
}

std::vector<MediaType> parse_media_types(std::string_view header) {
  std::vector<MediaType> out;
  for (const std::string& one : split(header, ',')) {
    std::vector<std::string> pieces = split(one, ';');
    MediaType m;
    m.type = to_lower(trim(pieces[0]));
    for (size_t i = 1; i < pieces.size(); ++i) {
      std::string_view p = trim(pieces[i]);
      size_t eq = p.find('=');
      if (eq == std::string_view::npos) continue;
      std::string_view value = trim(p.substr(eq + 1));
      if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
      m.parameters.emplace_back(to_lower(trim(p.substr(0, eq))), std::string(value));
    }
    if (!m.type.empty()) out.push_back(std::move(m));
  }
  return out;
}

Result<Accept> negotiate(const ports::ApiRequest& request, bool transform) {
  Accept accept;
  Str header = request.headers.get("accept");
  // kubectl and browsers read pretty JSON better; clients that ask get it.
  accept.pretty = request.param("pretty") == "true" || request.param("pretty") == "1";
  if (header.empty()) return accept;
  for (const MediaType& m : parse_media_types(header)) {
    bool json = accepts_json(m.type), yaml = m.type == kYaml;
    if (!json && !yaml) continue;
    if (!json || m.type == kYaml) accept.format = Accept::Format::Yaml;
    std::string_view as = m.parameter("as");
    if (as.empty()) {
      accept.as = Accept::As::Object;
      accept.format = yaml ? Accept::Format::Yaml : Accept::Format::Json;
      return accept;
    }
    if (!transform || m.parameter("g") != "meta.k8s.io") continue;
    std::string_view version = m.parameter("v");
    if (version != "v1" && version != "v1beta1") continue;
    accept.format = yaml ? Accept::Format::Yaml : Accept::Format::Json;
    accept.v1beta1 = version == "v1beta1";
    if (as == "Table")
      accept.as = Accept::As::Table;
    else if (as == "PartialObjectMetadata")
      accept.as = Accept::As::PartialMetadata;
    else if (as == "PartialObjectMetadataList")
      accept.as = Accept::As::PartialMetadataList;
    else
      continue;
    return accept;
  }
  return not_acceptable(kAll);
}

std::string content_type_of(const Accept& accept) {
  std::string type(accept.format == Accept::Format::Yaml ? kYaml : kJson);
  return type;
}

Result<Body> body_format(const ports::ApiRequest& request) {
  Body body;
  std::vector<MediaType> types = parse_media_types(request.headers.get("content-type"));
  if (types.empty()) return body;
  const std::string& type = types[0].type;
  if (type == kJson) return body;
  if (type == kYaml) return body.format = Body::Format::Yaml, body;
  if (type == "application/vnd.kubernetes.protobuf") return body.format = Body::Format::Protobuf, body;
  return unsupported_media_type(kAll);
}

}  // namespace orrery::apiserver
