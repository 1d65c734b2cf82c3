#include "device/cuda/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "base/huge_pages.h"

namespace aisp::cuda {

Result<std::unique_ptr<SharedRegion>> SharedRegion::create(std::shared_ptr<Gpu> gpu,
                                                           std::uint64_t bytes) {
  if (gpu->lends_by_ipc()) return create_for_ipc(std::move(gpu), bytes);
  std::unique_ptr<SharedRegion> region(new SharedRegion(gpu));
  const Driver& d = gpu->driver();
  const auto what = fmt::format("allocate {} MiB of GPU memory that workers can map", bytes >> 20);

  CUmemAllocationProp properties{};
  properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
  properties.location = {CU_MEM_LOCATION_TYPE_DEVICE, {gpu->device()}};
  std::size_t granule = 0;
  if (Status s = check(d.MemGetAllocationGranularity(&granule, &properties,
                                                     CU_MEM_ALLOC_GRANULARITY_RECOMMENDED),
                       what);
      !s)
    return s.error();
  region->mapped_ = (std::max<std::uint64_t>(bytes, 1) + granule - 1) / granule * granule;
  if (Status s = check(d.MemCreate(&region->handle_, region->mapped_, &properties, 0), what); !s)
    return s.error();
  region->created_ = true;
  if (Status s =
          check(d.MemAddressReserve(&region->address_, region->mapped_, granule, 0, 0), what);
      !s)
    return s.error();
  if (Status s = check(d.MemMap(region->address_, region->mapped_, 0, region->handle_, 0), what);
      !s)
    return s.error();
  region->mapped_here_ = true;
  CUmemAccessDesc access{};
  access.location = properties.location;
  access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
  if (Status s = check(d.MemSetAccess(region->address_, region->mapped_, &access, 1), what); !s)
    return s.error();
  int fd = -1;
  if (Status s = check(d.MemExportToShareableHandle(&fd, region->handle_,
                                                    CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0),
                       "export GPU memory to workers");
      !s)
    return s.error();
  region->fd_ = UniqueFd(fd);
  must(check(d.MemsetD8Async(region->address_, 0, region->mapped_, gpu->stream()), what));
  gpu->synchronize();
  return region;
}

SharedRegion::~SharedRegion() {
  const Driver& d = gpu_->driver();
  if (lent_by_ipc_) {
    if (address_ != 0) d.MemFree(address_);
    return;
  }
  if (mapped_here_) d.MemUnmap(address_, mapped_);
  if (address_ != 0) d.MemAddressFree(address_, mapped_);
  if (created_) d.MemRelease(handle_);
}

Result<std::unique_ptr<HostRegion>> HostRegion::create(std::shared_ptr<Gpu> gpu,
                                                       const std::string& name, std::uint64_t bytes,
                                                       SharedMemory::Access access) {
  auto memory = SharedMemory::create(name, bytes, access);
  if (!memory) return memory.error();
  std::unique_ptr<HostRegion> region(new HostRegion(gpu, std::move(*memory)));
  const auto what =
      fmt::format("page-lock {} MiB of the host's memory for the GPU", region->bytes() >> 20);
  const Driver& d = gpu->driver();
  if (Status s = check(
          d.MemHostRegister(region->data(), region->bytes(), CU_MEMHOSTREGISTER_DEVICEMAP), what);
      !s)
    return s.error();
  region->locked_ = true;
  if (Status s = check(d.MemHostGetDevicePointer(&region->address_, region->data(), 0), what); !s)
    return s.error();
  return region;
}

HostRegion::~HostRegion() {
  if (locked_) gpu_->driver().MemHostUnregister(memory_.data());
}

Result<Lending> choose_lending(int virtual_memory_management, int posix_file_descriptors,
                               const char* asked) {
  const std::string_view word = asked == nullptr ? "" : asked;
  if (word == "ipc") return Lending::ipc;
  if (!word.empty())
    return Error{"lend GPU memory to workers", "AISP_CUDA_LENDING=" + std::string(word),
                 "the only word is ipc", "Leave it unset for what this GPU does best"};
  return virtual_memory_management != 0 && posix_file_descriptors != 0 ? Lending::descriptor
                                                                       : Lending::ipc;
}

// In whole granules of 2 MiB, so that no other allocation of the judge shares the block that a handle opens.
Result<std::unique_ptr<SharedRegion>> SharedRegion::create_for_ipc(std::shared_ptr<Gpu> gpu,
                                                                   std::uint64_t bytes) {
  constexpr std::uint64_t kGranule = 2u << 20;
  std::unique_ptr<SharedRegion> region(new SharedRegion(gpu));
  const Driver& d = gpu->driver();
  const auto what = fmt::format("allocate {} MiB of GPU memory that workers can map", bytes >> 20);
  region->lent_by_ipc_ = true;
  region->mapped_ = (std::max<std::uint64_t>(bytes, 1) + kGranule - 1) / kGranule * kGranule;
  if (Status s = check(d.MemAlloc(&region->address_, region->mapped_), what); !s) return s.error();
  if (Status s = check(d.IpcGetMemHandle(&region->ipc_, region->address_),
                       "lend GPU memory to workers by CUDA IPC");
      !s)
    return s.error();
  must(check(d.MemsetD8Async(region->address_, 0, region->mapped_, gpu->stream()), what));
  gpu->synchronize();
  return region;
}

Scratch::~Scratch() { release(); }

void Scratch::release() {
  if (address_ != 0) gpu_->driver().MemFree(address_);
  address_ = 0;
  bytes_ = 0;
}

CUdeviceptr Scratch::at_least(std::uint64_t bytes) {
  if (bytes <= bytes_) return address_;
  release();
  const std::uint64_t rounded = (bytes + 255) / 256 * 256;
  must(check(gpu_->driver().MemAlloc(&address_, rounded),
             fmt::format("allocate {} MiB of GPU memory for the judge", rounded >> 20)));
  bytes_ = rounded;
  must(check(gpu_->driver().MemsetD8Async(address_, 0, rounded, gpu_->stream()),
             "clear GPU memory of the judge"));
  return address_;
}

Pinned::~Pinned() {
  if (address_ != nullptr) gpu_->driver().MemFreeHost(address_);
}

void* Pinned::at_least(std::uint64_t bytes) {
  if (bytes <= bytes_) return address_;
  if (address_ != nullptr) gpu_->driver().MemFreeHost(address_);
  address_ = nullptr;
  bytes_ = 0;
  const std::uint64_t rounded = (bytes + 4095) / 4096 * 4096;
  must(check(gpu_->driver().MemAllocHost(&address_, rounded),
             "allocate page-locked memory for the judge"));
  bytes_ = rounded;
  return address_;
}

PageLocked::PageLocked(std::shared_ptr<Gpu> gpu, void* data, std::uint64_t bytes)
    : gpu_(std::move(gpu)) {
  constexpr std::uint64_t kWorthIt = 1u << 20;
  if (bytes < kWorthIt || gpu_->driver().MemHostRegister(data, bytes, 0) != CUDA_SUCCESS) return;
  data_ = data;
  bytes_ = bytes;
  advise(
      MADV_DONTFORK);  // else the first write after a fork goes to a page that the GPU does not know
}

PageLocked::~PageLocked() {
  if (data_ == nullptr) return;
  gpu_->driver().MemHostUnregister(data_);
  advise(MADV_DOFORK);
}

void PageLocked::advise(int advice) const {
  constexpr std::uintptr_t kPage = 4096;
  const auto begin = reinterpret_cast<std::uintptr_t>(data_) / kPage * kPage;
  madvise(reinterpret_cast<void*>(begin), reinterpret_cast<std::uintptr_t>(data_) + bytes_ - begin,
          advice);
}

void Unmap::operator()(std::byte* at) const { munmap(at, bytes); }

std::byte* HostCopy::at_least(std::uint64_t bytes) {
  if (bytes <= memory_.get_deleter().bytes) return memory_.get();
  locked_.reset();
  memory_.reset();
  memory_.get_deleter().bytes = 0;
  void* const at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED)
    throw Failure(fmt::format("allocate {} MiB for a copy of GPU memory: {}", bytes >> 20,
                              std::strerror(errno)));
  prefer_huge_pages(at, bytes);
  memory_ = {static_cast<std::byte*>(at), Unmap{bytes}};
  locked_.emplace(gpu_, at, bytes);
  return memory_.get();
}

}  // namespace aisp::cuda
