// A buffer that was just read is cold after make_cold: reading it again takes as long as from memory.
// Needs a GPU.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "device/cuda/gpu.h"
#include "device/cuda/memory.h"

namespace aisp::cuda {
namespace {

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

TEST(Cold, AResidentBufferIsColdAfterTheSweep) {
  auto opened = Gpu::open(0);
  if (!opened) GTEST_SKIP() << "not run: " << opened.error().message();
  const std::shared_ptr<Gpu> gpu = *opened;
  const Driver& d = gpu->driver();
  constexpr std::uint64_t kBytes =
      24u << 20;  // with the table and the results 40 MiB: it fits in an L2 of 50
  constexpr std::size_t kWords = 1u << 20;  // at random, so that it is no stream
  Scratch data(gpu), table(gpu), words(gpu), evictor(gpu);
  data.at_least(kBytes);
  table.at_least(8 * kWords);
  words.at_least(8 * kWords);
  evictor.at_least((2 * gpu->kernels().l2_bytes() + 15) / 16 * 16);
  std::vector<std::uint64_t> places(kWords);
  std::uint64_t random = 1;
  for (std::uint64_t& place : places) {
    random = random * 6364136223846793005ull + 1442695040888963407ull;
    place = data.address() + (random >> 33) % (kBytes / 8) * 8;
  }
  gpu->upload(table.address(), places.data(), 8 * kWords);
  CUevent before = nullptr, after = nullptr;
  must(check(d.EventCreate(&before, CU_EVENT_DEFAULT), "make an event"));
  must(check(d.EventCreate(&after, CU_EVENT_DEFAULT), "make an event"));
  const auto read_us = [&] {
    must(check(d.EventRecord(before, gpu->stream()), "record an event"));
    must(gpu->kernels().gather_words(gpu->stream(), table.address(), kWords, words.address()));
    must(check(d.EventRecord(after, gpu->stream()), "record an event"));
    gpu->synchronize();
    float ms = 0;
    must(check(d.EventElapsedTime(&ms, before, after), "read events"));
    return 1e3 * static_cast<double>(ms);
  };
  std::vector<double> warm, cold, far;
  for (int i = 0; i < 30; ++i) {
    read_us();
    warm.push_back(read_us());
    must(gpu->kernels().sweep(gpu->stream(), evictor.address(), evictor.bytes() / 16 * 16));
    cold.push_back(read_us());
    // Four times as much in between leaves nothing of it for sure.
    for (int k = 0; k < 4; ++k)
      must(gpu->kernels().sweep(gpu->stream(), evictor.address(), evictor.bytes() / 16 * 16));
    far.push_back(read_us());
  }
  std::printf(
      "  1 Mi words of 24 MiB: warm %.1f us, after the sweep %.1f us, after four sweeps %.1f us\n",
      median(warm), median(cold), median(far));
  EXPECT_GT(median(cold), 1.15 * median(warm));
  EXPECT_GT(median(cold), 0.9 * median(far));
  d.EventDestroy(before);
  d.EventDestroy(after);
}

}  // namespace
}  // namespace aisp::cuda
