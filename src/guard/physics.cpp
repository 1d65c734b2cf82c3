// physics
//   sees       the time per call, sealed and claimed, in the largest timed windows, against the least
//              that the machine needs: max(FLOPs / peak, bytes that start outside of the caches, or those of the
//              problem's work where they are fewer / peak bandwidth)
//   threshold  0.8 of that floor, and below it by more than the noise of a window (3 MAD and the
//              spread of the hand-over)
//              not proven instead where the sealed clock alone says so, and of FLOPs alone: that clock is the judge's, every
//              output was compared, and other algebra may need fewer operations than the problem's work says
//              not proven instead where the baseline itself is below its floor, or other processes kept more
//              than 0.2 processors busy: then the peaks were measured too low
//   source     peaks measured on this machine. 20 % are for peaks that were measured while the
//              machine clocked lower, and for bytes that stay in a cache in spite of the flush
//   blind to   anything slower than the floor; fewer FLOPs by honest algebra (Strassen) may come near
//              it; data that the implementation holds in its own cache-warm copies
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "guard/guards.h"
#include "guard/window_times.h"
#include "guard/wording.h"

namespace aisp::guard {
namespace {

constexpr double kFloorShare = 0.8;

struct Floor {
  double ns = 0;
  std::string why;
  bool by_operations = false;  // and not by bytes
};

Floor floor_of(const Observation& o) {
  Floor floor;
  const double flops = o.least_flops >= 0 ? o.least_flops : o.flops;
  if (o.peaks.flops_per_second > 0 && flops > 0)
    floor = {flops / o.peaks.flops_per_second * 1e9,
             fmt::format("{:.3g} FLOP at {:.3g} GFLOP/s", flops, o.peaks.flops_per_second / 1e9),
             true};
  if (o.peaks.bytes_per_second > 0 && o.cold_bytes > 0) {
    const double ns = o.cold_bytes / o.peaks.bytes_per_second * 1e9;
    if (ns > floor.ns)
      floor = {
          ns,
          fmt::format("{} at {:.3g} GB/s", byte_size(o.cold_bytes), o.peaks.bytes_per_second / 1e9),
          false};
  }
  return floor;
}

}  // namespace

Finding physics(const Observation& o) {
  const bool peaks_known = o.peaks.flops_per_second > 0 || o.peaks.bytes_per_second > 0;
  Finding f{"physics", FindingStatus::not_run, FindingKind::honesty, {}, peaks_known};
  if (!peaks_known) {
    f.message = "the machine's peaks are not known";
    return f;
  }
  const Floor floor = floor_of(o);
  if (floor.ns <= 0) {
    f.required = false;
    f.message = "the problem's work gives no least time on this machine";
    return f;
  }
  const auto windows = largest_timed(o);
  if (windows.empty()) {
    f.message = "nothing was timed";
    return f;
  }
  std::vector<double> sealed, claimed;
  for (const Window* w : windows) {
    sealed.push_back(sealed_per_call(*w, o.calibration));
    claimed.push_back(claim_per_call(*w, o.calibration));
  }
  const double sealed_ns = least_typical(windows, sealed),
               claim_ns = least_typical(windows, claimed);
  const double window_noise =
      3 * o.calibration.sealed_mad_ns +
      std::max(0.0, o.calibration.handover_p99_ns - o.calibration.handover_ns);
  const double noise = window_noise / windows.front()->calls;
  const double least = kFloorShare * floor.ns;
  const bool sealed_impossible = least - sealed_ns > noise;
  const bool claim_impossible = least - claim_ns > noise;
  f.status = sealed_impossible || claim_impossible ? FindingStatus::fail : FindingStatus::pass;
  if (f.status == FindingStatus::fail && (o.peaks.doubted || o.foreign_load > kForeignLoad)) {
    f.status = FindingStatus::not_run;
    f.message = fmt::format(
        "{} a call is less than the {} that {} need; but {}, so that the peak may be too low: "
        "repeat it "
        "on a quiet machine, after `aisp bench peak`",
        duration(std::min(sealed_ns, claim_ns)), duration(floor.ns), floor.why,
        o.peaks.doubted ? "the baseline is faster than this machine's peak, too"
                        : "other processes keep the machine busy");
    return f;
  }
  // By bytes it is impossible whatever the algebra.
  const double bytes_ns = o.peaks.bytes_per_second > 0 && o.cold_bytes > 0
                              ? o.cold_bytes / o.peaks.bytes_per_second * 1e9
                              : 0;
  const bool too_few_bytes = kFloorShare * bytes_ns - std::min(sealed_ns, claim_ns) > noise;
  const bool claims_less = least - claim_ns > noise && claim_ns < kFloorShare * sealed_ns;
  if (sealed_impossible && floor.by_operations && !too_few_bytes && !claims_less) {
    f.status = FindingStatus::not_run;
    f.message = fmt::format(
        "{} a call by the sealed clock, but {} need {}: it needs fewer operations than the "
        "problem's work says; if its algebra is right, say so there (Work::least_flops)",
        duration(sealed_ns), floor.why, duration(floor.ns));
  } else if (sealed_impossible) {
    f.message = fmt::format("impossible: {} a call by the sealed clock, but {} need {}",
                            duration(sealed_ns), floor.why, duration(floor.ns));
  } else if (claim_impossible) {
    f.message = fmt::format("impossible: it claims {} a call, but {} need {}", duration(claim_ns),
                            floor.why, duration(floor.ns));
  } else {
    f.message = fmt::format("{} a call; {} need {}, so it is at {:.0f} % of the machine",
                            duration(sealed_ns), floor.why, duration(floor.ns),
                            100 * floor.ns / std::max(sealed_ns, least));
  }
  return f;
}

}  // namespace aisp::guard
