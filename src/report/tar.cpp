#include "report/tar.h"

#include <cstdio>
#include <cstring>

namespace aisp {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLargestFile = (std::size_t{1} << 33) - 1;  // eleven octal digits

struct Header {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100],
      magic[6], version[2], owner[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
static_assert(sizeof(Header) == kBlock);

}  // namespace

Result<std::string> make_tar(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string archive;
  for (const auto& [name, text] : files) {
    if (name.empty() || name.size() > kLongestName || name.front() == '/' ||
        name.find("..") != std::string::npos || text.size() > kLargestFile)
      return Error{"put a file into an archive", name, "its name or size does not fit", ""};
    Header header{};
    std::memcpy(header.name, name.data(), name.size());
    std::snprintf(header.mode, sizeof header.mode, "%07o", 0644);
    std::snprintf(header.uid, sizeof header.uid, "%07o", 0);
    std::snprintf(header.gid, sizeof header.gid, "%07o", 0);
    std::snprintf(header.size, sizeof header.size, "%011zo", text.size());
    std::snprintf(header.mtime, sizeof header.mtime, "%011o", 0);
    header.type = '0';
    std::memcpy(header.magic, "ustar", 6);
    std::memcpy(header.version, "00", 2);
    std::memset(header.checksum, ' ', sizeof header.checksum);
    unsigned sum = 0;
    for (std::size_t i = 0; i < sizeof header; ++i)
      sum += reinterpret_cast<const unsigned char*>(&header)[i];
    std::snprintf(header.checksum, sizeof header.checksum, "%06o", sum);
    header.checksum[7] = ' ';
    archive.append(reinterpret_cast<const char*>(&header), sizeof header);
    archive += text;
    archive.append((kBlock - text.size() % kBlock) % kBlock, '\0');
  }
  archive.append(2 * kBlock, '\0');
  return archive;
}

}  // namespace aisp
