// Poison: a known pattern in memory that an implementation has to overwrite, or has to leave alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace aisp {

// Fills `bytes` with the 8 bytes of `word` (little-endian) over and over, from the first byte on.
void poison(std::span<std::byte> bytes, std::uint64_t word);

// Offset of the first byte that is not what poison(bytes, word) would write; every byte is read.
std::optional<std::size_t> first_unpoisoned(std::span<const std::byte> bytes, std::uint64_t word);

// Evicts every cache line that holds a byte of `bytes` from all caches of the machine, written back
// where it was dirty; done when it returns.
void flush_lines(std::span<const std::byte> bytes);

}  // namespace aisp
