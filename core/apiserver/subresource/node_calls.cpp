// Requests that a node's kubelet answers: logs, exec, attach, port-forward, stats.
// Source: pkg/registry/core/pod/rest/subresources.go, pkg/registry/core/pod/strategy.go (LogLocation, streamLocation);
// frames: client-go transport/websocket, kubelet streaming remotecommand/websocket.go.
#include "core/api/gen/core_v1.h"
#include "core/api/json.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/subresource/proxy.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using api::core_v1::Pod;
using ports::ApiReply;
using ports::NodeRequest;

bool flag(const ports::ApiRequest& r, std::string_view name) {
  Str v = r.param(name);
  return v == "true" || v == "1" || v == "True";
}

template <class C>
std::string container_names(const List<C>& containers) {
  std::vector<std::string> names;
  for (const C& c : containers) names.push_back(c.name.str());
  return cat('[', join(names, " "), ']');
}

// The container that is meant; Kubernetes' words when none or a wrong one is named.
Result<Str> container_of(const Pod& pod, const Str& asked) {
  const auto& s = pod.spec;
  if (asked.empty()) {
    if (s.containers.size() == 1) return s.containers[0].name;
    Str chosen = pod.metadata.annotations.get("kubectl.kubernetes.io/default-container");
    if (!chosen.empty()) return chosen;
    std::string text = cat("a container name must be specified for pod ", pod.metadata.name,
                           ", choose one of: ", container_names(s.containers));
    if (!s.initContainers.empty()) text += cat(" or one of the init containers: ", container_names(s.initContainers));
    if (!s.ephemeralContainers.empty())
      text += cat(" or one of the ephemeral containers: ", container_names(s.ephemeralContainers));
    return bad_request(text);
  }
  auto named = [&](const auto& list) {
    return list.find_if([&](const auto& c) { return c.name == asked; }) != nullptr;
  };
  if (named(s.containers) || named(s.initContainers) || named(s.ephemeralContainers)) return asked;
  return bad_request(cat("container ", asked, " is not valid for pod ", pod.metadata.name));
}

Result<ports::LogOptions> log_options(const ports::ApiRequest& r, WallTime now) {
  ports::LogOptions o;
  o.follow = flag(r, "follow");
  o.timestamps = flag(r, "timestamps");
  auto number = [&](std::string_view name, int64_t& out) -> Result<void> {
    Str v = r.param(name);
    if (v.empty()) return {};
    if (!parse_int64(v, out)) return bad_request(cat("strconv.ParseInt: parsing ", quoted(v), ": invalid syntax"));
    return {};
  };
  int64_t since = -1;
  for (auto& [name, into] : {std::pair<std::string_view, int64_t*>{"tailLines", &o.tail_lines},
                             {"limitBytes", &o.limit_bytes},
                             {"sinceSeconds", &since}})
    if (auto bad = number(name, *into); !bad.ok()) return bad.error();
  if (since >= 0) o.since = now - seconds(since);
  if (r.has_param("sinceTime")) parse_rfc3339(r.param("sinceTime"), o.since);
  return o;
}

// What kubectl offers for port-forward: the transport that carried the request unpacks it into calls of the plain
// protocols, one a connection.
constexpr std::string_view kSpdyForward = "SPDY/3.1+portforward.k8s.io";

// The best of the offered sub-protocols that we speak, or "".
Str choose_protocol(const ports::ApiRequest& r) {
  std::vector<std::string> offered;
  for (const std::string& p : split(r.subprotocols, ',')) offered.emplace_back(trim(p));
  for (std::string_view p : {kSpdyForward, std::string_view("v5.channel.k8s.io"), std::string_view("v4.channel.k8s.io"),
                             std::string_view("channel.k8s.io")})
    for (const std::string& o : offered)
      if (o == p) return Str(p);
  return {};
}

// What exec's error channel says at the end.
std::string exec_status(const ports::StreamPart& part) {
  api::meta_v1::Status s;
  if (part.error) {
    s = status_of(*part.error);
  } else if (part.exit_code != 0) {
    s.status = "Failure";
    s.message =
        Str(cat("command terminated with non-zero exit code: command terminated with exit code ", part.exit_code));
    s.reason = "NonZeroExitCode";
    api::meta_v1::StatusCause cause;
    cause.reason = "ExitCode";
    cause.message = Str(cat(part.exit_code));
    s.details.mut().causes.push_back(std::move(cause));
  } else {
    s.status = "Success";
  }
  std::string json;
  api::encode_json(api::desc<api::meta_v1::Status>(), &s, {}, json);
  return json;
}

}  // namespace

Answer ApiServer::reach_node(CallRecord& call) {
  const RequestInfo& info = call.info;
  const ports::ApiRequest& r = *call.request;
  NodeRequest ask;
  ask.source = r.source;
  Str node;
  NodeCall node_call;
  if (info.resource == "nodes") {
    if (!registry_.get(*info.kind, {}, info.name)) return fail(not_found(*info.kind, info.name));
    node = info.name;
    std::string path = join(info.rest, "/");
    if (path != "stats/summary") return fail(no_such_resource());
    ask.verb = NodeRequest::Verb::Stats;
  } else {
    api::ObjectPtr found = registry_.get(*info.kind, info.ns, info.name);
    if (!found) return fail(not_found(*info.kind, info.name));
    const Pod& pod = *found.as<Pod>();
    node = pod.spec.nodeName;
    ask.ns = info.ns;
    ask.pod = info.name;
    ask.uid = pod.metadata.uid;
    if (info.subresource == "log") {
      auto container = container_of(pod, r.param("container"));
      if (!container.ok()) return fail(container.error());
      ask.container = *container;
      ask.verb = NodeRequest::Verb::Logs;
      ask.previous = flag(r, "previous");
      auto options = log_options(r, clock_.now());
      if (!options.ok()) return fail(options.error());
      ask.log = *options;
      if (node.empty()) {  // nothing ran yet: an empty log
        Answer a;
        a.content_type = "text/plain";
        a.body = Str();
        return a;
      }
    } else {
      if (info.subresource != "portforward") {
        auto container = container_of(pod, r.param("container"));
        if (!container.ok()) return fail(container.error());
        ask.container = *container;
      }
      if (node.empty()) return fail(bad_request(cat("pod ", info.name, " does not have a host assigned")));
      ask.verb = info.subresource == "exec"     ? NodeRequest::Verb::Exec
                 : info.subresource == "attach" ? NodeRequest::Verb::Attach
                                                : NodeRequest::Verb::PortForward;
      ask.exec.stdin_open = flag(r, "stdin");
      ask.exec.tty = flag(r, "tty");
      for (const auto& p : r.query)
        if (p.name == "command") ask.exec.command.push_back(p.value);
      if (ask.verb == NodeRequest::Verb::Exec && ask.exec.command.empty())
        return fail(bad_request("you must specify at least 1 command for the container"));
      if (r.subprotocols.empty()) return fail(bad_request("Upgrade request required"));
      Str protocol = choose_protocol(r);
      if (protocol.empty())
        return fail(
            bad_request(cat("unable to upgrade: none of the offered protocols is supported: ", r.subprotocols)));
      node_call.upgraded = true;
      node_call.protocol = protocol;
      node_call.tty = ask.exec.tty;
      node_call.port_forward = ask.verb == NodeRequest::Verb::PortForward;
      if (node_call.port_forward && protocol == kSpdyForward) {
        if (found.as<Pod>()->status.phase != "Running")
          return fail(bad_request(cat("unable to forward port because pod is not running. Current status=",
                                      found.as<Pod>()->status.phase)));
        return open_session(std::move(node_call), std::move(call));
      }
      if (node_call.port_forward) {
        int64_t port = 0;
        if (!parse_int64(r.param("ports").empty() ? r.param("port") : r.param("ports"), port) || port < 1 ||
            port > 65535)
          return fail(bad_request("you must specify at least 1 port"));
        ask.port = static_cast<int32_t>(port);
      }
    }
  }
  return send_to_node(node, std::move(ask), std::move(node_call), std::move(call));
}

Answer ApiServer::send_to_node(const Str& node, NodeRequest ask, NodeCall node_call, CallRecord call) {
  if (!nodes_) {
    Error e = make_error(Reason::ServiceUnavailable, cat("dial node ", node, ": no link to the nodes"));
    return fail(std::move(e));
  }
  uint64_t id = call.id;
  node_call.call = std::move(call);
  NodeCall& placed = state_.node_calls.emplace(id, std::move(node_call)).first->second;
  placed.stream = nodes_->call(node, std::move(ask), {self_, kNodePart, id});
  Answer later;
  later.later = true;
  return later;
}

// Accepts the upgrade; nothing of the node is reached yet. The call lives until the client goes.
Answer ApiServer::open_session(NodeCall session, CallRecord call) {
  uint64_t id = call.id;
  ApiReply head;
  head.part = ApiReply::Part::Head;
  head.call = id;
  head.status = 101;
  head.subprotocol = session.protocol;
  loop_.reply(call.reply, std::move(head));
  session.head_sent = true;
  session.call = std::move(call);
  state_.node_calls.emplace(id, std::move(session));
  Answer later;
  later.later = true;
  return later;
}

void ApiServer::node_part(uint64_t id, const ports::StreamPart& part) {
  auto it = state_.node_calls.find(id);
  if (it == state_.node_calls.end()) return;
  NodeCall& n = it->second;
  if (part.http) {  // a proxied answer comes whole
    CallRecord call = std::move(n.call);
    state_.node_calls.erase(it);
    return answer(std::move(call), proxied(*part.http));
  }
  if (!n.head_sent && part.end && part.error && !n.upgraded) {  // nothing was sent yet: a plain error
    CallRecord call = n.call;
    state_.node_calls.erase(it);
    Answer a = fail(call.info.subresource == "proxy" ? unreachable(*part.error) : *part.error);
    return answer(std::move(call), std::move(a));
  }
  auto data = [&](Str body) {
    ApiReply r;
    r.part = ApiReply::Part::Data;
    r.call = id;
    r.body = std::move(body);
    loop_.reply(n.call.reply, std::move(r));
  };
  if (!n.head_sent) {
    n.head_sent = true;
    ApiReply head;
    head.part = ApiReply::Part::Head;
    head.call = id;
    head.status = n.upgraded ? 101 : 200;
    head.subprotocol = n.protocol;
    if (!n.upgraded) head.content_type = n.call.info.resource == "nodes" ? "application/json" : "text/plain";
    loop_.reply(n.call.reply, std::move(head));
    if (n.port_forward) {  // each channel begins with its port, low byte first
      int64_t port = 0;
      parse_int64(
          n.call.request->param("ports").empty() ? n.call.request->param("port") : n.call.request->param("ports"),
          port);
      for (char channel : {char(0), char(1)})
        data(Str(std::string{channel, static_cast<char>(port & 255), static_cast<char>(port >> 8)}));
    }
  }
  if (!part.data.empty()) {
    if (!n.upgraded)
      data(part.data);
    else
      data(Str(cat(static_cast<char>(n.port_forward ? part.channel - 1 : n.tty ? 1 : part.channel), part.data)));
  }
  if (!part.end) return;
  if (n.upgraded && !n.port_forward) {
    if (n.protocol != "channel.k8s.io") data(Str(cat(static_cast<char>(3), exec_status(part))));
  } else if (n.port_forward && part.error) {
    data(Str(cat(static_cast<char>(1), part.error->message)));
  } else if (part.error) {
    data(part.error->message);
  }
  ApiReply end;
  end.part = ApiReply::Part::End;
  end.call = id;
  loop_.reply(n.call.reply, std::move(end));
  state_.node_calls.erase(it);
}

// Frames from the client: channel byte, then what it carries.
void ApiServer::send(uint64_t id, Str frame) {
  auto it = state_.node_calls.find(id);
  if (it == state_.node_calls.end() || frame.empty() || !nodes_) return;
  NodeCall& n = it->second;
  auto channel = static_cast<unsigned char>(frame.view()[0]);
  std::string_view rest = frame.view().substr(1);
  if (channel == 0) {
    if (!rest.empty()) nodes_->input(n.stream, Str(rest));
  } else if (channel == 4 && !n.port_forward) {  // {"Width":80,"Height":24}
    auto number = [&](std::string_view name) {
      size_t at = rest.find(name);
      int64_t value = 0;
      for (at = at == std::string_view::npos ? rest.size() : at + name.size(); at < rest.size() && value < 65536;
           ++at) {
        if (rest[at] >= '0' && rest[at] <= '9')
          value = value * 10 + (rest[at] - '0');
        else if (rest[at] == ',' || rest[at] == '}')
          break;
      }
      return static_cast<uint16_t>(value);
    };
    nodes_->resize(n.stream, number("\"Width\":"), number("\"Height\":"));
  } else if (channel == 255 && !rest.empty() && rest[0] == 0) {  // v5: the client's half of a channel ends
    nodes_->close_input(n.stream);
  }
}

}  // namespace orrery::apiserver
