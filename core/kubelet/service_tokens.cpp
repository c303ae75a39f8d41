#include "core/kubelet/service_tokens.h"

#include "core/api/gen/authentication_v1.h"
#include "core/api/kinds.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;
using api::authentication_v1::TokenRequest;

namespace {
constexpr int64_t kLifeDefault_s = 3600;
}

ServiceTokens::ServiceTokens(client::Client& client, ports::TaskQueue& queue, User& user)
    : client_(client), queue_(queue), user_(user), id_(queue.attach(*this)) {}

ServiceTokens::~ServiceTokens() { queue_.detach(id_); }

ConfigSource::Found ServiceTokens::token(const v1::Pod& pod, const v1::ServiceAccountTokenProjection& what, Str& out) {
  Name name{pod.metadata.uid, what.audience, what.expirationSeconds.value_or(kLifeDefault_s)};
  Entry& entry = entries_[name];
  if (entry.id == 0) {
    entry.id = next_++;
    entry.pod = {pod.metadata.namespace_, pod.metadata.name};
    entry.account = pod.spec.serviceAccountName;
  }
  if (!entry.token.empty()) {
    out = entry.token;
    return ConfigSource::Found::Yes;
  }
  if (!entry.asking && queue_.now() >= entry.retry_at) ask(name, entry);
  if (entry.error.empty()) return ConfigSource::Found::Loading;
  out = entry.error;
  return ConfigSource::Found::No;
}

void ServiceTokens::ask(const Name& name, Entry& entry) {
  entry.asking = true;
  TokenRequest request;
  request.metadata.namespace_ = entry.pod.ns;
  request.metadata.name = entry.account;
  if (!name.audience.empty()) request.spec.audiences.push_back(name.audience);
  request.spec.expirationSeconds = name.life_s;
  auto& bound = request.spec.boundObjectRef.mut();
  bound.apiVersion = "v1";
  bound.kind = "Pod";
  bound.name = entry.pod.name;
  bound.uid = name.pod_uid;
  ports::ApiRequest call;
  call.method = "POST";
  call.path = client::Client::path(api::kind<v1::ServiceAccount>(), entry.pod.ns, entry.account, "token");
  call.object = api::make_object(std::move(request));
  client_.because("a container mounts its account's token").call(std::move(call), {id_, kReply, entry.id});
}

void ServiceTokens::answered(const Name& name, Entry& entry, const ports::ApiReply& reply) {
  entry.asking = false;
  const TokenRequest* request = reply.object.as<TokenRequest>();
  if (reply.error || !request) {
    entry.retry_at = queue_.now() + kTokenRetry;
    entry.error = reply.error ? cat("failed to fetch token: ", reply.error->message) : Str("failed to fetch token");
  } else {
    entry.token = request->status.token;
    entry.error = {};
    Duration life = seconds(request->spec.expirationSeconds.value_or(name.life_s));
    Duration renew = life / 5 * 4 < kTokenAgeMax ? life / 5 * 4 : kTokenAgeMax;
    entry.timer = queue_.post_after(renew, id_, kRenew, entry.id);
  }
  user_.token_changed(name.pod_uid);
}

void ServiceTokens::release(const Str& pod_uid) {
  for (auto it = entries_.lower_bound(Name{pod_uid, {}, 0}); it != entries_.end() && it->first.pod_uid == pod_uid;) {
    if (it->second.timer) queue_.cancel(it->second.timer);
    it = entries_.erase(it);
  }
}

void ServiceTokens::clear() {
  for (auto& [name, entry] : entries_)
    if (entry.timer) queue_.cancel(entry.timer);
  entries_.clear();
}

void ServiceTokens::on_task(const ports::Task& task) {
  for (auto& [name, entry] : entries_) {
    if (entry.id != task.arg) continue;
    if (task.kind == kReply) return answered(Name(name), entry, task.as<ports::ApiReply>());
    entry.timer = 0;
    return ask(name, entry);
  }
}

}  // namespace orrery::kubelet
