#include "playground/app/live/socket_api.h"

#include <nlohmann/json.hpp>

#include "core/api/json.h"
#include "core/api/status.h"
#include "core/base/text.h"
#include "core/ports/request_target.h"
#include "playground/app/live/json_text.h"

namespace orrery::app {
namespace {

using nlohmann::json;
using ports::ApiReply;

ApiReply refused(uint64_t call) {
  ApiReply reply;
  reply.call = call;
  reply.status = 503;
  reply.error = make_error(Reason::ServiceUnavailable, "the page has lost its connection to the server");
  return reply;
}

}  // namespace

uint64_t SocketApi::call(ports::ApiRequestPtr request, ports::ReplyTo reply) {
  const uint64_t id = next_++;
  if (!open_) {
    queue_.reply(reply, refused(id));
    return id;
  }
  json message = {{"id", id}, {"method", request->method.str()}, {"path", ports::request_target(*request)}};
  json headers = json::object();
  for (const auto& [name, value] : request->headers) headers[name.str()] = value.str();
  if (request->object) {
    message["body"] = api::to_json(request->object);
    headers["content-type"] = "application/json";
  } else if (!request->body.empty()) {
    message["body"] = request->body.str();
  }
  if (!headers.empty()) message["headers"] = headers;
  if (!request->subprotocols.empty()) message["subprotocols"] = request->subprotocols.str();
  calls_[id] = {reply, request->want_object, request->want_object && request->param("watch") == "true", {}};
  send_(message.dump(-1, ' ', false, json::error_handler_t::replace));
  return id;
}

void SocketApi::send(uint64_t call, Str frame) {
  if (calls_.count(call)) send_(cat("{\"id\":", call, ",\"frame\":\"", base64_encode(frame), "\"}"));
}

void SocketApi::cancel(uint64_t call) {
  if (calls_.erase(call) && open_) send_(cat("{\"id\":", call, ",\"cancel\":true}"));
}

void SocketApi::set_open(bool open) {
  open_ = open;
  if (open) return;
  while (!calls_.empty()) answer(calls_.begin(), refused(calls_.begin()->first), true);
}

void SocketApi::answer(std::map<uint64_t, Call>::iterator call, ApiReply reply, bool last) {
  reply.call = call->first;
  queue_.reply(call->second.reply, std::move(reply));
  if (last) calls_.erase(call);
}

void SocketApi::receive(const std::string& message) {
  const json m = json::parse(message, nullptr, false);
  if (!m.is_object() || !m.contains("id") || !m["id"].is_number_unsigned()) return;
  const auto call = calls_.find(m["id"].get<uint64_t>());
  if (call == calls_.end()) return;  // cancelled meanwhile
  ApiReply reply;
  if (m.contains("status")) {
    const bool stream = m.value("stream", false);
    reply.part = stream ? ApiReply::Part::Head : ApiReply::Part::Whole;
    reply.status = m["status"].is_number_integer() ? m["status"].get<int>() : 500;
    reply.body = text_of(m, "body");
    reply.subprotocol = text_of(m, "subprotocol");
    const json headers = m.value("headers", json::object());
    reply.content_type = text_of(headers, "content-type");
    if (reply.status >= 400) reply.error = api::error_of_status(reply.status, reply.body);
    else if (!stream && call->second.objects)
      if (auto object = api::any_object_from_json(reply.body)) reply.object = *object;
    return answer(call, std::move(reply), !stream);
  }
  reply.part = m.value("end", false) ? ApiReply::Part::End : ApiReply::Part::Data;
  std::string bytes = text_of(m, "chunk");
  if (m.contains("frame") && !base64_decode(text_of(m, "frame"), bytes)) return;
  if (m.contains("chunk64") && !base64_decode(text_of(m, "chunk64"), bytes)) return;
  reply.body = bytes;
  if (call->second.watch) {
    call->second.lines.feed(reply.body, reply.events);
    reply.body = Str();
  }
  answer(call, std::move(reply), reply.part == ApiReply::Part::End);
}

}  // namespace orrery::app
