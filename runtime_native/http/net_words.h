// Errors of connections in Go's words, which users of Kubernetes know.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>

namespace orrery::http {

// "connect: connection refused", "EOF"; others as the system says them.
std::string go_words(boost::system::error_code ec);

}  // namespace orrery::http
