#include <exception>
#include <type_traits>

#include "base/freed_memory.h"
#include "cli/list_targets.h"
#include "cli/options.h"
#include "cli/redteam.h"
#include "cli/run.h"
#include "cli/template.h"
#include "cli/terminal.h"

namespace aisp::cli {
namespace {

int run_command(int argc, char** argv) {
  const auto parsed = parse_command_line(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const std::vector<std::string> words(argv, argv + argc);
  const ExitCode code = std::visit(
      [&](const auto& options) {
        using Options = std::decay_t<decltype(options)>;
        if constexpr (std::is_same_v<Options, RunOptions>) {
          return run_bench(options, words);
        } else if constexpr (std::is_same_v<Options, ListOptions>) {
          return list_targets(options);
        } else if constexpr (std::is_same_v<Options, RedteamOptions>) {
          return run_redteam(options, words);
        } else if constexpr (std::is_same_v<Options, Command>) {
          return options();
        } else {
          return print_template(options);
        }
      },
      std::get<CommandLine>(parsed));
  return value_of(code);
}

}  // namespace
}  // namespace aisp::cli

int main(int argc, char** argv) {
  aisp::keep_freed_memory();
  try {
    return aisp::cli::run_command(argc, argv);
  } catch (const std::exception& e) {  // out of memory, a broken invariant: said, and a status
    aisp::cli::say(stderr, "aisp: stopped by an internal error: {}\n", e.what());
    return 2;
  }
}
