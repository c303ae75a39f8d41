// An ApiHandler with a few paths that exercise every way of answering.
#pragma once

#include <map>

#include "core/ports/api.h"

namespace orrery::http_test {

class FakeApi final : public ports::ApiHandler {
 public:
  explicit FakeApi(ports::TaskQueue& queue) : queue_(queue) {}

  uint64_t call(ports::ApiRequestPtr request, ports::ReplyTo reply) override {
    uint64_t id = ++last_;
    ports::ApiReply part;
    part.call = id;
    part.content_type = "application/json";
    if (request->path == "/watch") {
      part.part = ports::ApiReply::Part::Head;
      part.content_type = "application/json;stream=watch";
      queue_.reply(reply, part);
      open_[id] = reply;
      part.part = ports::ApiReply::Part::Data;
      part.body = "{\"type\":\"ADDED\"}\n{\"type\":\"MODIFIED\"}\n";
      queue_.reply(reply, part);
      if (request->has_param("end")) end(id);
    } else if (request->path == "/flood") {
      part.part = ports::ApiReply::Part::Head;
      queue_.reply(reply, part);
      open_[id] = reply;
      flood(id);
    } else if (request->path == "/exec") {
      part.part = ports::ApiReply::Part::Head;
      part.subprotocol = "v5.channel.k8s.io";
      open_[id] = reply;
      queue_.reply(reply, part);
    } else {
      part.body = answer_text(*request);
      if (request->path == "/missing") part.status = 404;
      part.warnings.push_back("old \"thing\"");
      queue_.reply(reply, part);
    }
    return id;
  }
  // exec: answers every frame on channel 1; "bye" ends it.
  void send(uint64_t call, Str frame) override {
    ports::ApiReply part;
    part.part = ports::ApiReply::Part::Data;
    part.body = cat('\1', frame.view().substr(1));
    queue_.reply(open_[call], part);
    if (frame.view().substr(1) == "bye") end(call);
  }
  void cancel(uint64_t call) override {
    open_.erase(call);
    ++cancelled;
  }
  void consumed(uint64_t call, uint32_t amount) override {
    consumed_bytes += amount;
    if (flooded_.count(call) && open_.count(call)) flood(call);
  }

  int cancelled = 0;
  uint64_t consumed_bytes = 0;
  uint64_t flooded_bytes = 0;

 private:
  static std::string answer_text(const ports::ApiRequest& r) {
    std::string out = cat("user=", r.identity.user);
    for (const Str& group : r.identity.groups) out += cat(" group=", group);
    out += cat(" method=", r.method, " path=", r.path);
    for (const ports::QueryParameter& q : r.query) out += cat(" ", q.name, "=", q.value);
    out += cat(" body=", static_cast<uint64_t>(r.body.size()));
    if (r.path == "/big") out.append(1'000'000, 'x');
    return out;
  }
  void flood(uint64_t call) {
    flooded_.insert({call, 0});
    ports::ApiReply part;
    part.part = ports::ApiReply::Part::Data;
    part.body = std::string(256 << 10, 'f');
    flooded_bytes += part.body.size();
    queue_.reply(open_[call], part);
  }
  void end(uint64_t call) {
    ports::ApiReply part;
    part.part = ports::ApiReply::Part::End;
    queue_.reply(open_[call], part);
    open_.erase(call);
  }

  ports::TaskQueue& queue_;
  uint64_t last_ = 0;
  std::map<uint64_t, ports::ReplyTo> open_;
  std::map<uint64_t, int> flooded_;
};

}  // namespace orrery::http_test
