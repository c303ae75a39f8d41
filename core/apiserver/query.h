// The query parameters that the API server understands, checked. Source: apimachinery ListOptions, CreateOptions, ...
#pragma once

#include "core/api/json.h"
#include "core/ports/api.h"

namespace orrery::apiserver {

struct Query {
  Str label_selector, field_selector;
  int64_t limit = 0;
  Str continue_;
  Str resource_version;   // "", "0" or a number
  uint64_t revision = 0;  // its number
  enum class Match : uint8_t { None, Exact, NotOlderThan } match = Match::None;
  int64_t timeout_s = 0;
  bool watch = false, bookmarks = false;
  std::optional<bool> send_initial_events;
  bool dry_run = false;
  Str field_manager;
  api::FieldValidation field_validation = api::FieldValidation::Warn;
  std::optional<bool> force;
  bool pretty = false;
};

Result<Query> read_query(const ports::ApiRequest& request);

// Checks resourceVersionMatch against the others (apiserver ValidateListOptions): Invalid with causes.
Result<void> check_list_query(const Query& query);

}  // namespace orrery::apiserver
