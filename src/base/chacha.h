// The judge's randomness: the ChaCha stream cipher (D. J. Bernstein, 2008; the original layout with
// a 64-bit nonce and a 64-bit block counter), with 8 rounds. Inputs drawn from it cannot be told in
// advance without the key, and any part of the stream can be made without the parts before it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aisp/tensor.h"
#include "base/result.h"

namespace aisp {

struct Key {
  std::array<std::uint8_t, 32> bytes{};

  bool operator==(const Key&) const = default;
  std::string to_hex() const;  // 64 lower-case digits
  // Nothing unless `hex` is exactly 64 hexadecimal digits of either case.
  static std::optional<Key> from_hex(std::string_view hex);
};

// A key from the kernel's generator.
Result<Key> random_key();

inline constexpr std::size_t kChaChaBlockBytes = 64;
inline constexpr int kChaChaRounds = 8;

// Writes the stream's bytes from block `first_block` on; `out` may have any length and alignment.
// `rounds` is even; only tests, which compare with other people's ChaCha20, give it.
void chacha_stream(const Key& key, std::uint64_t nonce, std::uint64_t first_block,
                   std::span<std::byte> out, int rounds = kChaChaRounds);

// The stream of (key, nonce) as little-endian 64-bit words, in order.
class ChaChaSource final : public RandomSource {
 public:
  ChaChaSource(const Key& key, std::uint64_t nonce) : key_(key), nonce_(nonce) {}
  std::uint64_t next() override {
    if (at_ == words_.size()) refill();
    return words_[at_++];
  }

 private:
  void refill();

  Key key_;
  std::uint64_t nonce_;
  std::uint64_t next_block_ = 0;
  // 16 blocks: what the widest kernel makes at once.
  std::array<std::uint64_t, 128> words_{};
  std::size_t at_ = words_.size();
};

}  // namespace aisp
