// Recorded targets placed against a published GPU: which rate counts, and that unknown names are refused.
#include "report/peaks_of_gpu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisp {
namespace {

using ::testing::HasSubstr;

RecordedTarget target_of(const std::string& dtype, double tolerance_factor = 1) {
  RecordedTarget target;
  ImplementationResult row;
  OutputError output;
  output.dtype = dtype;
  output.tolerance_factor = tolerance_factor;
  row.observation.outputs.push_back(output);
  target.result.implementations.push_back(row);
  return target;
}

NamedPeaks on(const std::string& gpu, const RecordedTarget& target) {
  const auto peaks = peaks_of_gpu(gpu, {target});
  EXPECT_TRUE(peaks.ok());
  return peaks.ok() ? peaks->front().value() : NamedPeaks{};
}

TEST(PeaksOfGpu, TheOutputsTypeAndItsToleranceDecide) {
  EXPECT_DOUBLE_EQ(on("H200", target_of("fp32")).flops_per_second, 67e12);
  EXPECT_EQ(on("NVIDIA H200", target_of("fp32")).flops_dtype, "fp32, dense");
  EXPECT_DOUBLE_EQ(on("NVIDIA H200", target_of("fp32", 1000)).flops_per_second, 989.5e12);
  EXPECT_DOUBLE_EQ(on("NVIDIA H200", target_of("bf16")).flops_per_second, 989.5e12);
  EXPECT_DOUBLE_EQ(on("NVIDIA H200", target_of("bf16")).bytes_per_second, 4.8e12);
  // No peak of integers is published; of the memory there is one.
  const NamedPeaks integers = on("NVIDIA H200", target_of("int64"));
  EXPECT_EQ(integers.flops_per_second, 0);
  EXPECT_DOUBLE_EQ(integers.bytes_per_second, 4.8e12);
  EXPECT_THAT(integers.source, HasSubstr("memory of H200 SXM"));
}

TEST(PeaksOfGpu, NvmlsNameIsOneGpuAndAFamilyItsFastest) {
  const NamedPeaks sxm = on("NVIDIA H100 80GB HBM3", target_of("bf16"));
  EXPECT_EQ(sxm.name, "H100 SXM");
  const NamedPeaks family = on("H100", target_of("bf16"));
  EXPECT_EQ(family.name, "H100");
  EXPECT_EQ(family.flops_per_second, sxm.flops_per_second);
  EXPECT_GT(family.bytes_per_second, sxm.bytes_per_second);  // the NVL's memory
  EXPECT_THAT(family.source, HasSubstr("memory of H100 NVL"));
}

TEST(PeaksOfGpu, UnknownNamesAreRefused) {
  EXPECT_FALSE(peaks_of_gpu("H1000", {}).ok());
  EXPECT_FALSE(peaks_of_gpu("", {}).ok());
}

TEST(PeaksOfGpu, ThereIsOneForEachTarget) {
  EXPECT_EQ(peaks_of_gpu("L4", {target_of("fp32"), target_of("fp16")})->size(), 2u);
  EXPECT_EQ(on("L4", RecordedTarget{}).flops_per_second, 0);  // a target that could not be loaded
}

}  // namespace
}  // namespace aisp
