#include "playground/views/changes_view.h"

#include <algorithm>

#include "playground/viewmodel/revision_writer.h"
#include "playground/widgets/controls.h"

namespace orrery::views {
namespace {

using namespace widgets;
using orrery::DiffLine;
using viewmodel::Revision;
using viewmodel::RevisionPair;
using viewmodel::Word;

constexpr float kListW = 232, kChangeRow = 48, kDiffLine = 20, kNarrow = 560;

// Its newest stands on top. Pressing chooses one against the one before it; with Shift, against the one chosen before.
void list(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& rect, const RevisionPair& pair) {
  const Pen pen = begin_region(state.theme, "revisions", rect, true);
  const auto& all = model.cluster.revisions.list;
  const int count = int(all.size());
  float y = rect.y - ImGui::GetScrollY();
  for (int i = count - 1; i >= 0; --i, y += kChangeRow) {
    const Revision& revision = all[std::size_t(i)];
    const Rect row = {rect.x, y, rect.w - 12, kChangeRow - 4};
    bool hovered = false;
    const int from_newest = count - 1 - i;
    if (area(pen, "revision/" + revision.version, row, hovered))
      queue.push(ImGui::GetIO().KeyShift ? commands::ChooseRevisions{model.revision_choice.to, from_newest} : commands::ChooseRevisions{from_newest, -1});
    const viewmodel::RevisionWriter writer = writer_of(model, revision);
    if (hovered && !writer.who.empty()) tip(pen, writer.who + ", " + writer.how);
    const bool to = std::size_t(i) == pair.to, from = std::size_t(i) == pair.from;
    if (to || from || hovered) pen.fill(row, to ? pen.colors().tint : pen.colors().surface);
    if (to || from) pen.text_mid(row.x + 8, row.cy(), to ? "+" : "-", pen.colors().ink, kBody, Face::Mono);
    const std::string when = viewmodel::time_of_day(writer.at);
    const std::string name = model.say(i + 1 == count && model.cluster.revisions.deleted ? Word::changes_deleted : i + 1 == count ? Word::changes_now : Word::changes_revision,
                                       {revision.version});
    pen.text_mid(row.x + 28, row.y + 13, pen.fitted(name, row.w - 36 - pen.width(when, kSmall) - 8, kSmall, Face::Bold), pen.colors().ink, kSmall, Face::Bold);
    pen.text_mid(row.right() - 8 - pen.width(when, kSmall), row.y + 13, when, pen.colors().soft, kSmall);
    pen.text_mid(row.x + 28, row.y + 32, pen.fitted_middle(writer.who.empty() ? model.say(Word::changes_unknown) : writer.who + ", " + writer.how, row.w - 36, kSmall),
                 pen.colors().soft, kSmall);
  }
  ImGui::SetCursorScreenPos(ImVec2(rect.x, y));
  ImGui::Dummy(ImVec2(1, 1));
  end_region();
}

void line(const Pen& pen, const viewmodel::Model& model, const DiffLine& line, float x, float y, float width) {
  const Palette& c = pen.colors();
  using Kind = DiffLine::Kind;
  if (line.kind == Kind::Gap) {
    pen.text_mid(x + 20, y + kDiffLine / 2, model.say(Word::changes_same, {std::to_string(line.skipped)}), c.soft, kSmall);
    return;
  }
  const bool changed = line.kind != Kind::Same;
  if (changed) pen.fill({x, y, width, kDiffLine}, with_alpha(line.kind == Kind::Added ? c.good : c.bad, 0.14f), 0);
  if (changed) pen.text_mid(x + 4, y + kDiffLine / 2, line.kind == Kind::Added ? "+" : "-", line.kind == Kind::Added ? c.good : c.bad, kSmall, Face::Mono);
  pen.text_mid(x + 20, y + kDiffLine / 2, pen.fitted(line.text, width - 24, kSmall, Face::Mono), changed ? c.ink : c.soft, kSmall, Face::Mono);
}

void diff(const viewmodel::Model& model, ViewState& state, const Rect& rect, const RevisionPair& pair) {
  const Pen pen = begin_region(state.theme, "diff", rect, true);
  const auto& all = model.cluster.revisions.list;
  DiffState& cache = state.diff;
  if (cache.from != all[pair.from].yaml || cache.to != all[pair.to].yaml) cache = {all[pair.from].yaml, all[pair.to].yaml, orrery::diff_lines(all[pair.from].yaml, all[pair.to].yaml)};
  float y = rect.y - ImGui::GetScrollY();
  if (cache.lines.empty()) pen.text_mid(rect.x, y + 12, pen.fitted(model.say(Word::changes_nothing), rect.w, kSmall), pen.colors().soft, kSmall);
  for (const DiffLine& one : cache.lines) {
    if (y + kDiffLine > rect.y && y < rect.bottom()) line(pen, model, one, rect.x, y, rect.w - 12);
    y += kDiffLine;
  }
  ImGui::SetCursorScreenPos(ImVec2(rect.x, y + 16));
  ImGui::Dummy(ImVec2(1, 1));
  end_region();
}

}  // namespace

void draw_changes(const viewmodel::Model& model, ViewState& state, commands::CommandQueue& queue, const Rect& rect) {
  const viewmodel::Revisions& revisions = model.cluster.revisions;
  RevisionPair pair;
  const bool two = compared(revisions, model.revision_choice, pair);
  if (!two || !(revisions.of == model.selected)) {
    const Pen pen = begin_region(state.theme, "changes", rect);
    const Word why = !revisions.watched ? Word::changes_unwatched : revisions.list.empty() ? Word::object_gone : Word::changes_one;
    paragraph(pen, rect.x, rect.y + 4, rect.w, model.say(why), pen.colors().soft);
    return end_region();
  }
  const bool narrow = rect.w < kNarrow;
  const float list_w = narrow ? rect.w : kListW, list_h = narrow ? std::min(3 * kChangeRow, rect.h * 0.4f) : rect.h;
  list(model, state, queue, {rect.x, rect.y, list_w, list_h}, pair);
  if (narrow) diff(model, state, {rect.x, rect.y + list_h + 8, rect.w, rect.h - list_h - 8}, pair);
  else diff(model, state, {rect.x + list_w + 16, rect.y, rect.w - list_w - 16, rect.h}, pair);
}

}  // namespace orrery::views
