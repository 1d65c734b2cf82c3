// docs/cli.md shows each command once: they are typed here as they stand there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "cli/program.h"

namespace aisp::test {
namespace {

// What is in backquotes in the first column of a table, without the word aisp.
std::vector<std::vector<std::string>> examples() {
  std::ifstream in(AISP_SOURCE_DIR "/docs/cli.md");
  std::vector<std::vector<std::string>> found;
  const std::string begin = "| `aisp ";
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(begin, 0) != 0) continue;
    std::istringstream words(
        line.substr(begin.size(), line.find('`', begin.size()) - begin.size()));
    found.emplace_back(std::istream_iterator<std::string>(words),
                       std::istream_iterator<std::string>());
  }
  return found;
}

std::string typed(const std::vector<std::string>& words) {
  std::string text = "aisp";
  for (const std::string& word : words) text += " " + word;
  return text;
}

// One folder for all of them: later ones read what earlier ones have recorded.
TEST(Examples, OfTheReferenceDoTheirJobs) {
  const Folder folder;
  std::filesystem::create_directories(folder.path() /
                                      "chapters/ch01");  // as in the root of a checkout
  const auto all = examples();
  ASSERT_GT(all.size(), 15u);
  for (const auto& words : all) {
    const Said said = aisp(words, folder.path());
    // What depends on how quiet the machine is may find something slower, or nothing proven.
    const bool times = typed(words).find("bench run") != std::string::npos ||
                       typed(words).find("bench verify -t") != std::string::npos ||
                       typed(words).find("compare") != std::string::npos ||
                       typed(words).find("check") != std::string::npos ||
                       typed(words).find("expectations update") != std::string::npos;
    if (times)
      EXPECT_THAT(said.code, ::testing::AnyOf(0, 1, 3)) << typed(words) << "\n" << said.err;
    else
      EXPECT_EQ(said.code, 0) << typed(words) << "\n" << said.err;
  }
  for (const char* file : {"report.html", "bundle.tar", "chapters/ch90/demo/problem.cpp"})
    EXPECT_TRUE(std::filesystem::exists(folder.path() / file)) << file;
  // Each command of the page but `aisp migrate`, and but those that only have others below them.
  std::ifstream in(AISP_SOURCE_DIR "/docs/cli.md");
  const std::string heading = "## aisp ";
  std::size_t headings = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(heading, 0) != 0) continue;
    const std::string command = line.substr(3);
    if (command == "aisp bench" || command == "aisp bench expectations" ||
        command == "aisp migrate")
      continue;
    ++headings;
    EXPECT_TRUE(std::any_of(
        all.begin(), all.end(),
        [&](const auto& words) { return (typed(words) + " ").rfind(command + " ", 0) == 0; }))
        << command << " has no example";
  }
  EXPECT_GT(headings, 15u);
}

}  // namespace
}  // namespace aisp::test
