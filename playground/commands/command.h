// What the user asked for, as data. Views push commands while they draw; the program runs them between frames.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace orrery::commands {

struct RunLine { std::string line; };          // into the terminal, as if typed
struct TypeLine { std::string line; };         // written at the prompt, not run
struct BreakOrMend { std::string line; };      // "break ...", "mend ...": at once, whatever else runs
struct InterruptLine {};                       // Ctrl-C
// A key at the prompt. `text` is what Insert inserts, `caret` where Place goes, `select` whether moving selects.
enum class Edit {
  Insert, EraseBefore, EraseAfter, EraseWord, EraseToStart, EraseToEnd, Left, Right, WordLeft, WordRight, Home, End, Place,
  SelectAll, Older, Newer, Complete, AcceptRescue, Submit, Clear, EndOfInput,
};
struct EditLine { Edit edit = Edit::Insert; std::string text; std::size_t caret = 0; bool select = false; };
struct SetPaused { bool paused = false; };
struct StepOnce {};
struct SetSpeed { double speed = 1.0; };
struct GoToTime { std::int64_t at = 0; };      // nanoseconds of the cluster's clock
struct OpenBranch { std::size_t index = 0; };  // of the kept ones
struct SelectObject { std::string kind, ns, name; };  // all empty: nothing selected
struct ShowView { std::string view; };         // "map", "pod", "layers", "events", "object"
// As viewmodel::set_look reads them; empty leaves that part as it is.
struct SetMapLook { std::string group, colour; };
struct SetLanguage { std::string language; };  // "en", "ko"
struct SetTheme { bool dark = false; };
struct SetTerminalHeight { float height = 0; };  // in points; 0: as the page has it
struct SetTextScale { double scale = 1.0; };
// A press on a Document's block; `action` is the block's, read by whoever made the document:
// "lesson.next", "lesson.choose", "lesson.hint", "run" (the block's text), "open:<lesson>", "view:<name>".
struct DocumentAction { std::string document, block, action; };
struct CopyText { std::string text; };
struct RequestText { std::string kind, ns, name, form; };  // form: "yaml", "describe", "logs", or another tab of the object
struct ApplyEdit { std::string text; bool typed = true; };  // typed: the editor holds it already
struct EditAgain {};                           // from the object as it is now
struct ChooseRevisions { int to = 0, from = -1; };  // as viewmodel::RevisionChoice

using Command = std::variant<RunLine, BreakOrMend, TypeLine, InterruptLine, EditLine, SetPaused, StepOnce, SetSpeed, GoToTime, OpenBranch, SelectObject, ShowView, SetMapLook,
                             SetLanguage, SetTheme, SetTerminalHeight, SetTextScale, DocumentAction, CopyText,
                             RequestText, ChooseRevisions, ApplyEdit, EditAgain>;

class CommandQueue {
 public:
  void push(Command command) { commands_.push_back(std::move(command)); }
  bool empty() const { return commands_.empty(); }
  // Hands over everything pushed so far, oldest first.
  std::vector<Command> take() { return std::exchange(commands_, {}); }

 private:
  std::vector<Command> commands_;
};

}  // namespace orrery::commands
