#include "runtime_native/docker/engine_containers.h"

#include "core/base/text.h"

namespace orrery::docker {

namespace {

constexpr Duration kCreateTimeout = seconds(120);
constexpr Duration kStartTimeout = seconds(240);
constexpr Duration kRemoveTimeout = seconds(120);
constexpr Duration kStopMargin = seconds(60);   // beyond the grace
constexpr Duration kRemovalPoll = millis(100);  // while another removal is in progress
constexpr int kRemovalPollsMax = 100;

EngineRequest make(std::string method, std::string target, Duration timeout) {
  EngineRequest r;
  r.method = std::move(method);
  r.target = std::move(target);
  r.timeout = timeout;
  return r;
}

std::string container_path(const Str& id, std::string_view verb) { return cat("/containers/", url_part(id), verb); }

ResponseHandler as_json(JsonDone done) {
  return [done = std::move(done)](Result<EngineResponse> r) {
    if (!r) return done(r.error());
    Json json = r->body.empty() ? Json() : parse_json(r->body);
    if (json.is_discarded()) return done(make_error(Reason::InternalError, "the engine's answer is not JSON"));
    done(std::move(json));
  };
}

ResponseHandler as_void(Done done) {
  return [done = std::move(done)](Result<EngineResponse> r) { done(r ? Result<void>() : Result<void>(r.error())); };
}

bool is_not_running(const Error& e) {
  return e.http() == 409 && e.message.view().find("is not running") != std::string_view::npos;
}

}  // namespace

void StartGate::enter(std::function<void(std::function<void()>)> job) {
  if (running_ >= starts_max_) {
    waiting_.push_back(std::move(job));
    return;
  }
  ++running_;
  job([this] { leave(); });
}

void StartGate::leave() {
  --running_;
  while (!waiting_.empty() && running_ < starts_max_) {
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    ++running_;
    job([this] { leave(); });
  }
}

EngineContainers::EngineContainers(EngineClient& client) : client_(client) {}

void EngineContainers::after(Duration wait, std::function<void()> job) {
  auto timer = std::make_shared<boost::asio::steady_timer>(client_.io(), std::chrono::nanoseconds(wait.ns));
  timer->async_wait([timer, job = std::move(job), alive = std::weak_ptr<char>(alive_)](boost::system::error_code ec) {
    if (!ec && !alive.expired()) job();
  });
}

void EngineContainers::get(std::string target, JsonDone done) {
  client_.request(make("GET", std::move(target), seconds(60)), as_json(std::move(done)));
}

void EngineContainers::post(std::string target, const Json& body, JsonDone done) {
  EngineRequest r = make("POST", std::move(target), kCreateTimeout);
  r.body = dump_json(body);
  client_.request(std::move(r), as_json(std::move(done)));
}

void EngineContainers::create(const std::string& name, const Json& body, IdDone done) {
  create_once(name, std::make_shared<const Json>(body), true, std::move(done));
}

void EngineContainers::create_once(const std::string& name, std::shared_ptr<const Json> body, bool may_clear,
                                   IdDone done) {
  post("/containers/create?name=" + url_part(name), *body,
       [this, name, body, may_clear, done = std::move(done)](Result<Json> r) {
         if (r) {
           Str id = text_at(*r, "Id");
           if (id.empty())
             return done(make_error(Reason::InternalError, "the engine created a container and gave no id"));
           return done(id);
         }
         bool name_taken =
             r.error().http() == 409 ||
             (r.error().http() == 500 && r.error().message.view().find("already in use") != std::string_view::npos);
         if (!name_taken || !may_clear) return done(r.error());
         inspect(name, [this, name, body, done, error = r.error()](Result<Json> found) {
           if (!found) return done(error);
           Str id = text_at(*found, "Id");
           if (flag_at(*found, "State", "Running")) return done(id);
           remove(id, [this, name, body, done](Result<void> removed) {
             if (!removed) return done(removed.error());
             create_once(name, body, false, done);
           });
         });
       });
}

void EngineContainers::start(const Str& id, Done done) {
  client_.request(make("POST", container_path(id, "/start"), kStartTimeout), as_void(std::move(done)));
}

void EngineContainers::stop(const Str& id, Duration grace, Done done) {
  int64_t grace_s = (grace.ns + 999'999'999) / 1'000'000'000;
  EngineRequest r = make("POST", container_path(id, cat("/stop?t=", grace_s)), grace + kStopMargin);
  r.dedicated = true;  // may take the whole grace
  client_.request(std::move(r), [done = std::move(done)](Result<EngineResponse> answer) {
    if (answer || answer.error().http() == 404 || is_not_running(answer.error())) return done({});
    done(answer.error());
  });
}

void EngineContainers::remove(const Str& id, Done done) {
  client_.request(
      make("DELETE", container_path(id, "?force=1&v=1"), kRemoveTimeout),
      [this, id, done = std::move(done)](Result<EngineResponse> r) {
        if (r || r.error().http() == 404) return done({});
        if (r.error().http() == 409 && r.error().message.view().find("already in progress") != std::string_view::npos)
          return wait_gone(id, kRemovalPollsMax, done);
        done(r.error());
      });
}

void EngineContainers::wait_gone(const Str& id, int tries, Done done) {
  inspect(id, [this, id, tries, done = std::move(done)](Result<Json> r) {
    if (!r && r.error().http() == 404) return done({});
    if (!r) return done(r.error());
    if (tries == 0)
      return done(
          make_error(Reason::Timeout, cat("the container ", id.view().substr(0, 12), " is still being removed")));
    after(kRemovalPoll, [this, id, tries, done] { wait_gone(id, tries - 1, done); });
  });
}

void EngineContainers::inspect(const Str& id, JsonDone done) { get(container_path(id, "/json"), std::move(done)); }

void EngineContainers::list(const std::string& filter, JsonDone done) {
  get("/containers/json?all=1&filters=" + filter, std::move(done));
}

}  // namespace orrery::docker
