#include "base/hash.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <vector>

#include "base/fd.h"

namespace aisp {
namespace {

static_assert(sizeof(Hash256) == crypto_generichash_BYTES);

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string hex(const Hash256& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : hash) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

Hash256 blake2b(std::string_view bytes) {
  Hash256 hash;
  crypto_generichash(hash.data(), hash.size(), raw(bytes), bytes.size(), nullptr, 0);
  return hash;
}

Hash256 blake2b_keyed(const Hash256& key, std::string_view bytes) {
  Hash256 hash;
  crypto_generichash(hash.data(), hash.size(), raw(bytes), bytes.size(), key.data(), key.size());
  return hash;
}

std::string blake2b_hex(std::string_view bytes) { return hex(blake2b(bytes)); }

Result<std::string> blake2b_hex_of_file(const std::filesystem::path& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error("read a file to hash it", file.string());
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES);
  std::vector<unsigned char> piece(1 << 18);
  for (;;) {
    const ssize_t n = ::read(fd.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("read a file to hash it", file.string());
    if (n == 0) break;
    crypto_generichash_update(&state, piece.data(), static_cast<std::size_t>(n));
  }
  Hash256 hash;
  crypto_generichash_final(&state, hash.data(), hash.size());
  return hex(hash);
}

}  // namespace aisp
