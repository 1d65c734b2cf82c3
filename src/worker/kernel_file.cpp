#include "worker/kernel_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

#include "worker/cubin.h"

namespace aisp {

namespace fs = std::filesystem;

namespace {

// What the hardware takes at most (CUDA programming guide, compute capabilities 7.5 to 12).
constexpr std::array<std::uint32_t, 3> kMostBlocks{2147483647, 65535, 65535};
constexpr std::array<std::uint32_t, 3> kMostThreads{1024, 1024, 64};
constexpr std::uint32_t kMostThreadsTogether = 1024;
constexpr std::uint32_t kMostShared = 1 << 20;  // above any GPU's; the driver knows its own limit
constexpr std::uint64_t kImageAlignment = 64;
constexpr const char* kHow =
    "Write entry=NAME grid=X,Y,Z block=X,Y,Z shared=BYTES; what is left out has a default";

bool number(std::string_view text, std::uint32_t& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size();
}

// "X", "X,Y" or "X,Y,Z", each from 1 to the most of its dimension.
bool extents(std::string_view text, const std::array<std::uint32_t, 3>& most,
             std::array<std::uint32_t, 3>& value) {
  value = {1, 1, 1};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t comma = text.find(',');
    if (!number(text.substr(0, comma), value[i]) || value[i] == 0 || value[i] > most[i])
      return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
  return false;
}

// The names that exist, for whoever asked for another: not more than fit on a screen.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 8, kLongest = 120;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i)
    text += (i == 0 ? "" : ", ") + names[i].substr(0, kLongest) +
            (names[i].size() > kLongest ? "…" : "");
  if (names.size() > kMost) text += fmt::format(" and {} more", names.size() - kMost);
  return text;
}

Status choose_entry(const std::vector<std::string>& names, std::string& entry) {
  constexpr const char* kWhat = "launch a kernel";
  if (names.empty())
    return Error{kWhat, entry, "the file has no kernel in it", "Make it with nvcc -cubin"};
  if (entry.empty() && names.size() == 1) {
    entry = names.front();
    return success();
  }
  if (entry.empty())
    return Error{kWhat, "", fmt::format("the file has {} kernels: {}", names.size(), listed(names)),
                 "Choose one with --entry NAME"};
  if (std::find(names.begin(), names.end(), entry) == names.end())
    return Error{kWhat, entry, "there is no kernel of that name; the file has " + listed(names),
                 "Names are as the file has them: extern \"C\" keeps the one of the source"};
  return success();
}

}  // namespace

Status read_kernel_launch(std::string_view text, const std::string& source, KernelLaunch& launch) {
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    const std::string_view name = std::string_view(word).substr(0, equals);
    const std::string_view value = equals == std::string::npos
                                       ? std::string_view{}
                                       : std::string_view(word).substr(equals + 1);
    bool fine = false;
    if (name == "entry") {
      launch.entry = value;
      fine = !value.empty();
    } else if (name == "grid") {
      fine = extents(value, kMostBlocks, launch.grid);
    } else if (name == "block") {
      fine = extents(value, kMostThreads, launch.block) &&
             std::uint64_t{launch.block[0]} * launch.block[1] * launch.block[2] <=
                 kMostThreadsTogether;
    } else if (name == "shared") {
      fine = number(value, launch.shared_bytes) && launch.shared_bytes <= kMostShared;
    }
    if (!fine)
      return Error{"read how a kernel is launched", source, "'" + word + "' is not understood",
                   kHow};
  }
  return success();
}

std::string kernel_launch_text(const KernelLaunch& l) {
  const std::string grid = l.grid[0] == 0
                               ? "a thread for each element of the first output"
                               : fmt::format("grid {} x {} x {}", l.grid[0], l.grid[1], l.grid[2]);
  return fmt::format("entry {}, {}, block {} x {} x {}, {} bytes of dynamic shared memory", l.entry,
                     grid, l.block[0], l.block[1], l.block[2], l.shared_bytes);
}

Status write_kernel_file(const fs::path& launcher, std::string_view image, KernelLaunch& launch,
                         const fs::path& to) {
  const auto names =
      kernels_of_cubin(std::as_bytes(std::span<const char>(image.data(), image.size())));
  if (!names) return names.error();
  if (Status chosen = choose_entry(*names, launch.entry); !chosen) return chosen;

  std::error_code failure;
  fs::copy_file(launcher, to, failure);
  if (failure)
    return Error{"read the module that launches kernels", launcher.string(), failure.message(),
                 "It is made where the CUDA toolkit is there to build with"};
  const std::uint64_t code_bytes = fs::file_size(to, failure);
  if (failure) return Error{"write a kernel file", to.string(), failure.message(), {}};
  KernelFileEnd end{};
  end.image_offset = (code_bytes + kImageAlignment - 1) / kImageAlignment * kImageAlignment;
  end.image_bytes = image.size();
  end.entry_offset = end.image_offset + image.size();
  end.entry_bytes = launch.entry.size();
  std::copy(launch.grid.begin(), launch.grid.end(), end.grid);
  std::copy(launch.block.begin(), launch.block.end(), end.block);
  end.shared_bytes = launch.shared_bytes;
  end.version = kKernelFileVersion;
  std::memcpy(end.magic, kKernelFileMagic, sizeof end.magic);
  fs::permissions(to, fs::perms(0644), failure);
  std::ofstream out(to, std::ios::binary | std::ios::app);
  const std::string padding(end.image_offset - code_bytes, '\0');
  out << padding << image << launch.entry;
  out.write(reinterpret_cast<const char*>(&end), sizeof end);
  out.close();
  if (!out) return Error{"write a kernel file", to.string(), "it could not be written", {}};
  return success();
}

}  // namespace aisp
