// Device memory of the judge.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <memory>

#include "base/fd.h"
#include "base/result.h"
#include "device/cuda/gpu.h"

namespace aisp::cuda {

// A region that workers map, too: an allocation of the driver's virtual memory management, exported
// as a POSIX file descriptor.
class SharedRegion {
 public:
  // At least one granule. Needs a GPU and a driver that export (all since CUDA 10.2 on Linux).
  static Result<std::unique_ptr<SharedRegion>> create(std::shared_ptr<Gpu> gpu,
                                                      std::uint64_t bytes);
  ~SharedRegion();
  SharedRegion(const SharedRegion&) = delete;
  SharedRegion& operator=(const SharedRegion&) = delete;

  CUdeviceptr address() const { return address_; }
  std::uint64_t mapped_bytes() const { return mapped_; }  // rounded up to the granularity
  int fd() const { return fd_.get(); }

 private:
  explicit SharedRegion(std::shared_ptr<Gpu> gpu) : gpu_(std::move(gpu)) {}
  std::shared_ptr<Gpu> gpu_;
  CUmemGenericAllocationHandle handle_ = 0;
  bool created_ = false, mapped_here_ = false;
  CUdeviceptr address_ = 0;
  std::uint64_t mapped_ = 0;
  UniqueFd fd_;
};

// Memory of the judge alone. Grows on demand, never shrinks; contents are lost when it grows.
class Scratch {
 public:
  explicit Scratch(std::shared_ptr<Gpu> gpu) : gpu_(std::move(gpu)) {}
  ~Scratch();
  Scratch(Scratch&& other) noexcept
      : gpu_(std::move(other.gpu_)), address_(other.address_), bytes_(other.bytes_) {
    other.address_ = 0;
    other.bytes_ = 0;
  }
  Scratch& operator=(Scratch&&) = delete;

  // At least `bytes` bytes; zeroed where it grew. Throws Failure when there is no memory.
  CUdeviceptr at_least(std::uint64_t bytes);
  CUdeviceptr address() const { return address_; }
  std::uint64_t bytes() const { return bytes_; }
  void release();

 private:
  std::shared_ptr<Gpu> gpu_;
  CUdeviceptr address_ = 0;
  std::uint64_t bytes_ = 0;
};

// Page-locked memory of the host: copies from and to it do not wait.
class Pinned {
 public:
  explicit Pinned(std::shared_ptr<Gpu> gpu) : gpu_(std::move(gpu)) {}
  ~Pinned();
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

  // At least `bytes` bytes. Throws Failure when there is no memory.
  void* at_least(std::uint64_t bytes);
  template <class T>
  T* as() const {
    return static_cast<T*>(address_);
  }

 private:
  std::shared_ptr<Gpu> gpu_;
  void* address_ = nullptr;
  std::uint64_t bytes_ = 0;
};

// Whether this GPU, by two of its attributes, has memory that can be lent to another process by a file
// descriptor. The error says what can be done.
Status can_lend_memory(int virtual_memory_management, int posix_file_descriptors);

}  // namespace aisp::cuda
