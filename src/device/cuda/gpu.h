// One GPU as the judge uses it: its context, one stream, and the judge's kernels. The worker has a
// context of its own in its own process; the two share nothing but the memory that is lent.
#pragma once

#include <cuda.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "device/cuda/driver.h"
#include "device/cuda/kernels.h"
#include "device/device.h"

namespace aisp::cuda {

using Failure = DeviceFailure;
// Throws Failure unless it is a success.
void must(const Status& status);

class Gpu {
 public:
  // Makes the primary context of the GPU current in this thread. `ordinal` counts as CUDA does.
  static Result<std::shared_ptr<Gpu>> open(int ordinal);
  ~Gpu();
  Gpu(const Gpu&) = delete;
  Gpu& operator=(const Gpu&) = delete;

  const Driver& driver() const { return *driver_; }
  CUdevice device() const { return device_; }
  CUstream stream() const { return stream_; }
  const Kernels& kernels() const { return *kernels_; }
  const std::string& name() const { return name_; }  // "NVIDIA H200"
  const std::array<std::uint8_t, 16>& uuid() const { return uuid_; }
  std::string pci_bus_id() const;
  int attribute(CUdevice_attribute which) const;
  std::uint64_t total_bytes() const;  // of its memory

  // How its memory is lent to workers; set before there are buffers. By file descriptor, unless said.
  void lend_by_ipc() { lends_by_ipc_ = true; }
  bool lends_by_ipc() const { return lends_by_ipc_; }

  // Copies to the GPU, in the order of the stream, and waits: `from` may be pageable, and a plain
  // cuMemcpyHtoD knows nothing of this stream.
  void upload(CUdeviceptr to, const void* from, std::uint64_t bytes) const;
  // Waits until everything on the stream is done.
  void synchronize() const;

 private:
  Gpu() = default;
  const Driver* driver_ = nullptr;
  CUdevice device_ = 0;
  CUcontext context_ = nullptr;
  CUstream stream_ = nullptr;
  std::unique_ptr<Kernels> kernels_;
  std::string name_;
  bool lends_by_ipc_ = false;
  std::array<std::uint8_t, 16> uuid_{};
};

}  // namespace aisp::cuda
