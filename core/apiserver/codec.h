// Between bytes and objects, as a request asks for it.
#pragma once

#include "core/apiserver/call.h"

namespace orrery::apiserver {

// The request's body as a value of that type: from the object given in-process, or from JSON, YAML or protobuf bytes.
// Unknown and duplicate fields become warnings or an error, as fieldValidation says.
Result<api::MutableObject> read_body(CallRecord& call, const api::TypeDesc& type, std::string_view kind);
// The same without strictness, for options; an empty body is a value-initialised object.
Result<api::MutableObject> read_options(const CallRecord& call, const api::TypeDesc& type);

// Appends an object with its apiVersion and kind.
void write_object(const api::ObjectPtr& object, std::string& json);
// Turns complete JSON into what the client accepts.
std::string finish_json(std::string json, const Accept& accept);
std::string status_json(const Error& error);
// A typed list (PodList) of objects of one kind.
api::ObjectPtr typed_list(const api::KindInfo& kind, const std::vector<api::ObjectPtr>& objects,
                          const api::meta_v1::ListMeta& meta);
// {"kind":"PodList","apiVersion":"v1","metadata":{...},"items":[
std::string list_head(const api::KindInfo& kind, const api::meta_v1::ListMeta& meta);

}  // namespace orrery::apiserver
