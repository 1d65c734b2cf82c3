#include "device/layout.h"

#include <algorithm>

namespace aisp {
namespace {

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

// A small tensor gets a small band so that thousands of sets stay cheap to check; a large one a
// whole page, which also catches strides that run far.
std::uint64_t band_bytes(std::uint64_t tensor_bytes) { return tensor_bytes < 4096 ? 256 : 4096; }

}  // namespace

int in_out_partner(const Problem& problem, std::size_t input) {
  if (problem.inputs[input].role.get() != Role::in_out) return -1;
  for (std::size_t o = 0; o < problem.outputs.size(); ++o)
    if (problem.outputs[o].tensor->name == problem.inputs[input].tensor->name)
      return static_cast<int>(o);
  return -1;
}

Layout make_layout(const Problem& problem, std::uint64_t budget_bytes, int max_sets,
                   std::uint64_t host_budget_bytes) {
  Layout layout;
  const auto on_host = [&](const Tensor& t) {
    return host_budget_bytes > 0 && t.placement == Placement::host;
  };
  // Inputs: 128 bytes apart, so that no two tensors share a line or its prefetched neighbour.
  std::uint64_t weights[2] = {};  // of the device, of the host
  std::uint64_t set[2] = {};
  for (const Input& input : problem.inputs) {
    const Tensor& t = input.tensor;
    TensorPlace place;
    place.name = t.name;
    place.bytes = t.storage_bytes();
    place.weight = input.role.get() == Role::weight;
    place.on_host = on_host(t);
    if (input.role.get() != Role::in_out) {
      std::uint64_t& cursor = (place.weight ? weights : set)[place.on_host ? 1 : 0];
      cursor = round_up(cursor, std::max<std::uint64_t>(t.alignment, 128));
      place.offset = cursor;
      cursor += place.bytes + 128;
    }
    layout.inputs.push_back(place);
  }
  layout.weights_bytes = round_up(weights[0], 4096);
  layout.host_weights_bytes = round_up(weights[1], 4096);
  std::uint64_t largest_alignment = 128;
  for (const Input& input : problem.inputs)
    largest_alignment = std::max<std::uint64_t>(largest_alignment, input.tensor->alignment);
  layout.inputs_set_stride = round_up(set[0], largest_alignment);
  layout.host_inputs_set_stride = round_up(set[1], largest_alignment);
  for (TensorPlace& place : layout.inputs) {
    if (place.weight) continue;
    place.offset += place.on_host ? layout.host_weights_bytes : layout.weights_bytes;
    place.set_stride = place.on_host ? layout.host_inputs_set_stride : layout.inputs_set_stride;
  }

  std::uint64_t cursor = 0;
  largest_alignment = 128;
  for (const Output& output : problem.outputs) {
    const Tensor& t = output.tensor;
    TensorPlace place;
    place.name = t.name;
    place.in_outputs_region = true;
    place.on_host = on_host(t);
    layout.host_outputs = layout.host_outputs || place.on_host;
    place.bytes = t.storage_bytes();
    const std::uint64_t band = band_bytes(place.bytes);
    const std::uint64_t alignment = std::max<std::uint64_t>(t.alignment, 64);
    largest_alignment = std::max(largest_alignment, alignment);
    place.offset = round_up(cursor + band, alignment);
    place.band_before = place.offset - cursor;
    cursor = round_up(place.offset + place.bytes + band, 64);
    place.band_after = cursor - place.offset - place.bytes;
    layout.outputs.push_back(place);
  }
  layout.outputs_set_stride = round_up(cursor, largest_alignment);
  if (!layout.outputs.empty())
    layout.outputs.back().band_after += layout.outputs_set_stride - cursor;
  for (TensorPlace& place : layout.outputs) place.set_stride = layout.outputs_set_stride;
  for (std::size_t i = 0; i < problem.inputs.size(); ++i) {
    const int partner = in_out_partner(problem, i);
    if (partner >= 0) layout.inputs[i] = layout.outputs[static_cast<std::size_t>(partner)];
  }

  const auto fitting = [](std::uint64_t budget, std::uint64_t once, std::uint64_t per_set) {
    return budget > once ? (budget - once) / std::max<std::uint64_t>(per_set, 1) : 0;
  };
  std::uint64_t fit = fitting(budget_bytes, layout.weights_bytes, layout.set_bytes());
  if (layout.host_set_bytes() > 0)
    fit = std::min(fit,
                   fitting(host_budget_bytes, layout.host_weights_bytes, layout.host_set_bytes()));
  layout.sets = static_cast<int>(
      std::clamp<std::uint64_t>(fit, 1, static_cast<std::uint64_t>(std::max(1, max_sets))));
  return layout;
}

}  // namespace aisp
