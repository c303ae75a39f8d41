#include <nlohmann/json.hpp>

#include "core/api/access.h"
#include "core/api/custom/custom_type.h"
#include "core/api/json.h"
#include "core/base/text.h"
#include "core/base/utf8.h"

namespace orrery::api {
namespace {

void append_int(std::string& out, int64_t n) {
  char buffer[24];
  char* end = buffer + sizeof buffer;
  char* at = end;
  uint64_t u = n < 0 ? 0 - static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
  do *--at = static_cast<char>('0' + u % 10);
  while (u /= 10);
  if (n < 0) *--at = '-';
  out.append(at, end);
}

struct Encoder {
  std::string& out;

  void value(Kind kind, const TypeDesc* type, const void* at, bool with_meta) {
    switch (kind) {
      case Kind::Bool:
        out += as<bool>(at) ? "true" : "false";
        break;
      case Kind::Int32:
        append_int(out, as<int32_t>(at));
        break;
      case Kind::Int64:
        append_int(out, as<int64_t>(at));
        break;
      case Kind::Double:
        number(as<double>(at));
        break;
      case Kind::String:
        append_json_string(out, as<Str>(at));
        break;
      case Kind::Bytes:
        out += '"';
        out += base64_encode(as<Str>(at));
        out += '"';
        break;
      case Kind::Time:
        time(as<WallTime>(at), 0);
        break;
      case Kind::MicroTime:
        time(as<WallTime>(at), 6);
        break;
      case Kind::Duration:
        out += '"';
        out += format_go_duration(as<orrery::Duration>(at));
        out += '"';
        break;
      case Kind::Quantity:
        out += '"';
        out += as<orrery::Quantity>(at).str();
        out += '"';
        break;
      case Kind::IntOrString: {
        const auto& v = as<api::IntOrString>(at);
        if (v.is_string)
          append_json_string(out, v.text);
        else
          append_int(out, v.number);
        break;
      }
      case Kind::Raw: {
        const Str& json = as<api::Raw>(at).json;
        out += json.empty() ? std::string_view("null") : json.view();
        break;
      }
      case Kind::StringList: {
        out += '[';
        bool first = true;
        for (const Str& s : as<List<Str>>(at)) {
          if (!first) out += ',';
          first = false;
          append_json_string(out, s);
        }
        out += ']';
        break;
      }
      case Kind::Struct:
        object(*type, at, with_meta && type->has_type_meta ? type_meta_of(*type) : TypeMeta{});
        break;
    }
  }

  void time(WallTime t, int digits) {
    if (!t.is_set()) {
      out += "null";
      return;
    }
    out += '"';
    out += format_rfc3339(t, digits);
    out += '"';
  }

  void number(double d) {
    std::string text = nlohmann::json(d).dump();
    if (ends_with(text, ".0")) text.resize(text.size() - 2);
    out += text;
  }

  void object(const TypeDesc& type, const void* at, const TypeMeta& meta) {
    out += '{';
    size_t start = out.size();
    if (!meta.kind.empty()) {
      out += "\"kind\":";
      append_json_string(out, meta.kind);
    }
    if (!meta.api_version.empty()) {
      if (out.size() != start) out += ',';
      out += "\"apiVersion\":";
      append_json_string(out, meta.api_version);
    }
    fields(type, at, start, type);
    out += '}';
  }

  void fields(const TypeDesc& type, const void* at, size_t start, const TypeDesc& outer) {
    for (const Field& f : type) {
      const void* v = member(at, f);
      if (f.has(kInline)) {
        if (f.type)
          fields(*f.type, v, start, outer);
        else
          rest(f, v, start);
        continue;
      }
      if (f.has(kOmitEmpty) && left_out(f, v)) continue;
      if (out.size() != start) out += ',';
      out += '"';
      out += f.name;
      out += "\":";
      field(f, v, outer);
    }
  }

  void rest(const Field& f, const void* at, size_t start) {
    const ListBase& map = as_list(at);
    for (uint32_t i = 0; i < map.size(); ++i) {
      if (out.size() != start) out += ',';
      append_json_string(out, entry_key(map.raw_at(i)));
      out += ':';
      value(f.kind, f.type, entry_value(f, map.raw_at(i)), false);
    }
  }

  // Go's omitempty drops no struct, and a time or raw value that is no pointer is a struct.
  static bool left_out(const Field& f, const void* at) {
    bool go_struct = f.shape == Shape::One && !f.has(kPointer) &&
                     (f.kind == Kind::Time || f.kind == Kind::MicroTime || f.kind == Kind::Raw);
    return (!go_struct || f.has(kOmitZero)) && is_empty(f, at);
  }

  void field(const Field& f, const void* at, const TypeDesc& outer) {
    switch (f.shape) {
      case Shape::One:
        value(f.kind, f.type, at, false);
        return;
      case Shape::Optional: {
        const void* v = optional_get(f, at);
        if (v)
          value(f.kind, f.type, v, false);
        else
          out += "null";
        return;
      }
      case Shape::List: {
        const ListBase& list = as_list(at);
        // Go prints an absent list as null; the API's own lists are never absent.
        if (list.empty() && !outer.has_list_meta && outer.group_version != "meta/v1") {
          out += "null";
          return;
        }
        out += '[';
        for (uint32_t i = 0; i < list.size(); ++i) {
          if (i) out += ',';
          value(f.kind, f.type, list.raw_at(i), !outer.has_list_meta);
        }
        out += ']';
        return;
      }
      case Shape::Map: {
        const ListBase& map = as_list(at);
        if (map.empty()) {
          out += "null";
          return;
        }
        out += '{';
        for (uint32_t i = 0; i < map.size(); ++i) {
          if (i) out += ',';
          const void* entry = map.raw_at(i);
          append_json_string(out, entry_key(entry));
          out += ':';
          value(f.kind, f.type, entry_value(f, entry), false);
        }
        out += '}';
        return;
      }
    }
  }
};

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  size_t plain = 0;  // start of what is copied as it is
  auto flush = [&](size_t to) { out.append(text.substr(plain, to - plain)); };
  for (size_t i = 0; i < text.size();) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&') {
      ++i;
      continue;
    }
    int length = utf8_length(text, i);
    if (c >= 0x80 && length > 0) {
      // U+2028 and U+2029 end lines in JavaScript.
      if (length == 3 && c == 0xe2 && text[i + 1] == '\x80' && (text[i + 2] == '\xa8' || text[i + 2] == '\xa9')) {
        flush(i);
        out += text[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
        plain = i + 3;
      }
      i += static_cast<size_t>(length);
      continue;
    }
    flush(i);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (c >= 0x80) {
          out += "\\ufffd";
        } else {
          out += "\\u00";
          out += kHex[c >> 4];
          out += kHex[c & 15];
        }
    }
    plain = ++i;
  }
  flush(text.size());
  out += '"';
}

void encode_json(const TypeDesc& type, const void* object, const TypeMeta& meta, std::string& out) {
  Encoder{out}.object(type, object, meta);
}

std::string to_json(const ObjectPtr& object) {
  std::string out;
  out.reserve(2048);
  encode_json(object.type(), object.data(), type_meta_of(object.type()), out);
  return out;
}

TypeMeta type_meta_of(const TypeDesc& type) {
  if (!type.has_type_meta || &type == &desc<CustomObject>()) return {};
  if (type.custom) return {type.custom->kind().api_version(), type.name};
  if (const KindInfo* k = kind_of(type)) return {k->api_version(), k->kind};
  for (const KindInfo& k : all_kinds())
    if (k.list_type == &type) return {k.api_version(), type.name};
  if (type.group_version == "meta/v1") {
    bool own = type.name == "Table" || starts_with(type.name, "PartialObjectMetadata");
    return {own ? "meta.k8s.io/v1" : "v1", type.name};
  }
  // Kinds that are no resource of their own (Scale, Eviction, ...) share their group with those that are.
  for (const KindInfo& k : all_kinds())
    if (k.type->group_version == type.group_version) return {k.api_version(), type.name};
  std::string_view package = type.group_version.substr(0, type.group_version.find('/'));
  return {cat(package, ".k8s.io", type.group_version.substr(package.size())), type.name};
}

}  // namespace orrery::api
