// What of this machine a worker needs to use one GPU, and nothing of the others.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "device/device.h"

namespace aisp::cuda {

struct GpuPlace {
  std::array<std::uint8_t, 16> uuid{};  // cuDeviceGetUuid
  std::string pci_bus_id;               // pci_bus_id()
};

// "0000:04:00.0", of CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID, …_PCI_BUS_ID and …_PCI_DEVICE_ID.
std::string pci_bus_id(int domain, int bus, int device);

// Nodes of the GPU, the files that the driver reads, a fixed environment, and where the driver's
// libraries and CUPTI are if the loader would not find them by itself. Fails when the GPU's own node
// cannot be told. `root`: for tests; everything is looked for below it.
Result<DeviceAccess> worker_access(const GpuPlace& gpu, const std::string& root = {});

// The path or name of CUPTI to open, empty when it was not found. AISP_CUPTI_LIBRARY overrides.
std::string find_cupti(const std::string& root = {});

}  // namespace aisp::cuda
