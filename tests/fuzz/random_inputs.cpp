// Drives a libFuzzer entry point without libFuzzer, so that every build runs the fuzzers for a while:
// first all that is kept, then changes of it, drawn from a seed that is printed.
//
//   <fuzzer> [folder of kept inputs]      AISP_FUZZ_SECONDS=4, AISP_FUZZ_SEED drawn from the clock
//
// The input at work lies in <fuzzer's folder>/<fuzzer>.input, so that what ends the process is there to be
// kept. The preset `fuzz` builds the same entry points with libFuzzer, which also looks at coverage.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;
using Random = std::mt19937_64;

constexpr std::size_t kLargest = 1 << 16;

Bytes read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t below(Random& random, std::size_t n) { return n == 0 ? 0 : random() % n; }

void change(Bytes& bytes, const std::vector<Bytes>& kept, Random& random) {
  static const std::uint8_t kTelling[] = {0,   1,   0x7f, 0x80, 0xff, '"', '{',
                                          '}', '[', ']',  '\\', '-',  '9', 'e'};
  const std::size_t at = below(random, bytes.size());
  switch (random() % 7) {
    case 0:
      if (!bytes.empty()) bytes[at] ^= static_cast<std::uint8_t>(1u << (random() % 8));
      break;
    case 1:
      if (!bytes.empty()) bytes[at] = kTelling[below(random, sizeof kTelling)];
      break;
    case 2:  // eight bytes of an extreme number
      for (std::size_t i = at; i < std::min(bytes.size(), at + 8); ++i)
        bytes[i] = random() % 2 == 0 ? 0xff : (i == at + 7 ? 0x80 : 0);
      break;
    case 3: bytes.resize(at); break;
    case 4:
      bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                   kTelling[below(random, sizeof kTelling)]);
      break;
    case 5:  // a part once more
      if (bytes.size() < kLargest / 2) {
        const Bytes part(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end());
        bytes.insert(bytes.end(), part.begin(), part.end());
      }
      break;
    default:  // the end of another one
      if (!kept.empty()) {
        const Bytes& other = kept[below(random, kept.size())];
        const std::size_t from = below(random, other.size());
        bytes.resize(at);
        bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
      }
  }
}

double seconds_asked_for() {
  const char* text = std::getenv("AISP_FUZZ_SECONDS");
  return text == nullptr ? 4 : std::atof(text);
}

std::uint64_t seed_asked_for() {
  const char* text = std::getenv("AISP_FUZZ_SEED");
  if (text != nullptr) return std::strtoull(text, nullptr, 10);
  return static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
}

void run(const Bytes& bytes, const std::string& at_work) {
  {
    std::ofstream out(at_work, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  }
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string at_work = std::string(argv[0]) + ".input";
  std::vector<Bytes> kept;
  if (argc > 1)
    for (const auto& entry : fs::directory_iterator(argv[1]))
      if (entry.is_regular_file()) kept.push_back(read(entry.path()));
  if (argc > 1 && kept.empty()) {
    std::fprintf(stderr, "no kept input in %s\n", argv[1]);
    return 1;
  }
  for (const Bytes& bytes : kept) run(bytes, at_work);
  run({}, at_work);

  const std::uint64_t seed = seed_asked_for();
  std::printf("%zu kept inputs; AISP_FUZZ_SEED=%llu\n", kept.size(),
              static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  Random random(seed);
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds_asked_for());
  std::uint64_t inputs = 0;
  for (; std::chrono::steady_clock::now() < end; ++inputs) {
    Bytes bytes = kept.empty() ? Bytes(below(random, 256)) : kept[below(random, kept.size())];
    for (std::size_t changes = 1 + random() % 8; changes > 0; --changes)
      change(bytes, kept, random);
    run(bytes, at_work);
  }
  fs::remove(at_work);
  std::printf("%llu inputs without a finding\n", static_cast<unsigned long long>(inputs));
}
