// The audit's parts on problems in memory and in files; all planted faults through the command line
// are in tests/cli/audit_untimed_test.cpp.
#include "audit/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>

#include "audit/output_values.h"
#include "audit/planted_faults.h"

namespace aisp::audit {
namespace {

namespace fs = std::filesystem;

Tensor tensor(Dtype dtype, std::int64_t n) { return {.name = "t", .dtype = dtype, .shape = {n}}; }

ExpectedTensor reals(std::vector<double> values) { return {std::move(values), {}}; }

TEST(OutputValues, EncodeLaysOutByStridesAndRoundsToTheDtype) {
  Tensor t{.name = "t", .dtype = Dtype::fp16, .shape = {2, 2}, .strides = {3, 1}};
  const auto bytes = encode(t, reals({1, 2, 3, 1 + 0x1p-12}));
  ASSERT_EQ(bytes.size(), 10u);
  EXPECT_EQ(load_real(Dtype::fp16, bytes.data() + 2), 2);
  EXPECT_EQ(load_real(Dtype::fp16, bytes.data() + 4), 0);  // the gap
  EXPECT_EQ(load_real(Dtype::fp16, bytes.data() + 6), 3);
  EXPECT_EQ(load_real(Dtype::fp16, bytes.data() + 8), 1);
}

TEST(OutputValues, EncodeKeepsIntegersOfAllBits) {
  const std::vector<std::int64_t> values = {INT64_MAX, -1, INT64_MIN + 1};
  const auto bytes = encode(tensor(Dtype::int64, 3), {{}, values});
  EXPECT_EQ(std::memcmp(bytes.data(), values.data(), 24), 0);
}

TEST(OutputValues, NothingStaysWhereItWasInAShuffle) {
  ExpectedTensor right;
  for (int i = 0; i < 100; ++i) right.real.push_back(i);
  ChaChaSource random({}, 1);
  const auto other = shuffled(tensor(Dtype::fp32, 100), right, random);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_NE(other.real[i], right.real[i]) << i;
  auto sorted = other.real;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, right.real);
}

TEST(OutputValues, TheTruncatedPartIsTheLastEighthAndAtLeastOneElement) {
  EXPECT_EQ(truncated(tensor(Dtype::fp32, 3), reals({1, 2, 3})).real,
            (std::vector<double>{1, 2, 0}));
  const auto sixteen = truncated(tensor(Dtype::fp32, 16), reals(std::vector<double>(16, 1)));
  EXPECT_EQ(std::count(sixteen.real.begin(), sixteen.real.end(), 0.0), 2);
}

TEST(OutputValues, OneElementOfMedianSizeIsOffByHalf) {
  const auto off = one_element_off(tensor(Dtype::fp32, 3), reals({10, -1, 0.001}));
  EXPECT_EQ(off.real[0], 10);
  EXPECT_EQ(off.real[2], 0.001);
  EXPECT_NEAR(off.real[1], -1 + 0.5 * std::sqrt(101.0 / 3), 1e-6);
  EXPECT_EQ(one_element_off(tensor(Dtype::boolean, 1), {{}, {1}}).integer[0], 0);
  EXPECT_EQ(one_element_off(tensor(Dtype::int8, 1), {{}, {127}}).integer[0], 126);
}

TEST(OutputValues, LowerDtypesCutMantissasAndNothingThatIsExact) {
  const auto lower = lower_dtype(tensor(Dtype::fp32, 1), reals({1 + 0x1p-11 + 0x1p-13}));
  ASSERT_TRUE(lower);
  EXPECT_EQ(lower->dtype, "tf32");
  EXPECT_EQ(lower->values.real[0], 1 + 0x1p-10);
  EXPECT_FALSE(lower_dtype(tensor(Dtype::fp32, 2), reals({3, 1024})));
  EXPECT_FALSE(lower_dtype(tensor(Dtype::int32, 1), {{}, {3}}));
  EXPECT_FALSE(lower_dtype(tensor(Dtype::fp8_e5m2, 1), reals({1.3})));
}

TEST(AuditFile, AReferenceThatHangsIsEndedAndSaidToHang) {
  std::string name = ::testing::TempDir() + "aisp-audit-XXXXXX";
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  test::plant(name, "hangs", AISP_PLANTED_PROBLEM_MODULE);
  Options options;
  options.time_limit_s = 0.5;
  const auto found =
      audit_file(fs::path(name) / "planted/hangs/problem.so", "planted:hangs", "cpu", options);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].level, Level::error);
  EXPECT_THAT(found[0].message, ::testing::HasSubstr("does not end within 0.5 s"));
  fs::remove_all(name);
}

// What cannot be looked at is said to be so, and never passes.
TEST(AuditFile, WithoutPeaksOrMemoryQuestionsStayOpen) {
  std::string name = ::testing::TempDir() + "aisp-audit-XXXXXX";
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  test::plant(name, "good", AISP_PLANTED_PROBLEM_MODULE);
  const fs::path file = fs::path(name) / "planted/good/problem.so";
  Options options;
  auto found = audit_file(file, "planted:good", "cpu", options);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].level, Level::not_run);
  EXPECT_EQ(found[0].rule, "work");
  options.most_bytes = 1000;
  found = audit_file(file, "planted:good", "cpu", options);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].level, Level::not_run);
  EXPECT_EQ(found[0].rule, "reference");
  EXPECT_TRUE(any_not_run({{"planted:good", "cpu", file, 0, found}}));
  EXPECT_FALSE(any_error({{"planted:good", "cpu", file, 0, found}}));
  fs::remove_all(name);
}

TEST(Audit, EveryRuleHasAPlantedFault) {
  for (const Rule& rule : kRules) {
    const auto planted = test::planted_faults();
    EXPECT_TRUE(std::any_of(planted.begin(), planted.end(), [&](const test::Planted& p) {
      return p.rule == rule.id;
    })) << rule.id;
  }
}

}  // namespace
}  // namespace aisp::audit
