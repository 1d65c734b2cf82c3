#include "device/cpu/cache.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace aisp {
namespace {

std::size_t parse_size(const std::string& text) {  // "32768K", "1M"
  if (text.empty()) return 0;
  std::size_t value = 0;
  std::size_t i = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
    value = value * 10 + static_cast<std::size_t>(text[i] - '0');
  if (i < text.size() && text[i] == 'K') value <<= 10;
  if (i < text.size() && text[i] == 'M') value <<= 20;
  return value;
}

std::string read_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

void read_and_write(std::uint64_t* data, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes / 8; i += 8) data[i] += 1;
}

}  // namespace

CacheSizes cache_sizes() {
  CacheSizes sizes;
  std::size_t highest = 0;
  for (int index = 0; index < 8; ++index) {
    const std::string dir =
        "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    const std::string level = read_line(dir + "level");
    if (level.empty()) break;
    if (read_line(dir + "type") == "Instruction") continue;
    const std::size_t bytes = parse_size(read_line(dir + "size"));
    if (bytes == 0) continue;
    if (level == "1") sizes.l1d = bytes;
    if (level == "2") sizes.l2 = bytes;
    highest = std::max(highest, bytes);
  }
  if (highest != 0) sizes.last_level = highest;
  return sizes;
}

void sweep_caches() {
  static const CacheSizes sizes = cache_sizes();
  // Victim caches (AMD) hold what L2 throws out, so the sweep has to exceed L2 + L3.
  static const std::size_t bytes = sizes.last_level + sizes.last_level / 2 + 2 * sizes.l2;
  static const std::unique_ptr<std::uint64_t[]> area(new std::uint64_t[bytes / 8]());
  cpu_set_t before;
  if (sched_getaffinity(0, sizeof before, &before) != 0) {
    read_and_write(area.get(), bytes);
    return;
  }
  // All cores first by their own L2, then one by the shared level.
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &before)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0) continue;
    read_and_write(area.get(), std::min(bytes, 4 * sizes.l2));
  }
  sched_setaffinity(0, sizeof before, &before);
  read_and_write(area.get(), bytes);
}

}  // namespace aisp
