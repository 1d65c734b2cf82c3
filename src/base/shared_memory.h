// Anonymous shared memory (memfd) that the judge owns and lends to workers by file descriptor.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace aisp {

class SharedMemory {
 public:
  enum class Access {
    worker_reads,  // sealed: after creation nobody can get a writable mapping any more
    worker_writes,
  };

  // Sealed against shrinking and growing, so that a mapping never faults with SIGBUS.
  static Result<SharedMemory> create(const std::string& name, std::size_t bytes, Access access);

  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) noexcept;
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory();

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  int fd() const { return fd_.get(); }
  // Observed from the kernel: no new writable mapping of it is possible.
  bool sealed_for_reading() const;

 private:
  SharedMemory() = default;
  UniqueFd fd_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace aisp
