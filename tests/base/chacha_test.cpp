#include "base/chacha.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <cstring>
#include <vector>

#include "base/isa.h"

namespace aisp {
namespace {

Key counting_key() {
  Key key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i)
    key.bytes[i] = static_cast<std::uint8_t>(i * 7 + 3);
  return key;
}

std::vector<std::byte> stream(std::uint64_t nonce, std::uint64_t block, std::size_t bytes,
                              int rounds = kChaChaRounds) {
  std::vector<std::byte> out(bytes + 1, std::byte{0x5a});
  chacha_stream(counting_key(), nonce, block, std::span(out).first(bytes), rounds);
  EXPECT_EQ(out[bytes], std::byte{0x5a}) << "wrote past the end";
  out.resize(bytes);
  return out;
}

std::vector<std::byte> sodium_stream(std::uint64_t nonce, std::uint64_t block, std::size_t bytes) {
  std::vector<std::byte> out(bytes, std::byte{0});
  std::uint8_t nonce_bytes[8];
  std::memcpy(nonce_bytes, &nonce, 8);
  const Key key = counting_key();
  if (bytes == 0) return out;
  auto* data = reinterpret_cast<unsigned char*>(out.data());
  crypto_stream_chacha20_xor_ic(data, data, bytes, nonce_bytes, block, key.bytes.data());
  return out;
}

TEST(ChaCha, TwentyRoundsAreThoseOfLibsodiumOnEveryIsa) {
  ASSERT_GE(sodium_init(), 0);
  for (const Isa isa : available_isas()) {
    const ForcedIsa forced(isa);
    for (const std::size_t bytes :
         {0, 1, 63, 64, 65, 127, 128, 255, 256, 257, 511, 1023, 1024, 1025, 2048, 5000})
      for (const std::uint64_t block : {0ull, 1ull, 0xfffffffeull, 0xfffffffffffffff0ull})
        for (const std::uint64_t nonce : {0ull, 0x0123456789abcdefull})
          EXPECT_EQ(stream(nonce, block, bytes, 20), sodium_stream(nonce, block, bytes))
              << isa_name(isa) << " bytes " << bytes << " block " << block;
  }
}

// Test vector of ChaCha8 with a zero key and a zero nonce, from the estreamlike set of
// draft-strombergson-chacha-test-vectors (TC1, 256-bit key).
TEST(ChaCha, EightRoundsMatchThePublishedVector) {
  std::vector<std::byte> out(16);
  chacha_stream(Key{}, 0, 0, out);
  const std::uint8_t want[16] = {0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6,
                                 0x7f, 0x5b, 0xb8, 0xe8, 0x1f, 0x09, 0xa5, 0xa1};
  EXPECT_EQ(std::memcmp(out.data(), want, 16), 0);
}

TEST(ChaCha, AnyPartCanBeMadeAlone) {
  const auto whole = stream(9, 0, 64 * 40);
  for (std::size_t block = 0; block < 40; ++block) {
    const auto part = stream(9, block, 64);
    EXPECT_EQ(std::memcmp(part.data(), whole.data() + 64 * block, 64), 0) << block;
  }
}

TEST(ChaCha, NoncesAndKeysGiveUnrelatedStreams) {
  const auto a = stream(1, 0, 1 << 16);
  const auto b = stream(2, 0, 1 << 16);
  std::size_t equal_bits = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    equal_bits +=
        8 - static_cast<std::size_t>(__builtin_popcount(std::to_integer<unsigned>(a[i] ^ b[i])));
  // 524288 fair coins: standard deviation 362; six of them.
  EXPECT_NEAR(static_cast<double>(equal_bits), 262144, 6 * 362);
}

TEST(ChaChaSource, IsTheStreamInOrder) {
  ChaChaSource source(counting_key(), 77);
  const auto bytes = stream(77, 0, 8 * 1000);
  for (std::size_t i = 0; i < 1000; ++i) {
    std::uint64_t want;
    std::memcpy(&want, bytes.data() + 8 * i, 8);
    ASSERT_EQ(source.next(), want) << i;
  }
}

TEST(Key, HexGoesThereAndBack) {
  const Key key = counting_key();
  EXPECT_EQ(key.to_hex().substr(0, 8), "030a1118");
  EXPECT_EQ(Key::from_hex(key.to_hex()), key);
  std::string upper = key.to_hex();
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(Key::from_hex(upper), key);
}

TEST(Key, OtherTextIsRefused) {
  const std::string good = counting_key().to_hex();
  EXPECT_FALSE(Key::from_hex(""));
  EXPECT_FALSE(Key::from_hex(good.substr(1)));
  EXPECT_FALSE(Key::from_hex(good + "0"));
  EXPECT_FALSE(Key::from_hex(good.substr(1) + "g"));
  EXPECT_FALSE(Key::from_hex(good.substr(1) + " "));
}

TEST(Key, RandomKeysDiffer) {
  const auto a = random_key(), b = random_key();
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_NE(*a, *b);
}

}  // namespace
}  // namespace aisp
