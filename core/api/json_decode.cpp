#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/api/access.h"
#include "core/api/custom/custom_type.h"
#include "core/api/json.h"
#include "core/api/json_dom.h"
#include "core/api/json_raw.h"
#include "core/api/json_words.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

constexpr size_t kStrictErrorsMax = 100;

Error bad_request(std::string message) { return make_error(Reason::BadRequest, message); }

// Where the next value goes: a field, an element or a map's value.
struct Slot {
  enum What : uint8_t { Root, Member, Value, Meta, Skip } what = Skip;
  const Field* field = nullptr;
  void* at = nullptr;   // Member: the field's storage; Value: one value of the field's kind
  Str* text = nullptr;  // Meta
};

struct Frame {
  enum What : uint8_t { Struct, List, Map } what;
  const TypeDesc* type;   // Struct
  const Field* field;     // List, Map: of which field; Struct: the field last named
  const TypeDesc* owner;  // List, Map: the struct that holds the field
  void* at;
  uint32_t seen_from = 0;  // Struct: its part of seen_
  uint32_t hint = 0;       // Struct: where the next field is probably found
  std::string key;         // Map: last key; Struct: last name when no field has it
};

class JsonDecoder {
 public:
  using json = nlohmann::json;
  JsonDecoder(std::string_view text, const TypeDesc& type, void* into, DecodeNotes* notes)
      : text_(text), type_(type), into_(into), notes_(notes) {
    frames_.reserve(16);
  }

  std::optional<Error> error;

  bool null() {
    if (raw_.open()) return raw_.scalar("null"), true;
    Slot s = next();
    if (s.what == Slot::Member) clear(*s.field, s.at);
    if (s.what == Slot::Value && s.field->has(kInline)) as<api::Raw>(s.at).json = "null";
    return true;
  }
  bool boolean(bool v) {
    if (raw_.open()) return raw_.scalar(v ? "true" : "false"), true;
    Slot s = next();
    void* at = value_at(s, "bool");
    if (!at) return !error;
    switch (s.field->kind) {
      case Kind::Bool:
        as<bool>(at) = v;
        return true;
      case Kind::Quantity:
        return quantity(at, v ? "true" : "false");
      case Kind::IntOrString:
        return fail("json: cannot unmarshal bool into Go value of type int32");
      case Kind::Raw:
        as<api::Raw>(at).json = v ? "true" : "false";
        return true;
      default:
        return mismatch(s, "bool");
    }
  }
  bool number_integer(json::number_integer_t v) { return integer(v, false); }
  bool number_unsigned(json::number_unsigned_t v) {
    return integer(static_cast<int64_t>(v), v > static_cast<uint64_t>(INT64_MAX));
  }
  bool number_float(json::number_float_t v, const std::string& token) {
    if (raw_.open()) return raw_.scalar(token), true;
    Slot s = next();
    void* at = value_at(s, "number");
    if (!at) return !error;
    switch (s.field->kind) {
      case Kind::Double:
        as<double>(at) = v;
        return true;
      case Kind::Quantity:
        return quantity(at, token);
      case Kind::Raw:
        as<api::Raw>(at).json = token;
        return true;
      case Kind::Int32:
      case Kind::Int64:
        return mismatch(s, cat("number ", token));
      case Kind::IntOrString:
        return fail(cat("json: cannot unmarshal number ", token, " into Go value of type int32"));
      default:
        return mismatch(s, "number");
    }
  }
  bool string(std::string& v) {
    if (raw_.open()) return raw_.string(v), true;
    Slot s = next();
    if (s.what == Slot::Meta) {
      *s.text = v;
      return true;
    }
    void* at = value_at(s, "string");
    if (!at) return !error;
    switch (s.field->kind) {
      case Kind::String:
        as<Str>(at) = pooled(notes_ ? notes_->pool : nullptr, v);
        return true;
      case Kind::Bytes: {
        std::string bytes;
        if (!base64_decode(v, bytes)) return fail(cat("illegal base64 data at input byte ", illegal_base64(v)));
        as<Str>(at) = bytes;
        return true;
      }
      case Kind::Time:
      case Kind::MicroTime:
        if (v.empty() || parse_rfc3339(v, as<WallTime>(at))) return true;
        return fail(cat("parsing time ", orrery::quoted(v), " as \"2006-01-02T15:04:05Z07:00\": cannot parse ",
                        orrery::quoted(v), " as \"2006\""));
      case Kind::Duration:
        if (parse_go_duration(v, as<orrery::Duration>(at))) return true;
        return fail(cat("time: invalid duration ", orrery::quoted(v)));
      case Kind::Quantity:
        return quantity(at, v);
      case Kind::IntOrString:
        as<api::IntOrString>(at) = api::IntOrString::of(Str(v));
        return true;
      case Kind::Raw: {
        std::string json;
        append_json_string(json, v);
        as<api::Raw>(at).json = json;
        return true;
      }
      default:
        return mismatch(s, "string");
    }
  }
  bool binary(json::binary_t&) { return false; }

  bool start_object(size_t) {
    if (++depth_ > kJsonDepthMax) return fail("exceeded max depth");
    if (raw_.open()) return raw_.start('{'), true;
    Slot s = next();
    if (s.what == Slot::Root) {
      push_struct(type_, into_);
      return true;
    }
    if (s.what == Slot::Member && s.field->shape == Shape::Map) {
      frames_.push_back({Frame::Map, nullptr, s.field, owner(), s.at});
      return true;
    }
    return start(s, '{', "object");
  }
  bool end_object() {
    --depth_;
    if (raw_.open()) return raw_.end('}'), true;
    if (frames_.back().what == Frame::Struct) seen_.resize(frames_.back().seen_from);
    frames_.pop_back();
    return true;
  }
  bool key(std::string& v) {
    if (raw_.open()) return raw_.key(v), true;
    Frame& f = frames_.back();
    if (f.what == Frame::Map) {
      bool found = false;
      map_lower_bound(as_list(f.at), v, found);
      f.key = v;
      if (found) note("duplicate field ");
      return true;
    }
    f.field = find(f, v);
    if (!f.field) f.key = v;
    if (f.field || is_meta(f, v)) return true;
    const Field* rest = f.type->rest();
    bool found = false;
    if (rest) map_lower_bound(as_list(member(f.at, *rest)), v, found);
    if (!rest || found) note(found ? "duplicate field " : "unknown field ");
    return true;
  }
  bool start_array(size_t) {
    if (++depth_ > kJsonDepthMax) return fail("exceeded max depth");
    if (raw_.open()) return raw_.start('['), true;
    Slot s = next();
    if (s.what == Slot::Member && s.field->shape == Shape::List) {
      as_list(s.at).clear();
      frames_.push_back({Frame::List, nullptr, s.field, owner(), s.at});
      return true;
    }
    if (s.what == Slot::Value && s.field->kind == Kind::StringList) {
      frames_.push_back({Frame::List, nullptr, nullptr, owner(), s.at});
      return true;
    }
    return start(s, '[', "array");
  }
  bool end_array() {
    --depth_;
    if (raw_.open()) return raw_.end(']'), true;
    frames_.pop_back();
    return true;
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& ex) {
    if (!error) error = bad_request(go_syntax_error(text_, position, ex.what()));
    return false;
  }

 private:
  static size_t illegal_base64(std::string_view v) {
    for (size_t i = 0; i < v.size(); ++i) {
      char c = v[i];
      bool ok = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
      if (!ok) return i;
    }
    return v.size() / 4 * 4;
  }

  bool fail(std::string message) {
    if (!error) error = bad_request(std::move(message));
    return false;
  }

  // A list of strings inside a map has no Field of its own.
  static const Field& string_field() {
    static const Field f{"", Kind::String, Shape::One, 0, 0, 0, nullptr, &ElemOpsOf<Str>::value, 0, "", "", "string"};
    return f;
  }

  Slot next() {
    if (frames_.empty()) return {Slot::Root, nullptr, into_, nullptr};
    Frame& f = frames_.back();
    switch (f.what) {
      case Frame::Struct:
        if (f.field) return {Slot::Member, f.field, storage_, nullptr};
        if (f.type->has_type_meta && (f.key == "kind" || f.key == "apiVersion"))
          return {Slot::Meta, nullptr, nullptr, meta_text(f.key == "kind")};
        if (const Field* rest = f.type->rest())
          return {Slot::Value, rest, map_mut(*rest, member(f.at, *rest), f.key), nullptr};
        return {};
      case Frame::List: {
        ListBase& list = as_list(f.at);
        const Field& field = f.field ? *f.field : string_field();
        return {Slot::Value, &field, list.raw_insert(list.size(), *field.elem), nullptr};
      }
      case Frame::Map:
        return {Slot::Value, f.field, map_mut(*f.field, f.at, f.key), nullptr};
    }
    return {};
  }

  // Only the top object's apiVersion and kind are kept.
  Str* meta_text(bool kind) {
    TypeMeta& meta = frames_.size() == 1 && notes_ ? notes_->meta : ignored_;
    return kind ? &meta.kind : &meta.api_version;
  }

  // The place for one scalar, or null: skipped, or an error is set.
  void* value_at(Slot& s, const char* found) {
    switch (s.what) {
      case Slot::Skip:
        return nullptr;
      case Slot::Meta:
        fail(cat("json: cannot unmarshal ", found, " into Go struct field ", frames_.back().type->name, ".",
                 frames_.back().key, " of type string"));
        return nullptr;
      case Slot::Root:
        fail(cat("json: cannot unmarshal ", found, " into Go value of type ", go_type_name(type_)));
        return nullptr;
      case Slot::Value:
        return s.at;
      case Slot::Member:
        break;
    }
    switch (s.field->shape) {
      case Shape::One:
        return s.at;
      case Shape::Optional:
        return optional_mut(*s.field, s.at);
      case Shape::List:
      case Shape::Map:
        break;
    }
    mismatch(s, found);
    return nullptr;
  }

  bool start(Slot& s, char open, const char* found) {
    if (s.what == Slot::Skip) {
      raw_.skip(open);
      return true;
    }
    void* at = value_at(s, found);
    if (!at) return false;
    if (s.field->kind == Kind::Struct && open == '{') {
      push_struct(*s.field->type, at);
      return true;
    }
    if (s.field->kind == Kind::Raw) {
      raw_.keep(open, &as<api::Raw>(at).json);
      return true;
    }
    if (s.field->kind == Kind::Quantity) return quantity(at, "{}");
    if (s.field->kind == Kind::IntOrString)
      return fail(cat("json: cannot unmarshal ", found, " into Go value of type int32"));
    if (s.field->kind == Kind::Time || s.field->kind == Kind::MicroTime || s.field->kind == Kind::Duration)
      return fail(cat("json: cannot unmarshal ", found, " into Go value of type string"));
    return mismatch(s, found);
  }

  bool integer(int64_t v, bool overflow) {
    std::string token = overflow ? std::to_string(static_cast<uint64_t>(v)) : std::string();
    auto text = [&] { return overflow ? token : std::to_string(v); };
    if (raw_.open()) return raw_.scalar(text()), true;
    Slot s = next();
    void* at = value_at(s, "number");
    if (!at) return !error;
    bool narrow = overflow || v > INT32_MAX || v < INT32_MIN;
    switch (s.field->kind) {
      case Kind::Int32:
        if (narrow) return mismatch(s, cat("number ", text()));
        as<int32_t>(at) = static_cast<int32_t>(v);
        return true;
      case Kind::Int64:
        if (overflow) return mismatch(s, cat("number ", text()));
        as<int64_t>(at) = v;
        return true;
      case Kind::Double:
        as<double>(at) = overflow ? static_cast<double>(static_cast<uint64_t>(v)) : static_cast<double>(v);
        return true;
      case Kind::IntOrString:
        if (narrow) return fail(cat("json: cannot unmarshal number ", text(), " into Go value of type int32"));
        as<api::IntOrString>(at) = api::IntOrString::of(static_cast<int32_t>(v));
        return true;
      case Kind::Quantity:
        return quantity(at, text());
      case Kind::Raw:
        as<api::Raw>(at).json = text();
        return true;
      case Kind::Time:
      case Kind::MicroTime:
      case Kind::Duration:
        return fail("json: cannot unmarshal number into Go value of type string");
      default:
        return mismatch(s, "number");
    }
  }

  bool quantity(void* at, std::string_view text) {
    auto q = orrery::Quantity::parse(text);
    if (!q) return fail(q.error().message.str());
    as<orrery::Quantity>(at) = *q;
    return true;
  }

  // `json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type
  // int32`
  bool mismatch(const Slot& s, std::string_view found) {
    const TypeDesc* holder = owner();
    std::string path;
    for (const Frame& f : frames_)
      if (f.what == Frame::Struct && f.field) path += cat(".", f.field->name);
    return fail(cat(
        "json: cannot unmarshal ", found, " into Go struct field ", holder->name, path, " of type ",
        s.field->kind == Kind::StringList ? "v1.ExtraValue" : go_type_name(*holder, *s.field, s.what == Slot::Value)));
  }

  const TypeDesc* owner() const {
    for (size_t i = frames_.size(); i-- > 0;)
      if (frames_[i].what == Frame::Struct) return frames_[i].type;
    return &type_;
  }

  void push_struct(const TypeDesc& type, void* at) {
    frames_.push_back({Frame::Struct, &type, nullptr, nullptr, at, static_cast<uint32_t>(seen_.size()), 0, {}});
  }

  static bool is_meta(const Frame& f, std::string_view name) {
    return f.type->has_type_meta && (name == "kind" || name == "apiVersion");
  }

  const Field* find(Frame& f, std::string_view name) {
    const Field* found = nullptr;
    uint32_t n = f.type->field_count;
    for (uint32_t k = 0; k < n; ++k) {
      uint32_t i = f.hint + k < n ? f.hint + k : f.hint + k - n;
      const Field& candidate = f.type->fields[i];
      if (candidate.name == name && !candidate.has(kInline)) {
        found = &candidate;
        storage_ = member(f.at, candidate);
        f.hint = i + 1 < n ? i + 1 : 0;
        break;
      }
    }
    if (!found) {
      const void* at = f.at;
      found = f.type->find(name, &at);
      if (found) storage_ = member(const_cast<void*>(at), *found);
    }
    if (!found || !notes_) return found;
    f.field = found;
    for (size_t i = f.seen_from; i < seen_.size(); ++i)
      if (seen_[i] == found) note("duplicate field ");
    seen_.push_back(found);
    return found;
  }

  // Path of what was named last: spec.containers[0].image
  void note(const char* what) {
    if (!notes_ || notes_->strict.size() >= kStrictErrorsMax) return;
    std::string path;
    for (const Frame& f : frames_) {
      if (f.what == Frame::List) {
        path += cat("[", as_list(f.at).size() - 1, "]");
      } else {
        if (!path.empty()) path += '.';
        path += f.what == Frame::Struct && f.field ? f.field->name : std::string_view(f.key);
      }
    }
    std::string text = cat(what, "\"", path, "\"");
    for (const std::string& said : notes_->strict)
      if (said == text) return;
    notes_->strict.push_back(std::move(text));
  }

  std::string_view text_;
  const TypeDesc& type_;
  void* into_;
  DecodeNotes* notes_;
  TypeMeta ignored_;
  std::vector<Frame> frames_;
  std::vector<const Field*> seen_;
  void* storage_ = nullptr;  // of the field named last
  RawText raw_;
  int depth_ = 0;
};

}  // namespace

Error strict_error(const std::vector<std::string>& strict) {
  return bad_request("strict decoding error: " + join(strict, ", "));
}

Result<void> decode_json(std::string_view text, const TypeDesc& type, void* into, DecodeNotes* notes) {
  JsonDecoder decoder(text, type, into, notes);
  bool done = nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &decoder);
  if (decoder.error) return *decoder.error;
  if (!done) return bad_request("unexpected end of JSON input");
  // Members that no table knows are kept as text: what stands twice in them is looked for on its own.
  if (type.custom && notes) {
    std::vector<std::string> twice;
    (void)parse_dom(text, &twice);
    for (std::string& said : twice)
      if (std::find(notes->strict.begin(), notes->strict.end(), said) == notes->strict.end())
        notes->strict.push_back(std::move(said));
  }
  if (type.custom && type.has_object_meta) prune_custom(*type.custom, *static_cast<CustomObject*>(into), notes);
  return {};
}

Result<ObjectPtr> object_from_json(std::string_view text, const TypeDesc& type, DecodeNotes* notes) {
  MutableObject object(type);
  auto done = decode_json(text, type, object.data(), notes);
  if (!done) return done.error();
  return std::move(object).freeze();
}

}  // namespace orrery::api
