// BLAKE2b-256 (RFC 7693): what files and options are called in records.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aisp {

using Hash256 = std::array<std::uint8_t, 32>;

Hash256 blake2b(std::string_view bytes);
// The keyed hash: without `key` nobody can compute or predict it.
Hash256 blake2b_keyed(const Hash256& key, std::string_view bytes);

// 64 lower-case hexadecimal digits.
std::string blake2b_hex(std::string_view bytes);
// Of a file's contents, read in pieces. Error: the file cannot be read to its end.
Result<std::string> blake2b_hex_of_file(const std::filesystem::path& file);

}  // namespace aisp
