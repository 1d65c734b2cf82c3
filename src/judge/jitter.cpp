#include "judge/jitter.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "device/cpu/fill.h"
#include "device/draws.h"

namespace aisp {
namespace {

constexpr std::size_t kRun = 64;

void swap_two(std::byte* data, std::size_t width, std::size_t elements, RandomSource& random) {
  const std::size_t a = random.below(elements), b = random.below(elements);
  std::swap_ranges(data + a * width, data + (a + 1) * width, data + b * width);
}

}  // namespace

bool jitter_inputs(const Problem& problem, Buffers& buffers, const Key& key, std::uint64_t other,
                   int sets, RandomSource& random) {
  bool changed = false;
  std::vector<std::byte> drawn;
  for (std::size_t i = 0; i < problem.inputs.size(); ++i) {
    const Input& input = problem.inputs[i];
    const Distribution::Kind kind = input.distribution->kind;
    if (input.role.get() != Role::activation || kind == Distribution::Kind::custom) continue;
    const TensorPlace& place = buffers.layout().inputs[i];
    const std::size_t width = dtype_bytes(input.tensor->dtype);
    const auto elements = static_cast<std::size_t>(input.tensor->storage_elements());
    for (int set = 0; set < sets; ++set) {
      std::byte* data =
          buffers.inputs_data() + place.offset + place.set_stride * static_cast<std::uint64_t>(set);
      changed = true;
      if (kind == Distribution::Kind::permutation) {
        swap_two(data, width, elements, random);
        continue;
      }
      drawn.resize(place.bytes);
      fill_tensor(input.tensor, input.distribution, key, nonce_of(other, set, i), drawn.data());
      const std::size_t run = random.next() & 1 ? std::min(kRun, elements) : 1;
      const std::size_t at = random.below(elements - run + 1) * width;
      std::memcpy(data + at, drawn.data() + at, run * width);
    }
  }
  return changed;
}

}  // namespace aisp
