#include "runtime_sim/world/sim_tokens.h"

#include "core/base/rng.h"
#include "core/base/text.h"

namespace orrery::sim {

namespace {

constexpr std::string_view kKey = "simulated world";

// base64url without padding (RFC 7515).
std::string encode(std::string_view bytes) {
  std::string out = base64_encode(bytes);
  while (ends_with(out, "=")) out.pop_back();
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

bool decode(std::string_view text, std::string& out) {
  std::string padded = replace_all(replace_all(std::string(text), "-", "+"), "_", "/");
  while (padded.size() % 4) padded += '=';
  return base64_decode(padded, out);
}

std::string checksum(std::string_view text) { return encode(hex64(fnv1a(text, fnv1a(kKey)))); }

}  // namespace

Result<Str> SimTokens::sign(std::string_view payload_json) {
  std::string text = cat(encode("{\"alg\":\"FNV\"}"), ".", encode(payload_json));
  return Str(cat(text, ".", checksum(text)));
}

Result<Str> SimTokens::verify(std::string_view token) {
  size_t first = token.find('.'), last = token.rfind('.');
  std::string payload;
  if (first == std::string_view::npos || first == last || checksum(token.substr(0, last)) != token.substr(last + 1) ||
      !decode(token.substr(first + 1, last - first - 1), payload))
    return make_error(Reason::Unauthorized, "invalid bearer token");
  return Str(payload);
}

}  // namespace orrery::sim
