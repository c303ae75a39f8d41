#include "runtime_sim/faults/fault.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"
#include "runtime_sim/images/image.h"
#include "runtime_sim/world/sim_world.h"

namespace orrery::sim {
namespace {

using Words = std::vector<std::string>;

struct Call {
  SimWorld& world;
  Words words;  // without the fault's name
  bool on = true;
};

Error usage(std::string_view typed, std::string_view wrong, std::string_view form) {
  return make_error(Reason::BadRequest, cat(orrery::quoted(typed), " ", wrong, ": a fault is written: ", form));
}
Error unread(std::string_view word, std::string_view form) { return usage(word, "can't be read", form); }

Result<SimNode*> node_named(Call& call, const std::string& name) {
  SimNode* node = call.world.node(name);
  if (!node) return make_error(Reason::NotFound, cat("there is no node ", orrery::quoted(name)));
  return node;
}

Result<int64_t> percent_of(const std::string& text) {
  int64_t percent = 0;
  std::string_view digits = text;
  if (ends_with(digits, "%")) digits.remove_suffix(1);
  if (!parse_int64(digits, percent) || percent < 0 || percent > 100)
    return make_error(Reason::BadRequest, cat(orrery::quoted(text), " is not a percentage from 0 to 100"));
  return percent;
}

struct Pods {
  Str ns = "default", prefix, container;
};
Pods pods_of(const std::string& text) {
  Pods out;
  size_t slash = text.find('/');
  if (slash != std::string::npos) out.ns = text.substr(0, slash);
  std::string rest = text.substr(slash == std::string::npos ? 0 : slash + 1);
  size_t colon = rest.find(':');
  out.prefix = rest.substr(0, colon);
  if (colon != std::string::npos) out.container = rest.substr(colon + 1);
  return out;
}

Result<void> stop(Call& call) { return call.on ? call.world.stop_part(call.words[0]) : call.world.start_part(call.words[0]); }

Result<void> cut(Call& call) { return call.world.set_cut(call.words[0], call.words[1], call.on); }

Result<void> loss(Call& call) {
  auto percent = percent_of(call.words[2]);
  if (!percent) return percent.error();
  return call.world.set_loss(call.words[0], call.words[1], call.on ? static_cast<uint32_t>(*percent) : 0);
}

Result<void> slow_disk(Call& call) {
  if (call.words[0] == "etcd") {
    Duration wait;
    if (!parse_go_duration(call.words[1], wait)) return unread(call.words[1], "slow-disk etcd DURATION");
    call.world.disk().latency = call.on ? wait : call.world.options().etcd_sync;
    return {};
  }
  auto node = node_named(call, call.words[0]);
  if (!node) return node.error();
  int64_t factor = 0;
  if (!parse_int64(call.words[1], factor) || factor < 1 || factor > 1000) return unread(call.words[1], "slow-disk NODE FACTOR, from 1 to 1000");
  (*node)->faults().slow_disk = call.on ? static_cast<uint32_t>(factor) : 1;
  return {};
}

Result<void> full_disk(Call& call) {
  if (call.words[0] == "etcd") {
    call.world.disk().full = call.on;
    return {};
  }
  auto node = node_named(call, call.words[0]);
  if (!node) return node.error();
  (*node)->faults().disk_full = call.on;
  return {};
}

Result<void> clock_skew(Call& call) {
  Duration by;
  std::string_view text = call.words[1];
  bool slow = starts_with(text, "-");
  if (slow) text.remove_prefix(1);
  if (!parse_go_duration(text, by)) return unread(call.words[1], "clock-skew NODE DURATION");
  return call.world.set_clock_skew(call.words[0], call.on ? (slow ? Duration{} - by : by) : Duration{});
}

Result<void> image_missing(Call& call) {
  const ImageName image = parse_image(call.words[0]);
  const Str key = cat(image.repository, ":", image.tag);
  for (const Str& name : call.world.node_names()) {
    auto& missing = call.world.node(name)->faults().missing_images;
    if (call.on)
      missing[key] = true;
    else
      missing.erase(key);
  }
  return {};
}

Result<void> registry_down(Call& call) {
  for (const Str& name : call.world.node_names()) call.world.node(name)->faults().registry_down = call.on;
  return {};
}

Result<void> process_fault(Call& call, ProcessFault::What what, int64_t bytes = 0) {
  const Pods pods = pods_of(call.words[0]);
  for (const Str& name : call.world.node_names()) {
    SimNode& node = *call.world.node(name);
    const ProcessFault fault{what, pods.ns, pods.prefix, bytes};
    if (call.on)
      node.begin(fault);
    else
      node.end(fault);
  }
  return {};
}

Result<void> crash_loop(Call& call) { return process_fault(call, ProcessFault::What::CrashLoop); }
Result<void> fail_probes(Call& call) { return process_fault(call, ProcessFault::What::FailProbes); }

Result<void> leak(Call& call) {
  auto bytes = Quantity::parse(call.words[1]);
  if (!bytes) return bytes.error();
  return process_fault(call, ProcessFault::What::Leak, bytes->value());
}

Result<void> noisy(Call& call) {
  auto node = node_named(call, call.words[0]);
  if (!node) return node.error();
  auto percent = percent_of(call.words[1]);
  if (!percent) return percent.error();
  (*node)->faults().noisy_percent = call.on ? static_cast<uint32_t>(*percent) : 0;
  return {};
}

// The first running container of such a pod, by node and id.
Result<void> kill_first(Call& call, int signal, std::string_view reason) {
  if (!call.on) return {};
  const Pods pods = pods_of(call.words[0]);
  for (const Str& name : call.world.node_names()) {
    SimNode& node = *call.world.node(name);
    for (const auto& [id, c] : node.state().containers) {
      if (c.status.state != ports::ContainerState::Running || c.spec.pod.ns != pods.ns || !starts_with(c.spec.pod.name, pods.prefix)) continue;
      if (!pods.container.empty() && !(c.spec.name == pods.container)) continue;
      const Str uid = c.spec.pod.uid, container = c.spec.name;
      if (node.kill_container(uid, container, signal, reason)) return {};
    }
  }
  return make_error(Reason::NotFound, cat("no container of a pod named ", pods.ns, "/", pods.prefix, "... is running"));
}

Result<void> kill(Call& call) {
  int64_t signal = 9;
  if (call.words.size() > 1 && (!parse_int64(call.words[1], signal) || signal < 1 || signal > 64)) return unread(call.words[1], "kill NS/PREFIX [SIGNAL]");
  return kill_first(call, static_cast<int>(signal), "");
}

Result<void> oom(Call& call) { return kill_first(call, 9, "OOMKilled"); }

struct Entry {
  const char* name;
  size_t words, words_max;  // after the name
  size_t target;            // of these, how many say what it is on; 0 with kOnce: it is over at once
  const char* form;
  const char* meaning;
  Result<void> (*run)(Call& call);
};
constexpr size_t kOnce = 99;
constexpr Entry kFaults[] = {
    {"stop", 1, 1, 1, "stop PART", "the part stops; its memory is lost", stop},
    {"cut", 2, 2, 2, "cut A B", "no packet between the two", cut},
    {"loss", 3, 3, 2, "loss A B PERCENT", "so many packets between the two are lost", loss},
    {"slow-disk", 2, 2, 1, "slow-disk etcd DURATION, or slow-disk NODE FACTOR", "its disk takes longer", slow_disk},
    {"full-disk", 1, 1, 1, "full-disk etcd|NODE", "nothing more can be written", full_disk},
    {"clock-skew", 2, 2, 1, "clock-skew NODE DURATION", "its clock is fast, or slow, by so much", clock_skew},
    {"image-missing", 1, 1, 1, "image-missing IMAGE", "no registry has it", image_missing},
    {"registry-down", 0, 0, 0, "registry-down", "no registry answers", registry_down},
    {"crash-loop", 1, 1, 1, "crash-loop NS/PREFIX", "these pods' containers exit a second after they start", crash_loop},
    {"leak", 2, 2, 1, "leak NS/PREFIX BYTES", "their memory grows by so much a second", leak},
    {"fail-probes", 1, 1, 1, "fail-probes NS/PREFIX", "they answer HTTP probes with 500", fail_probes},
    {"noisy", 2, 2, 1, "noisy NODE PERCENT", "something else takes so much of its CPU", noisy},
    {"kill", 1, 2, kOnce, "kill NS/PREFIX [SIGNAL]", "a signal to the first such container", kill},
    {"oom", 1, 1, kOnce, "oom NS/PREFIX", "the kernel's OOM killer takes it", oom},
};

const Entry* entry_named(const std::string& name) {
  for (const Entry& entry : kFaults)
    if (name == entry.name) return &entry;
  return nullptr;
}

Words words_of(std::string_view text) {
  Words words;
  for (std::string& word : split(text, ' '))
    if (!word.empty()) words.push_back(std::move(word));
  return words;
}

bool same_target(const Entry& entry, const Words& a, const Words& b) {
  for (size_t i = 0; i <= entry.target; ++i)
    if (i >= a.size() || i >= b.size() || a[i] != b[i]) return false;
  return true;
}

// The lasting fault of that name on that thing, if the world has it.
std::vector<Str>::iterator find_fault(std::vector<Str>& faults, const Entry& entry, const Words& words) {
  return std::find_if(faults.begin(), faults.end(), [&](const Str& other) { return same_target(entry, words, words_of(other)); });
}

Result<void> carry_out(SimWorld& world, const Entry& entry, const Words& words, bool on) {
  Call call{world, {words.begin() + 1, words.end()}, on};
  return entry.run(call);
}

Result<void> run(SimWorld& world, std::string_view text, bool on) {
  Words words = words_of(text);
  if (words.empty()) return make_error(Reason::BadRequest, "a fault has a name");
  const Entry* entry = entry_named(words[0]);
  if (!entry) return make_error(Reason::NotFound, cat("there is no fault ", orrery::quoted(words[0])));
  const bool lasts = entry->target != kOnce;
  const auto active = lasts ? find_fault(world.faults(), *entry, words) : world.faults().end();
  const Words before = active != world.faults().end() ? words_of(*active) : Words{};
  if (!on && words.size() <= entry->words && before.empty()) return {};
  if (!on && !before.empty()) words = before;
  if (words.size() < entry->words + 1) return usage(text, "has too few words", entry->form);
  if (words.size() > entry->words_max + 1) return usage(text, "has too many words", entry->form);
  if (!before.empty()) {  // it ends first, also for another size on the same thing
    if (auto done = carry_out(world, *entry, before, false); !done) return done.error();
    world.faults().erase(active);
    if (!on) return {};
  }
  if (auto done = carry_out(world, *entry, words, on); !done) {
    if (!before.empty() && carry_out(world, *entry, before, true)) world.faults().push_back(join(before, " "));
    return done.error();
  }
  if (on && lasts) world.faults().push_back(join(words, " "));
  return {};
}

}  // namespace

Result<void> begin_fault(SimWorld& world, std::string_view fault) { return run(world, fault, true); }
Result<void> end_fault(SimWorld& world, std::string_view fault) { return run(world, fault, false); }

std::vector<FaultForm> fault_forms() {
  std::vector<FaultForm> out;
  for (const Entry& entry : kFaults) out.push_back({entry.name, entry.form, entry.meaning});
  return out;
}

}  // namespace orrery::sim
