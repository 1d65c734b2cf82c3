// Claims of any bytes: what is called sane has times within the judge's own window.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "worker/claims.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kTimes = 2 * sizeof(std::int64_t);
  if (size < kTimes) return 0;
  std::int64_t go_ns = 0, length_ns = 0;
  std::memcpy(&go_ns, data, sizeof go_ns);
  std::memcpy(&length_ns, data + sizeof go_ns, sizeof length_ns);
  go_ns &= INT64_MAX >> 2;  // a monotonic clock's times
  length_ns &= INT64_MAX >> 2;
  std::vector<aisp::protocol::Claim> claims((size - kTimes) / sizeof(aisp::protocol::Claim));
  if (!claims.empty())
    std::memcpy(claims.data(), data + kTimes, claims.size() * sizeof(aisp::protocol::Claim));
  const auto summary = aisp::summarize_claims(claims, go_ns, go_ns + length_ns);
  if (summary.sane && (summary.sum_ns < 0 || summary.sum_ns > length_ns || summary.span_ns < 0 ||
                       summary.span_ns > length_ns))
    std::abort();
  return 0;
}
