#include "base/chacha.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "base/isa.h"

namespace aisp {
namespace {

struct ChaChaInput {
  std::uint64_t key[4];
  std::uint64_t nonce;
  int rounds;
};

constexpr std::uint64_t kChaChaConstants[2] = {0x3320646e61707865, 0x6b20657479622d32};

// Groups per vector width, measured on Zen 4 with 8 rounds: 4 fills the 32 registers of AVX-512
// and hides its latency; 16 registers hold two groups with their temporaries.
namespace sse2 {
#define AISP_VECTOR_BYTES 16
#define AISP_GROUPS 2
#include "base/chacha_kernel.inc"
#undef AISP_VECTOR_BYTES
#undef AISP_GROUPS
}  // namespace sse2

#pragma GCC push_options
#pragma GCC target("avx2,bmi2,fma")
namespace avx2 {
#define AISP_VECTOR_BYTES 32
#define AISP_GROUPS 2
#include "base/chacha_kernel.inc"
#undef AISP_VECTOR_BYTES
#undef AISP_GROUPS
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,bmi2,fma,avx512f,avx512bw,avx512dq,avx512vl")
namespace avx512 {
#define AISP_VECTOR_BYTES 64
#define AISP_GROUPS 4
#include "base/chacha_kernel.inc"
#undef AISP_VECTOR_BYTES
#undef AISP_GROUPS
}  // namespace avx512
#pragma GCC pop_options

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Key::to_hex() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::optional<Key> Key::from_hex(std::string_view hex) {
  Key key;
  if (hex.size() != 2 * key.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) {
    const int high = hex_digit(hex[2 * i]);
    const int low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    key.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return key;
}

Result<Key> random_key() {
  Key key;
  std::size_t done = 0;
  while (done < key.bytes.size()) {
    const ssize_t got = getrandom(key.bytes.data() + done, key.bytes.size() - done, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return errno_error("draw a key", "getrandom", "A kernel of 3.17 or later is needed");
    done += static_cast<std::size_t>(got);
  }
  return key;
}

void chacha_stream(const Key& key, std::uint64_t nonce, std::uint64_t first_block,
                   std::span<std::byte> out, int rounds) {
  ChaChaInput in;
  std::memcpy(in.key, key.bytes.data(),
              sizeof in.key);  // little-endian words on a little-endian host
  in.nonce = nonce;
  in.rounds = rounds;
  switch (active_isa()) {
    case Isa::avx512: return avx512::stream(in, first_block, out.data(), out.size());
    case Isa::avx2: return avx2::stream(in, first_block, out.data(), out.size());
    case Isa::sse2: return sse2::stream(in, first_block, out.data(), out.size());
  }
}

void ChaChaSource::refill() {
  chacha_stream(key_, nonce_, next_block_, std::as_writable_bytes(std::span(words_)));
  next_block_ += sizeof words_ / kChaChaBlockBytes;
  at_ = 0;
}

}  // namespace aisp
