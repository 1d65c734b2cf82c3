#include "judge/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>

namespace aisp {
namespace {

using stats::Comparison;
using ::testing::HasSubstr;
using Kind = FindingKind;
using Found = FindingStatus;

Finding finding(Kind kind, Found status, bool required = true) {
  return {"some", status, kind, "the reason", required};
}

// A row that is as fast as can be, with nothing against it but `extra`.
ImplementationResult row(std::vector<Finding> extra = {}) {
  ImplementationResult r;
  r.implementation = "optimized";
  r.comparison = Comparison::faster;
  r.speedup = stats::Interval{2.0, 1.9, 2.1};
  r.findings = {finding(Kind::correctness, Found::pass), finding(Kind::robustness, Found::pass),
                finding(Kind::honesty, Found::pass)};
  for (Finding& f : extra) r.findings.push_back(std::move(f));
  return r;
}

struct Case {
  Kind kind;
  Found status;
  bool required;
  std::optional<bool> correct;
  std::optional<bool> honest;
  const char* says;
};

const std::optional<bool> yes = true, no = false, unknown = std::nullopt;

const Case kCases[] = {
    {Kind::correctness, Found::pass, true, yes, yes, "2 times faster"},
    {Kind::correctness, Found::fail, true, no, yes, "is incorrect: the reason"},
    {Kind::correctness, Found::not_run, true, unknown, yes, "is not proven: the reason"},
    {Kind::robustness, Found::fail, true, no, yes, "is incorrect: the reason"},
    {Kind::robustness, Found::not_run, true, unknown, yes, "is not proven: the reason"},
    {Kind::honesty, Found::fail, true, yes, no, "is dishonest: the reason"},
    {Kind::honesty, Found::not_run, true, yes, unknown, "is not proven: the reason"},
    {Kind::policy, Found::fail, true, yes, yes, "is refused: the reason"},
    {Kind::environment, Found::fail, true, yes, yes, "is refused: the reason"},
    {Kind::environment, Found::not_run, true, yes, yes, "is not proven: the reason"},
    // What is not required is printed, and decides nothing.
    {Kind::correctness, Found::fail, false, yes, yes, "2 times faster"},
    {Kind::honesty, Found::fail, false, yes, yes, "2 times faster"},
    {Kind::honesty, Found::not_run, false, yes, yes, "2 times faster"},
};

TEST(Verdict, FollowsFromFindings) {
  for (const Case& c : kCases) {
    ImplementationResult r = row({finding(c.kind, c.status, c.required)});
    decide(r);
    SCOPED_TRACE(std::string(to_string(c.kind)) + " " + std::string(to_string(c.status)) +
                 (c.required ? "" : ", not required"));
    EXPECT_EQ(r.correct, c.correct);
    EXPECT_EQ(r.honest, c.honest);
    EXPECT_THAT(r.sentence, HasSubstr(c.says));
  }
}

TEST(Verdict, WithoutFindingsNothingIsProven) {
  ImplementationResult r = row();
  r.findings.clear();
  decide(r);
  EXPECT_EQ(r.correct, std::nullopt);
  EXPECT_EQ(r.honest, std::nullopt);
  EXPECT_NE(r.comparison, Comparison::faster);
}

TEST(Verdict, AFailureIsToldBeforeWhatDidNotRun) {
  ImplementationResult r = row({finding(Kind::honesty, Found::not_run),
                                {"values", Found::fail, Kind::correctness, "wrong values", true}});
  decide(r);
  EXPECT_EQ(r.correct, std::optional<bool>(false));
  EXPECT_EQ(r.honest, std::nullopt);
  EXPECT_THAT(r.sentence, HasSubstr("is incorrect: wrong values"));
}

TEST(Verdict, SaysThatTheJudgeEndedItInPlaceOfWhatAGuardMissed) {
  const std::string interrupted = "the run was interrupted after 12 rounds";
  ImplementationResult r = row({finding(Kind::correctness, Found::not_run)});
  decide(r, interrupted);
  EXPECT_EQ(r.sentence, "optimized is not proven: the run was interrupted after 12 rounds");
  EXPECT_EQ(r.correct, std::nullopt);
  // What was seen by then counts.
  r = row({finding(Kind::correctness, Found::not_run), finding(Kind::honesty, Found::fail)});
  decide(r, interrupted);
  EXPECT_THAT(r.sentence, HasSubstr("is dishonest: the reason"));
  r = row();
  decide(r, interrupted);
  EXPECT_THAT(r.sentence, HasSubstr("2 times faster"));
}

// Every set of up to four findings of any kind, status and weight, with every comparison.
TEST(Verdict, FasterIsOnlyWhoIsCorrectAndHonest) {
  std::mt19937_64 random(20260131);
  int faster = 0;
  for (int n = 0; n < 20'000; ++n) {
    ImplementationResult r = row();
    if (random() % 4 == 0) r.findings.clear();
    for (std::uint64_t i = random() % 5; i > 0; --i)
      r.findings.push_back(finding(static_cast<Kind>(random() % 5),
                                   static_cast<Found>(random() % 8 < 6 ? 0 : 1 + random() % 2),
                                   random() % 4 != 0));
    r.comparison = static_cast<Comparison>(random() % 4);
    if (random() % 8 == 0) r.speedup.reset();
    const auto before = r.comparison;
    decide(r);
    bool failed = false, missing = false;
    for (const Finding& f : r.findings) {
      if (!f.required || f.kind == Kind::policy || f.kind == Kind::environment) continue;
      failed |= f.status == Found::fail;
      missing |= f.status == Found::not_run;
    }
    if (failed) {
      ASSERT_FALSE(r.correct == true && r.honest == true);
    }
    if (missing) {
      ASSERT_FALSE(r.correct == true && r.honest == true);
    }
    if (r.comparison == Comparison::faster || r.comparison == Comparison::same) {
      ASSERT_TRUE(r.correct == true && r.honest == true);
    }
    const bool refused = std::any_of(r.findings.begin(), r.findings.end(), [](const Finding& f) {
      return f.required && f.status != Found::pass;
    });
    if (r.correct == true && r.honest == true && !refused) {
      ASSERT_EQ(r.comparison, before);
    }
    if (refused) {
      ASSERT_NE(r.comparison, Comparison::faster);
    }
    ASSERT_FALSE(r.sentence.empty());
    faster += r.comparison == Comparison::faster;
  }
  EXPECT_GT(faster, 500);
}

// What a required policy or environment finding refuses has no speedup either.
TEST(Verdict, WhatIsRefusedIsNotCalledFaster) {
  for (const Kind kind : {Kind::policy, Kind::environment}) {
    ImplementationResult r = row({finding(kind, Found::fail)});
    decide(r);
    EXPECT_NE(r.comparison, Comparison::faster) << to_string(kind);
  }
}

TEST(Verdict, SentencesSayWhatWasCompared) {
  ImplementationResult r = row();
  decide(r);
  EXPECT_EQ(r.sentence, "optimized is 2 times faster than the baseline (95 % interval 1.9 to 2.1)");
  r = row();
  r.comparison = Comparison::slower;
  r.speedup = stats::Interval{0.5, 0.4, 0.8};
  decide(r);
  EXPECT_EQ(r.sentence,
            "optimized is 2 times slower than the baseline (95 % interval 1.25 to 2.5)");
  r = row();
  r.comparison = Comparison::not_enough_evidence;
  r.speedup.reset();
  r.rounds = 5;
  decide(r);
  EXPECT_THAT(r.sentence, HasSubstr("5 rounds are too few for an interval"));
  EXPECT_THAT(r.sentence, HasSubstr("raise --time-limit"));
  r = row();
  r.comparison.reset();
  decide(r);
  EXPECT_THAT(r.sentence, HasSubstr("its speed was not compared"));
  r = row();
  r.part = Part::baseline;
  decide(r);
  EXPECT_EQ(r.sentence, "optimized is correct and honest");
}

}  // namespace
}  // namespace aisp
