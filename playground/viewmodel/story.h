// Chooses from all trace records those that tell what happens and why, and joins each act to the message that caused it.
//
// A delivery by a watch is told only if its receiver acts on it. Bookkeeping (events, endpoints, leases, status counts of
// controllers) is left out; a kubelet's reports of one pod are told once a burst.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "playground/viewmodel/cluster_model.h"
#include "playground/viewmodel/id_index.h"

namespace orrery::viewmodel {

class Story {
 public:
  static constexpr std::size_t kHeardMax = 24;  // deliveries remembered for each receiver

  // The records worth showing among those newer than any seen before, causes first.
  std::vector<Trace> tell(const SharedList<Trace>& traces);
  // Counts them as seen and told to nobody.
  void skip(const SharedList<Trace>& traces);

 private:
  using SharedTrace = SharedList<Trace>::Shared;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      QuickHash hash;
      hash.add(text);
      return std::size_t(hash.value() >> 32);
    }
  };
  void hear(const SharedTrace& trace);
  bool is_bookkeeping(const Trace& trace) const;
  void tell_act(Trace act, std::vector<Trace>& out);
  const Trace* heard_by(const Trace& act) const;
  void note(Trace trace, std::vector<Trace>& out);

  std::uint64_t seen_ = 0;
  std::unordered_map<std::string, std::deque<SharedTrace>, TextHash, std::equal_to<>> heard_;  // by receiver
  std::set<std::uint64_t> told_;
  std::set<std::uint64_t> reports_;  // told status reports: what follows from them is not told
  Nanos last_write_ = 0;             // by the user
};

}  // namespace orrery::viewmodel
