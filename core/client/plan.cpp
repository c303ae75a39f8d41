#include "core/client/plan.h"

#include <algorithm>

#include "core/api/kinds.h"

namespace orrery::client {
namespace {

Write write(Write::Op op, const api::ObjectPtr& object, Str why) {
  Write w;
  w.op = op;
  w.kind = api::kind_of(object.type());
  ORRERY_CHECK(w.kind != nullptr, "the object's kind is served");
  w.key = key_of(object);
  w.why = std::move(why);
  return w;
}

}  // namespace

std::string_view verb_of(Write::Op op) {
  switch (op) {
    case Write::Op::Create: return "create";
    case Write::Op::Update: return "update";
    case Write::Op::UpdateStatus: return "update status";
    case Write::Op::Finalize: return "finalize";
    case Write::Op::Patch: return "patch";
    case Write::Op::Delete: return "delete";
    case Write::Op::Evict: return "evict";
    case Write::Op::DeleteAll: return "delete all";
    case Write::Op::CheckEmpty: return "list";
    case Write::Op::Scale: return "scale";
    case Write::Op::CheckAbsent: return "get";
  }
  return {};
}

Write create(api::ObjectPtr object, Str why) {
  Write w = write(Write::Op::Create, object, std::move(why));
  w.object = std::move(object);
  return w;
}

Write update(api::ObjectPtr object, Str why) {
  Write w = write(Write::Op::Update, object, std::move(why));
  w.object = std::move(object);
  return w;
}

Write update_status(api::ObjectPtr object, Str why) {
  Write w = write(Write::Op::UpdateStatus, object, std::move(why));
  w.object = std::move(object);
  return w;
}

Write patch(const api::ObjectPtr& object, client::Patch patch, Str why) {
  Write w = write(Write::Op::Patch, object, std::move(why));
  w.patch = std::move(patch);
  return w;
}

Write on_namespace(Write::Op op, const api::KindInfo& kind, const Str& ns, Str why) {
  Write w;
  w.op = op;
  w.kind = &kind;
  w.key.ns = ns;
  w.why = std::move(why);
  return w;
}

Write remove(const api::ObjectPtr& object, Str why) {
  Write w = write(Write::Op::Delete, object, std::move(why));
  w.removal.uid = object.meta().uid;
  return w;
}

uint16_t Plan::next_stage() const {
  uint16_t next = 0;
  for (const Write& w : writes) next = std::max<uint16_t>(next, w.stage + 1);
  return next;
}

void slow_start(std::vector<Write>& writes, uint16_t first_stage) {
  size_t batch = 1, left = 1;
  for (Write& w : writes) {
    if (left == 0) {
      batch *= 2;
      left = batch;
      ++first_stage;
    }
    w.stage = first_stage;
    --left;
  }
}

}  // namespace orrery::client
