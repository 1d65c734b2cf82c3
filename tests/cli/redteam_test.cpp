// `aisp redteam` as a script sees it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/program.h"

namespace aisp::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;

std::string only_file(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) return entry.path();
  return {};
}

TEST(Redteam, RunsAnAttackAndSaysThatItWasCaught) {
  const Folder folder;
  const Said said = aisp({"redteam", "-k", "noop", "--json"}, folder.path());
  EXPECT_EQ(said.code, 0) << said.out << said.err;
  EXPECT_EQ(schema_errors(said.out, "redteam.schema.json", folder.path()), "");
  const Json document = Json::parse(said.out);
  EXPECT_EQ(document["summary"]["attacks"], 1);
  EXPECT_EQ(document["summary"]["caught"], 1);
  EXPECT_EQ(document["summary"]["honest"], 1);
  EXPECT_EQ(document["rows"][0]["outcome"], "rejected");
  EXPECT_THAT(document["rows"][0]["guards"], ::testing::Contains("values"));

  // What was recorded is what was printed, and is shown again.
  const std::string recorded = only_file(fs::path(folder / "artifacts") / "redteam");
  const Said again = aisp({"redteam", "--from", recorded, "--json"}, folder.path());
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(again.out, said.out);
  const Said guards = aisp({"redteam", "--from", recorded, "--guards"}, folder.path());
  EXPECT_THAT(guards.out, HasSubstr("without it these pass"));

  // One attack is no corpus.
  const Said part =
      aisp({"redteam", "--from", recorded, "--write-protections", folder / "p.md"}, folder.path());
  EXPECT_EQ(part.code, 2);
  EXPECT_FALSE(fs::exists(folder / "p.md"));
}

TEST(Redteam, ExitsByWhatWasMissedAccusedOrLeftOpen) {
  const Folder folder;
  std::ifstream in(AISP_SOURCE_DIR "/tests/redteam/kept/recording_fuzz/small.json");
  const Json good = [&] {
    Json document = Json::parse(in);
    document["rows"][1]["outcome"] = "accepted";
    document["summary"]["accused"] = 0;
    return document;
  }();
  const auto code = [&](const Json& document) {
    std::ofstream(folder / "run.json") << document.dump();
    const Said said = aisp({"redteam", "--from", folder / "run.json"}, folder.path());
    EXPECT_EQ(said.code == 2, said.out.empty()) << said.err;
    return said.code;
  };
  const auto with = [&](int row, const char* outcome, const char* more, const char* less) {
    Json document = good;
    document["rows"][static_cast<std::size_t>(row)]["outcome"] = outcome;
    document["summary"][more] = document["summary"][more].get<int>() + 1;
    if (less != nullptr) document["summary"][less] = document["summary"][less].get<int>() - 1;
    return document;
  };
  EXPECT_EQ(code(good), 0);
  EXPECT_EQ(code(with(0, "missed", "missed", "caught")), 1);
  EXPECT_EQ(code(with(1, "accused", "accused", nullptr)), 1);
  EXPECT_EQ(code(with(0, "not_run", "not_run", "caught")), 3);
  EXPECT_EQ(code(with(1, "not_proven", "not_proven", nullptr)), 3);
  EXPECT_EQ(code(with(0, "missed", "missed", nullptr)), 2) << "a summary that is not its rows'";
}

// A driver that is not there, also on a machine that has one.
TEST(Redteam, WithoutAGpuItsCorpusIsNotRunAndEachRowSaysWhy) {
  const Folder folder;
  const Said said = aisp({"redteam", "--device", "cuda", "--json"}, folder.path(),
                         {"AISP_CUDA_DRIVER=/nonexistent/libcuda.so.1"});
  EXPECT_EQ(said.code, 3) << said.err;
  EXPECT_THAT(said.err, HasSubstr("not run"));
  EXPECT_EQ(schema_errors(said.out, "redteam.schema.json", folder.path()), "");
  const Json document = Json::parse(said.out);
  EXPECT_EQ(document["run"]["device"], "cuda");
  EXPECT_EQ(document["run"]["hardware"], "none");
  EXPECT_GE(document["summary"]["attacks"], 40);
  EXPECT_EQ(document["summary"]["not_run"], document["summary"]["attacks"]);
  EXPECT_EQ(document["summary"]["caught"], 0);
  EXPECT_EQ(document["summary"]["accused"], 0);
  EXPECT_EQ(document["summary"]["not_proven"], document["summary"]["honest"]);
  for (const auto& row : document["rows"]) {
    EXPECT_EQ(row["device"], "cuda");
    EXPECT_EQ(row["outcome"], "not_run") << row["name"];
    // A build without the CUDA toolkit cannot get as far as the driver.
    EXPECT_THAT(
        row["why"].get<std::string>(),
        ::testing::AnyOf(HasSubstr("/nonexistent/libcuda.so.1"), HasSubstr("no CUDA support")));
  }
  // A pattern chooses among them, and those of the CPU are not among them.
  const Said one = aisp({"redteam", "--device", "cuda", "-k", "cuda_noop", "--json"}, folder.path(),
                        {"AISP_CUDA_DRIVER=/nonexistent/libcuda.so.1"});
  EXPECT_EQ(Json::parse(one.out)["summary"]["attacks"], 1);
  const Said none = aisp({"redteam", "--device", "cuda", "-k", "disk_cache"}, folder.path(),
                         {"AISP_CUDA_DRIVER=/nonexistent/libcuda.so.1"});
  EXPECT_EQ(none.code, 2);
}

// What is lost with a kill is the match that ran.
TEST(Redteam, RecordsAsItGoes) {
  const Folder folder;
  Program run({"redteam", "-k", "noop", "--repeat", "1000"}, folder.path());
  ASSERT_TRUE(run.wait_for_stderr("repeat 2 of")) << run.finish().err;
  kill(run.pid(), SIGKILL);
  run.finish();
  const std::string recorded = only_file(fs::path(folder / "artifacts") / "redteam");
  const Said said = aisp({"redteam", "--from", recorded, "--json"}, folder.path());
  EXPECT_EQ(said.code, 3) << "not whole is no pass";
  EXPECT_THAT(said.err, HasSubstr("cut off"));
  EXPECT_EQ(schema_errors(said.out, "redteam.schema.json", folder.path()), "");
  const Json document = Json::parse(said.out);
  EXPECT_EQ(document["run"]["complete"], false);
  EXPECT_GE(document["summary"]["attacks"], 1);
}

TEST(Redteam, PartsAreJoinedToTheWhole) {
  const Folder folder;
  const std::vector<std::string> no_gpu = {"AISP_CUDA_DRIVER=/nonexistent/libcuda.so.1"};
  const auto run = [&](const std::string& part) {
    std::vector<std::string> words = {"redteam", "--device", "cuda", "--json"};
    if (!part.empty()) words.insert(words.end(), {"--part", part});
    const Said said = aisp(words, folder.path(), no_gpu);
    EXPECT_EQ(said.code, 3) << said.err;
    const std::string file = folder / ("part" + part.substr(0, 1) + ".json");
    std::ofstream(file) << said.out;
    return file;
  };
  std::string files;
  for (const char* part : {"1/3", "3/3", "2/3"}) files += " " + run(part);
  const auto join = [&](const std::string& of) {
    return std::system(("python3 '" AISP_SOURCE_DIR "/tools/join_redteam.py' " + of + " > '" +
                        (folder / "joined.json") + "' 2> '" + (folder / "error.txt") + "'")
                           .c_str());
  };
  ASSERT_EQ(join(files), 0) << text_of(folder / "error.txt");
  const Json whole = Json::parse(text_of(run("")));
  const Json joined = Json::parse(text_of(folder / "joined.json"));
  EXPECT_EQ(schema_errors(joined.dump(), "redteam.schema.json", folder.path()), "");
  EXPECT_EQ(joined["summary"], whole["summary"]);
  EXPECT_EQ(joined["run"]["repeats"], 1);
  EXPECT_EQ(joined["run"]["part"], "");
  const auto names = [](const Json& document) {
    std::multiset<std::string> all;
    for (const Json& row : document["rows"])
      all.insert(row["kind"].get<std::string>() + " " + row["name"].get<std::string>());
    return all;
  };
  EXPECT_EQ(names(joined), names(whole));
  EXPECT_NE(join(run("1/3") + " " + run("2/3")), 0) << "the third part is missing";
  EXPECT_THAT(text_of(folder / "error.txt"), HasSubstr("3/3"));
}

TEST(Redteam, SaysWhatIsNotThere) {
  const Folder folder;
  for (const char* part : {"0/4", "5/4", "2", "2/4x", "/"}) {
    const Said said = aisp({"redteam", "--part", part}, folder.path());
    EXPECT_EQ(said.code, 2) << part;
    EXPECT_THAT(said.err, HasSubstr("K/N")) << part;
  }
  const Said unknown = aisp({"redteam", "-k", "no_such_attack"}, folder.path());
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("no_such_attack"));
}

}  // namespace
}  // namespace aisp::test
