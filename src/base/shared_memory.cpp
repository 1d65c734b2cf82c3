#include "base/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cstdint>
#include <utility>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace aisp {

Result<SharedMemory> SharedMemory::create(const std::string& name, std::size_t bytes,
                                          Access access) {
  SharedMemory memory;
  if (bytes > SIZE_MAX - 4095)
    return Error{
        "size shared memory", name + ", " + std::to_string(bytes) + " bytes", "too large", {}};
  memory.size_ = (bytes + 4095) / 4096 * 4096;
  if (memory.size_ == 0) memory.size_ = 4096;
  memory.fd_.reset(memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.fd_) return errno_error("create shared memory", name);
  if (ftruncate(memory.fd_.get(), static_cast<off_t>(memory.size_)) != 0)
    return errno_error("size shared memory", name + ", " + std::to_string(bytes) + " bytes");
  void* p = mmap(nullptr, memory.size_, PROT_READ | PROT_WRITE, MAP_SHARED, memory.fd_.get(), 0);
  if (p == MAP_FAILED)
    return errno_error("map shared memory", name + ", " + std::to_string(bytes) + " bytes");
  memory.data_ = static_cast<std::byte*>(p);
  int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (access == Access::worker_reads) seals |= F_SEAL_FUTURE_WRITE;
  if (fcntl(memory.fd_.get(), F_ADD_SEALS, seals) != 0)
    return errno_error("seal shared memory", name, "aisp needs Linux 5.1 or newer");
  return memory;
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : fd_(std::move(other.fd_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
  if (this != &other) {
    if (data_ != nullptr) munmap(data_, size_);
    fd_ = std::move(other.fd_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SharedMemory::~SharedMemory() {
  if (data_ != nullptr) munmap(data_, size_);
}

bool SharedMemory::sealed_for_reading() const {
  const int seals = fcntl(fd_.get(), F_GET_SEALS);
  constexpr int kNeeded = F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_SEAL;
  return seals >= 0 && (seals & kNeeded) == kNeeded;
}

}  // namespace aisp
