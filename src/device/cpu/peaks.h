// What this machine can do at best, measured: the floor under every time that is claimed here.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace aisp {

struct CpuPeaks {
  double flops_per_second = 0;  // fp32, all CPUs together; a multiply-add counts two
  // Reads of a buffer of twice the last-level cache, at most 256 MiB; all CPUs together.
  double bytes_per_second = 0;
  std::string source;  // "measured: fp32 multiply-adds with avx512, reads of 256 MiB, 2 CPUs"
};

// Takes under 0.3 s on an idle machine. The best of several tries counts: a neighbour can only make
// one slower, and a floor needs the maximum.
CpuPeaks measure_cpu_peaks();

// How many times the fp32 peak this machine could reach at most with the narrow types that a loose
// tolerance admits: 4 by the widest integer dot products (AVX512-VNNI against fp32 multiply-adds),
// 32 with AMX tiles. An upper bound from the instruction tables, not measured: it makes the floor of
// such a problem lower, never higher.
double low_precision_speedup();

struct CachedPeaks {
  CpuPeaks peaks;
  std::string notice;  // what a reader should know ("the cached peaks were damaged: measured anew")
};

// The highest of five measurements, one per call, that `file` keeps for 7 days for this CPU model and
// number of CPUs; the sixth call measures no more. A file that is damaged or cannot be written costs
// a notice and nothing more.
CachedPeaks cpu_peaks(const std::filesystem::path& file);

// What `aisp bench peak` measured, at greater length: later runs take the higher of it and of what
// `file` had, and measure no more for 7 days. `details` is JSON that is kept beside it. False: not
// written.
bool keep_measured_peaks(const std::filesystem::path& file, const CpuPeaks& peaks,
                         const std::string& details);

}  // namespace aisp
