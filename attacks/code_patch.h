// Overwrites the beginning of a function in memory with a jump to another one.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace corpus {

// False when neither mprotect nor /proc/self/mem lets us.
inline bool redirect(void* from, const void* to) {
  unsigned char jump[12] = {0x48, 0xb8, 0, 0, 0,    0,
                            0,    0,    0, 0, 0xff, 0xe0};  // mov rax, to; jmp rax
  const auto target = reinterpret_cast<std::uint64_t>(to);
  std::memcpy(jump + 2, &target, sizeof target);
  const auto address = reinterpret_cast<std::uintptr_t>(from);
  auto* page = reinterpret_cast<void*>(address & ~std::uintptr_t{4095});
  if (mprotect(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC) == 0 ||
      mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) == 0) {
    std::memcpy(from, jump, sizeof jump);
    return true;
  }
  const int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = pwrite(fd, jump, sizeof jump, static_cast<off_t>(address)) == sizeof jump;
  close(fd);
  return written;
}

}  // namespace corpus
