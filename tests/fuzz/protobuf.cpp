// Any bytes as a protobuf body: an error or an object, which can then be encoded as JSON.
#include "core/api/protobuf.h"

#include "core/api/gen/core_v1.h"
#include "core/api/json.h"

using namespace orrery;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)api::open_protobuf(bytes);
  api::core_v1::Pod pod;
  if (api::decode_protobuf(bytes, api::desc<api::core_v1::Pod>(), &pod)) (void)api::to_json(pod);
  return 0;
}
