// Trace records: every visible step of the cluster, emitted by the components themselves. The playground animates them,
// the native server streams them, tests assert on them.
#pragma once

#include "core/base/str.h"
#include "core/base/time.h"

namespace orrery::ports {

struct TraceRecord {
  uint64_t id = 0;        // given by the sink, counting up
  uint64_t cause = 0;     // id of the record that led to this one, 0: none known
  Instant at;
  Duration travel;        // how long the message takes (simulated latency); 0 natively
  Str from;               // component: "kubectl", "apiserver", "etcd", "scheduler", "controller-manager/deployment",
  Str to;                 //            "kubelet/node-1", "runtime/node-1", "kube-proxy/node-1", "rules/node-1", "pod/<uid>", "dns"
  Str verb;               // "create", "watch ADDED", "bind", "start container", "probe", "GET /", ...
  Str kind;               // kind of the object, if any
  Str ns;
  Str name;
  uint64_t revision = 0;  // of the object, if it was written or read
  Str why;                // in plain words, from the component's own decision
  bool heartbeat = false; // lease renewals, probes that pass: hidden by default
};

class TraceSink {
 public:
  virtual ~TraceSink() = default;
  // Returns the record's id, to be named as `cause` by what follows from it.
  virtual uint64_t emit(TraceRecord record) = 0;
};

}  // namespace orrery::ports
