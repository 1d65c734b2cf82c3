#include "audit/drawn_inputs.h"

#include <algorithm>
#include <string_view>

#include "device/cpu/fill.h"

namespace aisp::audit {

DrawnInputs::DrawnInputs(const Problem& problem, const Key& key, std::uint64_t draw)
    : problem_(problem), key_(key) {
  for (std::size_t i = 0; i < problem.inputs.size(); ++i) bytes_.push_back(drawn(i, draw));
  for (std::size_t i = 0; i < problem.inputs.size(); ++i)
    views_.push_back({&problem.inputs[i].tensor.get(), bytes_[i].data()});
}

std::vector<std::byte> DrawnInputs::drawn(std::size_t input, std::uint64_t draw) const {
  const Input& from = problem_.inputs[input];
  std::vector<std::byte> bytes(from.tensor->storage_bytes());
  fill_tensor(from.tensor, from.distribution, key_, draw << 8 | input, bytes.data());
  return bytes;
}

void DrawnInputs::redraw(std::size_t input, std::uint64_t draw, std::size_t first,
                         std::size_t last) {
  const std::vector<std::byte> other = drawn(input, draw);
  const std::size_t element = dtype_bytes(problem_.inputs[input].tensor->dtype);
  const auto at = [&](std::size_t i) { return static_cast<std::ptrdiff_t>(i * element); };
  std::copy(other.begin() + at(first), other.begin() + at(last), bytes_[input].begin() + at(first));
}

void DrawnInputs::redraw(std::size_t input, std::uint64_t draw) {
  redraw(input, draw, 0,
         static_cast<std::size_t>(problem_.inputs[input].tensor->storage_elements()));
}

Hash256 DrawnInputs::hash() const {
  std::string hashes;
  for (const auto& bytes : bytes_)
    hashes += blake2b_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return blake2b(hashes);
}

}  // namespace aisp::audit
