#include "report/peaks_of_gpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "aisp/tensor.h"
#include "device/published_peaks.h"

namespace aisp {
namespace {

// In the table's words, the widest arithmetic that the problem could be solved with at tensor cores' speed
// and without; the faster one that is published counts.
std::vector<std::string> rates_for(const OutputError& output) {
  const auto dtype = dtype_from_name(output.dtype);
  if (!dtype) return {};
  const double usual = Tolerance::for_dtype(*dtype).rtol;
  switch (*dtype) {
    case Dtype::fp64:
    case Dtype::complex128: return {"fp64", "fp64 tensor"};
    case Dtype::fp32:
    case Dtype::complex64:
      // As narrowest_bytes of the judge: what bf16 or fp16 can meet.
      if (output.tolerance_factor * usual > 2e-4) return {"fp32", "bf16 tensor", "fp16 tensor"};
      return {"fp32"};
    case Dtype::tf32: return {"fp32", "tf32 tensor"};
    case Dtype::fp16: return {"fp32", "fp16", "fp16 tensor"};
    case Dtype::bf16: return {"fp32", "bf16", "bf16 tensor"};
    case Dtype::fp8_e4m3:
    case Dtype::fp8_e5m2: return {"fp32", "fp8 tensor"};
    case Dtype::int8: return {"int8 tensor"};
    default: return {};
  }
}

std::string cite(const PublishedSource* source) {
  return source == nullptr ? "no source" : source->title + ", " + source->date;
}

NamedPeaks best_of(const std::vector<const PublishedGpu*>& gpus, const TargetResult& target) {
  NamedPeaks peaks;
  const PublishedGpu* fastest = nullptr;
  const PublishedGpu* widest = nullptr;
  const PublishedSource* flops_source = nullptr;
  std::vector<std::string> wanted;
  for (const ImplementationResult& r : target.implementations)
    if (!r.observation.outputs.empty()) {
      wanted = rates_for(r.observation.outputs.front());
      break;
    }
  for (const PublishedGpu* gpu : gpus) {
    for (const PublishedRate& rate : gpu->rates) {
      if (std::find(wanted.begin(), wanted.end(), rate.type) == wanted.end()) continue;
      if (rate.dense.value_or(0) <= peaks.flops_per_second) continue;
      peaks.flops_per_second = *rate.dense;
      peaks.flops_dtype = rate.type + ", dense";
      flops_source = rate.source;
      fastest = gpu;
    }
    const double bytes = gpu->memory_bytes_per_second.value.value_or(0);
    if (bytes > peaks.bytes_per_second) {
      peaks.bytes_per_second = bytes;
      widest = gpu;
    }
  }
  if (fastest != nullptr)
    peaks.source = fmt::format("operations of {}: {}", fastest->name, cite(flops_source));
  if (widest != nullptr)
    peaks.source += fmt::format("{}memory of {}: {}", peaks.source.empty() ? "" : "; ",
                                widest->name, cite(widest->memory_bytes_per_second.source));
  return peaks;
}

}  // namespace

Result<std::vector<std::optional<NamedPeaks>>> peaks_of_gpu(
    std::string_view name, const std::vector<RecordedTarget>& targets) {
  const auto gpus = find_published_gpus(name);
  if (!gpus.ok()) return gpus.error();
  std::vector<std::optional<NamedPeaks>> all;
  for (const RecordedTarget& target : targets) {
    NamedPeaks peaks = best_of(*gpus, target.result);
    peaks.name = gpus->size() == 1 ? gpus->front()->name : std::string(name);
    all.emplace_back(std::move(peaks));
  }
  return all;
}

}  // namespace aisp
