#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

TEST(Values, OneElementIsEnough) {
  Observation o = honest_recording();
  CompareStats& s = o.outputs[0].against_reference;
  s.mismatches = 1;
  s.max_abs_error = 3.1e-2;
  s.first_bad_index = 17;
  s.first_bad_got = 0;
  s.first_bad_want = 1.52;
  const Finding f = values(o);
  expect_fail(f);
  EXPECT_EQ(f.kind, FindingKind::correctness);
  expect_says(f, "output 'c' against the reference: 1 of ");
  expect_says(f,
              "by up to 0.031 (allowed: 1.0e-05 relative + 1.0e-08); first at index 17: got 0, "
              "want 1.52; few elements");
}

TEST(Values, TheBaselineIsAnOracleToo) {
  Observation o = honest_recording();
  o.outputs[0].against_baseline.mismatches = 1;
  expect_fail(values(o));
  expect_says(values(o), "against the baseline's output");
}

TEST(Values, SaysWhatKindOfWrong) {
  const struct {
    void (*bend)(CompareStats&);
    const char* said;
  } cases[] = {
      {[](CompareStats& s) { s.mismatches = s.nans = 3; }, "3 NaN, and nothing else"},
      {[](CompareStats& s) { s.mismatches = 9, s.nans = 2, s.infs = 1; }, "2 NaN and 1 infinite"},
      {[](CompareStats& s) { s.mismatches = s.elements / 2, s.stale = 4000; },
       "about 1,000 were never written"},
      {[](CompareStats& s) { s.mismatches = s.elements, s.got_is_constant = true; },
       "every element is 0"},
      {[](CompareStats& s) { s.mismatches = s.elements; }, "nearly everything is wrong"},
      {[](CompareStats& s) { s.mismatches = s.elements / 4; }, "25 % of all"},
  };
  for (const auto& c : cases) {
    Observation o = honest_recording();
    c.bend(o.outputs[0].against_reference);
    expect_fail(values(o));
    expect_says(values(o), c.said);
  }
}

TEST(Values, PassesWithNotes) {
  Observation o = honest_recording();
  o.outputs[0].against_reference.denormals_flushed = 1'200;
  o.outputs[0].against_reference.want_is_constant = true;
  expect_pass(values(o));
  expect_says(values(o), "the worst uses 10 % of what is allowed; 1,200 denormals were flushed");
  expect_says(values(o), "one number throughout");
}

TEST(Values, NeedsTheReference) {
  Observation o = honest_recording();
  o.outputs.push_back(o.outputs[0]);
  o.outputs[1].against_reference = {};
  expect_not_run(values(o));
  // What is known to be wrong stays wrong.
  o.outputs[1].against_baseline.mismatches = 1;
  expect_fail(values(o));
}

}  // namespace
}  // namespace aisp::guard
