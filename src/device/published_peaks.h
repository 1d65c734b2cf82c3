// What manufacturers say that their GPUs and CPUs can do at best: data/published_peaks.json, which is
// compiled into the program. Nothing of it is measured, and what is not published is not there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aisp {

struct PublishedSource {
  std::string title;
  std::string date;  // "2024-11" or "2024"
};

// A figure without a source is not published. The table lives as long as the program.
struct PublishedFigure {
  std::optional<double> value;
  const PublishedSource* source = nullptr;
};

struct PublishedRate {
  std::string type;              // "bf16 tensor", "fp32"
  std::optional<double> dense;   // operations a second
  std::optional<double> sparse;  // with 2:4 sparsity
  bool dense_is_half = false;    // the source gives the sparse figure, and that dense is half of it
  const PublishedSource* source = nullptr;
};

struct PublishedLink {
  std::string name;
  PublishedFigure bytes_per_second;  // both directions together
};

struct PublishedGpu {
  std::string name;               // "H100 SXM"
  std::vector<std::string> nvml;  // as NVML and nvidia-smi print it
  std::vector<std::string> also;  // what people type
  std::string compute_capability;
  std::vector<PublishedRate> rates;
  PublishedFigure memory_bytes;
  PublishedFigure memory_bytes_per_second;
  std::string memory_kind;
  PublishedFigure l2_bytes;
  std::vector<PublishedLink> links;
  PublishedFigure watts;
  std::string note;
};

struct PublishedCore {
  std::string name;  // "Zen 4"
  std::string vendor;
  int family = 0;
  std::vector<std::pair<int, int>> models;                // from, to
  std::vector<std::pair<std::string, double>> per_cycle;  // "fp32 avx512", operations of one core
  const PublishedSource* source = nullptr;
};

struct PublishedCpu {
  std::string name;  // begins the brand string
  std::string core;
  int cores = 0;
  double base_hertz = 0, boost_hertz = 0;
  PublishedFigure l3_bytes, memory_bytes_per_second, watts;
  const PublishedSource* source = nullptr;
};

// Moves, and is not copied: its parts point at its sources.
struct PublishedPeaks {
  PublishedPeaks() = default;
  PublishedPeaks(PublishedPeaks&&) = default;
  PublishedPeaks& operator=(PublishedPeaks&&) = default;

  std::vector<PublishedSource> sources;
  std::vector<PublishedGpu> gpus;
  std::vector<PublishedCore> cores;
  std::vector<PublishedCpu> cpus;
};

// The table in the program. Throws when that is damaged, which a test excludes.
const PublishedPeaks& published_peaks();
// For that test: error with what is wrong.
Result<PublishedPeaks> read_published_peaks(std::string_view json);
std::string_view published_peaks_json();

// A name as NVML prints it is one GPU ("NVIDIA H100 80GB HBM3" is H100 SXM); a family is all of its
// variants ("h100"). Error: unknown, with names that come near it.
Result<std::vector<const PublishedGpu*>> find_published_gpus(std::string_view name);

// What CPUID says of this processor.
struct CpuIdentity {
  std::string vendor, brand;
  int family = 0, model = 0;
};
CpuIdentity this_cpu();
// nullptr = not in the table.
const PublishedCore* find_published_core(const CpuIdentity& cpu);
const PublishedCpu* find_published_cpu(const CpuIdentity& cpu);

}  // namespace aisp
