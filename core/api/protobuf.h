// Kubernetes' protobuf encoding: the bytes "k8s\0", then a runtime.Unknown that holds the object's message. Typed
// clients send request bodies in it. Messages are read and written through the descriptors' tags.
#pragma once

#include <string>
#include <string_view>

#include "core/api/json.h"
#include "core/base/str_pool.h"

namespace orrery::api {

inline constexpr int kProtobufDepthMax = 100;

struct ProtobufEnvelope {
  TypeMeta meta;
  std::string_view raw;           // into the bytes that were opened
  std::string_view content_type;  // of raw; empty means protobuf
};

bool is_protobuf(std::string_view bytes);  // begins with the magic bytes
// Errors are BadRequest in apimachinery's words.
Result<ProtobufEnvelope> open_protobuf(std::string_view bytes);
// One message into a value-initialised object. Unknown fields are skipped, as Go's generated code does.
Result<void> decode_protobuf(std::string_view message, const TypeDesc& type, void* into, StrPool* pool = nullptr);
// Envelope and message; `meta` gets what the envelope says (empty when it says nothing).
Result<ObjectPtr> object_from_protobuf(std::string_view bytes, const TypeDesc& type, TypeMeta* meta = nullptr);

void encode_protobuf(const TypeDesc& type, const void* object, std::string& out);
std::string to_protobuf(const ObjectPtr& object);

// Writing single fields, also used for the OpenAPI documents in protobuf.
void put_varint(std::string& out, uint64_t value);
void put_varint_field(std::string& out, uint32_t tag, uint64_t value);
void put_bytes_field(std::string& out, uint32_t tag, std::string_view bytes);

}  // namespace orrery::api
