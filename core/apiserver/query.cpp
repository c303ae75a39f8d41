#include "core/apiserver/query.h"

#include "core/apiserver/errors.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

// Go's strconv.ParseBool, with "" as false and anything else as true (conversion of url.Values in apimachinery).
bool read_bool(std::string_view text) { return !(text.empty() || text == "0" || to_lower(text) == "false"); }

Error bad_list_option(std::string field, std::string message) {
  Error e = make_error(Reason::Invalid, cat("ListOptions.meta.k8s.io \"\" is invalid: ", field, ": ", message));
  e.group = "meta.k8s.io";
  e.kind = "ListOptions";
  Cause c;
  c.type = starts_with(message, "Forbidden") ? "FieldValueForbidden" : "FieldValueNotSupported";
  c.message = message;
  c.field = field;
  e.causes.push_back(std::move(c));
  return e;
}

// Of options that stand in the query: what each kind of request calls them.
Error bad_option(const ports::ApiRequest& request, std::string_view field, std::string message) {
  std::string kind = request.method == "POST"     ? "CreateOptions"
                     : request.method == "PUT"    ? "UpdateOptions"
                     : request.method == "PATCH"  ? "PatchOptions"
                     : request.method == "DELETE" ? "DeleteOptions"
                                                  : "ListOptions";
  Error e = make_error(Reason::Invalid, cat(kind, ".meta.k8s.io \"\" is invalid: ", field, ": ", message));
  e.group = "meta.k8s.io";
  e.kind = Str(kind);
  e.causes.push_back({starts_with(message, "Unsupported") ? "FieldValueNotSupported" : "FieldValueInvalid",
                      Str(message), Str(field)});
  return e;
}

}  // namespace

Result<Query> read_query(const ports::ApiRequest& request) {
  Query q;
  for (const ports::QueryParameter& p : request.query) {
    std::string_view name = p.name, value = p.value;
    if (name == "labelSelector") {
      q.label_selector = p.value;
    } else if (name == "fieldSelector") {
      q.field_selector = p.value;
    } else if (name == "limit") {
      if (!value.empty() && !parse_int64(value, q.limit))
        return bad_request(cat("strconv.ParseInt: parsing ", quoted(value), ": invalid syntax"));
    } else if (name == "continue") {
      q.continue_ = p.value;
    } else if (name == "resourceVersion") {
      q.resource_version = p.value;
    } else if (name == "resourceVersionMatch") {
      if (value == "Exact")
        q.match = Query::Match::Exact;
      else if (value == "NotOlderThan")
        q.match = Query::Match::NotOlderThan;
      else if (!value.empty())
        return bad_list_option("resourceVersionMatch", cat("Unsupported value: ", quoted(value),
                                                           ": supported values: \"Exact\", \"NotOlderThan\", \"\""));
    } else if (name == "timeoutSeconds") {
      if (!value.empty() && !parse_int64(value, q.timeout_s))
        return bad_request(cat("strconv.ParseInt: parsing ", quoted(value), ": invalid syntax"));
    } else if (name == "watch") {
      q.watch = read_bool(value);
    } else if (name == "allowWatchBookmarks") {
      q.bookmarks = read_bool(value);
    } else if (name == "sendInitialEvents") {
      q.send_initial_events = read_bool(value);
    } else if (name == "dryRun") {
      if (value != "All")
        return bad_option(request, "dryRun",
                          cat("Unsupported value: [", quoted(value), "]: supported values: \"All\""));
      q.dry_run = true;
    } else if (name == "fieldManager") {
      if (value.size() > 128)
        return bad_option(request, "fieldManager",
                          cat("Invalid value: ", quoted(value), ": may not be more than 128 bytes"));
      q.field_manager = p.value;
    } else if (name == "fieldValidation") {
      if (value == "Ignore")
        q.field_validation = api::FieldValidation::Ignore;
      else if (value == "Strict")
        q.field_validation = api::FieldValidation::Strict;
      else if (value != "Warn" && !value.empty())
        return bad_option(request, "fieldValidation",
                          cat("Unsupported value: ", quoted(value),
                              ": supported values: \"Ignore\", \"Strict\", \"Warn\""));
    } else if (name == "force") {
      q.force = read_bool(value);
    } else if (name == "pretty") {
      q.pretty = read_bool(value);
    }
  }
  if (!q.resource_version.empty()) {
    int64_t n = 0;
    if (!parse_int64(q.resource_version, n) || n < 0)
      return bad_request(cat("Invalid value: ", quoted(q.resource_version), ": strconv.ParseUint: parsing ",
                             quoted(q.resource_version), ": invalid syntax"));
    q.revision = static_cast<uint64_t>(n);
  }
  if (q.field_manager.empty()) {
    // managedFields: the user agent up to its first slash (apiserver managerOrUserAgent).
    Str agent = request.headers.get("user-agent");
    std::string_view prefix = agent.view().substr(0, agent.view().find('/'));
    q.field_manager = prefix.empty() ? request.source : Str(prefix.substr(0, 128));
  }
  return q;
}

Result<void> check_list_query(const Query& q) {
  using Match = Query::Match;
  bool watching = q.watch;
  if (q.send_initial_events && !watching)
    return bad_list_option("sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for list");
  if (watching) {
    if (q.send_initial_events) {
      if (q.match != Match::NotOlderThan)
        return bad_list_option("resourceVersionMatch",
                               "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    } else if (q.match != Match::None) {
      return bad_list_option(
          "resourceVersionMatch",
          "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    }
    return {};
  }
  if (q.match == Match::None) return {};
  if (!q.continue_.empty())
    return bad_list_option("resourceVersionMatch",
                           "Forbidden: resourceVersionMatch is forbidden when continue is provided");
  if (q.resource_version.empty())
    return bad_list_option("resourceVersionMatch",
                           "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
  if (q.match == Match::Exact && q.resource_version == "0")
    return bad_list_option("resourceVersionMatch",
                           "Forbidden: resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
  return {};
}

}  // namespace orrery::apiserver
