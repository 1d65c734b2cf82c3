#include "device/device.h"

namespace aisp {

StrayWrite stray_at(const Layout& layout, std::uint64_t offset) {
  const std::uint64_t in_set = offset % layout.outputs_set_stride;
  StrayWrite stray;
  stray.set = static_cast<int>(offset / layout.outputs_set_stride);
  for (std::size_t o = 0; o < layout.outputs.size(); ++o)
    if (layout.outputs[o].offset - layout.outputs[o].band_before <= in_set) stray.damage.output = o;
  stray.damage.offset_bytes = static_cast<std::int64_t>(in_set) -
                              static_cast<std::int64_t>(layout.outputs[stray.damage.output].offset);
  return stray;
}

}  // namespace aisp
