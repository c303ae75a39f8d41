#include "core/apiserver/continue_token.h"

#include <algorithm>

#include "core/apiserver/errors.h"
#include "core/base/text.h"

namespace orrery::apiserver {

// Base64 (URL alphabet, no padding) of {"v":"meta.k8s.io/v1","rv":12,"start":"default/web\u0000"}.
std::string make_continue(uint64_t revision, const Str& after) {
  std::string rv = revision ? cat(revision) : "-1";
  std::string out = base64_encode(cat("{\"v\":\"meta.k8s.io/v1\",\"rv\":", rv, ",\"start\":\"", after, "\\u0000\"}"));
  while (!out.empty() && out.back() == '=') out.pop_back();
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out;
}

Result<ContinueToken> read_continue(const Str& token) {
  std::string text = token.str(), json;
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  while (text.size() % 4) text += '=';
  if (!base64_decode(text, json)) return bad_request("continue key is not valid: illegal base64 data");
  constexpr std::string_view kHead = "{\"v\":\"meta.k8s.io/v1\",\"rv\":", kStart = ",\"start\":\"",
                             kTail = "\\u0000\"}";
  size_t start = json.find(kStart);
  int64_t revision = 0;
  if (!starts_with(json, kHead) || start == std::string::npos || !ends_with(json, kTail) ||
      !parse_int64(std::string_view(json).substr(kHead.size(), start - kHead.size()), revision))
    return bad_request("continue key is not valid: incorrect encoded version");
  ContinueToken out;
  out.revision = revision > 0 ? static_cast<uint64_t>(revision) : 0;
  start += kStart.size();
  out.after = Str(std::string_view(json).substr(start, json.size() - start - kTail.size()));
  return out;
}

}  // namespace orrery::apiserver
