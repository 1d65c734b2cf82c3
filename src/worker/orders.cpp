#include "worker/orders.h"

#include <algorithm>
#include <cstring>

namespace aisp {
namespace {

void copy_name(const std::string& name, char (&out)[protocol::kNameBytes]) {
  std::memset(out, 0, sizeof out);
  std::memcpy(out, name.data(), std::min(name.size(), sizeof out - 1));
}

void write_tensor(const Tensor& tensor, const TensorPlace& place, protocol::TensorEntry& entry) {
  copy_name(tensor.name, entry.name);
  entry.dtype = static_cast<std::uint32_t>(tensor.dtype);
  entry.rank = static_cast<std::uint32_t>(tensor.shape.size());
  const auto strides = tensor.effective_strides();
  for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
    entry.shape[d] = tensor.shape[d];
    entry.strides[d] = strides[d];
  }
  entry.elements = static_cast<std::uint64_t>(tensor.elements());
  if (place.in_outputs_region)
    entry.region = place.on_host ? protocol::Region::host_outputs : protocol::Region::outputs;
  else
    entry.region = place.on_host ? protocol::Region::host_inputs : protocol::Region::inputs;
  entry.weight = place.weight ? 1 : 0;
  entry.offset = place.offset;
  entry.set_stride = place.set_stride;
}

}  // namespace

void write_orders(const Problem& problem, const Layout& layout, int handover_cpu,
                  protocol::Orders& orders) {
  orders.magic = protocol::kMagic;
  orders.version = protocol::kVersion;
  orders.handover_cpu =
      handover_cpu < 0 ? protocol::kNoCpu : static_cast<std::uint32_t>(handover_cpu);
  orders.inputs_bytes = layout.inputs_bytes();
  orders.outputs_bytes = layout.outputs_bytes();
  orders.inputs_set_begin = layout.weights_bytes;
  orders.inputs_set_stride = layout.inputs_set_stride;
  orders.outputs_set_stride = layout.outputs_set_stride;
  orders.sets = static_cast<std::uint32_t>(layout.sets);
  orders.input_count = static_cast<std::uint32_t>(problem.inputs.size());
  orders.output_count = static_cast<std::uint32_t>(problem.outputs.size());
  orders.param_count = static_cast<std::uint32_t>(problem.params.size());
  for (std::size_t i = 0; i < problem.inputs.size(); ++i)
    write_tensor(problem.inputs[i].tensor, layout.inputs[i], orders.inputs[i]);
  for (std::size_t o = 0; o < problem.outputs.size(); ++o)
    write_tensor(problem.outputs[o].tensor, layout.outputs[o], orders.outputs[o]);
  for (std::size_t p = 0; p < problem.params.size(); ++p) {
    copy_name(problem.params[p].name, orders.params[p].name);
    orders.params[p].value = problem.params[p].value;
  }
  orders.device = protocol::DeviceKind::cpu;
}

void write_device(const DeviceAccess& device, const Buffers& buffers, protocol::Orders& orders) {
  orders.device = device.kind == DeviceAccess::Kind::cuda ? protocol::DeviceKind::cuda
                                                          : protocol::DeviceKind::cpu;
  orders.device_ordinal = static_cast<std::uint32_t>(device.ordinal);
  static_assert(sizeof orders.device_uuid == sizeof device.uuid);
  std::memcpy(orders.device_uuid, device.uuid.data(), device.uuid.size());
  orders.inputs_mapped_bytes = buffers.inputs_mapped_bytes();
  orders.outputs_mapped_bytes = buffers.outputs_mapped_bytes();
  const auto copy_handle = [](std::span<const std::byte> handle, std::uint8_t(&to)[64]) {
    std::memset(to, 0, sizeof to);
    if (!handle.empty()) std::memcpy(to, handle.data(), std::min(handle.size(), sizeof to));
  };
  copy_handle(buffers.inputs_ipc_handle(), orders.inputs_ipc);
  copy_handle(buffers.outputs_ipc_handle(), orders.outputs_ipc);
  orders.lent_by_ipc = buffers.outputs_ipc_handle().empty() ? 0 : 1;
  orders.host_inputs_mapped_bytes = buffers.host_inputs_mapped_bytes();
  orders.host_outputs_mapped_bytes = buffers.host_outputs_mapped_bytes();
}

}  // namespace aisp
