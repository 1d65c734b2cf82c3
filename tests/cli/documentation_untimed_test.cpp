// docs/cli.md has every command with every flag that its --help prints, and no others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
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
      << "make docs/cli.md anew: tools/cli_reference.sh";
}

// The places that `[text](place)` and `](place#heading)` name, but for those on the web.
std::vector<std::string> links_of(const std::string& text) {
  std::vector<std::string> links;
  bool code = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("```", 0) == 0) code = !code;
    if (code) continue;
    for (std::size_t at = 0; (at = line.find("](", at)) != std::string::npos;) {
      at += 2;
      const std::string link = line.substr(at, line.find(')', at) - at);
      if (link.find("://") == std::string::npos && link.rfind("mailto:", 0) != 0)
        links.push_back(link);
    }
  }
  return links;
}

// As GitHub makes them: small letters, spaces to '-', without other marks.
std::set<std::string> anchors_of(const std::string& text) {
  std::set<std::string> anchors;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t from = line.find_first_not_of('#');
    if (from == 0 || from == std::string::npos || line[from] != ' ') continue;
    std::string anchor;
    for (const char c : line.substr(from + 1)) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) != 0 || c == '-' || c == '_')
        anchor += static_cast<char>(std::tolower(byte));
      if (c == ' ') anchor += '-';
    }
    anchors.insert(anchor);
  }
  return anchors;
}

// Each `Suite.Name` in docs/checklist.md is a test of this repository.
TEST(Documentation, EveryTestOfTheChecklistExists) {
  namespace fs = std::filesystem;
  std::set<std::string> tests;
  const std::regex test(R"(TEST(_F|_P)?\((\w+),\s*(\w+)\))");
  for (const auto& entry : fs::recursive_directory_iterator(AISP_SOURCE_DIR "/tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = text_of(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), test), end; at != end; ++at)
      tests.insert((*at)[2].str() + "." + (*at)[3].str());
  }
  const std::string page = text_of(AISP_SOURCE_DIR "/docs/checklist.md");
  const std::regex named(R"(`([A-Z]\w+\.[A-Z]\w+)`)");
  std::size_t checked = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), named), end; at != end; ++at, ++checked)
    EXPECT_TRUE(tests.contains((*at)[1].str())) << (*at)[1].str();
  EXPECT_GT(checked, 50u);
}

TEST(Documentation, TheSiteIsBuilt) {
  if (std::system("mkdocs --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no mkdocs";
  const Folder folder;
  const std::string site = folder / "site";
  ASSERT_EQ(std::system(("cd '" AISP_SOURCE_DIR "' && mkdocs build -q -d '" + site + "' > '" +
                         (folder / "said") + "' 2>&1")
                            .c_str()),
            0)
      << text_of(folder / "said");
  for (const char* page : {"index.html", "cli.html", "protections.html", "measurements/index.html"})
    EXPECT_GT(text_of(std::filesystem::path(site) / page).size(), 2000u) << page;
}

TEST(Documentation, EveryLinkLeadsSomewhere) {
  namespace fs = std::filesystem;
  const fs::path root = AISP_SOURCE_DIR;
  std::vector<fs::path> pages;
  for (const char* folder : {"docs", "attacks", "chapters"})
    for (const auto& entry : fs::recursive_directory_iterator(root / folder))
      if (entry.path().extension() == ".md") pages.push_back(entry.path());
  for (const auto& entry : fs::directory_iterator(root))
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  ASSERT_GT(pages.size(), 15u);
  std::size_t checked = 0;
  for (const fs::path& page : pages)
    for (const std::string& link : links_of(text_of(page))) {
      ++checked;
      const std::size_t hash = link.find('#');
      const std::string place = link.substr(0, hash);
      const fs::path target = place.empty() ? page : page.parent_path() / place;
      EXPECT_TRUE(fs::exists(target)) << page << " links to " << link;
      if (hash != std::string::npos && target.extension() == ".md") {
        EXPECT_TRUE(anchors_of(text_of(target)).contains(link.substr(hash + 1)))
            << page << " links to " << link;
      }
    }
  EXPECT_GT(checked, 50u);
}

// A run folder as artifacts/runs has them, with what tools/chapter_tables.py reads of it.
void write_run(const std::filesystem::path& folder, const std::string& rows) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "manifest.json")
      << R"({"started_at": "2026-01-02T03:04:05Z", "isolation": "full", "software": {},)"
      << R"( "machine": {"cpu model": "Model 1", "cpus": "2"}})";
  std::ofstream(folder / "results.json") << R"({"results": [)" << rows << "]}";
}

std::string run_row(const std::string& implementation, const std::string& part, double time_ns,
                    const std::string& stop_reason = "interval") {
  std::ostringstream row;
  row << R"({"target": "ch01:sum", "device": "cpu", "implementation": ")" << implementation
      << R"(", "part": ")" << part
      << R"(", "correct": true, "honest": true, "comparison": "faster",)"
      << R"( "speedup": {"low": 1.9, "estimate": 2, "high": 2.1}, "rounds": 9, "ceiling": null,)"
      << R"( "claim_ns": 1, "stop_reason": ")" << stop_reason << R"(", "time_ns": {"low": )"
      << time_ns << R"(, "estimate": )" << time_ns << R"(, "high": )" << time_ns << "}}";
  return row.str();
}

TEST(ChapterTables, HaveWhatIsMeasuredOfWhatIsThere) {
  namespace fs = std::filesystem;
  const Folder folder;
  const fs::path chapter = folder.path() / "chapters/ch01";
  fs::create_directories(chapter / "sum");
  for (const char* name : {"baseline.cpp", "optimized.cpp"}) std::ofstream(chapter / "sum" / name);
  const std::string other = "<!-- measured: Other, 8 CPUs -->\nkept\n<!-- end -->\n";
  std::ofstream(chapter / "README.md") << "# One\n\n## Measured\n\n" << other << "\n## Next\n";
  write_run(folder.path() / "run", run_row("baseline", "baseline", 8000) + "," +
                                       run_row("optimized", "optimized", 4000) + "," +
                                       run_row("optimized_gone", "optimized", 1000));
  write_run(folder.path() / "later", run_row("optimized", "optimized", 5000, "interrupted"));
  const auto write = [&](const std::string& runs) {
    const std::string command = "cd '" + folder.path().string() +
                                "' && python3 " AISP_SOURCE_DIR "/tools/chapter_tables.py " + runs +
                                " > out 2> err";
    return std::system(command.c_str());
  };
  ASSERT_EQ(write("run later"), 0) << text_of(folder.path() / "err");
  const std::string text = text_of(chapter / "README.md");
  EXPECT_THAT(
      text, ::testing::HasSubstr("| `ch01:sum` | `baseline` | [8 µs **8 µs** 8 µs] | baseline |"));
  EXPECT_THAT(text,
              ::testing::HasSubstr("| `optimized` | [4 µs **4 µs** 4 µs] | [1.9 **2** 2.1] |"));
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("gone")));
  EXPECT_THAT(text, ::testing::HasSubstr(other));
  EXPECT_LT(text.find("Model 1, 2 CPUs"), text.find("## Next"));
  EXPECT_THAT(text_of(folder.path() / "err"), ::testing::HasSubstr("optimized_gone has no source"));
  ASSERT_EQ(write("run"), 0);
  EXPECT_EQ(text_of(chapter / "README.md"), text) << "the second time changes nothing";
  EXPECT_NE(write("nowhere"), 0);
}

TEST(Documentation, LinksAndHeadingsAreSeen) {
  EXPECT_THAT(links_of("[a](b.md#c) and ![d](e.png)\n```\n[no](x)\n```\n[w](https://x.y)"),
              ::testing::ElementsAre("b.md#c", "e.png"));
  EXPECT_THAT(anchors_of("# A b, c!\nno\n## `x` - 2"),
              ::testing::UnorderedElementsAre("a-b-c", "x---2"));
}

}  // namespace
}  // namespace aisp::test
