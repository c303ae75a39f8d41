#include "runtime_native/http/spdy_forward.h"

namespace orrery::http {

using ports::ApiReply;

// One forwarded connection.
class SpdyForward::Connection final : public ApiSink, public std::enable_shared_from_this<Connection> {
 public:
  Connection(ApiCalls& calls, std::shared_ptr<Exchange> exchange) : calls_(calls), exchange_(std::move(exchange)) {}
  ~Connection() override {
    if (call_ && !over_) calls_.cancel(call_);
  }

  void add_stream(const SpdyFrame& frame) {
    auto type = frame.headers.find("streamtype");
    (type != frame.headers.end() && type->second == "data" ? data_ : error_) = frame.stream;
  }
  bool complete() const { return data_ && error_ && !call_; }
  bool owns(uint32_t stream) const { return stream == data_ || stream == error_; }
  bool over() const { return over_; }

  void start(const ports::ApiRequest& like, const std::string& port) {
    ports::ApiRequest request = like;
    request.query = {};
    request.query.push_back({"ports", Str(port)});
    request.subprotocols = "v5.channel.k8s.io";
    call_ = calls_.start(std::make_shared<const ports::ApiRequest>(std::move(request)), weak_from_this());
  }
  void on_frame(const SpdyFrame& frame) {
    if (!call_ || over_ || frame.stream != data_) return;
    if (frame.type == SpdyFrame::Type::RstStream) {
      over_ = true;
      return calls_.cancel(call_);
    }
    if (!frame.data.empty()) calls_.send(call_, Str(cat('\0', frame.data)));
    if (frame.fin) calls_.send(call_, Str(std::string_view("\xff\0", 2)));
  }
  void on_part(const ApiReply& part) override {
    if (over_) return;
    if (part.part == ApiReply::Part::Data) return on_data(part.body);
    if (part.part == ApiReply::Part::Head) return;
    over_ = true;
    std::string trouble = part.error ? part.error->message.str() : std::string();
    exchange_->write(SpdySession::data(error_, trouble, true));
    exchange_->write(SpdySession::data(data_, {}, true));
  }

 private:
  // Each channel begins with its port, which SPDY clients don't expect.
  void on_data(const Str& frame) {
    std::string_view bytes = frame.view();
    if (bytes.empty() || bytes[0] < 0 || bytes[0] > 1) return;
    bool& begun = begun_[static_cast<size_t>(bytes[0])];
    if (!begun) {
      begun = true;
      return;
    }
    exchange_->write(SpdySession::data(bytes[0] == 0 ? data_ : error_, bytes.substr(1), false));
    calls_.consumed(call_, static_cast<uint32_t>(bytes.size()));
  }

  ApiCalls& calls_;
  std::shared_ptr<Exchange> exchange_;
  uint32_t data_ = 0, error_ = 0;
  uint64_t call_ = 0;
  bool begun_[2] = {false, false};
  bool over_ = false;
};

SpdyForward::SpdyForward(ApiCalls& calls, std::shared_ptr<Exchange> exchange, ports::ApiRequestPtr request)
    : calls_(calls), exchange_(std::move(exchange)), request_(std::move(request)) {}

SpdyForward::~SpdyForward() = default;

void SpdyForward::on_message(std::string_view bytes) {
  if (auto bad = session_.feed(bytes); !bad.ok()) return exchange_->finish();
  SpdyFrame frame;
  for (;;) {
    auto more = session_.next(frame);
    if (!more.ok()) return exchange_->finish();
    if (!*more) return;
    on_frame(frame);
  }
}

SpdyForward::Connection* SpdyForward::of_stream(uint32_t stream) const {
  for (const auto& [id, connection] : connections_)
    if (connection->owns(stream)) return connection.get();
  return nullptr;
}

void SpdyForward::on_frame(const SpdyFrame& frame) {
  switch (frame.type) {
    case SpdyFrame::Type::SynStream:
      return open(frame);
    case SpdyFrame::Type::Ping:
      return exchange_->write(SpdySession::ping(frame.stream));
    case SpdyFrame::Type::Data:
    case SpdyFrame::Type::RstStream:
      if (Connection* connection = of_stream(frame.stream)) connection->on_frame(frame);
      return;
    default:
      return;  // settings, windows, go away: nothing to do
  }
}

void SpdyForward::open(const SpdyFrame& frame) {
  for (auto it = connections_.begin(); it != connections_.end();)
    it = it->second->over() ? connections_.erase(it) : std::next(it);
  if (connections_.size() >= kForwardsMax) return exchange_->finish();
  auto header = [&](const char* name) {
    auto found = frame.headers.find(name);
    return found == frame.headers.end() ? std::string() : found->second;
  };
  auto& connection = connections_[header("requestid")];
  if (!connection) connection = std::make_shared<Connection>(calls_, exchange_);
  connection->add_stream(frame);
  exchange_->write(session_.syn_reply(frame.stream));
  if (connection->complete()) connection->start(*request_, header("port"));
}

}  // namespace orrery::http
