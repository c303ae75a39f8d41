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
  if (r.verb == NodeRequest::Verb::Stats) {
    stats_.ask(r.want_values, reply);
    return 0;
  }
  const PodState* pod = pods_.find_pod(r.ns, r.pod);
  if (!pod) return refuse(reply, Reason::NotFound, cat("pod ", quoted(cat(r.pod, "_", r.ns)), " not found"));
  if (r.verb == NodeRequest::Verb::PortForward || r.verb == NodeRequest::Verb::Proxy) return dial(*pod, r, reply);
  const ports::ContainerStatus* older = nullptr;
  const ports::ContainerStatus* c = newest(pod->observed, r.container, &older);
  // pkg/kubelet/kubelet_pods.go validateContainerLogStatus words these.
  if (r.verb == NodeRequest::Verb::Logs) {
    if (r.previous) {
      const ports::ContainerStatus* last = c && c->state == ports::ContainerState::Exited &&
                                                   pod->containers.count(r.container) &&
                                                   !pod->containers.at(r.container).waiting_reason.empty()
                                               ? c
                                               : older;
      if (!last)
        return refuse(
            reply, Reason::BadRequest,
            cat("previous terminated container ", quoted(r.container), " in pod ", quoted(r.pod), " not found"));
      return runtime_.logs(last->id, r.log, reply);
    }
    if (!c) {
      auto it = pod->containers.find(r.container);
      Str why = it == pod->containers.end() || it->second.waiting_reason.empty() ? Str("ContainerCreating")
                                                                                 : it->second.waiting_reason;
      bool pull = why == "ErrImagePull" || why == "ImagePullBackOff" || why == "ErrImageNeverPull";
      return refuse(reply, Reason::BadRequest,
                    cat("container ", quoted(r.container), " in pod ", quoted(r.pod),
                        " is waiting to start: ", pull ? Str("trying and failing to pull image") : why));
    }
    return runtime_.logs(c->id, r.log, reply);
  }
  if (!c || c->state != ports::ContainerState::Running)
    return refuse(reply, Reason::NotFound,
                  c ? cat("cannot exec in a stopped container: container not running (", c->id, ")")
                    : cat("container not found (", quoted(r.container), ")"));
  switch (r.verb) {
    case NodeRequest::Verb::Exec:
      return runtime_.exec(c->id, r.exec, reply);
    case NodeRequest::Verb::Attach:
      return runtime_.attach(c->id, r.exec.stdin_open, r.exec.tty, reply);
    default:
      break;
  }
  return refuse(reply, Reason::MethodNotAllowed, "this node doesn't serve that");
}

uint64_t NodeServer::dial(const PodState& pod, const NodeRequest& r, ports::ReplyTo reply) {
  const auto& sandboxes = pod.observed.sandboxes;
  if (!dialer_ || sandboxes.empty() || !sandboxes[0].ready)
    return refuse(reply, Reason::InternalError,
                  cat("unable to do port forwarding: pod ", pod.ref.name, " has no network"));
  Str address = sandboxes[0].ip.empty() ? Str("127.0.0.1") : sandboxes[0].ip;
  if (r.verb == NodeRequest::Verb::PortForward) return dialer_->connect(address, r.port, reply) | kDialed;
  ports::HttpFetch fetch = r.fetch;
  fetch.address = address;
  dialer_->fetch(std::move(fetch), reply);
  return 0;
}

void NodeServer::input(uint64_t stream, Str bytes) {
  if (stream & kDialed)
    dialer_->send(stream & ~kDialed, std::move(bytes));
  else
    runtime_.stream_input(stream, std::move(bytes));
}

void NodeServer::close_input(uint64_t stream) {
  if (stream & kDialed)
    dialer_->close_input(stream & ~kDialed);
  else
    runtime_.stream_close_input(stream);
}

void NodeServer::resize(uint64_t stream, uint16_t w, uint16_t h) {
  if (!(stream & kDialed)) runtime_.stream_resize(stream, w, h);
}

void NodeServer::cancel(uint64_t stream) {
  if (stream & kDialed)
    dialer_->cancel(stream & ~kDialed);
  else
    runtime_.stream_cancel(stream);
}

}  // namespace orrery::kubelet
