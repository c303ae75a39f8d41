// Syntax of names, labels, keys and ports: each function returns what is wrong, nothing when it is good.
// Sources: apimachinery util/validation/validation.go, api/validation/path/name.go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery::api::validation {

using Problems = std::vector<std::string>;

Problems dns1123_label(std::string_view text);
Problems dns1123_subdomain(std::string_view text);
Problems dns1035_label(std::string_view text);
Problems qualified_name(std::string_view text);  // label and annotation keys
Problems label_value(std::string_view text);
Problems config_key(std::string_view text);      // keys of ConfigMaps and Secrets
Problems env_name(std::string_view text);
Problems port_number(int64_t port);
Problems port_name(std::string_view text);
Problems path_segment(std::string_view text);    // names of RBAC objects
Problems percent(std::string_view text);         // "25%"
Problems ip_address(std::string_view text);
bool is_ip_address(std::string_view text);

std::string must_be_between(int64_t low, int64_t high);  // "must be between 1 and 65535, inclusive"
std::string must_be_at_most_bytes(int64_t n);             // "must be no more than 63 bytes"

// With `prefix`, the trailing dash that a generated name will follow is forgiven.
std::string_view without_dash(std::string_view name, bool prefix);

}  // namespace orrery::api::validation
