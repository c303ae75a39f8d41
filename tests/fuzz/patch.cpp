// The first byte chooses the patch and its object, the rest is the patch. What comes out is an object that can be written
// and read again.
#include <cstdint>
#include <string_view>

#include "core/api/apply/apply.h"
#include "core/api/custom/custom_type.h"
#include "core/api/gen/core_v1.h"
#include "core/api/patch/patch.h"
#include "tests/fuzz/require.h"

using namespace orrery;
using namespace orrery::api;

namespace {

ObjectPtr pod() {
  static const ObjectPtr object = *object_from_json(
      R"({"metadata":{"name":"a","namespace":"default","labels":{"x":"y"},"finalizers":["example.com/a"],"managedFields":[
         {"manager":"m","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{"f:x":{}}}}}]},
         "spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80,"protocol":"TCP"}],"env":[{"name":"A","value":"1"}]}],
         "tolerations":[{"key":"k"}],"volumes":[{"name":"v","emptyDir":{}}]}})",
      desc<core_v1::Pod>());
  return object;
}

const std::shared_ptr<const CustomType>& custom_type() {
  static const std::shared_ptr<const CustomType> type = [] {
    auto definition = from_json<CustomType::Definition>(
        R"({"spec":{"group":"example.com","names":{"plural":"things","kind":"Thing","listKind":"ThingList"},"scope":"Namespaced",
           "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{
           "type":"object","properties":{"list":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
           "items":{"type":"object","properties":{"name":{"type":"string"},"n":{"type":"integer","default":1}}}},"set":{"type":"array",
           "x-kubernetes-list-type":"set","items":{"type":"string"}},"map":{"type":"object","additionalProperties":{"type":"string"}},
           "any":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}}}]}})");
    return std::make_shared<const CustomType>(*definition, definition->spec.versions[0]);
  }();
  return type;
}

ObjectPtr thing() {
  static const ObjectPtr object = *object_from_json(
      R"({"metadata":{"name":"a"},"spec":{"list":[{"name":"x","n":1},{"name":"y"}],"set":["a","b"],"map":{"k":"v"},"any":{"b":[1]}}})",
      custom_type()->type());
  return object;
}

void again(const ObjectPtr& object) {
  std::string text = to_json(object);
  auto read = object_from_json(text, object.type());
  require(read.ok(), "what was encoded decodes");
  require(to_json(*read) == text, "encoding is stable");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view patch(reinterpret_cast<const char*>(data) + 1, size - 1);
  ObjectPtr object = data[0] & 4 ? thing() : pod();
  if ((data[0] & 3) == 3) {
    FieldManager manager;
    manager.name = "fuzz";
    manager.api_version = object.type().custom ? "example.com/v1" : "v1";
    manager.now = WallTime{1'795'000'000'000'000'000};
    auto applied = server_side_apply(data[0] & 8 ? ObjectPtr() : object, patch, object.type(), manager, data[0] & 16);
    if (applied.ok()) again(applied->object);
    return 0;
  }
  auto how = static_cast<PatchType>(data[0] & 3);
  if (how == PatchType::Strategic && object.type().custom) return 0;  // refused before
  DecodeNotes notes;
  auto patched = patch_object(object, how, patch, &notes);
  if (patched.ok()) again(*patched);
  return 0;
}
