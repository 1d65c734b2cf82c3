#include "device/cuda/gpu.h"

#include <cstring>

#include "device/cuda/worker_access.h"

namespace aisp::cuda {

void must(const Status& status) {
  if (!status) throw Failure(status.error().message());
}

Result<std::shared_ptr<Gpu>> Gpu::open(int ordinal) {
  auto loaded = cuda::driver();
  if (!loaded) return loaded.error();
#ifdef AISP_CUDA_CHECK
  return Error{"open GPU " + std::to_string(ordinal), "",
               "this build only shows that the code for GPUs compiles (AISP_CUDA_CHECK)",
               "Run ./setup.sh build, which builds it"};
#endif
  std::shared_ptr<Gpu> gpu(new Gpu);
  gpu->driver_ = *loaded;
  const Driver& d = **loaded;
  const std::string what = "open GPU " + std::to_string(ordinal);
  if (Status s = check(d.DeviceGet(&gpu->device_, ordinal), what); !s) return s.error();
  if (Status s = check(d.DevicePrimaryCtxRetain(&gpu->context_, gpu->device_), what); !s)
    return s.error();
  if (Status s = check(d.CtxSetCurrent(gpu->context_), what); !s) return s.error();
  if (Status s = check(d.StreamCreate(&gpu->stream_, CU_STREAM_NON_BLOCKING), what); !s)
    return s.error();
  char name[256] = {};
  if (Status s = check(d.DeviceGetName(name, sizeof name - 1, gpu->device_), what); !s)
    return s.error();
  gpu->name_ = name;
  CUuuid uuid{};
  if (Status s = check(d.DeviceGetUuid(&uuid, gpu->device_), what); !s) return s.error();
  static_assert(sizeof uuid == 16);
  std::memcpy(gpu->uuid_.data(), &uuid, 16);
  auto kernels = Kernels::load(gpu->device_);
  if (!kernels) return kernels.error();
  gpu->kernels_ = std::make_unique<Kernels>(std::move(*kernels));
  return gpu;
}

Gpu::~Gpu() {
  kernels_.reset();
  if (stream_ != nullptr) driver_->StreamDestroy(stream_);
  if (context_ != nullptr) driver_->DevicePrimaryCtxRelease(device_);
}

int Gpu::attribute(CUdevice_attribute which) const {
  int value = 0;
  must(check(driver_->DeviceGetAttribute(&value, which, device_), "ask the GPU for an attribute"));
  return value;
}

std::uint64_t Gpu::total_bytes() const {
  std::size_t bytes = 0;
  must(check(driver_->DeviceTotalMem(&bytes, device_), "ask the GPU for its memory"));
  return bytes;
}

std::string Gpu::pci_bus_id() const {
  return cuda::pci_bus_id(attribute(CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID),
                          attribute(CU_DEVICE_ATTRIBUTE_PCI_BUS_ID),
                          attribute(CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID));
}

void Gpu::upload(CUdeviceptr to, const void* from, std::uint64_t bytes) const {
  if (bytes == 0) return;
  must(check(driver_->MemcpyHtoDAsync(to, from, bytes, stream_), "copy to the GPU"));
  synchronize();
}

void Gpu::synchronize() const {
  must(check(driver_->StreamSynchronize(stream_), "wait for the judge's work on the GPU"));
}

}  // namespace aisp::cuda
