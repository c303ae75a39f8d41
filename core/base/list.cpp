#include "core/base/list.h"

#include <cstdlib>

namespace orrery {
namespace {

ListRep* allocate(uint32_t capacity, const ElemOps& ops) {
  void* memory = std::malloc(sizeof(ListRep) + static_cast<size_t>(capacity) * ops.size);
  ORRERY_CHECK(memory != nullptr, "out of memory");
  return new (memory) ListRep{{1}, 0, capacity, &ops};
}

void destroy(ListRep* rep) {
  for (uint32_t i = 0; i < rep->size; ++i) rep->ops->destroy(rep->at(i));
  std::free(rep);
}

}  // namespace

// The last owner needs no locked subtraction: nobody else can count up from nothing.
void ListBase::drop(ListRep* rep) noexcept {
  if (rep->refs.load(std::memory_order_acquire) == 1 || rep->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    destroy(rep);
}

// Makes the block ours alone with room for `capacity` elements; moves when it was ours already, else copies.
void ListBase::detach(uint32_t capacity) {
  bool ours = rep_->refs.load(std::memory_order_acquire) == 1;
  if (ours && capacity <= rep_->capacity) return;
  ListRep* fresh = allocate(capacity > rep_->size ? capacity : rep_->size, *rep_->ops);
  for (uint32_t i = 0; i < rep_->size; ++i) {
    if (ours)
      rep_->ops->move(fresh->at(i), rep_->at(i));
    else
      rep_->ops->copy(fresh->at(i), rep_->at(i));
  }
  fresh->size = rep_->size;
  if (ours)
    std::free(rep_);
  else
    release();
  rep_ = fresh;
}

void ListBase::raw_reserve(uint32_t n, const ElemOps& ops) {
  if (n == 0) return;
  if (!rep_)
    rep_ = allocate(n, ops);
  else if (n > rep_->capacity)
    detach(n);
}

void* ListBase::raw_insert(uint32_t i, const ElemOps& ops) {
  uint32_t n = size();
  ORRERY_CHECK(i <= n, "position is inside the list");
  if (!rep_)
    rep_ = allocate(1, ops);
  else
    detach(n < rep_->capacity ? rep_->capacity : n * 2 + (n == 0));
  for (uint32_t k = n; k > i; --k) ops.move(rep_->at(k), rep_->at(k - 1));
  ops.construct(rep_->at(i));
  ++rep_->size;
  return rep_->at(i);
}

void ListBase::raw_erase(uint32_t i) {
  ORRERY_CHECK(i < size(), "position is inside the list");
  detach(rep_->size);
  rep_->ops->destroy(rep_->at(i));
  for (uint32_t k = i + 1; k < rep_->size; ++k) rep_->ops->move(rep_->at(k - 1), rep_->at(k));
  --rep_->size;
}

}  // namespace orrery
