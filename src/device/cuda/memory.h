// Device memory of the judge.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/fd.h"
#include "base/result.h"
#include "base/shared_memory.h"
#include "device/cuda/gpu.h"

namespace aisp::cuda {

// A region that workers map, too: an allocation of the driver's virtual memory management, exported
// as a POSIX file descriptor; or, where the GPU lends by CUDA IPC, an ordinary one with its IPC handle.
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
  int fd() const { return fd_.get(); }                    // -1: lent by IPC
  // Empty: lent by descriptor.
  std::span<const std::byte> ipc_handle() const {
    return lent_by_ipc_ ? std::as_bytes(std::span(ipc_.reserved)) : std::span<const std::byte>();
  }

 private:
  static Result<std::unique_ptr<SharedRegion>> create_for_ipc(std::shared_ptr<Gpu> gpu,
                                                              std::uint64_t bytes);
  explicit SharedRegion(std::shared_ptr<Gpu> gpu) : gpu_(std::move(gpu)) {}
  std::shared_ptr<Gpu> gpu_;
  CUmemGenericAllocationHandle handle_ = 0;
  bool created_ = false, mapped_here_ = false;
  CUdeviceptr address_ = 0;
  std::uint64_t mapped_ = 0;
  UniqueFd fd_;
  bool lent_by_ipc_ = false;
  CUipcMemHandle ipc_{};
};

// A region of the host's memory that workers map, too: memfd pages, page-locked here for this GPU, so that the
// judge's kernels work on it as on the GPU's own. Zero at first.
class HostRegion {
 public:
  static Result<std::unique_ptr<HostRegion>> create(std::shared_ptr<Gpu> gpu,
                                                    const std::string& name, std::uint64_t bytes,
                                                    SharedMemory::Access access);
  ~HostRegion();
  HostRegion(const HostRegion&) = delete;
  HostRegion& operator=(const HostRegion&) = delete;

  CUdeviceptr address() const { return address_; }  // as the GPU sees it
  std::byte* data() const { return memory_.data(); }
  std::uint64_t bytes() const { return memory_.size(); }
  int fd() const { return memory_.fd(); }

 private:
  HostRegion(std::shared_ptr<Gpu> gpu, SharedMemory memory)
      : gpu_(std::move(gpu)), memory_(std::move(memory)) {}
  std::shared_ptr<Gpu> gpu_;
  SharedMemory memory_;
  bool locked_ = false;
  CUdeviceptr address_ = 0;
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

// Memory of the host, locked in place while this lives: the GPU copies from and to it by itself, where other memory goes
// through buffers of the driver at a fraction of the speed. What cannot be locked is copied slowly, and nothing else.
class PageLocked {
 public:
  PageLocked(std::shared_ptr<Gpu> gpu, void* data, std::uint64_t bytes);
  ~PageLocked();
  PageLocked(PageLocked&& other) noexcept
      : gpu_(std::move(other.gpu_)),
        data_(std::exchange(other.data_, nullptr)),
        bytes_(other.bytes_) {}
  PageLocked& operator=(PageLocked&&) = delete;

 private:
  std::shared_ptr<Gpu> gpu_;
  void advise(int advice) const;
  void* data_ = nullptr;  // null: it is not locked
  std::uint64_t bytes_ = 0;
};

struct Unmap {
  std::uint64_t bytes = 0;
  void operator()(std::byte* at) const;
};

// Memory of the judge for a copy of what is on the GPU: huge pages where there are any, and page-locked.
class HostCopy {
 public:
  explicit HostCopy(std::shared_ptr<Gpu> gpu) : gpu_(std::move(gpu)) {}

  // At least `bytes` bytes; contents are lost when it grows. Throws Failure when there is no memory.
  std::byte* at_least(std::uint64_t bytes);

 private:
  std::shared_ptr<Gpu> gpu_;
  std::unique_ptr<std::byte, Unmap> memory_;
  std::optional<PageLocked> locked_;  // released before the memory
};

enum class Lending { descriptor, ipc };
// How this GPU's memory is lent, by two of its attributes: by file descriptor where it can be, else by CUDA IPC,
// which is weaker: any process that learns a handle maps the memory, and always for writing. `asked`: "ipc"
// takes that in any case (AISP_CUDA_LENDING, to try it), empty or null nothing; other words are an error.
Result<Lending> choose_lending(int virtual_memory_management, int posix_file_descriptors,
                               const char* asked);

}  // namespace aisp::cuda
