// What a process can find out about its own address space and descriptors.
#pragma once

#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace corpus {

struct Mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  bool readable = false;
  bool writable = false;
  bool shared = false;
  std::string path;

  std::size_t bytes() const { return end - begin; }
  bool holds(const void* p) const {
    const auto address = reinterpret_cast<std::uintptr_t>(p);
    return address >= begin && address < end;
  }
};

// /proc/self/maps; empty when there is none to read.
inline std::vector<Mapping> mappings() {
  std::vector<Mapping> result;
  std::FILE* file = std::fopen("/proc/self/maps", "re");
  if (file == nullptr) return result;
  char line[1024];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    Mapping m;
    char rights[5] = {};
    char path[512] = {};
    if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %*s %511[^\n]", &m.begin, &m.end,
                    rights, path) < 3)
      continue;
    m.readable = rights[0] == 'r';
    m.writable = rights[1] == 'w';
    m.shared = rights[3] == 's';
    m.path = path;
    result.push_back(m);
  }
  std::fclose(file);
  return result;
}

}  // namespace corpus
