// Shared objects that are none any more: cut off, with bytes changed, or full of nonsense. The loader of
// the system reads them, inside the sandbox: whatever it does there is a finding, and the judge goes on.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>

#include "base/clock.h"
#include "worker/hostile_problem.h"

namespace aisp {
namespace {

using testing::HostileBench;
using testing::Mode;

std::string text_of_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A folder that a worker's user may read.
class BrokenModule {
 public:
  BrokenModule() {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    chmod(folder_.c_str(), 0755);
  }
  ~BrokenModule() {
    std::remove(file().c_str());
    std::remove(folder_.c_str());
  }
  BrokenModule(const BrokenModule&) = delete;
  BrokenModule& operator=(const BrokenModule&) = delete;

  std::string file() const { return folder_ + "/candidate.so"; }
  void write(const std::string& bytes) const {
    std::remove(file().c_str());
    std::ofstream(file(), std::ios::binary) << bytes;
    chmod(file().c_str(), 0644);
  }

 private:
  std::string folder_ = "/tmp/aisp-broken-XXXXXX";
};

double seconds_asked_for() {
  const char* text = std::getenv("AISP_FUZZ_SECONDS");
  return text == nullptr ? 4 : std::atof(text);
}

// Most of the changes where the loader looks: headers, the dynamic section, symbols and relocations lie
// in the first and in the last parts of the file.
std::string broken(std::string bytes, std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  switch (random() % 5) {
    case 0: bytes.resize(below(bytes.size())); break;
    case 1:
      for (int i = 0; i < 4; ++i) bytes[below(64)] = static_cast<char>(random());
      break;
    case 2:
      for (int i = 0; i < 8; ++i) bytes[64 + below(1024)] = static_cast<char>(random());
      break;
    case 3:
      for (int i = 0; i < 64; ++i) bytes[below(bytes.size())] ^= static_cast<char>(random());
      break;
    default:  // an extreme size or offset
      for (std::size_t at = below(bytes.size() - 8), i = 0; i < 8; ++i) bytes[at + i] = '\xff';
  }
  return bytes;
}

TEST(BrokenModule, EndsAsAFindingOrRunsAndNeverHoldsTheJudge) {
  HostileBench bench(Mode::honest);
  const BrokenModule module;
  const std::string whole = text_of_file(bench.spec.implementation.string());
  ASSERT_GT(whole.size(), 4096u);
  bench.spec.implementation = module.file();
  std::mt19937_64 random(std::random_device{}());
  const std::uint64_t seed = random();
  random.seed(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::map<std::string, int> ends;
  const auto deadline = monotonic_ns() + static_cast<std::int64_t>(seconds_asked_for() * 1e9);
  int tries = 0;
  for (; monotonic_ns() < deadline || tries < 20; ++tries) {
    // Whole at first and empty next, so that both ends of the scale are there.
    module.write(tries == 0 ? whole : tries == 1 ? "" : broken(whole, random));
    const std::int64_t begin = monotonic_ns();
    auto worker = start_worker(bench.spec, bench.problem, *bench.buffers);
    if (!worker.ok()) {
      ++ends["not started"];
      continue;
    }
    const OrderOutcome ready = (*worker)->setup(2);
    EXPECT_LT(monotonic_ns() - begin, 8'000'000'000) << "it held the judge";
    if (ready.ok) {
      ++ends["set up"];
      continue;
    }
    ++ends["refused"];
    ASSERT_NE(ready.end, WorkerEnd::alive);
    ASSERT_FALSE(ready.detail.empty());
    for (const char c : ready.detail) ASSERT_TRUE(c >= 32 && c != 127) << ready.detail;
    ASSERT_LE(ready.detail.size(), 600u);
  }
  for (const auto& [end, count] : ends) std::printf("%s: %d; ", end.c_str(), count);
  std::printf("%d tries, seed %llu\n", tries, static_cast<unsigned long long>(seed));
  EXPECT_GE(ends["set up"], 1) << "not even the whole one";
  EXPECT_GE(ends["refused"], 1);
  EXPECT_EQ(ends["not started"], 0);
}

}  // namespace
}  // namespace aisp
