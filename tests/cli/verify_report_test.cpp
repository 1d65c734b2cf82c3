// `aisp bench verify-report` on a real run, and in a real browser where there is one.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace aisp::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class VerifyReport : public ::testing::Test {
 protected:
  // Recorded once: a run takes seconds.
  static void SetUpTestSuite() {
    folder_ = new Folder;
    run_ = aisp({"bench", "run", "-q", "-t", "testbed:axpby,testbed:rowsum", "--time-limit", "1"},
                folder_->path());
  }
  static void TearDownTestSuite() { delete folder_; }
  static Said report(const std::vector<std::string>& more) {
    std::vector<std::string> words = {"bench", "verify-report"};
    words.insert(words.end(), more.begin(), more.end());
    return aisp(words, folder_->path());
  }

  static Folder* folder_;
  static Said run_;
};
Folder* VerifyReport::folder_ = nullptr;
Said VerifyReport::run_;

TEST_F(VerifyReport, IsAGoodPageAndItsJsonFollowsTheSchema) {
  ASSERT_EQ(report({"-o", *folder_ / "page.html"}).code, 0) << run_.err;
  const std::string check = "python3 '" AISP_SOURCE_DIR "/tests/report/check_html.py' '" +
                            (*folder_ / "page.html") + "' > '" + (*folder_ / "faults") + "' 2>&1";
  EXPECT_EQ(std::system(check.c_str()), 0) << text_of(*folder_ / "faults");
  const Said said = report({"-f", "json"});
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(schema_errors(said.out, "verify_report.schema.json", folder_->path()), "");
  const json page = json::parse(said.out);
  ASSERT_EQ(page["targets"].size(), 2u);
  EXPECT_GT(page["targets"][0]["implementations"][1]["distribution_ns"]["windows"], 3);
  const Said one = report({"-f", "json", "-t", "testbed:row*"});
  ASSERT_EQ(json::parse(one.out)["targets"].size(), 1u);
}

TEST_F(VerifyReport, WhatIsNotRecordedIsAnError) {
  EXPECT_EQ(report({"-t", "ch99"}).code, 2);
  EXPECT_EQ(report({"--run", "none"}).code, 2);
  EXPECT_EQ(report({"--artifacts", "absent"}).code, 2);
  EXPECT_EQ(report({"-o", "/absent/page.html"}).code, 2);
}

// At the width of a phone and of a desk nothing is wider than the page, and something is drawn.
TEST_F(VerifyReport, FitsAPhoneAndADeskInABrowser) {
  if (std::system("command -v chromium > /dev/null 2>&1") != 0) GTEST_SKIP() << "no chromium here";
  ASSERT_EQ(report({"-o", *folder_ / "page.html"}).code, 0);
  // The page allows no script; this copy does, and says how wide it became.
  std::string page = text_of(*folder_ / "page.html");
  const std::size_t policy = page.find("<meta http-equiv=\"Content-Security-Policy\"");
  ASSERT_NE(policy, std::string::npos);
  page.erase(policy, page.find('>', policy) + 1 - policy);
  page.insert(page.find("</body>"),
              "<script>const w=document.documentElement;document.body.setAttribute('data-width',"
              "w.scrollWidth+' of '+w.clientWidth+', plots '+[...document.querySelectorAll('svg')]."
              "filter(s=>s.getBoundingClientRect().width>200).length)</script>");
  std::ofstream(*folder_ / "probe.html") << page;
  for (const int width : {500, 1280}) {
    const std::string command =
        "timeout 120 chromium --headless --no-sandbox --disable-gpu --user-data-dir='" +
        (*folder_ / "profile") + "' --window-size=" + std::to_string(width) +
        ",900 --dump-dom 'file://" + (*folder_ / "probe.html") + "' > '" + (*folder_ / "dom") +
        "' 2> /dev/null";
    ASSERT_EQ(WEXITSTATUS(std::system(command.c_str())), 0);
    const std::string dom = text_of(*folder_ / "dom");
    const std::size_t at = dom.find("data-width=\"");
    ASSERT_NE(at, std::string::npos);
    int wide = 0, room = 0, plots = 0;
    ASSERT_EQ(
        std::sscanf(dom.c_str() + at, "data-width=\"%d of %d, plots %d", &wide, &room, &plots), 3);
    EXPECT_LE(wide, room) << width;
    EXPECT_EQ(plots, 12) << width;
  }
}

}  // namespace
}  // namespace aisp::test
