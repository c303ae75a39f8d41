#include "core/kubelet/node_server.h"

#include "core/base/text.h"
#include "core/kubelet/pod_status.h"

namespace orrery::kubelet {

using ports::NodeRequest;
using ports::StreamPart;

uint64_t NodeServer::refuse(const ports::ReplyTo& reply, Reason reason, std::string message) {
  StreamPart part;
  part.end = true;
  part.error = make_error(reason, std::move(message));
  queue_.reply(reply, std::move(part));
  return 0;
}

uint64_t NodeServer::call(const NodeRequest& r, ports::ReplyTo reply) {
  const PodState* pod = pods_.find_pod(r.ns, r.pod);
  if (!pod) return refuse(reply, Reason::NotFound, cat("pod ", quoted(cat(r.pod, "_", r.ns)), " not found"));
  const ports::ContainerStatus* older = nullptr;
  const ports::ContainerStatus* c = newest(pod->observed, r.container, &older);
  // pkg/kubelet/kubelet_pods.go validateContainerLogStatus words these.
  if (r.verb == NodeRequest::Verb::Logs) {
    if (r.previous) {
      const ports::ContainerStatus* last = c && c->state == ports::ContainerState::Exited &&
                                           pod->containers.count(r.container) &&
                                           !pod->containers.at(r.container).waiting_reason.empty() ? c : older;
      if (!last)
        return refuse(reply, Reason::BadRequest, cat("previous terminated container ", quoted(r.container), " in pod ",
                                                     quoted(r.pod), " not found"));
      return runtime_.logs(last->id, r.log, reply);
    }
    if (!c) {
      auto it = pod->containers.find(r.container);
      Str why = it == pod->containers.end() || it->second.waiting_reason.empty() ? Str("ContainerCreating")
                                                                                  : it->second.waiting_reason;
      bool pull = why == "ErrImagePull" || why == "ImagePullBackOff" || why == "ErrImageNeverPull";
      return refuse(reply, Reason::BadRequest,
                    cat("container ", quoted(r.container), " in pod ", quoted(r.pod), " is waiting to start: ",
                        pull ? Str("trying and failing to pull image") : why));
    }
    return runtime_.logs(c->id, r.log, reply);
  }
  if (!c || c->state != ports::ContainerState::Running)
    return refuse(reply, Reason::NotFound,
                  c ? cat("cannot exec in a stopped container: container not running (", c->id, ")")
                    : cat("container not found (", quoted(r.container), ")"));
  switch (r.verb) {
    case NodeRequest::Verb::Exec: return runtime_.exec(c->id, r.exec, reply);
    case NodeRequest::Verb::Attach: return runtime_.attach(c->id, r.exec.stdin_open, r.exec.tty, reply);
    default: break;
  }
  return refuse(reply, Reason::MethodNotAllowed, "this node doesn't serve that yet");
}

}  // namespace orrery::kubelet
