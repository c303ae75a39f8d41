#include "playground/lesson_engine/loader_parts.h"

namespace orrery::lesson {
namespace {

Comparison compare(FieldPath path, Op op, const Json& literal) {
  Comparison out;
  out.path = std::move(path);
  out.op = op;
  out.literal = literal;
  return out;
}

FieldPath members(const char* first, const char* second = nullptr) {
  FieldPath path(1);
  path[0].key = first;
  if (second != nullptr) {
    path.emplace_back();
    path[1].key = second;
  }
  return path;
}

}  // namespace

std::vector<std::string> PartReader::texts(const Json& json, const char* name) {
  return json.value(name, std::vector<std::string>());
}

void PartReader::say(const std::string& path, const std::string& message) {
  problems_.push_back({file_, yaml_.line_of(path), path, message});
}

std::vector<Comparison> PartReader::where(const Json& json, const char* name, const std::string& path) {
  std::vector<Comparison> out;
  each(json, name, path, [&](const Json& item, const std::string& at) {
    Comparison comparison;
    std::string error;
    if (parse_comparison(item.get<std::string>(), comparison, error)) {
      out.push_back(comparison);
    } else {
      say(at, error);
    }
  });
  return out;
}

Selector PartReader::selector(const Json& json, const std::string& path) {
  Selector out;
  out.kind = json.at("kind");
  out.ns = json.value("namespace", std::string());
  out.name = json.value("name", std::string());
  out.labels = json.value("labels", std::map<std::string, std::string>());
  out.where = where(json, "where", path);
  return out;
}

Selector PartReader::event(const Json& json) {
  Selector out;
  out.kind = "Event";
  out.ns = json.value("namespace", std::string());
  out.where.push_back(compare(members("reason"), Op::Equal, json.at("reason")));
  if (json.contains("kind")) out.where.push_back(compare(members("involvedObject", "kind"), Op::Equal, json["kind"]));
  if (json.contains("name")) out.where.push_back(compare(members("involvedObject", "name"), Op::Equal, json["name"]));
  if (json.contains("type")) out.where.push_back(compare(members("type"), Op::Equal, json["type"]));
  if (json.contains("message")) out.where.push_back(compare(members("message"), Op::Has, json["message"]));
  return out;
}

std::int64_t PartReader::duration(const Json& json, const std::string& path) {
  const std::int64_t ns = parse_duration_ns(json.get<std::string>());
  if (ns < 0) say(path, "'" + json.get<std::string>() + "' is not a duration such as 90s, 1m30s or 500ms");
  return ns;
}

Predicate PartReader::predicate(const Json& json, const std::string& path) {
  using Form = Predicate::Form;
  Predicate out;
  const auto child = [&](const Json& item, const std::string& at) { out.children.push_back(predicate(item, at)); };
  if (json.contains("all") || json.contains("any")) {
    const char* name = json.contains("all") ? "all" : "any";
    out.form = json.contains("all") ? Form::All : Form::Any;
    each(json, name, path, child);
    return out;
  }
  if (json.contains("not")) {
    out.form = Form::Not;
    child(json["not"], path + ".not");
    return out;
  }
  static const struct {
    const char* name;
    Form form;
  } kForms[] = {{"now", Form::Now},         {"eventually", Form::Eventually}, {"created", Form::Created},
                {"deleted", Form::Deleted}, {"became", Form::Became},         {"event", Form::Seen}};
  const char* name = nullptr;
  for (const auto& entry : kForms)
    if (json.contains(entry.name)) {
      name = entry.name;
      out.form = entry.form;
    }
  if (name == nullptr) {
    say(path, "needs one of all, any, not, now, eventually, created, deleted, became, event");
    return out;
  }
  out.selector = out.form == Form::Seen ? event(json[name]) : selector(json[name], path + "." + name);
  out.from = where(json, "from", path);
  if (!out.from.empty() && out.form != Form::Became) say(path + ".from", "goes with became only");
  if (json.contains("count") && !parse_count(json["count"], out.count))
    say(path + ".count", "is no count such as '>= 2'");
  if (json.contains("for")) {
    out.hold_ns = duration(json["for"], path + ".for");
    if (out.form != Form::Now && out.form != Form::Eventually) say(path + ".for", "goes with now and eventually only");
  }
  out.since_step = json.value("since", std::string()) == "step";
  if (out.since_step && out.form == Form::Now) say(path + ".since", "now has no history");
  out.atom = atoms_++;
  return out;
}

Value PartReader::value(const Json& json, const std::string& path) {
  static const struct {
    const char* name;
    Value::Kind kind;
  } kKinds[] = {{"name_of", Value::Kind::NameOf},
                {"names_of", Value::Kind::NamesOf},
                {"count_of", Value::Kind::CountOf},
                {"field_of", Value::Kind::FieldOf}};
  Value out;
  for (const auto& entry : kKinds) {
    if (!json.contains(entry.name)) continue;
    out.kind = entry.kind;
    out.of = selector(json[entry.name], path + "." + entry.name);
  }
  std::string error;
  if ((out.kind == Value::Kind::FieldOf) != json.contains("path")) {
    say(path, "'path' goes with field_of, and with nothing else");
  } else if (json.contains("path") && !parse_path(json["path"], out.path, error)) {
    say(path + ".path", error);
  }
  return out;
}

}  // namespace orrery::lesson
