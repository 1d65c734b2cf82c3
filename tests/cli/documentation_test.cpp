// docs/cli.md has every command with every flag that its --help prints, and no others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "cli/program.h"

namespace aisp::test {
namespace {

using Flags = std::set<std::string>;

// "-t" and "--targets" of the line "  -t,--targets LIST ...  What to judge". What follows them on the
// line is left alone: how it is laid out depends on the version of CLI11.
void collect_flags(const std::string& line, Flags& flags) {
  std::size_t at = line.find_first_not_of(' ');
  if (at == 0) return;
  while (at < line.size() && line[at] == '-') {
    const std::size_t end = line.find_first_not_of(
        "-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", at);
    flags.insert(line.substr(at, end - at));
    if (end == std::string::npos || line[end] != ',') return;
    at = line.find_first_not_of(' ', end + 1);
  }
}

// By command: "aisp bench run".
std::map<std::string, Flags> documented() {
  std::ifstream in(AISP_SOURCE_DIR "/docs/cli.md");
  std::map<std::string, Flags> commands;
  std::string command;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("## ", 0) == 0) {
      command = line.substr(3);
      commands[command];
    } else if (!command.empty()) {
      collect_flags(line, commands[command]);
    }
  }
  return commands;
}

// Asks the command for its help, and those that it names under "Subcommands:" for theirs.
void ask_for_help(const std::vector<std::string>& words, const Folder& folder,
                  std::map<std::string, Flags>& commands) {
  std::vector<std::string> arguments = words;
  arguments.push_back("--help");
  const Said said = aisp(arguments, folder.path());
  ASSERT_EQ(said.code, 0) << said.err;
  std::string command = "aisp";
  for (const std::string& word : words) command += " " + word;
  Flags& flags = commands[command];
  std::istringstream lines(said.out);
  bool subcommands = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("Subcommands:", 0) == 0 || line.rfind("SUBCOMMANDS:", 0) == 0) {
      subcommands = true;
    } else if (line.empty()) {
      subcommands = false;
    } else if (subcommands) {
      std::vector<std::string> deeper = words;
      std::istringstream(line) >> deeper.emplace_back();
      ask_for_help(deeper, folder, commands);
    } else {
      collect_flags(line, flags);
    }
  }
}

TEST(Documentation, HasEveryCommandAndFlagOfTheHelpAndNoOthers) {
  const Folder folder;
  std::map<std::string, Flags> helped;
  ask_for_help({}, folder, helped);
  ASSERT_TRUE(helped.contains("aisp bench run"));
  EXPECT_GT(helped["aisp bench run"].size(), 10u);
  const auto written = documented();
  EXPECT_THAT(written, ::testing::ContainerEq(helped))
      << "make docs/cli.md anew: the command is at its head";
}

}  // namespace
}  // namespace aisp::test
