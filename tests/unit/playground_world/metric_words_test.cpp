// `metric` and `metrics` at the prompt of a simulated cluster.
#include <doctest/doctest.h>

#include "playground/app/world/simulated_source.h"

using namespace orrery;

namespace {

struct Prompt {
  std::unique_ptr<app::PageSource> source = app::open_simulated({});
  std::uint64_t runs = 0;
  int status = -1;

  Prompt() { source->skip(5); }
  std::string run(const std::string& line) {
    source->run_line(++runs, line);
    std::string text;
    for (int i = 0; i < 200; ++i) {
      for (const viewmodel::ShellOutput& output : source->take_output()) {
        text += output.text;
        if (!output.finished) continue;
        status = output.exit_status;
        return text;
      }
      source->skip(0.1);
    }
    return text + "(did not end)";
  }
};

}  // namespace

TEST_CASE("metric words: metrics of the outside are set at the prompt, and recorded") {
  Prompt prompt;
  CHECK(prompt.run("metrics").find("nothing outside the cluster is measured") == 0);
  CHECK(prompt.run("metric queue_length{queue=orders} 30") == "measured: queue_length{queue=orders} 30\n");
  CHECK(prompt.status == 0);
  CHECK(prompt.run("metric queue_length{queue=orders} many").find("error: \"many\" is no quantity") == 0);
  CHECK(prompt.status == 1);
  CHECK(prompt.run("metrics") == "queue_length{queue=orders} 30\n");
  CHECK(prompt.source->complete("metri") == std::vector<std::string>{"metric", "metrics"});
  CHECK(prompt.run("kubectl get --raw /apis/external.metrics.k8s.io/v1beta1/namespaces/default/queue_length").find("\"value\":\"30\"") !=
        std::string::npos);
  const std::string recording = prompt.source->recording();
  CHECK(recording.find("metric: \"queue_length{queue=orders} 30\"") != std::string::npos);
  CHECK(recording.find("many") == std::string::npos);
}
