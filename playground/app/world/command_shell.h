// The prompt's shell: kubectl through core/kubectl, and a few words of its own for the user's manifest files.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/kubectl/kubectl.h"
#include "playground/viewmodel/cluster_source.h"

namespace orrery::app {

// Those that begin so, sorted, each once.
std::vector<std::string> matching(std::vector<std::string> words, const std::string& beginning);

class CommandShell final : public ports::Target {
 public:
  // REQUIRES: all outlive it.
  CommandShell(ports::TaskQueue& queue, kubectl::Kubectl& kubectl, kubectl::FileSource& files);
  ~CommandShell() override;

  void run(std::uint64_t run, const std::string& line, const std::string& input = "");
  void interrupt(std::uint64_t run);
  viewmodel::Listener listener(std::uint64_t run) const;
  void type(std::uint64_t run, const std::string& text);
  bool busy() const { return !sessions_.empty(); }
  bool runs(std::uint64_t run) const { return sessions_.count(run) > 0; }
  std::vector<std::uint64_t> open_runs() const;
  // The kubectl session of a run; 0: none.
  std::uint64_t session_of(std::uint64_t run) const;
  std::vector<viewmodel::ShellOutput> take_output() { return std::exchange(output_, {}); }
  // Whole words that could stand at the end of `line`; `model` knows the names.
  std::vector<std::string> complete(const std::string& line, const viewmodel::ClusterModel& model) const;

  void on_task(const ports::Task& task) override;

 private:
  void open_editor(std::uint64_t run, std::string_view manifest);
  void print(std::uint64_t run, const std::string& text, int status);
  void own_word(std::uint64_t run, const std::vector<std::string>& words);

  ports::TaskQueue& queue_;
  kubectl::Kubectl& kubectl_;
  kubectl::FileSource& files_;
  ports::TargetId id_;
  std::map<std::uint64_t, std::uint64_t> sessions_;  // run -> session
  std::vector<viewmodel::ShellOutput> output_;
};

}  // namespace orrery::app
