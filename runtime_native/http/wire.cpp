#include "runtime_native/http/wire.h"

#include <cstdio>
#include <ctime>

#include "core/api/json.h"
#include "core/base/text.h"

namespace orrery::http {
namespace {

std::string_view phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Request Entity Too Large";
    case 415: return "Unsupported Media Type";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Entity";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

// RFC 9110 5.6.7, "Sun, 06 Nov 1994 08:49:37 GMT". Made once a second.
const std::string& date_header() {
  static thread_local std::time_t made_at = 0;
  static thread_local std::string text;
  std::time_t now = std::time(nullptr);
  if (now != made_at) {
    made_at = now;
    std::tm tm{};
    gmtime_r(&now, &tm);
    char buffer[64];
    std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    text = buffer;
  }
  return text;
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name);
  out.append(": ");
  for (char c : value) out.push_back(c == '\r' || c == '\n' ? ' ' : c);
  out.append("\r\n");
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  std::string wanted = to_lower(name);
  for (const auto& [key, value] : headers) {
    if (key.size() == wanted.size() && to_lower(key) == wanted) return value;
  }
  return {};
}

std::string response_head(const HeadOptions& o, const Headers& headers) {
  std::string out = cat(o.http10 ? "HTTP/1.0 " : "HTTP/1.1 ", o.status, " ", phrase(o.status), "\r\n");
  for (const auto& [name, value] : headers) append_header(out, name, value);
  append_header(out, "Date", date_header());
  if (o.chunked) append_header(out, "Transfer-Encoding", "chunked");
  else if (o.has_length && o.status != 204 && o.status != 304) append_header(out, "Content-Length", std::to_string(o.length));
  if (!o.keep_alive) append_header(out, "Connection", "close");
  else if (o.http10) append_header(out, "Connection", "keep-alive");
  out.append("\r\n");
  return out;
}

std::string chunk(std::string_view bytes) {
  if (bytes.empty()) return {};
  char size[24];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  std::string out(size);
  out.reserve(out.size() + bytes.size() + 2);
  out.append(bytes);
  out.append("\r\n");
  return out;
}

std::string status_body(const Error& error) {
  std::string out = cat("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":",
                        json_string(error.message), ",\"reason\":", json_string(reason_text(error.reason)));
  if (error.retry_after_s) out += cat(",\"details\":{\"retryAfterSeconds\":", error.retry_after_s, "}");
  return out += cat(",\"code\":", error.http(), "}\n");
}

std::string json_string(std::string_view text) {
  std::string out;
  api::append_json_string(out, text);
  return out;
}

}  // namespace orrery::http
