#include "device_cuda/gpu.h"

namespace aisp::cuda {

DeviceMemory::DeviceMemory(const Driver& driver, std::size_t bytes) : driver_(driver) {
  const Status status =
      check(driver_.MemAlloc(&address_, bytes == 0 ? 1 : bytes), "allocate memory of the GPU");
  EXPECT_TRUE(status) << status.error().message();
}
DeviceMemory::~DeviceMemory() {
  if (address_ != 0) driver_.MemFree(address_);
}
void DeviceMemory::write(const void* data, std::size_t bytes, std::size_t at) {
  if (bytes == 0) return;
  Status status = check(driver_.MemcpyHtoD(address_ + at, data, bytes), "copy to the GPU");
  // The copy returns when the host's memory is free again; other streams do not wait for its end.
  if (status) status = check(driver_.StreamSynchronize(nullptr), "copy to the GPU");
  EXPECT_TRUE(status) << status.error().message();
}
void DeviceMemory::read(void* data, std::size_t bytes, std::size_t at) const {
  if (bytes == 0) return;
  const Status status = check(driver_.MemcpyDtoH(data, address_ + at, bytes), "copy from the GPU");
  EXPECT_TRUE(status) << status.error().message();
}

void GpuTest::SetUp() {
  const auto opened = driver();
  if (!opened) GTEST_SKIP() << opened.error().message();
  driver_ = *opened;
  CUdevice device = 0;
  ASSERT_DONE(check(cuda().DeviceGet(&device, 0), "find the first GPU"));
  CUcontext context = nullptr;
  ASSERT_DONE(check(cuda().DevicePrimaryCtxRetain(&context, device), "open the first GPU"));
  retained_ = device;
  ASSERT_DONE(check(cuda().CtxSetCurrent(context), "choose the first GPU"));
  ASSERT_DONE(check(cuda().StreamCreate(&stream_, CU_STREAM_NON_BLOCKING), "make a stream"));
  auto loaded = Kernels::load(device);
  ASSERT_TRUE(loaded) << loaded.error().message();
  kernels_.emplace(std::move(*loaded));
}

void GpuTest::TearDown() {
  kernels_.reset();
  if (stream_ != nullptr) cuda().StreamDestroy(stream_);
  if (retained_) cuda().DevicePrimaryCtxRelease(*retained_);
}

}  // namespace aisp::cuda
