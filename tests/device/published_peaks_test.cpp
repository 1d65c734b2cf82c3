// The table of published peaks: names resolve to the right variant, every figure has its source.
#include "device/published_peaks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace aisp::test {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> found(const std::string& name) {
  const auto gpus = find_published_gpus(name);
  std::vector<std::string> names;
  if (!gpus.ok()) return {gpus.error().message()};
  for (const PublishedGpu* gpu : *gpus) names.push_back(gpu->name);
  return names;
}

using Names = std::vector<std::string>;

TEST(PublishedPeaks, NamesAsNvmlPrintsThemAreOneVariant) {
  EXPECT_EQ(found("NVIDIA H100 80GB HBM3"), Names{"H100 SXM"});
  EXPECT_EQ(found("NVIDIA H100 PCIe"), Names{"H100 PCIe"});
  EXPECT_EQ(found("NVIDIA H100 NVL"), Names{"H100 NVL"});
  EXPECT_EQ(found("NVIDIA H200"), Names{"H200 SXM"});
  EXPECT_EQ(found("NVIDIA H200 NVL"), Names{"H200 NVL"});
  EXPECT_EQ(found("NVIDIA GH200 480GB"), Names{"GH200 96GB"});
  EXPECT_EQ(found("NVIDIA GH200 144G HBM3e"), Names{"GH200 144GB"});
  EXPECT_EQ(found("NVIDIA A100-SXM4-40GB"), Names{"A100 SXM 40GB"});
  EXPECT_EQ(found("NVIDIA A100-SXM4-80GB"), Names{"A100 SXM 80GB"});
  EXPECT_EQ(found("NVIDIA A100-PCIE-40GB"), Names{"A100 PCIe 40GB"});
  EXPECT_EQ(found("NVIDIA A100 80GB PCIe"), Names{"A100 PCIe 80GB"});
  EXPECT_EQ(found("Tesla V100-SXM2-16GB"), Names{"V100 SXM2 16GB"});
  EXPECT_EQ(found("Tesla T4"), Names{"T4"});
  EXPECT_EQ(found("NVIDIA L40S"), Names{"L40S"});
  EXPECT_EQ(found("NVIDIA GeForce RTX 4090"), Names{"RTX 4090"});
  EXPECT_EQ(found("NVIDIA RTX PRO 6000 Blackwell Server Edition"),
            Names{"RTX PRO 6000 Blackwell Server"});
  EXPECT_EQ(found("NVIDIA GB10"), Names{"DGX Spark"});
  EXPECT_EQ(found("NVIDIA GB200"), Names{"GB200"});
}

TEST(PublishedPeaks, NamesAsPeopleTypeThemAreAVariantOrAFamily) {
  EXPECT_EQ(found("h100"), (Names{"H100 PCIe", "H100 SXM", "H100 NVL"}));
  EXPECT_EQ(found("H100"), found("h100"));
  EXPECT_EQ(found("H200"), (Names{"H200 SXM", "H200 NVL"}));
  EXPECT_EQ(found("h100 sxm5"), Names{"H100 SXM"});
  EXPECT_EQ(found("a100-sxm4-80gb"), Names{"A100 SXM 80GB"});
  EXPECT_EQ(found("rtx 4090"), Names{"RTX 4090"});
  EXPECT_EQ(found("rtx pro 6000").size(), 3u);
  EXPECT_EQ(found("dgx spark"), Names{"DGX Spark"});
  EXPECT_EQ(found("b200"), Names{"B200"});  // and not GB200
}

TEST(PublishedPeaks, UnknownNamesAreRefusedWithThoseThatComeNear) {
  EXPECT_THAT(found("h1000").front(), HasSubstr("Did you mean H100"));
  EXPECT_THAT(found("rtx 4080").front(), HasSubstr("RTX 4090"));
  EXPECT_THAT(found("NVIDIA GH200 96G").front(), HasSubstr("GH200"));
  EXPECT_THAT(found("abacus of my grandmother").front(), HasSubstr("--gpu list"));
  EXPECT_THAT(found("").front(), HasSubstr("--gpu list"));
  EXPECT_THAT(found("NVIDIA H100 80GB HBM3 MIG 1g.10gb").front(),
              HasSubstr("--gpu 'NVIDIA H100 80GB HBM3'"));
}

TEST(PublishedPeaks, EveryPeakIsInOrderAndHasASource) {
  std::set<std::string> names;
  for (const PublishedGpu& gpu : published_peaks().gpus) {
    EXPECT_TRUE(names.insert(gpu.name).second) << gpu.name;
    for (const std::string& nvml : gpu.nvml) EXPECT_TRUE(names.insert(nvml).second) << nvml;
    for (const PublishedRate& rate : gpu.rates) {
      EXPECT_EQ(rate.dense || rate.sparse, rate.source != nullptr) << gpu.name << rate.type;
      if (rate.dense && rate.sparse) {
        EXPECT_LT(*rate.dense, *rate.sparse * 1.001) << gpu.name;
      }
    }
    for (const PublishedFigure* figure :
         {&gpu.memory_bytes, &gpu.memory_bytes_per_second, &gpu.l2_bytes, &gpu.watts})
      EXPECT_EQ(figure->value.has_value(), figure->source != nullptr) << gpu.name;
  }
  const PublishedGpu& h200 = *find_published_gpus("NVIDIA H200")->front();
  EXPECT_DOUBLE_EQ(h200.memory_bytes_per_second.value.value(), 4.8e12);
  for (const PublishedRate& rate : h200.rates)
    if (rate.type == "bf16 tensor") {
      EXPECT_DOUBLE_EQ(rate.dense.value(), 989.5e12);
      EXPECT_TRUE(rate.dense_is_half);
    }
}

TEST(PublishedPeaks, CpusAreFoundByCpuid) {
  const auto core = [](CpuIdentity cpu) {
    const PublishedCore* found = find_published_core(cpu);
    return found != nullptr ? found->name : "";
  };
  EXPECT_EQ(core({"AuthenticAMD", "", 0x19, 0x11}), "Zen 4");
  EXPECT_EQ(core({"AuthenticAMD", "", 0x19, 0x01}), "Zen 3");
  EXPECT_EQ(core({"GenuineIntel", "", 6, 0x8f}), "Sapphire Rapids, Emerald Rapids");
  EXPECT_EQ(core({"GenuineIntel", "", 0x19, 0x01}), "");  // AMD's numbers
  const auto cpu = [](const std::string& brand) {
    const PublishedCpu* found = find_published_cpu({"", brand, 0, 0});
    return found != nullptr ? found->name : "";
  };
  EXPECT_EQ(cpu("AMD EPYC 7763 64-Core Processor"), "AMD EPYC 7763");
  EXPECT_EQ(cpu("Intel(R) Xeon(R) Platinum 8280 CPU @ 2.70GHz"), "Intel Xeon Platinum 8280");
  EXPECT_EQ(cpu("AMD EPYC 7763X"), "");
  EXPECT_FALSE(this_cpu().vendor.empty());
}

TEST(PublishedPeaks, ADamagedTableIsAnErrorOrStillWhole) {
  const std::string whole(published_peaks_json());
  std::mt19937 random(1);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string text = whole;
    if (i % 3 == 0)
      text.resize(random() % text.size());
    else
      text[random() % text.size()] = static_cast<char>(random() % 256);
    const auto read = read_published_peaks(text);
    if (!read.ok()) {
      ++refused;
      EXPECT_NE(read.error().why, "");
      continue;
    }
    for (const PublishedGpu& gpu : read->gpus)
      for (const PublishedRate& rate : gpu.rates)
        ASSERT_EQ(rate.dense || rate.sparse, rate.source != nullptr);
  }
  EXPECT_GT(refused, 700);
  for (const char* text : {"", "[]", "{}", "null", R"({"sources": {}})"})
    EXPECT_FALSE(read_published_peaks(text).ok()) << text;
}

}  // namespace
}  // namespace aisp::test
