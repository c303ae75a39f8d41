// What a request's method and path ask for: verb, group, version, resource, namespace, name, subresource.
// Source: apiserver pkg/endpoints/request/requestinfo.go.
#pragma once

#include <string>
#include <vector>

#include "core/api/kinds.h"
#include "core/apiserver/custom/custom_kinds.h"
#include "core/base/str_pool.h"
#include "core/ports/api.h"

namespace orrery::apiserver {

struct RequestInfo {
  bool is_resource = false;  // below /api/<version> or /apis/<group>/<version>
  std::string verb;          // get, list, watch, create, update, patch, delete, deletecollection; else the method
  Str group, version, resource, ns, name, subresource;
  Str selected_name;                    // of a list or watch that a field selector narrows to one object
  std::vector<std::string> rest;                  // path after the subresource (proxy)
  const api::KindInfo* kind = nullptr;            // what is served there; null: nothing
  std::shared_ptr<const api::CustomType> custom;  // keeps a custom kind while the request lasts
  bool collection() const { return is_resource && name.empty(); }
};

// `texts`: where the words that every request repeats (resources, namespaces) are shared; may be null.
RequestInfo read_request(const ports::ApiRequest& request, const CustomKinds& custom, StrPool* texts = nullptr);

// "pods" or "deployments.apps": how errors name a resource.
std::string qualified_resource(const api::KindInfo& kind);
// "Pod" or "Deployment.apps": how "... is invalid" names a kind.
std::string qualified_kind(const api::KindInfo& kind);

}  // namespace orrery::apiserver
