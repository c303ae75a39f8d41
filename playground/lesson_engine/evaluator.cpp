#include "playground/lesson_engine/evaluator.h"

#include <algorithm>

namespace orrery::lesson {
namespace {

std::string meta_text(const Json& object, const char* member) {
  const auto meta = object.find("metadata");
  if (meta == object.end() || !meta->is_object()) return "";
  const auto it = meta->find(member);
  return it != meta->end() && it->is_string() ? it->get<std::string>() : "";
}

std::string key_of(const Json& object) { return meta_text(object, "namespace") + "/" + meta_text(object, "name"); }
std::string uid_of(const Json& object) { return meta_text(object, "uid"); }

bool all_hold(const std::vector<Comparison>& where, const Json& object) {
  return std::all_of(where.begin(), where.end(), [&](const Comparison& c) { return holds(object, c); });
}

bool is_atom(const Predicate& p) {
  return p.form != Predicate::Form::All && p.form != Predicate::Form::Any && p.form != Predicate::Form::Not;
}

bool is_present(const Predicate& p) { return p.form == Predicate::Form::Now || p.form == Predicate::Form::Eventually; }

}  // namespace

const ObjectTable::Objects& ObjectTable::of_kind(const std::string& kind) const {
  static const Objects kNone;
  const auto it = kinds_.find(kind);
  return it == kinds_.end() ? kNone : it->second;
}

const Json* ObjectTable::find(const Change& change) const {
  const Objects& objects = of_kind(change.kind);
  const auto it = objects.find(key_of(change.object));
  return it == objects.end() ? nullptr : &it->second;
}

void ObjectTable::apply(const Change& change) {
  const std::string key = key_of(change.object);
  if (change.type == Change::Type::Deleted) {
    kinds_[change.kind].erase(key);
  } else {
    kinds_[change.kind][key] = change.object;
  }
}

std::vector<const Json*> ObjectTable::matching(const Selector& selector) const {
  std::vector<const Json*> out;
  for (const auto& entry : of_kind(selector.kind))
    if (matches(selector, entry.second)) out.push_back(&entry.second);
  return out;
}

Evaluator::Evaluator(const Lesson& lesson) : states_(lesson.atoms) {
  for (const Predicate* predicate : predicates_of(lesson)) {
    collect(*predicate);
    add_kinds(*predicate, kinds_);
  }
  for (const auto& value : lesson.values)
    if (std::find(kinds_.begin(), kinds_.end(), value.second.of.kind) == kinds_.end())
      kinds_.push_back(value.second.of.kind);
  std::sort(kinds_.begin(), kinds_.end());
  for (const Predicate* atom : atoms_) note_present(*atom, states_[atom->atom]);
}

void Evaluator::collect(const Predicate& predicate) {
  for (const Predicate& child : predicate.children) collect(child);
  if (is_atom(predicate)) atoms_.push_back(&predicate);
}

void Evaluator::latch_held(std::int64_t until_ns) {
  for (const Predicate* atom : atoms_) {
    AtomState& state = states_[atom->atom];
    if (atom->form == Predicate::Form::Eventually && state.holds && until_ns - state.since_ns >= atom->hold_ns)
      state.reached = true;
  }
}

void Evaluator::advance(std::int64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  latch_held(now_ns_);
}

void Evaluator::observe(const Change& change) {
  advance(change.at_ns);
  // A watch that skipped states may show the next object of a name before the end of the last one.
  const Json* before = objects_.find(change);
  if (before != nullptr && uid_of(*before) != uid_of(change.object)) {
    Change end = change;
    end.type = Change::Type::Deleted;
    end.object = *before;
    observe_one(end);
    if (change.type == Change::Type::Deleted) return;
  }
  observe_one(change);
}

void Evaluator::observe_one(const Change& change) {
  const Json* found = objects_.find(change);
  const Json before = found ? *found : Json();
  objects_.apply(change);
  for (const Predicate* atom : atoms_) {
    if (atom->selector.kind != change.kind) continue;
    AtomState& state = states_[atom->atom];
    if (is_present(*atom)) {
      note_present(*atom, state);
    } else {
      note_past(*atom, state, change, found ? &before : nullptr);
    }
  }
}

void Evaluator::note_present(const Predicate& atom, AtomState& state) {
  const auto count = static_cast<std::int64_t>(objects_.matching(atom.selector).size());
  const bool now = lesson::holds(count, atom.count);
  if (now && !state.holds) state.since_ns = now_ns_;
  state.holds = now;
  if (now && atom.form == Predicate::Form::Eventually && atom.hold_ns == 0) state.reached = true;
}

void Evaluator::note_past(const Predicate& atom, AtomState& state, const Change& change, const Json* before) {
  if (!selects(atom.selector, change.object)) return;
  const std::string uid = uid_of(change.object);
  const bool match = all_hold(atom.selector.where, change.object);
  switch (atom.form) {
    case Predicate::Form::Created:
      // `where` may come true later than the creation, so an object counts once it is known to be new and matches.
      if (change.type == Change::Type::Added) state.came_from.insert(uid);
      if (match && state.came_from.count(uid)) state.counted.insert(uid);
      return;
    case Predicate::Form::Deleted:
      if (change.type == Change::Type::Deleted && match) state.counted.insert(uid);
      return;
    case Predicate::Form::Seen:
      if (match && change.type != Change::Type::Deleted) state.counted.insert(uid);
      return;
    case Predicate::Form::Became: {
      if (change.type == Change::Type::Deleted) return;
      const bool was =
          before != nullptr ? all_hold(atom.selector.where, *before) : change.type == Change::Type::Existing;
      const bool came = atom.from.empty() || state.came_from.count(uid);
      if (match && !was && came) state.counted.insert(uid);
      if (!atom.from.empty() && all_hold(atom.from, change.object)) state.came_from.insert(uid);
      return;
    }
    default:
      return;
  }
}

void Evaluator::rejoin(const std::vector<Change>& told, bool whole) {
  ObjectTable now = whole ? ObjectTable() : objects_;
  for (const auto& fault : objects_.of_kind(kFaultKind)) now.apply({Change::Type::Existing, now_ns_, kFaultKind, fault.second});
  for (const Change& change : told)
    if (change.type != Change::Type::Deleted || change.kind == kFaultKind) now.apply(change);
  objects_ = std::move(now);
  for (const Predicate* atom : atoms_)
    if (is_present(*atom)) note_present(*atom, states_[atom->atom]);
}

void Evaluator::begin_step() {
  for (const Predicate* atom : atoms_) {
    if (!atom->since_step) continue;
    AtomState& state = states_[atom->atom];
    state.counted.clear();
    if (atom->form != Predicate::Form::Became) state.came_from.clear();
    state.reached = false;
    state.since_ns = now_ns_;
    if (is_present(*atom)) note_present(*atom, state);
  }
}

bool Evaluator::holds(const Predicate& predicate) const {
  using Form = Predicate::Form;
  const auto child_holds = [&](const Predicate& child) { return holds(child); };
  switch (predicate.form) {
    case Form::All:
      return std::all_of(predicate.children.begin(), predicate.children.end(), child_holds);
    case Form::Any:
      return std::any_of(predicate.children.begin(), predicate.children.end(), child_holds);
    case Form::Not:
      return !std::any_of(predicate.children.begin(), predicate.children.end(), child_holds);
    default:
      break;
  }
  const AtomState& state = states_[predicate.atom];
  if (predicate.form == Form::Now) return state.holds && now_ns_ - state.since_ns >= predicate.hold_ns;
  if (predicate.form == Form::Eventually) return state.reached;
  return lesson::holds(static_cast<std::int64_t>(state.counted.size()), predicate.count);
}

Holding Evaluator::holding(const Predicate& predicate) const {
  if (predicate.form == Predicate::Form::Not) return {};
  for (const Predicate& child : predicate.children)
    if (const Holding found = holding(child); found.must_ns > 0) return found;
  if (!is_atom(predicate) || !is_present(predicate) || predicate.hold_ns == 0 || holds(predicate)) return {};
  const AtomState& state = states_[predicate.atom];
  return state.holds ? Holding{now_ns_ - state.since_ns, predicate.hold_ns} : Holding{};
}

std::vector<const Predicate*> predicates_of(const Lesson& lesson) {
  std::vector<const Predicate*> out{&lesson.world.ready};
  for (const Step& step : lesson.steps) {
    if (step.has_until) out.push_back(&step.until);
    for (const Goal& goal : step.goals) {
      out.push_back(&goal.when);
      for (const Feedback& feedback : goal.feedback)
        if (!feedback.always) out.push_back(&feedback.when);
    }
  }
  return out;
}

}  // namespace orrery::lesson
