// All that the program asks of the machine it is shown on: a window, time, files of its own, clipboard, input method.
// One implementation per target (native/, web/); CMake picks it. Everything is called from one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace orrery::platform {

struct Options {
  std::string title = "Orrery";
  int width = 1280;   // in points
  int height = 800;
  double density = 0;          // pixels a point; 0: as the display says
  std::string assets;          // folder of fonts and lessons; empty: beside the program. The web ignores it
  std::string open;            // file that the program is to open; the web takes it from the page's link
  std::string screenshot;      // native: write the last frame here as PNG ...
  int frames = 0;              // ... after this many frames, then leave. 0: run until closed
};

// What an input method is composing right now, to be drawn at the caret.
struct Preedit {
  std::string text;
};

struct Caret {
  float x = 0, y = 0, height = 0;  // points, in the window
  bool wants_text = false;         // shows the soft keyboard where there is one
};

class Platform {
 public:
  virtual ~Platform() = default;

  // Calls `done` once with the file's bytes, empty when it isn't there; maybe before returning, maybe frames later.
  virtual void load_asset(const std::string& name, std::function<void(std::string)> done) = 0;
  // Small settings that outlive the program; empty when never saved or not allowed.
  virtual std::string setting(const std::string& key) = 0;
  virtual void save_setting(const std::string& key, const std::string& value) = 0;
  // A saved page that this one was opened with, by a link or as a file; empty: none.
  virtual std::string opened_with() = 0;
  // "ko", "en", ... as the user's system says.
  virtual std::string preferred_language() = 0;
  virtual bool prefers_dark() = 0;
  virtual bool prefers_reduced_motion() = 0;

  // "go" (see publish) opens the page of that address, such as a printed lesson, beside this one.
  virtual bool opens_pages() { return false; }

  // The page came from an Orrery server and may speak with it: one line of text messages, taken up again when it breaks.
  virtual bool attached() { return false; }
  virtual void listen(std::function<void(const std::string&)> on_message, std::function<void(bool)> on_open) { (void)on_message, (void)on_open; }
  virtual void send(const std::string& message) { (void)message; }

  virtual void set_clipboard(const std::string& text) = 0;
  virtual void set_caret(const Caret& caret) = 0;
  virtual const Preedit& preedit() const = 0;

  // Text for whoever stands around the canvas ("mirror": the Document as JSON; "say": a sentence for the live region;
  // "state": what tests and the shell may know; "share", "file": the page as text, for a link and for a file; "choose": ask for
  // such a file, it comes as the message "open TEXT"; "go": an address). Natively all are dropped.
  virtual void publish(const std::string& channel, const std::string& text) = 0;
  // Draw at least one more frame even if the program sleeps.
  virtual void wake() = 0;
};

// The program, as the platform drives it. tick and draw alternate; draw is left out while nothing moves.
class Program {
 public:
  virtual ~Program() = default;
  // `seconds` of real time have passed. Returns for how many more seconds nothing needs drawing; 0: draw now.
  virtual double tick(double seconds) = 0;
  // Between ImGui::NewFrame and ImGui::Render.
  virtual void draw(double seconds) = 0;
  // A line from outside: the page's DOM mirror, a link, a test. "action <document> <block> <action>", "run <line>", ...
  virtual void message(const std::string& line) = 0;
};

using MakeProgram = std::function<std::unique_ptr<Program>(Platform&)>;

// Opens the window, makes the program and drives it. Natively returns the exit status; on the web it never returns.
int run(const Options& options, const MakeProgram& make);

}  // namespace orrery::platform
