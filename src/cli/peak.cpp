// `aisp bench peak`: what this machine or its GPU does at best, measured, and its share of what is published.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/recorded.h"
#include "cli/terminal.h"
#include "device/cpu/machine_peaks.h"
#include "device/gpu_peaks.h"
#include "device/published_peaks.h"
#include "judge/manifest.h"
#include "ledger/result_json.h"
#include "report/artifacts.h"

namespace aisp::cli {
namespace {

namespace fs = std::filesystem;

struct PeakOptions {
  std::string device = kDefaults.device;
  std::string artifacts = kDefaults.artifacts;
  int tries = kDefaults.peak_tries;
  bool json = false;
  bool quiet = false;
};

// What the table says of a type and instruction set, per cycle and core; 0 = it does not.
double published_per_cycle(const PublishedCore* core, const ArithmeticPeak& peak) {
  if (core == nullptr) return 0;
  for (const auto& [type, rate] : core->per_cycle)
    if (type == peak.type + " " + peak.isa) return rate;
  return 0;
}

// Of what the cores under these CPUs could do at the clock that was measured; 0 = unknown.
double share_of_theoretical(const MachinePeakReport& report, const PublishedCore* core,
                            const ArithmeticPeak& peak) {
  const double published = published_per_cycle(core, peak);
  if (published == 0 || report.cores == 0 || report.clock_hertz == 0) return 0;
  return peak.operations_per_second / (published * report.cores * report.clock_hertz);
}

std::string percent(double share) {
  return share > 0 ? fmt::format("{:.0f} %", share * 100) : std::string("-");
}

void print_table(const MachinePeakReport& report, const CpuIdentity& cpu,
                 const PublishedCore* core) {
  say(stdout, "{}: {} CPUs of {} cores{}, {:.2f} GHz while adding\n\n",
      cpu.brand.empty() ? "this CPU" : cpu.brand, report.cpus,
      report.cores > 0 ? std::to_string(report.cores) : "unknown",
      core != nullptr ? " (" + core->name + ")" : "", report.clock_hertz * 1e-9);
  say(stdout, "{:<22}{:>14}{:>18}{:>18}\n", "arithmetic", "GFLOP/s", "a cycle and CPU",
      "of theoretical");
  for (const ArithmeticPeak& peak : report.arithmetic)
    say(stdout, "{:<22}{:>14.1f}{:>18.1f}{:>18}\n", peak.type + " " + peak.isa,
        peak.operations_per_second * 1e-9, peak.per_cycle,
        percent(share_of_theoretical(report, core, peak)));
  const PublishedCpu* whole = find_published_cpu(cpu);
  const double memory = whole != nullptr ? whole->memory_bytes_per_second.value.value_or(0) : 0;
  say(stdout, "\n{:<22}{:>14}{:>18}\n", "STREAM", "GB/s", "of published");
  for (const StreamPeak& peak : report.stream)
    say(stdout, "{:<22}{:>14.2f}{:>18}\n", peak.kernel, peak.bytes_per_second * 1e-9,
        percent(memory > 0 ? peak.bytes_per_second / memory : 0));
  say(stdout, "\n{:<22}{:>14}{:>18}{:>18}\n", "level, by one CPU", "size", "reads, all, GB/s",
      "latency, ns");
  for (const LevelPeak& level : report.levels)
    say(stdout, "{:<22}{:>14}{:>18.1f}{:>18.2f}\n", level.name,
        level.bytes >= (1u << 20) ? fmt::format("{} MiB", level.bytes >> 20)
                                  : fmt::format("{} KiB", level.bytes >> 10),
        level.read_bytes_per_second * 1e-9, level.latency_ns);
}

Json report_json(const MachinePeakReport& report, const CpuIdentity& cpu,
                 const PublishedCore* core) {
  const auto positive = [](double value) { return value > 0 ? Json(value) : Json(nullptr); };
  Json json = {{"schema_version", 1},
               {"measured_at", utc_text(std::chrono::system_clock::now())},
               {"device", "cpu"},
               {"cpu", cpu.brand},
               {"core", core != nullptr ? Json(core->name) : Json(nullptr)},
               {"cpus", report.cpus},
               {"cores", report.cores > 0 ? Json(report.cores) : Json(nullptr)},
               {"clock_hertz", positive(report.clock_hertz)},
               {"arithmetic", Json::array()},
               {"stream", Json::array()},
               {"levels", Json::array()},
               {"wrong", report.wrong}};
  for (const ArithmeticPeak& peak : report.arithmetic)
    json["arithmetic"].push_back(
        {{"type", peak.type},
         {"isa", peak.isa},
         {"operations_per_second", positive(peak.operations_per_second)},
         {"per_cycle_and_cpu", positive(peak.per_cycle)},
         {"published_per_cycle_and_core", positive(published_per_cycle(core, peak))},
         {"share_of_theoretical", positive(share_of_theoretical(report, core, peak))}});
  for (const StreamPeak& peak : report.stream)
    json["stream"].push_back(
        {{"kernel", peak.kernel}, {"bytes_per_second", positive(peak.bytes_per_second)}});
  for (const LevelPeak& level : report.levels)
    json["levels"].push_back({{"name", level.name},
                              {"bytes", level.bytes},
                              {"read_bytes_per_second", positive(level.read_bytes_per_second)},
                              {"latency_ns", positive(level.latency_ns)}});
  return json;
}

// The published GPU of this name; nullptr = not in the table, or the name is a family's.
const PublishedGpu* published(const std::string& gpu) {
  const auto found = find_published_gpus(gpu);
  return found && found->size() == 1 ? found->front() : nullptr;
}

// Of what its maker publishes; 0 = nothing published.
double share_of_published(const PublishedGpu* gpu, const GpuPeak& peak) {
  if (gpu == nullptr || peak.published.empty()) return 0;
  double figure = 0;
  for (const PublishedRate& rate : gpu->rates)
    if (rate.type == peak.published) figure = rate.dense.value_or(0);
  if (peak.published == "memory") figure = gpu->memory_bytes_per_second.value.value_or(0);
  for (const PublishedLink& link : gpu->links)
    if (link.name.starts_with(peak.published)) figure = link.bytes_per_second.value.value_or(0);
  return figure > 0 ? peak.per_second / (figure * peak.published_share) : 0;
}

void print_gpu_table(const GpuPeakReport& report, const PublishedGpu* gpu) {
  say(stdout, "{}{}\n", report.gpu, gpu != nullptr ? " (" + gpu->name + ")" : "");
  const auto table = [&](const char* what, const char* unit, double scale,
                         const std::vector<GpuPeak>& peaks) {
    if (peaks.empty()) return;
    say(stdout, "\n{:<28}{:>12}{:>16}  {}\n", what, unit, "of published", "how");
    for (const GpuPeak& peak : peaks)
      say(stdout, "{:<28}{:>12.1f}{:>16}  {}\n", peak.name, peak.per_second * scale,
          percent(share_of_published(gpu, peak)), peak.how);
  };
  table("arithmetic", "TFLOP/s", 1e-12, report.arithmetic);
  table("memory", "GB/s", 1e-9, report.memory);
  table("links", "GB/s", 1e-9, report.links);
}

Json gpu_report_json(const GpuPeakReport& report, const PublishedGpu* gpu) {
  const auto rows = [&](const std::vector<GpuPeak>& peaks, const char* unit) {
    Json all = Json::array();
    for (const GpuPeak& peak : peaks) {
      const double share = share_of_published(gpu, peak);
      all.push_back({{"name", peak.name},
                     {"how", peak.how},
                     {unit, peak.per_second},
                     {"share_of_published", share > 0 ? Json(share) : Json(nullptr)}});
    }
    return all;
  };
  return {{"schema_version", 1},
          {"measured_at", utc_text(std::chrono::system_clock::now())},
          {"device", "cuda"},
          {"gpu", report.gpu},
          {"uuid", report.uuid},
          {"published", gpu != nullptr ? Json(gpu->name) : Json(nullptr)},
          {"arithmetic", rows(report.arithmetic, "operations_per_second")},
          {"memory", rows(report.memory, "bytes_per_second")},
          {"links", rows(report.links, "bytes_per_second")},
          {"wrong", report.wrong},
          {"missing", report.missing}};
}

std::function<void(const std::string&)> told(bool quiet) {
  if (quiet) return [](const std::string&) {};
  return [last = std::string()](const std::string& what) mutable {
    if (what != last) say(stderr, "measuring {}\n", what);
    last = what;
  };
}

ExitCode run_on_gpu(const PeakOptions& options) {
  GpuPeakOptions measuring;
  measuring.tries = options.tries;
  measuring.progress = told(options.quiet);
  const auto report = measure_gpu_peaks(measuring);
  if (!report) {
    say(stderr, "aisp: {}\n", report.error().message());
    return ExitCode::usage;
  }
  const PublishedGpu* gpu = published(report->gpu);
  const Json json = gpu_report_json(*report, gpu);
  if (options.json)
    say(stdout, "{}\n", dump(json, 2));
  else
    print_gpu_table(*report, gpu);
  for (const std::string& missing : report->missing)
    say(stderr, "aisp: not measured: {}\n", missing);
  for (const std::string& wrong : report->wrong)
    say(stderr, "aisp: {}: the result was not right, so there is no figure\n", wrong);
  if (!report->wrong.empty()) return ExitCode::refused;
  const fs::path file = fs::path(options.artifacts) / ("gpu_peaks_" + report->uuid + ".json");
  std::error_code failure;
  fs::create_directories(file.parent_path(), failure);
  if (const Status kept = write_whole_file(file, dump(json, 2) + "\n"); !kept) {
    say(stderr, "aisp: {}\n", kept.error().message());
    return ExitCode::usage;
  }
  if (!options.quiet) say(stderr, "kept in {}\n", file.string());
  return ExitCode::good;
}

ExitCode run(const PeakOptions& options) {
  if (options.device == "cuda") return run_on_gpu(options);
  MachinePeakOptions measuring;
  measuring.tries = options.tries;
  measuring.progress = told(options.quiet);
  const MachinePeakReport report = measure_machine_peaks(measuring);
  const CpuIdentity cpu = this_cpu();
  const PublishedCore* core = find_published_core(cpu);
  const Json json = report_json(report, cpu, core);
  if (options.json)
    say(stdout, "{}\n", dump(json, 2));
  else
    print_table(report, cpu, core);
  for (const std::string& wrong : report.wrong)
    say(stderr, "aisp: {}: the result was not right, so there is no figure\n", wrong);
  if (!report.wrong.empty()) return ExitCode::refused;

  const fs::path file = fs::path(options.artifacts) / "machine_peaks.json";
  std::error_code failure;
  fs::create_directories(file.parent_path(), failure);
  if (failure || !keep_measured_peaks(file, floor_peaks(report), dump(json))) {
    say(stderr, "aisp: cannot keep the peaks ({}). Choose another place with --artifacts DIR\n",
        file.string());
    return ExitCode::usage;
  }
  if (!options.quiet)
    say(stderr, "kept in {}: runs with these artifacts hold times against them for 7 days\n",
        file.string());
  return ExitCode::good;
}

}  // namespace

void add_peak(CLI::App& bench, Command& chosen) {
  const auto options = std::make_shared<PeakOptions>();
  CLI::App* command =
      bench.add_subcommand("peak",
                           "Measure what this machine does at best: arithmetic, memory, caches, "
                           "latency; of a GPU also tensor cores and "
                           "the way to the host. Runs on a CPU use it as their ceiling and floor");
  command->add_option("--device", options->device, "What is measured; cuda: the first GPU")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  command->add_option("--tries", options->tries, "How often each is measured; the best counts")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_artifacts(command, options->artifacts);
  command->add_flag("--json", options->json, "Print JSON, and nothing else, on stdout");
  command->add_flag("-q,--quiet", options->quiet, "No progress on stderr");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
