// Writes the static part of the orders page: tensors, parameters, regions.
#pragma once

#include "aisp/problem.h"
#include "device/layout.h"
#include "worker/protocol.h"

namespace aisp {

void write_orders(const Problem& problem, const Layout& layout, int handover_cpu,
                  protocol::Orders& orders);

}  // namespace aisp
