// Texts of HTTP/1.1 that the server writes itself.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "runtime_native/http/exchange.h"

namespace orrery::http {

struct HeadOptions {
  int status = 200;
  bool http10 = false;
  bool keep_alive = true;
  bool chunked = false;
  bool has_length = true;
  uint64_t length = 0;
};
// Status line and headers, with the empty line. Header values are cleaned of line breaks.
std::string response_head(const HeadOptions& options, const Headers& headers);

// "1f4\r\n" + bytes + "\r\n"; an empty chunk would end the body, so it gives "".
std::string chunk(std::string_view bytes);
constexpr std::string_view kLastChunk = "0\r\n\r\n";

// A metav1.Status as the API server writes it, for refusals that never reach it.
std::string status_body(const Error& error);

// `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace orrery::http
