#include "playground/app/world/simulated_source.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>

#include "playground/app/lesson_stage/fault_words.h"
#include "playground/app/lesson_stage/metric_words.h"
#include "playground/app/lesson_stage/sim_stage.h"
#include "playground/app/object_views.h"
#include "playground/app/world/placements.h"
#include "playground/viewmodel/motion.h"

namespace orrery::app {
namespace {

using viewmodel::Part;
using viewmodel::PartKind;

constexpr double kSliceSeconds = 0.006;     // of real time that the world may take from a frame
constexpr uint64_t kSliceTasks = 256;
constexpr double kDebtMaxSeconds = 0.25;    // of real time: what a slow machine can't catch up with is forgiven
constexpr Duration kStepMax = seconds(60);
constexpr Duration kControlPlaneStarts = seconds(1);  // then it has made its first objects, and the page looks at it
constexpr size_t kBranchesMax = 8;
constexpr Duration kSyncTurn = millis(1);  // of virtual time, until a watch that began anew has its list
constexpr int kSyncTurnsMax = 1000;
constexpr int kFilesOfOneStemMax = 1000;
constexpr double kSpeedMin = 0.1, kSpeedMax = 100;

ports::Identity admin() {
  ports::Identity identity;
  identity.user = "kubernetes-admin";
  identity.groups = {"system:masters", "system:authenticated"};
  return identity;
}

double real_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The map shows the cluster's own parts; the page's watches and the lesson's are not among them.
bool on_the_map(const Str& id) {
  static constexpr std::string_view kShown[] = {"apiserver", "kubelet/", "controller-manager", "etcd", "scheduler", "kubectl", "runtime/", "kube-proxy/", "rules/", "pod/", "dns"};
  return std::any_of(std::begin(kShown), std::end(kShown), [&](std::string_view name) { return id.view().substr(0, name.size()) == name; });
}

// Until when two recordings of one world are the same.
Instant parting(const std::vector<sim::Input>& a, const std::vector<sim::Input>& b) {
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && a[i].at == b[i].at && a[i].kind == b[i].kind && a[i].text == b[i].text) ++i;
  Instant out{std::numeric_limits<int64_t>::max()};
  for (const std::vector<sim::Input>* inputs : {&a, &b})
    if (i < inputs->size()) out = std::min(out, (*inputs)[i].at);
  return out;
}

// An input may come after the moment that was looked at last.
Instant end_of(const sim::Recording& recording) {
  return recording.inputs.empty() ? recording.end : std::max(recording.end, recording.inputs.back().at);
}

std::string text_of(sim::Recording recording, Instant end) {
  recording.build = ORRERY_VERSION;
  recording.end = end;
  return sim::recording_text(recording);
}

// Branches of one world; each may have kept manifests that the other has not.
bool same_start(sim::Recording a, sim::Recording b) {
  a.inputs.clear(), b.inputs.clear();
  a.files.clear(), b.files.clear();
  a.name = b.name;
  return text_of(std::move(a), {}) == text_of(std::move(b), {});
}

bool shown(const ports::TraceRecord& record) { return !record.heartbeat && on_the_map(record.from) && on_the_map(record.to); }

}  // namespace

bool only_looks(const std::string& line) {
  static const std::set<std::string> kLooking = {"get", "describe", "logs", "top", "explain", "api-resources", "api-versions", "version", "cluster-info",
                                                 "events", "options", "completion", "help", "diff", "wait", "config", "kustomize", "auth", "edit"};
  std::string error;
  std::vector<std::string> words = kubectl::split_line(line, error);
  if (!error.empty() || words.empty() || (words[0] != "kubectl" && words[0] != "k")) return true;
  static const std::set<std::string> kWithValue = {"-n", "--namespace", "--context", "--as", "--as-group", "-v", "--request-timeout", "--kubeconfig"};
  std::vector<std::string> plain;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (kWithValue.count(words[i])) ++i;
    else if (!words[i].empty() && words[i][0] != '-') plain.push_back(words[i]);
  }
  if (plain.size() < 2 || kLooking.count(plain[1])) return true;
  return plain[1] == "rollout" && plain.size() > 2 && (plain[2] == "status" || plain[2] == "history");
}

SimulatedSource::Live::Live(const sim::Recording& recording) : Live(std::make_unique<sim::SimWorld>(recording.world), {}) {
  world.files().files() = recording.files;
}

SimulatedSource::Live::Live(const sim::Checkpoints::Point& from) : Live(from.world->copy(), from.typed) {}

SimulatedSource::Live::Live(std::unique_ptr<sim::SimWorld> made, sim::Hands::Sessions typed)
    : owned(std::move(made)),
      world(*owned),
      hands(world, std::move(typed)),
      page(world.api(), world.loop(), admin(), "page"),
      lesson(world.api(), world.loop(), admin(), "lesson"),
      feed(page, world.loop()),
      shell(world.loop(), world.kubectl(), world.files()),
      texts(world.loop(), world.kubectl()),
      usage(page) {}

SimulatedSource::SimulatedSource(const lesson::WorldSpec& spec) {
  recording_.build = ORRERY_VERSION;
  recording_.world = world_options(spec);
  if (!spec.manifests.empty()) recording_.files["start.yaml"] = spec.manifests;
  begin();
  if (!spec.manifests.empty()) run_line(0, "kubectl apply -f start.yaml");  // run 0 is nobody's: the terminal drops its output
}

SimulatedSource::SimulatedSource(sim::Recording recording) : recording_(std::move(recording)) {
  end_ = end_of(recording_);
  begin();
}

void SimulatedSource::begin() {
  live_ = std::make_unique<Live>(recording_);
  lesson_world_ = std::make_unique<lesson::ClientWorld>(live_->lesson, world().loop());
  lesson_world_->tell_faults([this] { return faults_of(world()); });
  run_to(Instant{} + kControlPlaneStarts, true);
  live_->feed.start();
}

std::string SimulatedSource::recording() const { return text_of(recording_, end_); }

std::vector<std::string> SimulatedSource::branches() const {
  std::vector<std::string> out;
  for (const Branch& branch : branches_) out.push_back(text_of(branch.recording, branch.end));
  return out;
}

void SimulatedSource::keep_branches(const std::vector<std::string>& recordings) {
  for (const std::string& text : recordings) {
    auto recording = sim::read_recording(text);
    if (!recording || branches_.size() == kBranchesMax || !same_start(*recording, recording_)) continue;
    const Instant end = end_of(*recording);
    branches_.push_back({std::move(*recording), end});
  }
  clock_changed_ = true;
}

SimulatedSource::~SimulatedSource() {
  lesson_world_.reset();  // it watches the world
}

void SimulatedSource::set_speed(double speed) {
  speed_ = std::clamp(speed, kSpeedMin, kSpeedMax);
  clock_changed_ = true;
}

// In the past, what was done then is done again when its time comes. `whole`: however long it takes. What was done at
// `target` itself is still to come when time goes back to there.
void SimulatedSource::run_to(Instant target, bool whole, bool before_acts) {
  const double end = real_seconds() + kSliceSeconds;
  const auto in_time = [&] { return whole || real_seconds() < end; };
  for (;;) {
    const bool input_due = next_ < recording_.inputs.size() && (before_acts ? recording_.inputs[next_].at < target : recording_.inputs[next_].at <= target);
    const Instant stop = input_due ? std::max(recording_.inputs[next_].at, world().loop().now()) : target;
    while (world().run_until(stop, kSliceTasks) >= kSliceTasks) {
      offer_checkpoint();
      if (!in_time() || (!whole && paused_ && !waits_for_answer())) return;
    }
    if (!input_due) break;
    sim::carry_out(world(), live_->hands, recording_.inputs[next_++]);
    parts_changed_ = true;  // maybe
  }
  end_ = std::max(end_, world().loop().now());
  offer_checkpoint();
}

// While paused, a command still gets its answer: the world runs just until then.
void SimulatedSource::advance(double real, bool to_next_act) {
  const bool runs = !paused_ || waits_for_answer();
  owed_ns_ = runs ? std::min(owed_ns_ + real * speed_ * 1e9, std::max(real, kDebtMaxSeconds) * speed_ * 1e9) : 0;
  if (owed_ns_ < 1) return;
  const Instant from = world().loop().now(), target = from + nanos(int64_t(owed_ns_));
  if (to_next_act) run_to_act(target);
  else run_to(target, false);
  end_ = std::max(end_, world().loop().now());
  owed_ns_ = to_next_act ? 0 : std::max(0.0, owed_ns_ - double((world().loop().now() - from).ns));
}

void SimulatedSource::skip(double virtual_seconds) { run_to(world().loop().now() + nanos(int64_t(virtual_seconds * 1e9)), true); }

std::optional<Instant> SimulatedSource::next_due() const {
  std::optional<Instant> due = live_->world.loop().next_due();
  if (next_ < recording_.inputs.size() && (!due || recording_.inputs[next_].at < *due)) due = recording_.inputs[next_].at;
  return due;
}

bool SimulatedSource::acted_since(uint64_t trace, bool traffic) const {
  const auto& records = live_->world.trace().records();
  for (auto it = records.rbegin(); it != records.rend() && it->id > trace; ++it)
    if (shown(*it) && (traffic || !viewmodel::is_traffic(it->from.str(), it->to.str()))) return true;
  return false;
}

void SimulatedSource::run_to_act(Instant target) {
  const double end = real_seconds() + kSliceSeconds;
  const uint64_t before = world().trace().last_id();
  while (real_seconds() < end) {
    const Instant at = std::min(std::max(next_due().value_or(target), world().loop().now()), target);
    run_to(at, false);
    if (at >= target || acted_since(before, false)) return;
  }
}

void SimulatedSource::step() {
  paused_ = true;
  clock_changed_ = true;
  const uint64_t before = world().trace().last_id();
  const Instant limit = world().loop().now() + kStepMax;
  while (!acted_since(before, true)) {
    const auto due = next_due();
    if (!due || *due > limit) return;
    const Instant at = std::max(*due, world().loop().now());
    if (next_ < recording_.inputs.size() && recording_.inputs[next_].at <= at) run_to(at, true);
    else world().run_until(at, 1);
    end_ = std::max(end_, world().loop().now());
  }
}

void SimulatedSource::go_to(viewmodel::Nanos at) {
  const Instant start{world().loop().now().ns - world().clock().now().ns};  // clock time 0 on the loop's scale
  const Instant to = std::clamp(start + nanos(at), Instant{} + kControlPlaneStarts, end_);
  rebuild(to, to < end_);
  paused_ = past() || paused_;
}

void SimulatedSource::open_branch(std::size_t index) {
  if (index >= branches_.size()) return;
  std::swap(recording_, branches_[index].recording);
  std::swap(end_, branches_[index].end);
  checkpoints_.forget_from(parting(recording_.inputs, branches_[index].recording.inputs));
  rebuild(end_, false);
}

void SimulatedSource::rebuild(Instant at, bool before_acts) {
  placement_ = {};
  for (const std::uint64_t run : live_->shell.open_runs()) said_.push_back({run, "", false, true, 130});
  const sim::Checkpoints::Point* from = checkpoints_.before(at);
  auto before = std::exchange(live_, from ? std::make_unique<Live>(*from) : std::make_unique<Live>(recording_));
  // A manifest has been there from the start, also where the copy was made before it was kept.
  for (const auto& [name, text] : recording_.files) world().files().files().emplace(name, text);
  next_ = from ? from->next : 0;
  typed_.clear();
  owed_ns_ = 0;
  const Instant end = end_;
  run_to(at, true, before_acts);
  end_ = std::max(end, end_);
  live_->feed.start();
  lesson_world_->move_to(live_->lesson, world().loop());
  before.reset();  // nothing refers to it any more
  world().run_until(world().loop().now());
  last_trace_ = world().trace().last_id();
  parts_changed_ = clock_changed_ = true;
}

// Command lines that were typed here go on in the copy; those that only look have no place in another past.
void SimulatedSource::offer_checkpoint() {
  sim::Hands::Sessions typed = live_->hands.sessions();
  for (const auto& [run, number] : typed_)
    if (const std::uint64_t session = live_->shell.session_of(run)) typed[number] = {session, world().loop().now()};
  checkpoints_.offer(world(), next_, typed);
}

void SimulatedSource::part_from_future() {
  if (!past() && next_ == recording_.inputs.size()) return;
  branches_.push_back({recording_, end_});
  recording_.inputs.resize(next_);
  end_ = world().loop().now();
  checkpoints_.forget_from(end_);
  if (branches_.size() > kBranchesMax) branches_.erase(branches_.begin());
  clock_changed_ = true;
}

// The lesson looks at what is there at once, so its watch is to have begun again.
void SimulatedSource::start_over(std::int64_t at_ns) {
  rebuild(std::clamp(Instant{at_ns}, Instant{} + kControlPlaneStarts, end_), true);
  part_from_future();
  for (int turn = 0; turn < kSyncTurnsMax && !lesson_world_->answers(); ++turn) run_to(world().loop().now() + kSyncTurn, true);
}

void SimulatedSource::note(sim::Input input) {
  world().run_until(world().loop().now());  // an input comes after everything that was due before it
  part_from_future();
  lines_ = 0;
  for (const sim::Input& earlier : recording_.inputs) lines_ += earlier.kind == sim::Input::Kind::Type;
  input.at = world().loop().now();
  if (input.kind == sim::Input::Kind::Type) input.number = lines_ + 1;
  recording_.inputs.push_back(std::move(input));
  next_ = recording_.inputs.size();
  clock_changed_ = true;
}

void SimulatedSource::run_line(std::uint64_t run, const std::string& line) {
  if (const auto word = fault_word(line)) return run_fault_word(run, *word);
  if (const auto word = metric_word(line)) {
    world().run_until(world().loop().now());  // as note() does: what was due comes first
    const lesson::Outcome outcome = carry_out(*word, world(), [&](const sim::Input& done) { note(done); });
    said_.push_back({run, outcome.output, outcome.exit_code != 0, true, outcome.exit_code});
    return;
  }
  if (!only_looks(line)) {
    note({{}, sim::Input::Kind::Type, line, 0});
    typed_[run] = recording_.inputs.back().number;
  }
  live_->shell.run(run, line);
}

void SimulatedSource::interrupt(std::uint64_t run) {
  const auto typed = typed_.find(run);
  if (typed != typed_.end() && live_->shell.runs(run)) note({{}, sim::Input::Kind::Interrupt, {}, typed->second});
  live_->shell.interrupt(run);
}

void SimulatedSource::type(std::uint64_t run, const std::string& text) {
  const auto typed = typed_.find(run);
  if (typed != typed_.end() && live_->shell.runs(run)) note({{}, sim::Input::Kind::Keys, text, typed->second});
  live_->shell.type(run, text);
}

std::vector<viewmodel::ShellOutput> SimulatedSource::take_output() {
  std::vector<viewmodel::ShellOutput> out = std::exchange(said_, {});
  for (viewmodel::ShellOutput& more : live_->shell.take_output()) out.push_back(std::move(more));
  return out;
}

std::vector<std::string> SimulatedSource::complete(const std::string& line) {
  std::string error;
  std::vector<std::string> words = kubectl::split_line(line, error);
  if (line.empty() || line.back() == ' ') words.push_back("");
  if (words.size() < 2 || (words[0] != "break" && words[0] != "mend")) return live_->shell.complete(line, live_->feed.names());
  std::vector<std::string> next = complete_fault_word(words, world());
  if (words.size() == 3 && words[0] == "break" && words[1] == "kill")
    for (const viewmodel::ClusterModel names = live_->feed.names(); const viewmodel::Pod& pod : names.pods) next.push_back(pod.ns + "/" + pod.name);
  return matching(next, words.back());
}

// The recording has it from its start on: what is typed later finds it there again, whenever that is replayed.
std::string SimulatedSource::keep_file(const std::string& stem, const std::string& text) {
  auto& now = world().files().files();
  std::string name = stem + ".yaml";
  for (int number = 2; number < kFilesOfOneStemMax; ++number) {
    const auto found = now.find(name);
    if (found == now.end() || found->second == text) break;
    name = stem + "-" + std::to_string(number) + ".yaml";
  }
  now[name] = text;
  recording_.files[name] = text;
  return name;
}

void SimulatedSource::request_text(const viewmodel::ObjectRef& ref, viewmodel::TextForm form) { live_->texts.request(ref, form); }

std::vector<viewmodel::ObjectText> SimulatedSource::take_texts() { return live_->texts.take(); }

bool SimulatedSource::refresh_share(viewmodel::ClusterModel& model, bool objects, std::size_t traces) {
  bool changed = take_traces(model, traces);
  traced_ |= changed;
  if (!objects) return changed;
  changed |= std::exchange(traced_, false);
  changed |= live_->feed.update(model);
  if (!model.connected || parts_changed_ || model.parts.empty()) take_parts(model);
  if (changed || parts_changed_) take_faults(model);
  model.connected = model.simulated = true;
  tell_clock(model);
  changed |= std::exchange(clock_changed_, false);
  changed |= std::exchange(parts_changed_, false);
  return changed;
}

void SimulatedSource::tell_clock(viewmodel::ClusterModel& model) {
  const int64_t offset = world().clock().now().ns - world().loop().now().ns;
  viewmodel::Clock& clock = model.clock;
  clock.now = world().clock().now().ns;
  clock.paused = paused_;
  clock.speed = speed_;
  clock.controllable = true;
  clock.start = offset + kControlPlaneStarts.ns;
  clock.end = offset + end_.ns;
  clock.branches = branches_.size();
  if (!clock_changed_ && clock.acts.size() == recording_.inputs.size()) return;
  clock.acts.clear();
  for (const sim::Input& input : recording_.inputs) clock.acts.push_back(offset + input.at.ns);
}

// Whoever takes less than comes loses the oldest, which the log drops.
bool SimulatedSource::take_traces(viewmodel::ClusterModel& model, std::size_t most) {
  const auto& records = world().trace().records();
  auto record = std::partition_point(records.begin(), records.end(), [&](const ports::TraceRecord& one) { return one.id <= last_trace_; });
  const WallTime start{world().clock().now().ns - world().loop().now().ns};
  std::size_t taken = 0;
  for (; record != records.end() && taken < most; ++record) {
    last_trace_ = record->id;
    if (!shown(*record)) continue;
    model.traces.push_back(view_of(*record, start));
    ++taken;
  }
  if (model.traces.size() > viewmodel::kMaxTraces) model.traces.drop_front(model.traces.size() - viewmodel::kMaxTraces);
  return taken > 0;
}

void SimulatedSource::take_parts(viewmodel::ClusterModel& model) {
  std::vector<Part> parts = {{PartKind::User, "kubectl", "", true, false}};
  const auto add = [&](PartKind kind, const std::string& id, const std::string& node, bool can_stop) {
    const bool power = node.empty() || world().part_running("node/" + node);
    parts.push_back({kind, id, node, power && world().part_running(id), can_stop});
  };
  add(PartKind::ApiServer, "apiserver", "", true);
  add(PartKind::Etcd, "etcd", "", true);
  add(PartKind::Scheduler, "scheduler", "", true);
  add(PartKind::ControllerManager, "controller-manager", "", true);
  for (const Str& name : world().node_names()) {
    const std::string node = name.str();
    add(PartKind::Kubelet, "kubelet/" + node, node, true);
    add(PartKind::KubeProxy, "kube-proxy/" + node, node, true);
    add(PartKind::Runtime, "runtime/" + node, node, false);
  }
  const bool same = parts.size() == model.parts.size() &&
                    std::equal(parts.begin(), parts.end(), model.parts.begin(), [](const Part& a, const Part& b) { return a.id == b.id && a.running == b.running; });
  if (same) return;
  model.parts = std::move(parts);
  ++model.version;
}

void SimulatedSource::take_faults(viewmodel::ClusterModel& model) {
  std::vector<std::string> faults = faults_of(world());
  if (faults == model.faults) return;
  model.faults = std::move(faults);
  ++model.version;
}

void SimulatedSource::run_fault_word(std::uint64_t run, const FaultWord& word) {
  world().run_until(world().loop().now());  // as note() does: what was due comes first
  const lesson::Outcome outcome = carry_out(word, world(), [&](const sim::Input& done) { note(done); });
  said_.push_back({run, outcome.output, outcome.exit_code != 0, true, outcome.exit_code});
  parts_changed_ = true;
}

viewmodel::Placement SimulatedSource::placement(const viewmodel::ObjectRef& pod) {
  placement_ = placement_of(world().control_plane().scheduler(), pod, {world().clock().now().ns - world().loop().now().ns}, placement_);
  return placement_;
}

double SimulatedSource::quiet_for() const {
  if (paused_ && !waits_for_answer()) return std::numeric_limits<double>::infinity();
  const auto due = next_due();
  if (!due) return std::numeric_limits<double>::infinity();
  return std::max(0.001, double((*due - live_->world.loop().now()).ns) / 1e9 / speed_);
}

std::unique_ptr<PageSource> open_simulated(const lesson::WorldSpec& spec) { return std::make_unique<SimulatedSource>(spec); }

std::unique_ptr<PageSource> open_recording(const std::string& text, std::string& error) {
  auto recording = sim::read_recording(text);
  if (recording) return std::make_unique<SimulatedSource>(std::move(*recording));
  error = recording.error().message.str();
  return nullptr;
}

}  // namespace orrery::app
