// kubectl explain, from the descriptors and help texts that OpenAPI is made from (pkg/explain/v2/templates/plaintext.tmpl).
#include <map>

#include "core/api/custom/custom_type.h"
#include "core/api/help.h"
#include "core/api/openapi/schemas.h"
#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/resources.h"

namespace orrery::kubectl {

namespace {

constexpr size_t kLineMax = 76;  // of a description, without its indent
constexpr int kDepthMax = 12;    // of --recursive

std::string type_name(const api::Field& f) {
  std::string base;
  switch (f.kind) {
    case api::Kind::Bool: base = "boolean"; break;
    case api::Kind::Int32:
    case api::Kind::Int64: base = "integer"; break;
    case api::Kind::Double: base = "number"; break;
    case api::Kind::Quantity: base = "Quantity"; break;
    case api::Kind::IntOrString: base = "IntOrString"; break;
    case api::Kind::Raw: base = f.go_type.find("FieldsV1") != std::string_view::npos ? "FieldsV1" : "Object"; break;
    case api::Kind::StringList: base = "[]string"; break;
    case api::Kind::Struct: base = f.type->name; break;
    default: base = "string";
  }
  if (f.shape == api::Shape::List) return "[]" + base;
  return f.shape == api::Shape::Map ? "map[string]" + base : base;
}

std::string help_text(std::string_view type, std::string_view field) {
  const api::Help* h = api::find_help(type, field);
  return h ? std::string(h->en) : std::string();
}

std::string indent(int n) { return std::string(static_cast<size_t>(n), ' '); }

std::string wrapped(const std::string& text, int by) {
  std::string out, line;
  for (const std::string& word : split(text, ' ')) {
    if (!line.empty() && line.size() + 1 + word.size() > kLineMax - static_cast<size_t>(by)) {
      out += indent(by) + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? out : out + indent(by) + line + "\n";
}

// A field as explain lists it; without a descriptor it is apiVersion or kind.
struct Entry {
  const api::Field* field = nullptr;
  std::string_view owner;
};

void collect(const api::TypeDesc& type, std::string_view owner, std::map<std::string, Entry>& out) {
  if (type.has_type_meta) out["apiVersion"] = out["kind"] = {nullptr, "TypeMeta"};
  for (const api::Field& f : type) {
    if (f.has(api::kInline)) {
      if (f.type) collect(*f.type, owner, out);
    } else {
      out[std::string(f.name)] = {&f, owner};
    }
  }
}

std::string values_of(const api::EnumDesc& e) {
  std::vector<std::string> values(e.values, e.values + e.count);
  return join(values, ", ");
}

void print_fields(Context& c, const api::TypeDesc& type, bool recursive, int by, int depth) {
  std::map<std::string, Entry> fields;
  collect(type, type.name, fields);
  for (const auto& [name, entry] : fields) {
    const api::Field* f = entry.field;
    c.out(cat(indent(by), name, "\t<", f ? type_name(*f) : std::string("string"), ">",
              f && f->has(api::kRequired) ? " -required-" : "", "\n"));
    if (const api::EnumDesc* e = f ? api::openapi::closed_enum(type, *f) : nullptr)
      c.out(cat(indent(by), "enum: ", values_of(*e), "\n"));
    if (!recursive) {
      std::string help = help_text(entry.owner, name);
      c.out((help.empty() ? indent(by + 2) + "<no description>\n" : wrapped(help, by + 2)) + "\n");
    } else if (f && f->kind == api::Kind::Struct && depth < kDepthMax) {
      print_fields(c, *f->type, true, by + 2, depth + 1);
    }
  }
}

}  // namespace

Step run_explain(Context& c) {
  if (c.args.words().empty())
    return c.fail(
        "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list of "
        "supported resources.");
  std::vector<std::string> path = split(c.args.words()[0], '.');
  const api::KindInfo* k = resolve_kind(c, path[0]);
  if (!k) {
    c.err(unknown_kind(path[0]) + "\n");
    return Step::Failed;
  }
  if (!k->group.empty()) c.out(cat("GROUP:      ", k->group, "\n"));
  c.out(cat("KIND:       ", k->kind, "\nVERSION:    ", k->version, "\n\n"));
  const api::TypeDesc* type = k->custom ? &k->custom->shape() : k->type;
  const api::TypeDesc* owner = nullptr;
  const api::Field* field = nullptr;
  for (size_t i = 1; i < path.size(); ++i) {
    owner = type;
    field = type ? type->find(path[i]) : nullptr;
    if (!field) return c.fail(cat("field ", orrery::quoted(path[i]), " does not exist"));
    type = field->kind == api::Kind::Struct ? field->type : nullptr;
  }
  std::string help = field ? help_text(owner->name, field->name) : help_text(type->name, "");
  if (field) {
    c.out(cat("FIELD: ", path.back(), " <", type_name(*field), ">\n"));
    if (const api::EnumDesc* e = api::openapi::closed_enum(*owner, *field)) {
      c.out("ENUM:\n");
      for (uint32_t i = 0; i < e->count; ++i) c.out(cat("    ", e->values[i], "\n"));
      c.out("\n");
    } else {
      c.out("\n\n");
    }
  }
  c.out("DESCRIPTION:\n" + (help.empty() ? std::string("    <empty>\n") : wrapped(help, 4) + "    \n"));
  if (type) {
    c.out("FIELDS:\n");
    print_fields(c, *type, c.args.on("recursive"), 2, 0);
  }
  c.out("\n");
  return Step::Done;
}

}  // namespace orrery::kubectl
