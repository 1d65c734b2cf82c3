// The manifests of the repository, and manifests that are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>

#include "guard/guards.h"
#include "redteam/corpus.h"

namespace aisp::redteam {
namespace {

namespace fs = std::filesystem;

const fs::path kAttacks = fs::path(AISP_SOURCE_DIR) / "attacks";
const fs::path kHonest = fs::path(AISP_SOURCE_DIR) / "honest";

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> folders(const fs::path& root) {
  std::vector<fs::path> found;
  if (!fs::exists(root)) return found;
  for (const auto& entry : fs::directory_iterator(root))
    if (fs::exists(entry.path() / "manifest.json")) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

bool has_source(const fs::path& folder, const std::string& stem) {
  return fs::exists(folder / (stem + ".cpp")) || fs::exists(folder / (stem + ".cu"));
}

TEST(Manifests, OfTheRepositoryAreWellFormed) {
  std::set<std::string> guards;
  for (const Finding& f : guard::run_all(Observation{})) guards.insert(f.guard);
  EXPECT_GE(folders(kAttacks).size(), 96u);
  for (const fs::path& folder : folders(kAttacks)) {
    const auto manifest = manifest_from_json(read(folder / "manifest.json"));
    ASSERT_TRUE(manifest.ok()) << folder << ": " << manifest.error().message();
    EXPECT_EQ(manifest->name, folder.filename());
    EXPECT_TRUE(has_source(folder, "attack") && has_source(folder, "honest")) << folder;
    for (const std::string& guard : manifest->caught_by)
      EXPECT_TRUE(guards.contains(guard)) << folder << ": there is no guard " << guard;
    if (manifest->expected == Expected::rejected) {
      EXPECT_FALSE(manifest->caught_by.empty())
          << folder << ": say in caught_by which guards show it";
    } else if (manifest->expected == Expected::clean) {
      EXPECT_TRUE(manifest->caught_by.empty()) << folder << ": it is not to be caught";
    }
  }
  for (const fs::path& folder : folders(kHonest)) {
    const auto manifest = manifest_from_json(read(folder / "manifest.json"), true);
    ASSERT_TRUE(manifest.ok()) << folder << ": " << manifest.error().message();
    EXPECT_EQ(manifest->name, folder.filename());
    EXPECT_TRUE(has_source(folder, "honest") || !manifest->implementation.empty()) << folder;
  }
}

TEST(Manifests, WithAFaultAreRefusedWithItsName) {
  const std::string good =
      R"({"name":"a","class":"T1","title":"t","target":"testbed:axpby","device":"cpu","ends":"refuted",)"
      R"("guard":"g","verdict":"either","what":"w","honest":"h","rows":["output.nan"],"caught_by":["values"]})";
  ASSERT_TRUE(manifest_from_json(good).ok()) << manifest_from_json(good).error().message();
  const std::map<std::string, std::pair<std::string, std::string>> faults = {
      {R"("verdict":"either")", {R"("verdict":"fine")", "verdict"}},
      {R"("ends":"refuted")", {R"("ends":"somehow")", "ends"}},
      {R"("device":"cpu")", {R"("device":"abacus")", "device"}},
      {R"("target":"testbed:axpby")", {R"("target":"../../etc:passwd")", "target"}},
      {R"("name":"a")", {R"("name":"../a")", "name"}},
      {R"("output.nan")", {R"("output.nun")", "output.nun"}},
      {R"(["values"])", {R"(["values","values"])", "twice"}},
      {R"("what":"w")", {R"("what":1)", "what"}},
      {R"("what":)", {R"("waht":)", "waht"}},
      {R"("guard":"g",)", {"", "guard"}},
      {"{", {"[", "JSON"}},
  };
  for (const auto& [part, change] : faults) {
    std::string bad = good;
    bad.replace(bad.find(part), part.size(), change.first);
    const auto manifest = manifest_from_json(bad);
    ASSERT_FALSE(manifest.ok()) << bad;
    EXPECT_THAT(manifest.error().message(), testing::HasSubstr(change.second)) << bad;
  }
}

TEST(Manifests, AreSelectedByNameClassOrPattern) {
  Manifest m;
  m.name = "forged_clock_got";
  m.klass = "T4";
  for (const char* pattern : {"", "clock", "T4", "forged_*", "*got", "forged_clock_got"})
    EXPECT_TRUE(selects(pattern, m)) << pattern;
  for (const char* pattern : {"T", "clock_*", "forged_clock_", "R4"})
    EXPECT_EQ(selects(pattern, m), std::string(pattern) == "forged_clock_") << pattern;
}

// "T10" after "T9".
std::pair<std::size_t, std::string> order_of(const Manifest& m) {
  const std::size_t place = std::string("TRWJ").find(m.klass.substr(0, 1));
  return {place * 100 + static_cast<std::size_t>(std::atoi(m.klass.c_str() + 1)), m.name};
}

// AISP_WRITE_README=1 makes this write the table instead of comparing it.
TEST(Manifests, AreTheTableOfTheReadme) {
  std::vector<Manifest> all;
  for (const fs::path& folder : folders(kAttacks))
    all.push_back(*manifest_from_json(read(folder / "manifest.json")));
  std::sort(all.begin(), all.end(),
            [](const Manifest& a, const Manifest& b) { return order_of(a) < order_of(b); });
  std::string table = fmt::format(
      "{} attacks, {} honest twins.\n\n"
      "| class | name | what it does | target | ends | verdict |\n|---|---|---|---|---|---|\n",
      all.size(), all.size());
  for (const Manifest& m : all)
    table += fmt::format("| {} | [{}]({}) | {} | `{}`{} | {}: {} | {} |\n", m.klass, m.name, m.name,
                         m.title, m.target, m.device == "cpu" ? "" : ", " + m.device, m.ends,
                         m.guard, to_string(m.expected));
  const fs::path file = kAttacks / "README.md";
  const std::string text = read(file);
  const std::string begin = "## The table\n\n", end = "\n## ";
  const std::size_t from = text.find(begin) + begin.size();
  ASSERT_NE(text.find(begin), std::string::npos);
  const std::size_t to = text.find(end, from);
  ASSERT_NE(to, std::string::npos);
  if (std::getenv("AISP_WRITE_README") != nullptr) {
    std::ofstream(file, std::ios::binary) << text.substr(0, from) + table + text.substr(to);
    return;
  }
  EXPECT_EQ(text.substr(from, to - from), table)
      << "run AISP_WRITE_README=1 build/bin/redteam_tests --gtest_filter='Manifests.*'";
}

}  // namespace
}  // namespace aisp::redteam
