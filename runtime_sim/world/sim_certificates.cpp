#include "runtime_sim/world/sim_certificates.h"

#include <algorithm>

#include "core/base/text.h"

namespace orrery::sim {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE REQUEST-----", kEnd = "-----END CERTIFICATE REQUEST-----";
constexpr Duration kBackdate = minutes(5);  // as real signers do (pkg/controller/certificates/authority)
constexpr uint8_t kOid = 0x06, kSequence = 0x30, kSet = 0x31, kAttributes = 0xa0, kOctets = 0x04;
constexpr std::string_view kCommonName = "\x55\x04\x03", kOrganisation = "\x55\x04\x0a", kOtherNames = "\x55\x1d\x11";
constexpr std::string_view kExtensionRequest = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e";

// What the API knows (certificates.k8s.io/v1 KeyUsage).
constexpr std::string_view kUsages[] = {"signing",
                                        "digital signature",
                                        "content commitment",
                                        "key encipherment",
                                        "key agreement",
                                        "data encipherment",
                                        "cert sign",
                                        "crl sign",
                                        "encipher only",
                                        "decipher only",
                                        "any",
                                        "server auth",
                                        "client auth",
                                        "code signing",
                                        "email protection",
                                        "s/mime",
                                        "ipsec end system",
                                        "ipsec tunnel",
                                        "ipsec user",
                                        "timestamping",
                                        "ocsp signing",
                                        "microsoft sgc",
                                        "netscape sgc"};

// One value of DER (X.690): a tag, a length, that many bytes. `rest` loses it; false: malformed.
struct Value {
  uint8_t tag = 0;
  std::string_view bytes;
};
bool next(std::string_view& rest, Value& out) {
  if (rest.size() < 2) return false;
  out.tag = static_cast<uint8_t>(rest[0]);
  size_t length = static_cast<uint8_t>(rest[1]), at = 2;
  if (length >= 0x80) {
    const size_t digits = length & 0x7f;
    if (digits == 0 || digits > 3 || rest.size() < at + digits) return false;
    length = 0;
    for (size_t i = 0; i < digits; ++i) length = length << 8 | static_cast<uint8_t>(rest[at++]);
  }
  if (rest.size() - at < length) return false;
  out.bytes = rest.substr(at, length);
  rest.remove_prefix(at + length);
  return true;
}
bool next(std::string_view& rest, uint8_t tag, Value& out) { return next(rest, out) && out.tag == tag; }

bool read_subject(std::string_view name, ports::CertificateRequest& out) {
  Value set, pair, oid, text;
  while (!name.empty()) {
    if (!next(name, kSet, set)) return false;
    while (!set.bytes.empty()) {
      if (!next(set.bytes, kSequence, pair) || !next(pair.bytes, kOid, oid) || !next(pair.bytes, text)) return false;
      if (oid.bytes == kCommonName) out.common_name = text.bytes;
      if (oid.bytes == kOrganisation) out.organisations.push_back(text.bytes);
    }
  }
  return true;
}

std::string address(std::string_view bytes) {
  std::string out;
  const bool v4 = bytes.size() == 4;
  for (size_t i = 0; i < bytes.size(); i += v4 ? 1 : 2) {
    const auto high = static_cast<uint8_t>(bytes[i]);
    if (!out.empty()) out += v4 ? '.' : ':';
    if (v4)
      out += cat(static_cast<int>(high));
    else
      out += hex64(static_cast<uint64_t>(high) << 8 | static_cast<uint8_t>(bytes[i + 1])).substr(12);
  }
  return out;
}

bool read_names(std::string_view octets, ports::CertificateRequest& out) {
  Value names, name;
  if (!next(octets, kSequence, names)) return false;
  while (!names.bytes.empty()) {
    if (!next(names.bytes, name)) return false;
    if (name.tag == 0x82)
      out.dns_names.push_back(name.bytes);
    else if (name.tag == 0x87 && (name.bytes.size() == 4 || name.bytes.size() == 16))
      out.ip_addresses.push_back(address(name.bytes));
    else
      ++out.other_names;
  }
  return true;
}

bool read_attributes(std::string_view attributes, ports::CertificateRequest& out) {
  Value attribute, oid, set, list, extension, id, value;
  while (!attributes.empty()) {
    if (!next(attributes, kSequence, attribute) || !next(attribute.bytes, kOid, oid) ||
        !next(attribute.bytes, kSet, set))
      return false;
    if (oid.bytes != kExtensionRequest) continue;
    if (!next(set.bytes, kSequence, list)) return false;
    while (!list.bytes.empty()) {
      if (!next(list.bytes, kSequence, extension) || !next(extension.bytes, kOid, id)) return false;
      while (!extension.bytes.empty())  // an optional "critical" stands before the value
        if (!next(extension.bytes, value)) return false;
      if (id.bytes == kOtherNames && (value.tag != kOctets || !read_names(value.bytes, out))) return false;
    }
  }
  return true;
}

bool read_der(std::string_view der, ports::CertificateRequest& out) {
  Value request, info, version, subject, key, attributes;
  if (!next(der, kSequence, request) || !next(request.bytes, kSequence, info) || !next(info.bytes, version) ||
      !next(info.bytes, kSequence, subject) || !next(info.bytes, kSequence, key) || !read_subject(subject.bytes, out))
    return false;
  return info.bytes.empty() || (next(info.bytes, kAttributes, attributes) && read_attributes(attributes.bytes, out));
}

std::string joined(const List<Str>& list) {
  std::string out;
  for (const Str& s : list) out += cat(out.empty() ? "" : ", ", s);
  return out;
}

}  // namespace

Result<ports::CertificateRequest> SimCertificates::read(std::string_view pem) const {
  const Error bad = make_error(Reason::BadRequest, "PEM block type must be CERTIFICATE REQUEST");
  const size_t begin = pem.find(kBegin), end = pem.find(kEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return bad;
  std::string text(pem.substr(begin + kBegin.size(), end - begin - kBegin.size())), der;
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == ' '; }),
             text.end());
  ports::CertificateRequest out;
  if (!base64_decode(text, der) || !read_der(der, out)) return bad;
  return out;
}

Result<Str> SimCertificates::sign(std::string_view pem, const List<Str>& usages, Duration life, WallTime now) const {
  auto request = read(pem);
  if (!request) return request.error();
  for (const Str& usage : usages)
    if (std::find(std::begin(kUsages), std::end(kUsages), usage.view()) == std::end(kUsages))
      return make_error(Reason::BadRequest, cat("unrecognized usage ", orrery::quoted(usage)));
  std::string text = "Simulated certificate: no cryptography, worth nothing outside its world.\n";
  text += cat("Issuer: CN=simulated cluster CA\nSubject: ");
  for (const Str& o : request->organisations) text += cat("O=", o, ", ");
  text += cat("CN=", request->common_name, "\n");
  List<Str> names = request->dns_names;
  for (const Str& ip : request->ip_addresses) names.push_back(ip);
  if (!names.empty()) text += cat("Subject Alternative Names: ", joined(names), "\n");
  text += cat("Usages: ", joined(usages), "\nNot Before: ", format_rfc3339(now - kBackdate),
              "\nNot After: ", format_rfc3339(now + life), "\n");
  std::string out = cat(text, "-----BEGIN CERTIFICATE-----\n");
  const std::string encoded = base64_encode(text);
  for (size_t i = 0; i < encoded.size(); i += 64) out += cat(encoded.substr(i, 64), "\n");
  return Str(cat(out, "-----END CERTIFICATE-----\n"));
}

}  // namespace orrery::sim
