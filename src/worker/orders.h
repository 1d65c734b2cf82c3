// Writes the static part of the orders page: tensors, parameters, regions, the device.
#pragma once

#include "aisp/problem.h"
#include "device/device.h"
#include "device/layout.h"
#include "worker/protocol.h"

namespace aisp {

void write_orders(const Problem& problem, const Layout& layout, int handover_cpu,
                  protocol::Orders& orders);

// Which device, and what is behind the descriptors of `buffers` there.
void write_device(const DeviceAccess& device, const Buffers& buffers, protocol::Orders& orders);

}  // namespace aisp
