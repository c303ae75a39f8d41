// The Engine's container calls as the runtime needs them: JSON in and out, idempotent where Kubernetes wants it.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "runtime_native/docker/engine_client.h"
#include "runtime_native/docker/json_fields.h"

namespace orrery::docker {

using Done = std::function<void(Result<void>)>;
using IdDone = std::function<void(Result<Str>)>;
using JsonDone = std::function<void(Result<Json>)>;

// Bounds how many containers start at once: beyond about twice the cores only the latency grows.
class StartGate {
 public:
  explicit StartGate(int starts_max) : starts_max_(starts_max) {}
  // Runs `job` now or in its turn; it must call its argument once, when it is done.
  void enter(std::function<void(std::function<void()> leave)> job);
  void set_max(int starts_max) { starts_max_ = starts_max; }

 private:
  void leave();
  int starts_max_;
  int running_ = 0;
  std::deque<std::function<void(std::function<void()>)>> waiting_;
};

// Calls back on the client's io_context; nothing is called any more once this or the client is gone.
class EngineContainers {
 public:
  explicit EngineContainers(EngineClient& client);

  EngineClient& client() { return client_; }
  // Runs `job` after the wait unless this is gone by then.
  void after(Duration wait, std::function<void()> job);

  void get(std::string target, JsonDone done);
  void post(std::string target, const Json& body, JsonDone done);
  // A container of that name that is not running is left over from a daemon that died between two calls: it is removed
  // and the name used again. A running one is the answer of a call that was made before: its id is given.
  void create(const std::string& name, const Json& body, IdDone done);
  // Started already is success.
  void start(const Str& id, Done done);
  // Stop signal, then KILL after the grace; answers when it has ended. Not there, or not running, is success.
  void stop(const Str& id, Duration grace, Done done);
  // Kills it first if it runs; answers when it is gone. Not there is success.
  void remove(const Str& id, Done done);
  void inspect(const Str& id, JsonDone done);
  // GET /containers/json?all=1 with an encoded filter.
  void list(const std::string& filter, JsonDone done);

 private:
  void create_once(const std::string& name, std::shared_ptr<const Json> body, bool may_clear, IdDone done);
  void wait_gone(const Str& id, int tries, Done done);
  EngineClient& client_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace orrery::docker
