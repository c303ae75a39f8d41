#!/usr/bin/env python3
"""Turns core/api/types/*.tsv into C++ structs and descriptor tables (see core/api/reflect.h).

usage: generate.py TYPES_DIR OUT_DIR
One header and one source a group version (core_v1.h, core_v1.cpp), kinds.cpp, type_table.cpp. The tables follow the
Go types of Kubernetes v1.35: type, JSON name, Go type, protobuf tag, flags.
"""
import csv
import os
import re
import sys

CPP_KEYWORDS = {"default", "namespace", "operator", "enum", "not", "static", "continue", "template", "protected",
                "private", "public", "mutable", "stdin", "stdout", "stderr", "signed", "class", "delete", "export", "for", "and", "or", "new", "bool",
                "int", "char", "float", "double", "void", "long", "short", "const", "struct", "union", "this", "true"}
# Packages that another package names: metav1.Time -> meta/v1.
IMPORTS = {"metav1": "meta/v1", "corev1": "core/v1", "apiv1": "core/v1", "authenticationv1": "authentication/v1"}
# What a bare "v1." means in each package.
V1 = {"resource/v1": "core/v1", "core/v1": "meta/v1"}
META_NAMES = {"GroupVersionKind", "ListMeta", "ObjectMeta", "TypeMeta"}
SCALARS = {"bool": ("Bool", "bool"), "int32": ("Int32", "int32_t"), "int64": ("Int64", "int64_t"),
           "float64": ("Double", "double"), "string": ("String", "Str"), "[]byte": ("Bytes", "Str"),
           "metav1.Time": ("Time", "WallTime"), "metav1.MicroTime": ("MicroTime", "WallTime"),
           "metav1.Duration": ("Duration", "Duration"), "resource.Quantity": ("Quantity", "Quantity"),
           "intstr.IntOrString": ("IntOrString", "api::IntOrString"), "runtime.RawExtension": ("Raw", "api::Raw"),
           "types.UID": ("String", "Str"), "ExtraValue": ("StringList", "List<Str>"),
           "JSON": ("Raw", "api::Raw"), "interface{}": ("Raw", "api::Raw"), "FieldsV1": ("Raw", "api::Raw"),
           "JSONSchemaPropsOrArray": ("Raw", "api::Raw"), "JSONSchemaPropsOrBool": ("Raw", "api::Raw"),
           "JSONSchemaPropsOrStringArray": ("Raw", "api::Raw"), "CustomResourceSubresourceStatus": ("Raw", "api::Raw")}
ALIASES = {"ResourceList": "map[ResourceName]resource.Quantity", "Verbs": "[]string", "Time": "metav1.Time",
           "JSONSchemaDefinitions": "map[string]JSONSchemaProps",
           "JSONSchemaDependencies": "map[string]JSONSchemaPropsOrStringArray", "ValidationRules": "[]ValidationRule"}
SKIP_TYPES = {("meta/v1", "MicroTime"), ("meta/v1", "Time"), ("meta/v1", "TypeMeta"), ("meta/v1", "Duration"),
              ("meta/v1", "FieldsV1"), ("apiextensions/v1", "JSON"), ("apiextensions/v1", "JSONSchemaPropsOrArray"),
              ("apiextensions/v1", "JSONSchemaPropsOrBool"), ("apiextensions/v1", "JSONSchemaPropsOrStringArray"),
              ("apiextensions/v1", "CustomResourceSubresourceStatus")}
OPENAPI = {"meta": "io.k8s.apimachinery.pkg.apis.meta", "metrics": "io.k8s.metrics.pkg.apis.metrics",
           "custom.metrics": "io.k8s.metrics.pkg.apis.custom_metrics",
           "external.metrics": "io.k8s.metrics.pkg.apis.external_metrics",
           "apiextensions": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
           "apiregistration": "io.k8s.kube-aggregator.pkg.apis.apiregistration",
           "apidiscovery": "io.k8s.api.apidiscovery"}


class Field:
    def __init__(self, name, go_type, tag, flags):
        self.name, self.go_type, self.tag = name, go_type, int(tag) if tag.isdigit() else 0
        self.flags = [f for f in flags.split(";") if f]
        self.inline = "inline" in self.flags or name == "(inline)"

    def values(self, key):
        return [f.split("=", 1)[1] for f in self.flags if f.startswith(key + "=")]


def read_types(folder):
    groups = {}
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".tsv") or file in ("enums.tsv", "help.tsv", "kinds.tsv"):
            continue
        gv = file[:-4].replace("_", "/")  # "custom.metrics_v1beta2.tsv" -> "custom.metrics/v1beta2"
        types = groups.setdefault(gv, {})
        with open(os.path.join(folder, file), newline="", encoding="utf-8") as f:
            for row in csv.DictReader(f, delimiter="\t"):
                if (gv, row["type"]) in SKIP_TYPES:
                    continue
                types.setdefault(row["type"], []).append(
                    Field(row["json_name"], row["go_type"], row["protobuf_tag"], row["flags"] or ""))
    return groups


def namespace(gv):
    return gv.replace("/", "_").replace(".", "_")


def cpp_name(name):
    return name + "_" if name in ("List",) else name


def member(name):
    name = re.sub(r"[^A-Za-z0-9_]", "_", name.lstrip("$"))
    return name + "_" if name in CPP_KEYWORDS else name


class Generator:
    def __init__(self, groups):
        self.groups = groups

    def resolve(self, gv, go):
        """Go type name -> (gv, name) of a struct, or None for a string type."""
        if "." in go:
            package, name = go.split(".")
            if package == "v1":
                home = "meta/v1" if name in META_NAMES else V1.get(gv, "core/v1")
                if gv == "core/v1":
                    home = "meta/v1"
            else:
                home = IMPORTS[package]
        else:
            home, name = gv, go
        return (home, name) if name in self.groups.get(home, {}) else None

    def classify(self, gv, go):
        """-> (shape, kind, C++ value type, struct or None)"""
        pointer = go.startswith("*")
        base = go.lstrip("*")
        local = base.split(".")[-1]
        if local in ALIASES and not base.startswith(("[]", "map[")) and base not in SCALARS and not (base == "Time" and gv != "meta/v1"):
            base = ALIASES[local]
        if base in SCALARS:
            kind, cpp = SCALARS[base]
            always = kind in ("Time", "MicroTime", "Raw", "Bytes")
            return ("Optional" if pointer and not always else "One", kind, cpp, None)
        if base.startswith("[]"):
            _, kind, cpp, struct = self.classify(gv, base[2:].lstrip("*"))
            return ("List", kind, cpp, struct)
        m = re.match(r"map\[[^\]]*\](.*)$", base)
        if m:
            _, kind, cpp, struct = self.classify(gv, m.group(1))
            return ("Map", kind, cpp, struct)
        struct = self.resolve(gv, base)
        if struct:
            cpp = ("" if struct[0] == gv else namespace(struct[0]) + "::") + cpp_name(struct[1])
            return ("Optional" if pointer else "One", "Struct", cpp, struct)
        return ("Optional" if pointer else "One", "String", "Str", None)

    def fields(self, gv, name):
        """(field, shape, kind, cpp, struct) without TypeMeta."""
        out = []
        for f in self.groups[gv][name]:
            if f.inline and f.go_type.split(".")[-1] == "TypeMeta":
                continue
            out.append((f,) + self.classify(gv, f.go_type))
        return out

    def has_type_meta(self, gv, name):
        return any(f.inline and f.go_type.split(".")[-1] == "TypeMeta" for f in self.groups[gv][name])

    @staticmethod
    def member_type(shape, kind, cpp):
        if shape == "One":
            return cpp
        if shape == "Optional":
            return f"Box<{cpp}>" if kind == "Struct" else f"std::optional<{cpp}>"
        return f"{shape}<{cpp}>"

    def order(self, gv):
        """Structs held by value come before their holders."""
        done, out = set(), []

        def visit(name):
            if name in done:
                return
            done.add(name)
            for _, shape, kind, _, struct in self.fields(gv, name):
                if kind == "Struct" and shape == "One" and struct[0] == gv:
                    visit(struct[1])
            out.append(name)

        for name in self.groups[gv]:
            visit(name)
        return out

    def imports(self, gv):
        used = set()
        for name in self.groups[gv]:
            for _, _, kind, _, struct in self.fields(gv, name):
                if struct and struct[0] != gv:
                    used.add(struct[0])
        return sorted(used)

    def header(self, gv):
        ns = namespace(gv)
        lines = [f"// Generated from core/api/types/{ns}.tsv by core/api/generate.py.", "#pragma once", "",
                 "#include <optional>", "", '#include "core/api/reflect.h"']
        lines += [f'#include "core/api/gen/{namespace(i)}.h"' for i in self.imports(gv)]
        lines += ["", f"namespace orrery::api::{ns} {{", ""]
        lines += [f"struct {cpp_name(n)};" for n in self.groups[gv]]
        for name in self.order(gv):
            fields = self.fields(gv, name)
            name = cpp_name(name)
            bases = [cpp for f, _, _, cpp, _ in fields if f.inline]
            lines += ["", f"struct {name}" + (" : " + ", ".join(bases) if bases else "") + " {"]
            for f, shape, kind, cpp, _ in fields:
                if f.inline:
                    continue
                init = {"Bool": " = false", "Int32": " = 0", "Int64": " = 0", "Double": " = 0"}.get(kind, "")
                init = init if shape == "One" else ""
                lines.append(f"  {self.member_type(shape, kind, cpp)} {member(f.name)}{init};")
            lines += [f"  {name}();", f"  ~{name}();", f"  {name}(const {name}&);", f"  {name}({name}&&) noexcept;",
                      f"  {name}& operator=(const {name}&);", f"  {name}& operator=({name}&&) noexcept;",
                      f"  friend bool operator==(const {name}& a, const {name}& b);", "};"]
        lines += ["", f"}}  // namespace orrery::api::{ns}", "", "namespace orrery::api {"]
        for n in self.groups[gv]:
            lines += [f"extern const TypeDesc k_{ns}_{n};", "template <>",
                      f"inline const TypeDesc& desc<{ns}::{cpp_name(n)}>() {{", f"  return k_{ns}_{n};", "}"]
        lines += ["}  // namespace orrery::api", ""]
        return "\n".join(lines)

    def flags(self, f, shape):
        out = []
        if f.inline:
            out.append("kInline")
        if "omitempty" in f.flags or "omitzero" in f.flags:
            out.append("kOmitEmpty")
        if "omitzero" in f.flags:
            out.append("kOmitZero")
        if f.go_type.startswith("*"):
            out.append("kPointer")
        if "required" in f.flags or not (f.inline or "optional" in f.flags or "omitempty" in f.flags):
            out.append("kRequired")
        strategies = ",".join(f.values("patchStrategy")).split(",")
        if "merge" in strategies:
            out.append("kMergePatch")
        if "retainKeys" in strategies:
            out.append("kRetainKeys")
        for value in f.values("listType"):
            out.append({"atomic": "kListAtomic", "set": "kListSet", "map": "kListMap"}[value])
        if f.values("mapType") == ["atomic"] or f.values("structType") == ["atomic"]:
            out.append("kMapAtomic")
        return " | ".join(out) or "0"

    def source(self, gv):
        ns = namespace(gv)
        lines = [f"// Generated from core/api/types/{ns}.tsv by core/api/generate.py.",
                 f'#include "core/api/gen/{ns}.h"', "", "#include <cstddef>", "",
                 '#pragma GCC diagnostic ignored "-Winvalid-offsetof"', "", f"namespace orrery::api::{ns} {{"]
        for n in map(cpp_name, self.groups[gv]):
            lines += [f"{n}::{n}() = default;", f"{n}::~{n}() = default;", f"{n}::{n}(const {n}&) = default;",
                      f"{n}::{n}({n}&&) noexcept = default;", f"{n}& {n}::operator=(const {n}&) = default;",
                      f"{n}& {n}::operator=({n}&&) noexcept = default;",
                      f"bool operator==(const {n}& a, const {n}& b) {{ return api::equal(desc<{n}>(), &a, &b); }}"]
        lines += [f"}}  // namespace orrery::api::{ns}", "", "namespace orrery::api {", "namespace {", ""]
        group, version = gv.split("/")
        prefix = OPENAPI.get(group, "io.k8s.api." + group)
        for n in self.groups[gv]:
            fields = self.fields(gv, n)
            if fields:
                lines.append(f"constexpr Field k_{ns}_{n}Fields[] = {{")
                lines += [self.field_row(ns, n, *entry) for entry in fields]
                lines.append("};")
        lines += ["", "}  // namespace", ""]
        for n in self.groups[gv]:
            fields = self.fields(gv, n)
            meta = next((cpp.split("::")[-1] for f, _, _, cpp, _ in fields[:1] if f.name == "metadata"), "")
            table = f"k_{ns}_{n}Fields, {len(fields)}" if fields else "nullptr, 0"
            flag = lambda b: "true" if b else "false"
            lines += [f'constinit const TypeDesc k_{ns}_{n}{{"{n}", "{gv}", "{prefix}.{version}.{n}", {table},',
                      f"    ElemOpsOf<{ns}::{cpp_name(n)}>::value, {flag(self.has_type_meta(gv, n))}, "
                      f'{flag(meta == "ObjectMeta")}, {flag(meta == "ListMeta")}}};']
        lines += ["", "}  // namespace orrery::api", ""]
        return "\n".join(lines)

    def field_row(self, ns, owner, f, shape, kind, cpp, struct):
        full = cpp if "::" in cpp or kind != "Struct" else f"{ns}::{cpp}"
        type_ref = f"&k_{namespace(struct[0])}_{struct[1]}" if struct else "nullptr"
        elem, value_offset = "nullptr", "0"
        if shape == "List" or (shape == "Optional" and kind == "Struct"):
            elem = f"&ElemOpsOf<{full}>::value"
        elif shape == "Map":
            elem = f"&ElemOpsOf<MapEntry<{full}>>::value"
            value_offset = f"offsetof(MapEntry<{full}>, value)"
        if f.inline:
            first = self.fields(struct[0], struct[1])[0][0].name
            offset = f"offsetof({ns}::{cpp_name(owner)}, {member(first)}) - offsetof({full}, {member(first)})"
            name = struct[1]
        else:
            offset, name = f"offsetof({ns}::{cpp_name(owner)}, {member(f.name)})", f.name
        keys = ",".join(f.values("listMapKey"))
        merge = ",".join(f.values("patchMergeKey"))
        return (f'    {{"{name}", Kind::{kind}, Shape::{shape}, {self.flags(f, shape)}, {f.tag}, {offset}, '
                f'{type_ref}, {elem}, {value_offset}, "{merge}", "{keys}", "{f.go_type}"}},')

    def type_table(self, enums):
        lines = ["// Generated by core/api/generate.py."]
        lines += [f'#include "core/api/gen/{namespace(gv)}.h"' for gv in sorted(self.groups)]
        lines += ["", "namespace orrery::api {", "namespace {"]
        by_type = {}
        for row in enums:
            if row["group_version"] != "group_version":
                by_type.setdefault((row["group_version"], row["type"]), []).append(row["value"])
        rows = []
        for (gv, name), values in sorted(by_type.items()):
            array = f"kEnum_{namespace(gv)}_{name}"
            quoted = ", ".join('"%s"' % v.replace('"', '\\"') for v in values)
            lines.append(f"constexpr std::string_view {array}[] = {{{quoted}}};")
            rows.append(f'    {{"{gv}", "{name}", {array}, {len(values)}}},')
        lines += ["constexpr EnumDesc kEnums[] = {"] + rows + ["};", "}  // namespace", ""]
        names = [(gv, n) for gv in sorted(self.groups) for n in sorted(self.groups[gv])]
        lines += ["TypeTable all_types() {", "  static const TypeDesc* const types[] = {"]
        lines += [f"      &desc<{namespace(gv)}::{cpp_name(n)}>()," for gv, n in names]
        lines += ["  };", f"  return {{types, types + {len(names)}}};", "}", ""]
        lines += ["const EnumDesc* find_enum(std::string_view group_version, std::string_view go_type) {",
                  "  for (const EnumDesc& e : kEnums)",
                  "    if (e.group_version == group_version && e.name == go_type) return &e;", "  return nullptr;", "}",
                  "", "}  // namespace orrery::api", ""]
        return "\n".join(lines)

    def kinds(self, rows):
        gvs = sorted({r["package"] for r in rows} | {"meta/v1"})
        lines = ["// Generated from core/api/types/kinds.tsv by core/api/generate.py.", '#include "core/api/kinds.h"', ""]
        lines += [f'#include "core/api/gen/{namespace(gv)}.h"' for gv in gvs]
        lines += ["", "namespace orrery::api {", "", "KindTable all_kinds() {", "  static const KindInfo kinds[] = {"]
        for r in rows:
            ns = namespace(r["package"])
            list_name = r["kind"] + "List"
            has_list = list_name in self.groups[r["package"]]
            list_ref = f"&desc<{ns}::{list_name}>()" if has_list else "nullptr"
            q = lambda k: '"%s"' % (r[k] or "").strip()
            lines.append(f'      {{{q("group")}, {q("version")}, {q("kind")}, {q("plural")}, {q("singular")}, '
                         f'{q("short_names")}, {q("categories")}, {"true" if r["scope"] == "namespaced" else "false"}, '
                         f'{q("verbs")}, {q("subresources")}, &desc<{ns}::{r["kind"]}>(), {list_ref}, {q("storage")}}},')
        lines += ["  };", f"  return {{kinds, kinds + {len(rows)}}};", "}", "", "}  // namespace orrery::api", ""]
        return "\n".join(lines)


def help_table(rows):
    quote = lambda t: '"%s"' % t.replace("\\", "\\\\").replace('"', '\\"')
    lines = ["// Generated from core/api/types/help.tsv by core/api/generate.py.", '#include "core/api/help.h"', "",
             "namespace orrery::api {", "namespace {", "", "constexpr Help kHelp[] = {"]
    lines += ["    {%s}," % ", ".join(quote(r[k] or "") for k in ("type", "field", "en", "ko")) for r in rows]
    lines += ["};", "", "}  // namespace", "",
              "const Help* find_help(std::string_view type, std::string_view field) {", "  for (const Help& h : kHelp)",
              "    if (h.type == type && h.field == field) return &h;", "  return nullptr;", "}", "",
              "}  // namespace orrery::api", ""]
    return "\n".join(lines)


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, delimiter="\t"))


def write(path, text):
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            if f.read() == text:
                return
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, out = sys.argv[1], sys.argv[2]
    os.makedirs(out, exist_ok=True)
    generator = Generator(read_types(folder))
    for gv in generator.groups:
        write(os.path.join(out, namespace(gv) + ".h"), generator.header(gv))
        write(os.path.join(out, namespace(gv) + ".cpp"), generator.source(gv))
    write(os.path.join(out, "type_table.cpp"), generator.type_table(rows_of(os.path.join(folder, "enums.tsv"))))
    write(os.path.join(out, "help.cpp"), help_table(rows_of(os.path.join(folder, "help.tsv"))))
    write(os.path.join(out, "kinds.cpp"), generator.kinds(rows_of(os.path.join(folder, "kinds.tsv"))))


if __name__ == "__main__":
    main()
