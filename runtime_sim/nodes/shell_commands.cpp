// The everyday commands of a simulated container, worded as BusyBox words them.
#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "runtime_sim/nodes/shell_script.h"

namespace orrery::sim {

std::string absolute(std::string_view path, std::string_view cwd) {
  std::string full = starts_with(path, "/") ? std::string(path) : cat(cwd, "/", path);
  std::vector<std::string> parts;
  for (const std::string& p : split(full, '/')) {
    if (p.empty() || p == ".") continue;
    if (p == "..") {
      if (!parts.empty()) parts.pop_back();
    } else {
      parts.push_back(p);
    }
  }
  return "/" + join(parts, "/");
}

namespace {

struct Args {
  const std::vector<std::string>& argv;
  ShellState& shell;
  ShellHost& host;
  CommandIo& io;
  ShellWait& wait;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

bool is_directory(Args& a, const std::string& path) {
  if (path == "/") return true;
  for (const auto& [name, text] : a.host.files())
    if (starts_with(name, path + "/")) return true;
  return false;
}

// The text of the named files, or of the input when none is named.
bool read_all(Args& a, size_t first, std::string& out) {
  bool ok = true;
  if (first >= a.argv.size()) out = a.io.input;
  for (size_t i = first; i < a.argv.size(); ++i) {
    std::string path = absolute(a.argv[i], a.shell.cwd);
    if (const Str* text = a.host.files().find(path); text && !ends_with(path, "/")) {
      out += text->view();
    } else {
      a.io.errors += cat(a.argv[0], ": can't open '", a.argv[i], "': ",
                         is_directory(a, path) ? "Is a directory" : "No such file or directory", "\n");
      ok = false;
    }
  }
  return ok;
}

int do_echo(Args& a) {
  size_t i = 1;
  bool newline = true, escapes = false;
  while (i < a.argv.size() && (a.argv[i] == "-n" || a.argv[i] == "-e")) (a.argv[i] == "-n" ? newline : escapes) = a.argv[i] == "-e", ++i;
  std::string out;
  for (size_t k = i; k < a.argv.size(); ++k) out += (k > i ? " " : "") + a.argv[k];
  if (escapes) out = replace_all(replace_all(out, "\\n", "\n"), "\\t", "\t");
  a.io.output = out + (newline ? "\n" : "");
  return 0;
}

int do_printf(Args& a) {
  if (a.argv.size() < 2) return 1;
  std::string format = replace_all(replace_all(a.argv[1], "\\n", "\n"), "\\t", "\t");
  size_t next = 2;
  do {
    std::string out;
    for (size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%' || i + 1 >= format.size()) out += format[i];
      else if (format[++i] == '%') out += '%';
      else out += next < a.argv.size() ? a.argv[next++] : "";
    }
    a.io.output += out;
  } while (next < a.argv.size() && format.find('%') != std::string::npos);
  return 0;
}

int do_cat(Args& a) { return read_all(a, 1, a.io.output) ? 0 : 1; }

int do_ls(Args& a) {
  bool long_form = false;
  std::vector<std::string> paths;
  for (size_t i = 1; i < a.argv.size(); ++i) {
    if (starts_with(a.argv[i], "-")) long_form = long_form || a.argv[i].find('l') != std::string::npos;
    else paths.push_back(a.argv[i]);
  }
  if (paths.empty()) paths.push_back(a.shell.cwd.str());
  int status = 0;
  for (const std::string& p : paths) {
    std::string path = absolute(p, a.shell.cwd);
    std::map<std::string, int64_t> names;  // -1: a directory
    std::string prefix = path == "/" ? "/" : path + "/";
    for (const auto& [file, text] : a.host.files()) {
      if (file == path) names[p] = static_cast<int64_t>(text.size());
      if (!starts_with(file, prefix) || file.size() == prefix.size()) continue;
      std::string rest = file.str().substr(prefix.size());
      size_t slash = rest.find('/');
      names[rest.substr(0, slash)] = slash == std::string::npos ? static_cast<int64_t>(text.size()) : -1;
    }
    if (path == "/")
      for (const char* d : {"bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var"}) names.insert({d, -1});
    if (names.empty() && !is_directory(a, path)) {
      a.io.errors += cat("ls: ", p, ": No such file or directory\n");
      status = 1;
    }
    for (const auto& [name, size] : names) {
      std::string bytes = std::to_string(size < 0 ? 4096 : size);
      std::string mode = size < 0 ? "drwxr-xr-x" : mode_text(a.host.mode(name == p ? path : absolute(name, path)));
      if (long_form) a.io.output += cat(mode, size < 0 ? "    2" : "    1", " root     root     ", std::string(bytes.size() < 9 ? 9 - bytes.size() : 0, ' '), bytes, " ");
      a.io.output += name + "\n";
    }
  }
  return status;
}

int do_env(Args& a) {
  for (const auto& [name, value] : a.shell.vars) a.io.output += cat(name, "=", value, "\n");
  if (!a.shell.vars.contains("HOSTNAME")) a.io.output += cat("HOSTNAME=", a.host.hostname(), "\n");
  return 0;
}

int do_printenv(Args& a) {
  if (a.argv.size() < 2) return do_env(a);
  const Str* v = a.shell.vars.find(a.argv[1]);
  if (v) a.io.output = cat(*v, "\n");
  return v ? 0 : 1;
}

// Basic regular expressions, the everyday part: . * ^ $ [a-z] [^...] and \\ before a special character.
bool one_matches(std::string_view p, size_t& length, char c) {
  if (p[0] == '\\' && p.size() > 1) return length = 2, p[1] == c;
  if (p[0] != '[') return length = 1, p[0] == '.' || p[0] == c;
  size_t end = p.find(']', 2);
  if (end == std::string_view::npos) return length = 1, c == '[';
  length = end + 1;
  bool negate = p[1] == '^', in = false;
  for (size_t i = negate ? 2 : 1; i < end; ++i) {
    bool range = i + 2 < end && p[i + 1] == '-';
    in = in || (range ? c >= p[i] && c <= p[i + 2] : c == p[i]);
    if (range) i += 2;
  }
  return in != negate;
}

bool match_here(std::string_view p, std::string_view t) {
  if (p.empty()) return true;
  if (p == "$") return t.empty();
  size_t length = 1;
  bool first = one_matches(p, length, t.empty() ? '\0' : t[0]) && !t.empty();
  if (p.size() > length && p[length] == '*') {
    std::string_view rest = p.substr(length + 1);
    for (;;) {
      if (match_here(rest, t)) return true;
      if (t.empty() || !one_matches(p, length, t[0])) return false;
      t.remove_prefix(1);
    }
  }
  return first && match_here(p.substr(length), t.substr(1));
}

bool matches(std::string_view p, std::string_view t) {
  if (!p.empty() && p[0] == '^') return match_here(p.substr(1), t);
  do {
    if (match_here(p, t)) return true;
    if (!t.empty()) t.remove_prefix(1);
    else break;
  } while (true);
  return false;
}

int do_grep(Args& a) {
  bool invert = false, quiet = false, icase = false, count = false, fixed = a.argv[0] == "fgrep";
  size_t i = 1;
  for (; i < a.argv.size() && starts_with(a.argv[i], "-") && a.argv[i].size() > 1; ++i)
    for (char c : a.argv[i].substr(1)) {
      invert = invert || c == 'v';
      quiet = quiet || c == 'q';
      icase = icase || c == 'i';
      count = count || c == 'c';
      fixed = fixed || c == 'F';
    }
  if (i >= a.argv.size()) return 2;
  std::string pattern = icase ? to_lower(a.argv[i]) : a.argv[i], text;
  bool ok = read_all(a, i + 1, text);
  int hits = 0;
  for (const std::string& line : lines_of(text)) {
    std::string l = icase ? to_lower(line) : line;
    bool hit = fixed ? l.find(pattern) != std::string::npos : matches(pattern, l);
    if (hit == invert) continue;
    ++hits;
    if (!quiet && !count) a.io.output += line + "\n";
  }
  if (count) a.io.output += std::to_string(hits) + "\n";
  return !ok ? 2 : hits ? 0 : 1;
}

int do_head_tail(Args& a) {
  int64_t n = 10;
  size_t i = 1;
  for (; i < a.argv.size() && starts_with(a.argv[i], "-"); ++i) {
    if (a.argv[i] == "-n" && i + 1 < a.argv.size()) parse_int64(a.argv[++i], n);
    else if (a.argv[i] != "-f") parse_int64(a.argv[i].substr(a.argv[i][1] == 'n' ? 2 : 1), n);
    if (a.argv[0] == "tail" && i < a.argv.size() && a.argv[i] == "-f") {  // tail -f /dev/null: the idle container
      a.wait.what = ShellWait::For::Time;
      a.wait.time = minutes(60 * 24 * 365);
      return 0;
    }
  }
  std::string text;
  bool ok = read_all(a, i, text);
  std::vector<std::string> lines = lines_of(text);
  size_t size = lines.size(), want = n < 0 ? 0 : static_cast<size_t>(n);
  size_t from = a.argv[0] == "head" || want >= size ? 0 : size - want;
  size_t to = a.argv[0] == "head" && want < size ? want : size;
  for (size_t k = from; k < to; ++k) a.io.output += lines[k] + "\n";
  return ok ? 0 : 1;
}

bool isspace_at(const std::string& text, size_t i) { return text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r'; }

int do_wc(Args& a) {
  std::string flag = a.argv.size() > 1 && starts_with(a.argv[1], "-") ? a.argv[1] : "";
  std::string text;
  bool ok = read_all(a, flag.empty() ? 1 : 2, text);
  int64_t lines = std::count(text.begin(), text.end(), '\n');
  int64_t words = 0;
  for (size_t i = 0; i < text.size(); ++i) words += !isspace_at(text, i) && (i == 0 || isspace_at(text, i - 1));
  a.io.output = flag == "-l"   ? cat(lines, "\n")
                : flag == "-c" ? cat(text.size(), "\n")
                : flag == "-w" ? cat(words, "\n")
                               : cat(lines, " ", words, " ", text.size(), "\n");
  return ok ? 0 : 1;
}

int do_sort(Args& a) {
  std::string text;
  bool ok = read_all(a, 1, text);
  std::vector<std::string> lines = lines_of(text);
  std::stable_sort(lines.begin(), lines.end());
  for (const std::string& l : lines) a.io.output += l + "\n";
  return ok ? 0 : 1;
}

int do_uniq(Args& a) {
  std::vector<std::string> lines = lines_of(a.io.input);
  bool count = a.argv.size() > 1 && a.argv[1] == "-c";
  for (size_t i = 0; i < lines.size();) {
    size_t n = 1;
    while (i + n < lines.size() && lines[i + n] == lines[i]) ++n;
    a.io.output += count ? cat("      ", n, " ", lines[i], "\n") : lines[i] + "\n";
    i += n;
  }
  return 0;
}

int do_sleep(Args& a) {
  Duration d;
  std::string text = a.argv.size() > 1 ? a.argv[1] : "";
  int64_t n = 0;
  if (text == "infinity" || text == "inf") d = minutes(60 * 24 * 365);
  else if (parse_int64(text, n)) d = seconds(n);
  else if (ends_with(text, "d") && parse_int64(text.substr(0, text.size() - 1), n)) d = minutes(60 * 24) * n;
  else if (!parse_go_duration(text.find_first_of("hms") == std::string::npos ? text + "s" : text, d)) {
    a.io.errors = cat("sleep: invalid number '", text, "'\n");
    return 1;
  }
  a.wait.what = ShellWait::For::Time;
  a.wait.time = d;
  return 0;
}

int do_date(Args& a) {
  std::string iso = format_rfc3339(a.host.wall_now());
  int64_t epoch = a.host.wall_now().ns / 1'000'000'000;
  if (a.argv.size() > 1 && a.argv[1] == "+%s") a.io.output = cat(epoch, "\n");
  else if (a.argv.size() > 1 && a.argv[1] == "+%T") a.io.output = iso.substr(11, 8) + "\n";
  else a.io.output = cat(iso.substr(0, 10), " ", iso.substr(11, 8), " UTC\n");
  return 0;
}

int do_test(Args& a) {
  std::vector<std::string> w(a.argv.begin() + 1, a.argv.end());
  if (a.argv[0] == "[") {
    if (w.empty() || w.back() != "]") {
      a.io.errors = "sh: missing ]\n";
      return 2;
    }
    w.pop_back();
  }
  bool negate = !w.empty() && w[0] == "!";
  if (negate) w.erase(w.begin());
  bool r = false;
  int64_t x = 0, y = 0;
  if (w.size() == 1) r = !w[0].empty();
  else if (w.size() == 2 && w[0] == "-z") r = w[1].empty();
  else if (w.size() == 2 && w[0] == "-n") r = !w[1].empty();
  else if (w.size() == 2 && w[0] == "-d") r = is_directory(a, absolute(w[1], a.shell.cwd));
  else if (w.size() == 2) {
    const Str* f = a.host.files().find(absolute(w[1], a.shell.cwd));
    r = w[0] == "-s" ? f && !f->empty() : f != nullptr || (w[0] == "-e" && is_directory(a, absolute(w[1], a.shell.cwd)));
  } else if (w.size() == 3 && (w[1] == "=" || w[1] == "==")) r = w[0] == w[2];
  else if (w.size() == 3 && w[1] == "!=") r = w[0] != w[2];
  else if (w.size() == 3 && parse_int64(w[0], x) && parse_int64(w[2], y))
    r = w[1] == "-eq" ? x == y : w[1] == "-ne" ? x != y : w[1] == "-lt" ? x < y : w[1] == "-le" ? x <= y : w[1] == "-gt" ? x > y : x >= y;
  return r != negate ? 0 : 1;
}

int do_files(Args& a) {
  const std::string& tool = a.argv[0];
  std::vector<std::string> paths;
  bool force = false;
  for (size_t i = 1; i < a.argv.size(); ++i) {
    if (starts_with(a.argv[i], "-")) force = force || a.argv[i].find_first_of("rfp") != std::string::npos;
    else paths.push_back(absolute(a.argv[i], a.shell.cwd));
  }
  auto refuse = [&](const std::string& path, const char* why) {
    a.io.errors += cat(tool, ": can't ", tool == "rm" ? "remove" : "create", " '", path, "': ", why, "\n");
    return 1;
  };
  if (tool == "cp" || tool == "mv") {
    if (paths.size() != 2) return 1;
    const Str* from = a.host.files().find(paths[0]);
    if (!from) return a.io.errors = cat(tool, ": can't stat '", paths[0], "': No such file or directory\n"), 1;
    Str text = *from;
    std::string to = is_directory(a, paths[1]) ? paths[1] + paths[0].substr(paths[0].rfind('/')) : paths[1];
    if (!a.host.writable(to)) return refuse(to, "Read-only file system");
    a.host.files().set(to, text);
    if (tool == "mv") a.host.files().erase(paths[0]);
    return 0;
  }
  int status = 0;
  for (const std::string& p : paths) {
    if (!a.host.writable(p)) status = refuse(p, "Read-only file system");
    else if (tool == "touch") a.host.files().set(p, a.host.files().get(p));
    else if (tool == "mkdir") a.host.files().set(p + "/", "");
    else {
      bool any = a.host.files().erase(p);
      std::vector<Str> below;
      for (const auto& [name, text] : a.host.files())
        if (starts_with(name, p + "/")) below.push_back(name);
      if (force)
        for (const Str& name : below) a.host.files().erase(name), any = true;
      if (!any && !force) status = refuse(p, below.empty() ? "No such file or directory" : "Is a directory");
    }
  }
  return status;
}

void set_url(ShellWait& w, std::string url) {
  bool tls = starts_with(url, "https://");
  for (const char* scheme : {"http://", "https://"})
    if (starts_with(url, scheme)) url = url.substr(std::string_view(scheme).size());
  size_t slash = url.find('/');
  w.path = slash == std::string::npos ? "/" : url.substr(slash);
  std::string host = url.substr(0, slash);
  size_t colon = host.rfind(':');
  int64_t port = tls ? 443 : 80;
  if (colon != std::string::npos && parse_int64(host.substr(colon + 1), port)) host = host.substr(0, colon);
  w.host = host;
  w.port = static_cast<int32_t>(port);
}

int do_fetch(Args& a) {
  ShellWait& w = a.wait;
  w.tool = a.argv[0];
  w.timeout = w.tool == "wget" ? seconds(60) : Duration{};
  w.output_file = w.tool == "curl" ? "-" : "";
  std::string url;
  int64_t n = 0;
  for (size_t i = 1; i < a.argv.size(); ++i) {
    const std::string& v = a.argv[i];
    bool more = i + 1 < a.argv.size();
    if ((v == "-O" || v == "-o" || v == "-qO") && more) w.output_file = a.argv[++i];
    else if (v == "-O-" || v == "-qO-") w.output_file = "-";
    else if ((v == "-T" || v == "-m" || v == "--max-time" || v == "--connect-timeout") && more && parse_int64(a.argv[++i], n)) w.timeout = seconds(n);
    else if (starts_with(v, "--timeout=") && parse_int64(v.substr(10), n)) w.timeout = seconds(n);
    else if ((v == "-X" || v == "--request") && more) w.method = a.argv[++i];
    else if ((v == "-d" || v == "--data" || v == "--post-data") && more) w.body = a.argv[++i], w.method = w.method == "GET" ? Str("POST") : w.method;
    else if (starts_with(v, "--post-data=")) w.body = v.substr(12), w.method = "POST";
    else if (v == "-I") w.head = true;
    else if (v == "-H" && more) ++i;
    else if (!starts_with(v, "-")) url = v;
  }
  if (url.empty()) {
    a.io.errors = w.tool == "curl" ? "curl: (2) no URL specified\n" : "wget: missing URL\n";
    return w.tool == "curl" ? 2 : 1;
  }
  set_url(w, url);
  w.what = ShellWait::For::Network;
  return 0;
}

int do_nc(Args& a) {
  std::vector<std::string> rest;
  bool listen = false;
  for (size_t i = 1; i < a.argv.size(); ++i) {
    if (a.argv[i] == "-w" || a.argv[i] == "-p") { if (a.argv[i] == "-p" && i + 1 < a.argv.size()) rest.push_back(a.argv[i + 1]); ++i; }
    else if (starts_with(a.argv[i], "-")) listen = listen || a.argv[i].find('l') != std::string::npos;
    else rest.push_back(a.argv[i]);
  }
  int64_t port = 0;
  if (rest.empty() || !parse_int64(rest.back(), port)) return a.io.errors = "nc: bad port\n", 1;
  if (listen) {
    a.host.listen(static_cast<int32_t>(port), a.io.input);
    a.wait.what = ShellWait::For::Time;
    a.wait.time = minutes(60 * 24 * 365);
    return 0;
  }
  a.wait.what = ShellWait::For::Network;
  a.wait.tool = "nc";
  a.wait.host = rest[0];
  a.wait.port = static_cast<int32_t>(port);
  a.wait.timeout = seconds(5);
  return 0;
}

int do_httpd(Args& a) {
  int64_t port = 80;
  std::string home = a.shell.cwd.str();
  for (size_t i = 1; i + 1 < a.argv.size(); ++i) {
    if (a.argv[i] == "-p") parse_int64(a.argv[i + 1].substr(a.argv[i + 1].rfind(':') == std::string::npos ? 0 : a.argv[i + 1].rfind(':') + 1), port);
    if (a.argv[i] == "-h") home = absolute(a.argv[i + 1], a.shell.cwd);
  }
  a.host.listen(static_cast<int32_t>(port), a.host.files().get(absolute("index.html", home)).str());
  a.wait.what = ShellWait::For::Time;
  a.wait.time = minutes(60 * 24 * 365);
  return 0;
}

int do_nslookup(Args& a) {
  if (a.argv.size() < 2) return 1;
  if (!a.host.dns_answers()) {
    a.io.output = ";; connection timed out; no servers could be reached\n\n";
    return 1;
  }
  Str full;
  List<Str> addresses = a.host.lookup(a.argv[1], &full);
  a.io.output = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n";
  List<Str> names = a.host.aliases(a.argv[1]);
  for (uint32_t i = 1; i < names.size(); ++i) a.io.output += cat(names[i - 1], "\tcanonical name = ", names[i], "\n");
  if (addresses.empty() && names.size() < 2) {
    a.io.output += cat("** server can't find ", a.argv[1], ": NXDOMAIN\n");
    return 1;
  }
  for (const Str& ip : addresses) a.io.output += cat("Name:\t", full, "\nAddress: ", ip, "\n");
  return 0;
}

int do_kill(Args& a) {
  int64_t pid = 0, signal = 15;
  for (size_t i = 1; i < a.argv.size(); ++i) {
    const std::string& v = a.argv[i];
    if (v == "-9" || v == "-KILL") signal = 9;
    else if (starts_with(v, "-")) parse_int64(v.substr(1), signal);
    else if (!parse_int64(v, pid) || !a.host.kill(static_cast<int>(pid), static_cast<int>(signal)))
      return a.io.errors = cat("sh: can't kill pid ", v, ": No such process\n"), 1;
  }
  return 0;
}

int do_seq(Args& a) {
  int64_t from = 1, to = 0;
  if (a.argv.size() == 2) parse_int64(a.argv[1], to);
  else if (a.argv.size() == 3) parse_int64(a.argv[1], from), parse_int64(a.argv[2], to);
  constexpr int64_t kSeqMax = 10'000;
  for (int64_t i = from; i <= to && i - from < kSeqMax; ++i) a.io.output += std::to_string(i) + "\n";
  return 0;
}

int do_cut(Args& a) {
  char d = '\t';
  int64_t field = 1;
  for (size_t i = 1; i < a.argv.size(); ++i) {
    const std::string& v = a.argv[i];
    if (v == "-d" && i + 1 < a.argv.size()) d = a.argv[++i].empty() ? d : a.argv[i][0];
    else if (starts_with(v, "-d") && v.size() > 2) d = v[2];
    else if (v == "-f" && i + 1 < a.argv.size()) parse_int64(a.argv[++i], field);
    else if (starts_with(v, "-f")) parse_int64(v.substr(2), field);
  }
  for (const std::string& line : lines_of(a.io.input)) {
    std::vector<std::string> parts = split(line, d);
    a.io.output += (field >= 1 && static_cast<size_t>(field) <= parts.size() ? parts[static_cast<size_t>(field - 1)] : "") + "\n";
  }
  return 0;
}

int do_base64(Args& a) {
  bool decode = a.argv.size() > 1 && (a.argv[1] == "-d" || a.argv[1] == "--decode");
  std::string text = a.io.input, out;
  if (!decode) return a.io.output = base64_encode(text) + "\n", 0;
  if (!base64_decode(trim(text), out)) return a.io.errors = "base64: truncated input\n", 1;
  a.io.output = out;
  return 0;
}

int do_identity(Args& a) { return run_identity(a.argv, a.shell, a.host, a.io); }
int do_tar(Args& a) { return run_tar(a.argv, a.shell, a.host, a.io); }

int do_words(Args& a) {  // commands with one fixed answer
  const std::string& t = a.argv[0];
  if (t == "hostname") a.io.output = cat(a.argv.size() > 1 && a.argv[1] == "-i" ? a.host.pod_ip() : a.host.hostname(), "\n");
  if (t == "pwd") a.io.output = cat(a.shell.cwd, "\n");
  if (t == "uname") a.io.output = a.argv.size() > 1 ? cat("Linux ", a.host.hostname(), " 6.1.0-orrery #1 SMP x86_64 GNU/Linux\n") : "Linux\n";
  return t == "false" ? 1 : 0;
}

int do_shell(Args& a) {  // cd, exit, export, set, unset, exec, sh -c
  const std::string& t = a.argv[0];
  if (t == "exit") {
    int64_t code = a.shell.status;
    if (a.argv.size() > 1) parse_int64(a.argv[1], code);
    a.wait.what = ShellWait::For::Exit;
    a.wait.exit_code = static_cast<int32_t>(code & 0xff);
  } else if (t == "cd") {
    std::string to = absolute(a.argv.size() > 1 ? a.argv[1] : "/", a.shell.cwd);
    if (to != "/" && to != "/tmp" && to != "/root" && !is_directory(a, to))
      return a.io.errors = cat("sh: cd: can't cd to ", a.argv[1], ": No such file or directory\n"), 1;
    a.shell.cwd = to;
  } else if (t == "export" || t == "readonly") {
    for (size_t i = 1; i < a.argv.size(); ++i)
      if (size_t eq = a.argv[i].find('='); eq != std::string::npos) a.shell.vars.set(a.argv[i].substr(0, eq), a.argv[i].substr(eq + 1));
  } else if (t == "unset") {
    for (size_t i = 1; i < a.argv.size(); ++i) a.shell.vars.erase(a.argv[i]);
  } else if ((t == "exec" || t == "time" || t == "timeout" || t == "nohup") && a.argv.size() > 1) {
    std::vector<std::string> rest(a.argv.begin() + (t == "timeout" ? 2 : 1), a.argv.end());
    return rest.empty() ? 0 : run_command(rest, a.shell, a.host, a.io, a.wait);
  } else if (t == "sh" || t == "bash" || t == "ash") {
    if (a.argv.size() > 2 && a.argv[1] == "-c") a.io.output = run_captured(a.argv[2], a.shell, a.host);
    return a.shell.status;
  }
  return 0;
}

using CommandFn = int (*)(Args&);
struct Command {
  std::string_view name;
  CommandFn run;
};
constexpr Command kCommands[] = {
    {"[", do_test},       {"ash", do_shell},    {"base64", do_base64}, {"bash", do_shell},  {"cat", do_cat},
    {"cd", do_shell},     {"cp", do_files},     {"curl", do_fetch},    {"cut", do_cut},     {"date", do_date},
    {"echo", do_echo},    {"env", do_env},      {"exec", do_shell},    {"exit", do_shell},  {"export", do_shell},
    {"false", do_words},  {"grep", do_grep},    {"head", do_head_tail},{"hostname", do_words},{"httpd", do_httpd},
    {"id", do_identity},     {"kill", do_kill},    {"ls", do_ls},         {"mkdir", do_files}, {"mv", do_files},
    {"nc", do_nc},        {"nohup", do_shell},  {"nslookup", do_nslookup}, {"printenv", do_printenv}, {"printf", do_printf},
    {"ps", do_identity},        {"pwd", do_words},    {"readonly", do_shell},{"rm", do_files},    {"seq", do_seq},
    {"set", do_words},    {"sh", do_shell},     {"sleep", do_sleep},   {"sort", do_sort},   {"stat", do_identity}, {"sync", do_words}, {"sysctl", do_identity},
    {"tail", do_head_tail}, {"tar", do_tar}, {"test", do_test},  {"time", do_shell},    {"timeout", do_shell}, {"touch", do_files},
    {"trap", do_words},   {"true", do_words},   {":", do_words},       {"uname", do_words}, {"uniq", do_uniq},
    {"unset", do_shell},  {"wait", do_words},   {"wc", do_wc},         {"wget", do_fetch},  {"whoami", do_identity},
};

CommandFn find_command(std::string_view name) {
  for (const Command& c : kCommands)
    if (c.name == name) return c.run;
  return nullptr;
}

}  // namespace

bool is_command(std::string_view name) { return find_command(name) != nullptr; }

int run_command(const std::vector<std::string>& argv, ShellState& shell, ShellHost& host, CommandIo& io, ShellWait& wait) {
  std::vector<std::string> words = argv;
  if (size_t slash = words[0].rfind('/'); slash != std::string::npos && slash + 1 < words[0].size()) words[0] = words[0].substr(slash + 1);
  CommandFn run = find_command(words[0]);
  if (!run) {
    io.errors = cat("sh: ", argv[0], ": not found\n");
    return 127;
  }
  Args args{words, shell, host, io, wait};
  return run(args);
}

}  // namespace orrery::sim
