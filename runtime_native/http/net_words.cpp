#include "runtime_native/http/net_words.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

namespace orrery::http {

namespace asio = boost::asio;
using boost::system::error_code;

std::string go_words(error_code ec) {
  if (ec == asio::error::connection_refused) return "connect: connection refused";
  if (ec == asio::error::host_unreachable) return "connect: no route to host";
  if (ec == asio::error::network_unreachable) return "connect: network is unreachable";
  if (ec == asio::error::connection_reset) return "read: connection reset by peer";
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated) return "EOF";
  return ec.message();
}

}  // namespace orrery::http
