// Kernels of the measured peaks compute what they say, and a peak that was kept is found again.
#include "device/cpu/peak_kernels.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include "device/cpu/machine_peaks.h"
#include "ledger/sample_run.h"

namespace aisp::test {
namespace {

TEST(PeakKernels, ArithmeticIsCheckedForAnyNumberOfSteps) {
  for (const ArithmeticKernel& kernel : arithmetic_kernels())
    for (const std::int64_t steps : {1, 2, 5, 23, 24, 53, 54, 100, 1000})
      EXPECT_TRUE(kernel.run(steps)) << kernel.type << " " << kernel.isa << " " << steps;
  EXPECT_GE(arithmetic_kernels().size(), 2u);
}

TEST(PeakKernels, SumsAreThoseOfAPlainLoop) {
  std::vector<std::uint64_t> words(4096);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = i * 0x9e3779b97f4a7c15u;
  for (const std::size_t bytes : {512u, 1024u, 4096u, 32768u})
    EXPECT_EQ(sum_words(words.data(), bytes),
              std::accumulate(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(bytes / 8),
                              std::uint64_t{0}));
  EXPECT_EQ(sum_words(words.data(), 0), 0u);
  words[100] += 1;
  EXPECT_NE(sum_words(words.data(), 4096), 100 * 0x9e3779b97f4a7c15u);
}

TEST(PeakKernels, AdditionsAndChasesEndWhereTheyMust) {
  EXPECT_EQ(dependent_additions(1600), 1600u);
  const std::uint64_t ring[] = {2, 0, 3, 1};
  EXPECT_EQ(chase(ring, 0, 0), 0u);
  EXPECT_EQ(chase(ring, 0, 3), 1u);
  EXPECT_EQ(chase(ring, 0, 4), 0u);
}

TEST(MachinePeaks, EverythingIsMeasuredAndRight) {
  MachinePeakOptions options;
  options.tries = 1;
  options.stream_bytes = 8u << 20;
  const MachinePeakReport report = measure_machine_peaks(options);
  EXPECT_TRUE(report.wrong.empty()) << report.wrong.front();
  EXPECT_GT(report.clock_hertz, 1e8);
  EXPECT_EQ(report.stream.size(), 4u);
  for (const ArithmeticPeak& peak : report.arithmetic) EXPECT_GT(peak.operations_per_second, 1e8);
  for (const StreamPeak& peak : report.stream) EXPECT_GT(peak.bytes_per_second, 1e7);
  for (const LevelPeak& level : report.levels) {
    EXPECT_GT(level.read_bytes_per_second, 1e7) << level.name;
    EXPECT_GT(level.latency_ns, 0.1) << level.name;
  }
  const CpuPeaks peaks = floor_peaks(report);
  EXPECT_GT(peaks.flops_per_second, 1e8);
  EXPECT_GT(peaks.bytes_per_second, 1e7);
}

TEST(MachinePeaks, WhatIsKeptIsWhatRunsUse) {
  const testing::Folder folder;
  const std::filesystem::path file = folder / "machine_peaks.json";
  ASSERT_TRUE(keep_measured_peaks(file, {3e12, 4e11, "made up"}, R"({"stream": []})"));
  CachedPeaks cached = cpu_peaks(file);
  EXPECT_EQ(cached.notice, "");
  EXPECT_EQ(cached.peaks.flops_per_second, 3e12);
  EXPECT_EQ(cached.peaks.bytes_per_second, 4e11);
  EXPECT_EQ(cached.peaks.source, "made up");
  // A lower one later, beside a busy neighbour, does not lower the floor's peak.
  ASSERT_TRUE(keep_measured_peaks(file, {1e12, 5e11, "again"}, "{}"));
  cached = cpu_peaks(file);
  EXPECT_EQ(cached.peaks.flops_per_second, 3e12);
  EXPECT_EQ(cached.peaks.bytes_per_second, 5e11);
  std::ofstream(file) << "{\"version\": 3";
  EXPECT_NE(cpu_peaks(file).notice.find("damaged"), std::string::npos);
}

}  // namespace
}  // namespace aisp::test
