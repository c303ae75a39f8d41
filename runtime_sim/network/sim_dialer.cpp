#include "runtime_sim/network/sim_dialer.h"

#include "core/base/text.h"

namespace orrery::sim {

using ports::StreamPart;

namespace {

Error no_connection(const Str& address, int32_t port, const NetAnswer& a) {
  bool dropped = a.verdict == Verdict::Dropped;
  return make_error(Reason::InternalError, cat("dial tcp ", address, ":", port, ": ",
                                               dropped ? "i/o timeout" : "connect: connection refused"));
}

std::string_view reason_of(int32_t status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

// The value of a header of a request's head, "" without it.
std::string header_in(std::string_view head, std::string_view name) {
  for (const std::string& line : split(head, '\n')) {
    size_t colon = line.find(':');
    if (colon != std::string::npos && to_lower(std::string_view(line).substr(0, colon)) == name)
      return std::string(trim(std::string_view(line).substr(colon + 1)));
  }
  return {};
}

}  // namespace

NetRequest SimDialer::request_to(const Str& address, int32_t port) const {
  NetRequest r;
  r.from_node = node_;
  r.from = cat("kubelet/", node_);
  r.host = address;
  r.port = port;
  return r;
}

uint64_t SimDialer::connect(Str address, int32_t port, ports::ReplyTo reply) {
  uint64_t id = next_++;
  NetRequest probe = request_to(address, port);
  probe.method = "TCP";
  probe.connect_only = true;
  NetAnswer a = network_.request(probe);
  if (a.verdict != Verdict::Answered) {
    StreamPart part;
    part.end = true;
    part.error = no_connection(address, port, a);
    later(reply, std::move(part), a.took);
    return id;
  }
  open_[id] = {address, port, reply, {}};
  say(open_[id], {}, false, a.took);
  return id;
}

void SimDialer::later(const ports::ReplyTo& to, StreamPart part, Duration after) {
  queue_.post_after(after, to.target, to.kind, to.token, std::make_shared<const StreamPart>(std::move(part)));
}

void SimDialer::say(const Connection& c, Str data, bool end, Duration after) {
  StreamPart part;
  part.data = std::move(data);
  part.end = end;
  later(c.reply, std::move(part), after);
}

// Answers the first whole request of what has been received. False: there is none.
bool SimDialer::take_request(Connection& c) {
  size_t end = c.received.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  std::string_view head = std::string_view(c.received).substr(0, end);
  int64_t length = 0;
  parse_int64(header_in(head, "content-length"), length);
  size_t whole = end + 4 + static_cast<size_t>(length > 0 ? length : 0);
  if (c.received.size() < whole) return false;
  std::vector<std::string> line = split(head.substr(0, head.find("\r\n")), ' ');
  NetRequest r = request_to(c.address, c.port);
  r.method = line[0];
  r.path = line.size() > 1 ? line[1] : "/";
  r.body = c.received.substr(end + 4, whole - end - 4);
  NetAnswer a = network_.request(r);
  std::string body = line[0] == "HEAD" ? std::string() : a.body.str();
  std::string text = cat("HTTP/1.1 ", a.status, " ", reason_of(a.status),
                         "\r\nContent-Type: text/html\r\nContent-Length: ", a.body.size(), "\r\n\r\n", body);
  c.received.erase(0, whole);
  say(c, Str(text), a.verdict != Verdict::Answered, a.took);
  return true;
}

void SimDialer::send(uint64_t stream, Str bytes) {
  auto it = open_.find(stream);
  if (it == open_.end()) return;
  it->second.received += bytes.view();
  while (take_request(it->second)) {
  }
  if (it->second.received.size() <= kDialedBytesMax) return;
  say(it->second, {}, true, {});
  open_.erase(it);
}

void SimDialer::close_input(uint64_t stream) {
  auto it = open_.find(stream);
  if (it == open_.end()) return;
  say(it->second, {}, true, network_.latency(node_, node_));
  open_.erase(it);
}

void SimDialer::fetch(ports::HttpFetch f, ports::ReplyTo reply) {
  NetRequest r = request_to(f.address, f.port);
  r.method = f.method;
  r.path = f.target;
  r.body = f.body;
  NetAnswer a = network_.request(r);
  StreamPart part;
  part.end = true;
  if (a.verdict != Verdict::Answered) {
    part.error = no_connection(f.address, f.port, a);
  } else {
    auto answer = std::make_shared<ports::HttpAnswer>();
    answer->status = a.status;
    answer->headers.set("content-type", "text/html");
    answer->body = f.method == "HEAD" ? Str() : a.body;
    part.http = std::move(answer);
  }
  later(reply, std::move(part), a.took);
}

}  // namespace orrery::sim
