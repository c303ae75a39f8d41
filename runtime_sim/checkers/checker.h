// Checkers: what must hold in every world, whatever happens to it. Each sees every durable change and says what is wrong,
// in one sentence with names. They share no code with what they judge.
#pragma once

#include <memory>
#include <vector>

#include "runtime_sim/checkers/mirror.h"

namespace orrery::sim {

struct Violation {
  Str checker;
  Str what;
  Instant at;
};
using Report = std::vector<Violation>;

// A pod that has a running process on a node, whatever the API says.
struct RunningPod {
  Str ns, name, uid, node;
};

class Checker {
 public:
  virtual ~Checker() = default;
  virtual std::string_view name() const = 0;
  // After the mirror took the change over.
  virtual void on_change(const Mirror&, const Seen&) {}
  virtual void on_processes(const Mirror&, const std::vector<RunningPod>&, Instant) {}
  // Everything is healed and had time to settle.
  virtual void at_rest(const Mirror&, Instant) {}

  Report& report() { return report_; }

 protected:
  void violated(Instant at, std::string what) { report_.push_back({Str(name()), Str(std::move(what)), at}); }

 private:
  Report report_;
};
using CheckerPtr = std::unique_ptr<Checker>;

CheckerPtr check_capacity();      // running pods never ask for more than their node's allocatable
CheckerPtr check_identity();      // never two running pods of one StatefulSet's name
CheckerPtr check_endpoints();     // an endpoint that is ready belongs to a pod that is, and at rest each ready pod has one
CheckerPtr check_revisions();     // revisions and generations only grow; uid and creation time stay
CheckerPtr check_ownership();     // one controller an object; at rest, no object whose owners are all gone
CheckerPtr check_finalizers();    // nothing goes while a finalizer holds it
CheckerPtr check_budgets();       // an eviction never takes a pod that its disruption budget needs
CheckerPtr check_quota();         // what is created stays within the namespace's ResourceQuota
CheckerPtr check_storage();       // pods go where their volumes can be reached; no claim goes while a pod uses it
CheckerPtr check_convergence();   // at rest, every object is as its spec says, every node Ready, no pod stuck
std::vector<CheckerPtr> all_checkers();

}  // namespace orrery::sim
