#include "core/apiserver/request_info.h"

#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

bool is_true(std::string_view text) { return text == "1" || text == "true" || text == "True" || text == "TRUE"; }

void set_verb(const ports::ApiRequest& request, RequestInfo& info) {
  const Str& m = request.method;
  if (m == "POST")
    info.verb = "create";
  else if (m == "PUT")
    info.verb = "update";
  else if (m == "PATCH")
    info.verb = "patch";
  else if (m == "DELETE")
    info.verb = info.name.empty() ? "deletecollection" : "delete";
  else if (m == "GET" || m == "HEAD")
    info.verb = !info.name.empty() && !is_true(request.param("watch"))        ? "get"
                : is_true(request.param("watch")) && info.subresource.empty() ? "watch"
                : info.name.empty()                                           ? "list"
                                                                              : "get";
  else
    info.verb = to_lower(m);
}

// The pieces of a path between slashes; views of it.
std::vector<std::string_view> pieces_of(std::string_view path) {
  std::vector<std::string_view> out;
  out.reserve(12);
  for (;;) {
    size_t at = path.find('/');
    out.push_back(path.substr(0, at));
    if (at == std::string_view::npos) return out;
    path.remove_prefix(at + 1);
  }
}

}  // namespace

RequestInfo read_request(const ports::ApiRequest& request, const CustomKinds& custom, StrPool* texts) {
  RequestInfo info;
  info.verb = to_lower(request.method);
  std::vector<std::string_view> parts = pieces_of(trim(request.path));
  if (!parts.empty() && parts.front().empty()) parts.erase(parts.begin());
  if (!parts.empty() && parts.back().empty() && parts.size() < 8) parts.pop_back();
  size_t at = 0;
  if (parts.size() >= 3 && parts[0] == "api") {
    info.version = pooled(texts, parts[1]);
    at = 2;
  } else if (parts.size() >= 4 && parts[0] == "apis") {
    info.group = pooled(texts, parts[1]);
    info.version = pooled(texts, parts[2]);
    at = 3;
  } else {
    return info;
  }
  info.is_resource = true;
  bool watch_prefix = parts[at] == "watch" && parts.size() > at + 1;  // the deprecated /watch/ form
  if (watch_prefix) ++at;
  if (parts[at] == "namespaces" && info.group.empty()) {
    if (parts.size() > at + 2 && parts[at + 2] != "status" && parts[at + 2] != "finalize") {
      info.ns = pooled(texts, parts[at + 1]);
      at += 2;
    } else if (parts.size() > at + 1) {
      info.ns = pooled(texts, parts[at + 1]);  // a namespace is within itself
    }
  } else if (parts[at] == "namespaces" && parts.size() > at + 2) {
    info.ns = pooled(texts, parts[at + 1]);
    at += 2;
  }
  info.resource = pooled(texts, parts[at]);
  if (parts.size() > at + 1) info.name = parts[at + 1];
  if (parts.size() > at + 2) info.subresource = pooled(texts, parts[at + 2]);
  for (size_t i = at + 3; i < parts.size(); ++i) info.rest.emplace_back(parts[i]);
  set_verb(request, info);
  if (watch_prefix) info.verb = "watch";
  if (Str selector = request.param("fieldSelector"); info.name.empty() && !selector.empty())
    for (const std::string& term : split(selector, ','))
      if (starts_with(term, "metadata.name=")) info.selected_name = Str(trim(std::string_view(term).substr(term.rfind('=') + 1)));
  info.kind = api::find_resource(info.group, info.version, info.resource);
  if (!info.kind) info.custom = custom.find(info.group, info.version, info.resource);
  if (info.custom) info.kind = &info.custom->kind();
  if (info.kind && !info.kind->namespaced && info.resource != "namespaces" && !info.ns.empty()) info.kind = nullptr;
  return info;
}

std::string qualified_resource(const api::KindInfo& kind) {
  return kind.group.empty() ? std::string(kind.plural) : cat(kind.plural, '.', kind.group);
}

std::string qualified_kind(const api::KindInfo& kind) {
  return kind.group.empty() ? std::string(kind.kind) : cat(kind.kind, '.', kind.group);
}

}  // namespace orrery::apiserver
