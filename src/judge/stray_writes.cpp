#include "judge/stray_writes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "device/cpu/poison.h"

namespace aisp {
namespace {

std::uint64_t as_u64(int n) { return static_cast<std::uint64_t>(n); }

}  // namespace

void StrayWrites::prepare(int calls, int prepared, std::uint64_t word) {
  const std::uint64_t stride = buffers_.layout().outputs_set_stride;
  for (int set = calls; set < prepared; ++set)
    poison({buffers_.outputs_data() + stride * as_u64(set), stride}, word);
  if (calls < prepared)
    flush_lines(
        {buffers_.outputs_data() + stride * as_u64(calls), stride * as_u64(prepared - calls)});
}

std::optional<StrayWrites::Stray> StrayWrites::find(int calls, int prepared, std::uint64_t word) {
  const std::uint64_t stride = buffers_.layout().outputs_set_stride;
  // Both are looked at, so that the empty pages are cleaned in any case.
  const auto beyond = find_in_empty_pages(stride * as_u64(std::max(calls, prepared)));
  for (int set = calls; set < prepared; ++set) {
    const std::uint64_t begin = stride * as_u64(set);
    if (const auto hit = first_unpoisoned({buffers_.outputs_data() + begin, stride}, word))
      return at(begin + *hit);
  }
  return beyond;
}

// Pages that were never touched are holes of the memfd, which the kernel skips for us. A page that
// is there may be a neighbour of a touched one (huge pages): only what is not zero was written.
std::optional<StrayWrites::Stray> StrayWrites::find_in_empty_pages(std::uint64_t from) {
  const int fd = buffers_.outputs_fd();
  struct stat file {};
  if (fd < 0 || fstat(fd, &file) != 0) return std::nullopt;
  const auto end = static_cast<std::uint64_t>(file.st_size);
  std::optional<Stray> first;
  while (from < end) {
    const off_t data = lseek(fd, static_cast<off_t>(from), SEEK_DATA);
    if (data < 0) break;
    const off_t hole = lseek(fd, data, SEEK_HOLE);
    const auto begin = static_cast<std::uint64_t>(data);
    const std::uint64_t stop = hole < 0 ? end : std::min(end, static_cast<std::uint64_t>(hole));
    std::byte* bytes = buffers_.outputs_data();
    const std::byte* hit =
        std::find_if(bytes + begin, bytes + stop, [](std::byte b) { return b != std::byte{0}; });
    if (hit != bytes + stop) {
      if (!first) first = at(static_cast<std::uint64_t>(hit - bytes));
      std::memset(bytes + begin, 0, stop - begin);
    }
    from = stop;
  }
  return first;
}

// Named after the output whose place in its set is the nearest one before that byte.
StrayWrites::Stray StrayWrites::at(std::uint64_t region_offset) const {
  const Layout& layout = buffers_.layout();
  const std::uint64_t in_set = region_offset % layout.outputs_set_stride;
  Stray stray;
  stray.set = static_cast<int>(region_offset / layout.outputs_set_stride);
  for (std::size_t o = 0; o < layout.outputs.size(); ++o)
    if (layout.outputs[o].offset - layout.outputs[o].band_before <= in_set) stray.damage.output = o;
  stray.damage.offset_bytes = static_cast<std::int64_t>(in_set) -
                              static_cast<std::int64_t>(layout.outputs[stray.damage.output].offset);
  return stray;
}

}  // namespace aisp
