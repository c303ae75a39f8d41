#include "core/ports/request_target.h"

#include "core/base/text.h"

namespace orrery::ports {

std::string request_target(const ApiRequest& request) {
  std::string out;
  for (const std::string& part : split(request.path, '/')) out += cat("/", percent_encode(part));
  if (starts_with(out, "//")) out.erase(0, 1);  // the piece before the path's own first slash
  char separator = '?';
  for (const QueryParameter& p : request.query) {
    out += cat(separator, percent_encode(p.name), "=", percent_encode(p.value));
    separator = '&';
  }
  return out;
}

}  // namespace orrery::ports
