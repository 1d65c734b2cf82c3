// What a worker tells of a device, any bytes: what is called sane is possible within the judge's own
// window, and what is not sane is empty.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "worker/claims.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using aisp::protocol::DeviceClaim;
  using aisp::protocol::DeviceWindow;
  std::int64_t window_ns = 0;
  DeviceWindow window{};
  constexpr std::size_t kHead = sizeof window_ns + sizeof window;
  if (size < kHead) return 0;
  std::memcpy(&window_ns, data, sizeof window_ns);
  std::memcpy(&window, data + sizeof window_ns, sizeof window);
  window_ns &= (1ll << 43) - 1;  // up to two hours: longer ones are hangs
  std::vector<DeviceClaim> claims(
      std::min<std::size_t>(aisp::protocol::kMaxCalls, (size - kHead) / sizeof(DeviceClaim)));
  if (!claims.empty())
    std::memcpy(claims.data(), data + kHead, claims.size() * sizeof(DeviceClaim));
  const auto s = aisp::summarize_device_claims(claims, window, window_ns);
  if (s.sane != s.impossible.empty()) std::abort();
  // What claims.cpp grants for the device's own clock.
  const std::int64_t limit =
      window_ns + window_ns / 1000 + 1000 * (static_cast<std::int64_t>(claims.size()) + 1);
  for (const std::int64_t ns : {s.device_ns, s.busy_ns})
    if (ns != aisp::protocol::kUnknownNs && (!s.sane || ns < 0 || ns > limit)) std::abort();
  for (const std::int64_t ns : {s.activity_ns, s.span_ns})
    if (ns != aisp::protocol::kUnknownNs && (!s.sane || ns < 0)) std::abort();
  return 0;
}
