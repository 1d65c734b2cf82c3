#include "judge/oracle.h"

#include <gtest/gtest.h>

#include <cmath>

#include "worker/hostile_problem.h"

namespace aisp {
namespace {

using testing::hostile_problem;
using testing::kHostileElements;
using testing::Mode;

constexpr int kSets = 5;
constexpr int kNobody = -1;

struct Outcome {
  int verified = 0;
  int by_reference = 0;
  int wrong = 0;
  bool operator==(const Outcome&) const = default;
};

// A round with made-up implementations: each writes out = 2 x and is off by one in element `element`
// of set `wrong_set`.
class OracleRound : public ::testing::TestWithParam<bool> {
 protected:
  OracleRound() : problem_(hostile_problem(Mode::honest)), device_(make_cpu_device()) {
    key_.bytes[3] = 9;
    auto made = device_->allocate(problem_, make_layout(problem_, 1 << 22, kSets));
    if (made.ok()) buffers_ = std::move(*made);
    verifier_ = make_verifier(problem_, *buffers_);
    oracle_ = std::make_unique<Oracle>(problem_, *buffers_, *verifier_, key_);
    for (Observation* o : {&baseline_, &candidate_}) o->outputs.resize(1);
    baseline_.is_baseline = true;
  }

  void begin(int by_reference) {
    ++draw_;
    buffers_->draw_inputs(key_, draw_, kSets);
    oracle_->begin({draw_, kSets, by_reference, 77 * draw_, true, later_});
  }

  void play(Observation& side, int wrong_set = kNobody, std::int64_t element = 0, float by = 1) {
    const std::uint64_t word = 0x7ff4000000000001ull + (++windows_ << 20);
    buffers_->poison(key_, draw_, kSets, word);
    for (int set = 0; set < kSets; ++set) {
      const auto x = buffers_->input_views(key_, draw_, set)[0].as<float>();
      auto* const out = static_cast<float*>(const_cast<void*>(buffers_->output_views(set)[0].data));
      for (std::size_t i = 0; i < x.size(); ++i) out[i] = 2 * x[i];
      if (set == wrong_set) out[element] += by;
    }
    Window window;
    window.calls = kSets;
    side.windows.push_back(window);
    oracle_->judge(side, side.windows.size() - 1, word);
  }

  static Outcome last(const Observation& side) {
    const Window& w = side.windows.back();
    return {w.calls_verified, w.calls_by_reference, w.calls_wrong};
  }

  Problem problem_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<Buffers> buffers_;
  std::unique_ptr<Verifier> verifier_;
  std::unique_ptr<Oracle> oracle_;
  Key key_;
  Observation baseline_, candidate_;
  std::uint64_t draw_ = 0, windows_ = 0;
  const bool later_ = GetParam();  // the reference runs when everybody has
};

INSTANTIATE_TEST_SUITE_P(Reference, OracleRound, ::testing::Bool(),
                         [](const auto& with) { return with.param ? "Afterwards" : "Before"; });

TEST_P(OracleRound, WhoIsRightIsRightInEveryKindOfRound) {
  for (int by_reference = 0; by_reference <= kSets; ++by_reference) {
    begin(by_reference);
    play(baseline_);
    play(candidate_);
    oracle_->settle();
    EXPECT_EQ(last(baseline_), (Outcome{kSets, by_reference, 0}));
    EXPECT_EQ(last(candidate_), (Outcome{kSets, by_reference, 0}));
  }
}

TEST_P(OracleRound, OneWrongElementOfOneCallIsFoundBeforeAndAfterTheBaseline) {
  for (int by_reference = 0; by_reference <= kSets; ++by_reference)
    for (int set = 0; set < kSets; ++set)
      for (const std::int64_t element :
           {std::int64_t{0}, kHostileElements / 2, kHostileElements - 1}) {
        SCOPED_TRACE("reference in " + std::to_string(by_reference) + ", set " +
                     std::to_string(set) + ", element " + std::to_string(element));
        begin(by_reference);
        play(baseline_);
        play(candidate_, set, element);
        oracle_->settle();
        const Outcome after = last(candidate_);
        EXPECT_EQ(after, (Outcome{kSets, by_reference, 1}));

        begin(by_reference);
        play(candidate_, set, element);
        play(baseline_);
        oracle_->settle();
        EXPECT_EQ(last(candidate_), after) << "it ran before the baseline";
        EXPECT_EQ(last(baseline_).wrong, 0);
      }
}

TEST_P(OracleRound, TwoThatWaitForTheBaselineAreToldApart) {
  Observation other;
  other.outputs.resize(1);
  begin(0);
  play(candidate_, 2);
  play(other);
  play(baseline_);
  oracle_->settle();
  EXPECT_EQ(last(candidate_).wrong, 1);
  EXPECT_EQ(last(other), (Outcome{kSets, 0, 0}));
}

TEST_P(OracleRound, ABaselineThatIsWrongIsFoundWhenTheReferenceLooks) {
  begin(kSets);
  play(baseline_, 3);
  play(candidate_);
  oracle_->settle();
  EXPECT_EQ(last(baseline_).wrong, 1);
  EXPECT_EQ(last(candidate_).wrong, 0);
  EXPECT_EQ(baseline_.outputs[0].against_reference.mismatches, 1u);

  // In a round of its own it is believed, and whoever differs is what differs.
  begin(0);
  play(baseline_, 3);
  play(candidate_);
  oracle_->settle();
  EXPECT_EQ(last(baseline_).wrong, 0);
  EXPECT_EQ(last(candidate_).wrong, 1);
  EXPECT_EQ(candidate_.outputs[0].against_baseline.mismatches, 1u);
}

TEST_P(OracleRound, WithoutTheReferenceNobodyGetsWhatTheBaselineDoesNotUse) {
  begin(kSets);
  play(baseline_);  // exact
  play(candidate_);
  oracle_->settle();
  for (const bool too_far : {false, true}) {
    begin(0);
    play(baseline_);
    const auto x = buffers_->input_views(key_, draw_, 0)[0].as<float>();
    const Tolerance& allowed = problem_.outputs[0].tolerance;
    const double tolerance =
        allowed.atol + allowed.rtol * std::fabs(2.0 * static_cast<double>(x[0]));
    play(candidate_, 0, 0, static_cast<float>((too_far ? 1.5 : 0.75) * tolerance));
    oracle_->settle();
    EXPECT_EQ(last(candidate_).wrong, too_far ? 1 : 0);
  }
}

TEST_P(OracleRound, TheReferenceLooksAtSetsThatChange) {
  std::vector<int> found(kSets, 0);
  for (int n = 0; n < 60; ++n)
    for (int set = 0; set < kSets; ++set) {
      begin(1);
      play(baseline_, set);
      oracle_->settle();
      found[static_cast<std::size_t>(set)] += last(baseline_).wrong;
    }
  for (int set = 0; set < kSets; ++set) {
    EXPECT_GT(found[static_cast<std::size_t>(set)], 0) << "set " << set << " is never looked at";
    EXPECT_LT(found[static_cast<std::size_t>(set)], 60);
  }
}

TEST_P(OracleRound, WithoutTheBaselineNobodyIsBlamed) {
  begin(2);
  play(candidate_);
  oracle_->settle();  // the baseline ended before its turn
  EXPECT_EQ(last(candidate_), (Outcome{2, 2, 0}));
  EXPECT_EQ(candidate_.windows.back().kind, WindowKind::pilot) << "it is no timed window any more";
  // What was kept is gone: the next round is a round like others.
  begin(0);
  play(candidate_, 1);
  play(baseline_);
  oracle_->settle();
  EXPECT_EQ(last(candidate_), (Outcome{kSets, 0, 1}));
  EXPECT_EQ(candidate_.windows.back().kind, WindowKind::timed);
}

TEST_P(OracleRound, NothingIsAskedBeforeEverybodyHasRunWhereTheReferenceWaits) {
  int asked = 0;
  const auto honest = problem_.reference.get();
  problem_.reference = [&](const Inputs& inputs, const Expected& expected) {
    ++asked;
    honest(inputs, expected);
  };
  begin(2);
  play(candidate_);
  play(baseline_, 3);
  EXPECT_EQ(asked, later_ ? 0 : 2);
  EXPECT_EQ(last(candidate_).verified, later_ ? 0 : 2);
  oracle_->settle();
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(last(candidate_).verified, kSets);
}

TEST_P(OracleRound, PoisonThatIsLeftIsCountedAsStale) {
  begin(kSets);
  buffers_->poison(key_, draw_, kSets, 0x7ff4000000000abcull);
  Window window;
  window.calls = kSets;
  candidate_.windows.push_back(window);
  oracle_->judge(candidate_, candidate_.windows.size() - 1, 0x7ff4000000000abcull);
  oracle_->settle();
  EXPECT_EQ(last(candidate_).wrong, kSets);
  EXPECT_EQ(candidate_.outputs[0].against_reference.stale,
            static_cast<std::uint64_t>(kSets * kHostileElements) * sizeof(float))
      << "bytes";
}

}  // namespace
}  // namespace aisp
