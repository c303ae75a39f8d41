// The first two minutes: three pods, one question, one thing to click; then three doors.
#pragma once

#include <string>

#include "playground/viewmodel/document.h"
#include "playground/viewmodel/model.h"

namespace orrery::app {

class Welcome {
 public:
  enum class Door { None, Kubectl, Broken, Live };

  // Looks at the cluster: has the deleted pod been replaced?
  void observe(const viewmodel::ClusterModel& cluster);
  void choose(Door door) { door_ = door; }
  // One of its document's actions: "welcome.delete" (the candidate is being deleted), "welcome.kubectl", "welcome.broken".
  // False when it is none.
  bool act(const std::string& action);
  // The pod that the button would delete, empty while there is none.
  const std::string& candidate() const { return candidate_; }
  // Until a door is chosen only map, sentence and prompt show.
  bool chosen() const { return door_ != Door::None; }

  viewmodel::Document document(viewmodel::Language language) const;

 private:
  viewmodel::Document question(viewmodel::Language language) const;

  Door door_ = Door::None;
  std::string candidate_, deleted_, replacement_;
  std::uint64_t seen_ = ~0ull;  // version of the cluster
  std::vector<std::string> known_;  // pods before the deletion
};

}  // namespace orrery::app
