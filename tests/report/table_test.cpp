#include "report/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "../ledger/sample_run.h"
#include "report/printable.h"
#include "report/quantity.h"
#include "report/verdict_text.h"

namespace aisp {
namespace {

using testing::sample_implementation;
using testing::sample_target;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TargetResult target_with_a_liar() {
  TargetResult t = sample_target();
  ImplementationResult liar = sample_implementation("candidate:liar.cpp", Part::candidate, 2);
  liar.honest = false;
  liar.sentence = "Claims 1.2 µs where the sealed clock allows no less than 11 µs.";
  liar.findings = {{"claim", FindingStatus::fail, FindingKind::honesty,
                    "claimed 1.2 µs per call, sealed slope 11.9 µs", true},
                   {"memory", FindingStatus::not_run, FindingKind::honesty, "no cgroup", true},
                   {"values", FindingStatus::pass, FindingKind::correctness, "all right", true}};
  t.implementations.push_back(liar);
  return t;
}

TEST(Table, OneLinePerImplementationWithItsIntervals) {
  const std::string text = results_table({sample_target()}, {.width = 140});
  const auto lines = lines_of(text);
  ASSERT_GE(lines.size(), 3u);
  EXPECT_TRUE(has(lines[0], "implementation"));
  EXPECT_TRUE(has(lines[1], "ch01:gemm")) << text;
  EXPECT_TRUE(has(lines[1], "[12.10 12.34 12.60] µs"));
  EXPECT_TRUE(has(lines[1], "baseline"));
  EXPECT_TRUE(has(lines[2], "[2.051 2.100 2.148]×"));
  EXPECT_TRUE(has(lines[2], "87 %"));
  EXPECT_TRUE(has(lines[2], "faster"));
  EXPECT_FALSE(has(lines[2], "ch01:gemm")) << "the target is named once";
  EXPECT_TRUE(has(
      lines.back(),
      "optimized_avx512 ran 2.100 times faster than the baseline (95 % interval 2.051 to 2.148)"));
}

TEST(Table, NoLineIsLongerThanTheTerminal) {
  for (const int width : {60, 72, 80, 100, 120, 200})
    for (const std::string& line :
         lines_of(results_table({target_with_a_liar()}, {.width = width})))
      EXPECT_LE(display_width(line), width) << line;
}

TEST(Table, At80ColumnsIntervalsAndVerdictsAreStillThere) {
  const std::string text = results_table({target_with_a_liar()}, {.width = 80});
  EXPECT_TRUE(has(text, "12.34 µs ±2.1 %") || has(text, "[12.10 12.34 12.60] µs")) << text;
  EXPECT_TRUE(has(text, "2.100× ±2.3 %") || has(text, "[2.051 2.100 2.148]×")) << text;
  EXPECT_TRUE(has(text, "dishonest"));
  EXPECT_TRUE(has(text, "optimized_avx512"));
}

TEST(Table, ARefusedImplementationGetsNoSpeedupAndItsReasons) {
  const std::string text = results_table({target_with_a_liar()}, {.width = 200});
  const auto lines = lines_of(text);
  EXPECT_TRUE(has(lines[3], "candidate:liar.cpp"));
  EXPECT_FALSE(has(lines[3], "×")) << lines[3];
  EXPECT_TRUE(has(lines[3], "µs")) << "the sealed time stays";
  EXPECT_TRUE(has(text, "✗ claim: claimed 1.2 µs per call, sealed slope 11.9 µs"));
  EXPECT_TRUE(has(text, "? memory: undecided: no cgroup"));
  EXPECT_FALSE(has(text, "all right"));
  EXPECT_TRUE(has(lines.back(), "not accepted: candidate:liar.cpp (dishonest)"));
}

TEST(Table, AReasonIsSaidOnce) {
  TargetResult t = target_with_a_liar();
  ImplementationResult& liar = t.implementations.back();
  liar.sentence = "candidate:liar.cpp is dishonest: " + liar.findings[0].message;
  const std::string text = results_table({t}, {.width = 200});
  const std::size_t first = text.find(liar.findings[0].message);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find(liar.findings[0].message, first + 1), std::string::npos) << text;
}

TEST(Table, GuardsThatADeadWorkerLeftWithNothingAreOneLine) {
  TargetResult t = target_with_a_liar();
  ImplementationResult& dead = t.implementations.back();
  dead.findings = {
      {"worker", FindingStatus::fail, FindingKind::robustness, "could not be loaded", true}};
  for (const char* guard : {"values", "bounds", "quiet", "claim"})
    dead.findings.push_back({guard, FindingStatus::not_run, FindingKind::honesty, "nothing", true});
  const std::string text = results_table({t}, {.width = 200});
  EXPECT_TRUE(
      has(text, "✗ worker: could not be loaded\n  ? undecided: values, bounds, quiet, claim\n"))
      << text;
  // Without a failure to blame, each says why.
  dead.findings.erase(dead.findings.begin());
  dead.honest.reset();
  EXPECT_TRUE(has(results_table({t}, {.width = 200}), "? values: undecided: nothing\n"));
}

TEST(Table, ColoursOnlyWhenAsked) {
  EXPECT_FALSE(has(results_table({target_with_a_liar()}, {.width = 100}), "\x1b"));
  EXPECT_TRUE(
      has(results_table({target_with_a_liar()}, {.width = 100, .color = true}), "\x1b[31m"));
}

TEST(Table, AnImplementationCannotWriteToTheTerminal) {
  TargetResult t = target_with_a_liar();
  t.implementations[2].implementation = "\x1b[2J\nfaster";
  t.implementations[2].sentence = "\x1b]0;owned\x07\r\xff";
  t.implementations[2].findings[0].message = "a\nch01:gemm  evil  100× faster\u202e";
  for (const std::string& text : {results_table({t}, {.width = 100}), results_markdown({t})}) {
    EXPECT_FALSE(has(text, "\x1b"));
    EXPECT_FALSE(has(text, "\x07"));
    EXPECT_FALSE(has(text, "\r"));
    EXPECT_FALSE(has(text, "\u202e"));
    EXPECT_FALSE(has(text, "\nch01:gemm  evil"));
  }
}

TEST(Table, ErrorsAndNothing) {
  TargetResult failed;
  failed.target = "ch02:x";
  failed.error = "no such file";
  const std::string text = results_table({failed}, {});
  EXPECT_TRUE(has(text, "ch02:x could not be run: no such file."));
  EXPECT_EQ(results_table({}, {}), "Nothing was run.\n");
}

TEST(Markdown, IsATableWithEscapedBars) {
  TargetResult t = sample_target();
  t.implementations[1].implementation = "a|b";
  const auto lines = lines_of(results_markdown({t}));
  EXPECT_TRUE(has(lines[0], "| target | implementation |"));
  EXPECT_TRUE(lines[1].starts_with("|---|---|---:"));
  EXPECT_TRUE(has(lines[3], "a\\|b"));
}

TEST(VerdictWord, NeverHidesWhatIsNotProven) {
  ImplementationResult r = sample_implementation("x", Part::optimized, 0);
  EXPECT_EQ(verdict_word(r), "faster");
  r.honest.reset();
  EXPECT_EQ(verdict_word(r), "not proven");
  r.correct = false;
  EXPECT_EQ(verdict_word(r), "incorrect");
  r.honest = false;
  EXPECT_EQ(verdict_word(r), "incorrect, dishonest");
  ImplementationResult baseline = sample_implementation("baseline", Part::baseline, 0);
  baseline.correct.reset();
  EXPECT_EQ(verdict_word(baseline), "not proven");
}

TEST(TargetSentence, Outcomes) {
  TargetResult t = sample_target();
  ImplementationResult& r = t.implementations[1];
  r.comparison = stats::Comparison::slower;
  r.speedup = stats::Interval{0.5, 0.4, 0.8};
  EXPECT_TRUE(has(target_sentence(t),
                  "2.000 times slower than the baseline (95 % interval 1.250 to 2.500)"));
  r.comparison = stats::Comparison::not_enough_evidence;
  EXPECT_TRUE(has(target_sentence(t), "not enough evidence"));
  r.correct.reset();
  EXPECT_TRUE(has(target_sentence(t),
                  "no implementation was accepted; not accepted: optimized_avx512 (not proven)"));
  t.implementations[0].correct = false;
  EXPECT_TRUE(has(target_sentence(t), "the baseline is incorrect"));
}

TEST(ClosingSentence, CountsSeveralTargets) {
  TargetResult failed;
  failed.target = "ch02:x";
  failed.error = "no such file";
  EXPECT_EQ(
      closing_sentence({sample_target(), target_with_a_liar(), failed}),
      "3 targets: 2 faster than the baseline, 1 that could not be run; 1 implementation refused.");
}

TEST(ClosingSentence, WhatHasNoIntervalHasNotEnoughEvidence) {
  TargetResult short_run = sample_target();
  for (ImplementationResult& r : short_run.implementations) r.speedup.reset();
  short_run.implementations[1].comparison = stats::Comparison::not_enough_evidence;
  EXPECT_EQ(closing_sentence({sample_target(), short_run}),
            "2 targets: 1 faster than the baseline, 1 without enough evidence.");
}

TEST(ChapterLines, AreGeometricMeansOfWhatCouldBeCompared) {
  TargetResult four = sample_target(), nine = sample_target(), failed, other = sample_target();
  four.target = "ch02:a";
  four.implementations[1].speedup = stats::Interval{4, 3, 5};
  nine.target = "ch02:b";
  nine.implementations[1].speedup = stats::Interval{9, 7.5, 9.8};
  failed.target = "ch02:c";
  failed.error = "no such file";
  other.target = "ch03:d";
  other.implementations[1].correct.reset();
  EXPECT_TRUE(chapter_lines({four, nine, failed}).empty()) << "one chapter says nothing new";
  const auto lines = chapter_lines({four, other, nine, failed});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(
      lines[0],
      "ch02: 3 targets, the best 6 times as fast in the geometric mean [4.74 to 7] of the 2 that "
      "could be compared");
  EXPECT_EQ(lines[1], "ch03: 1 target, none that could be compared");
  EXPECT_TRUE(has(results_markdown({four, other}), "- ch02: 1 target, the best 4 times"));
}

TEST(Quantity, FourDigitsAndAUnitThatFits) {
  EXPECT_EQ(human_time(0.5), "0.500 ns");
  EXPECT_EQ(human_time(999.96), "1.000 µs");
  EXPECT_EQ(human_time(12340), "12.34 µs");
  EXPECT_EQ(human_time(123.4e6), "123.4 ms");
  EXPECT_EQ(human_time(5e12), "5000 s");
  EXPECT_EQ(human_time(stats::Interval{12340, 990, 12600}), "[0.99 12.34 12.60] µs");
  EXPECT_EQ(human_bytes(512), "512 B");
  EXPECT_EQ(human_bytes(1.5 * 1024 * 1024), "1.500 MiB");
  EXPECT_EQ(human_fraction(0.874), "87 %");
}

TEST(Printable, EscapesWhatIsNotText) {
  EXPECT_EQ(printable_line("µs ok"), "µs ok");
  EXPECT_EQ(printable_line("a\x1b[0m\xff\n"), "a\\x1b[0m\\xff ");
  EXPECT_EQ(printable_line("\xc0\x80"), "\\xc0\\x80");           // overlong
  EXPECT_EQ(printable_line("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(printable_line("\xe2\x82"), "\\xe2\\x82");           // cut off
  EXPECT_EQ(printable_line("\xc2\x9b"), "\\xc2\\x9b");           // C1: also starts a sequence
  EXPECT_EQ(printable_markdown("a|b<c>*"), "a\\|b&lt;c>\\*");
  EXPECT_EQ(cut_to_width("µµµµ", 3), "µµ…");
  EXPECT_EQ(cut_to_width("µµµ", 3), "µµµ");
}

}  // namespace
}  // namespace aisp
