// `aisp bench peak`: what this machine does at best, measured, and its share of what is published.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/recorded.h"
#include "cli/terminal.h"
#include "device/cpu/machine_peaks.h"
#include "device/published_peaks.h"
#include "judge/manifest.h"
#include "ledger/result_json.h"

namespace aisp::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
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

ExitCode run(const Options& options) {
  if (options.device == "cuda") {
    say(stderr,
        "aisp: cannot measure the peaks of a GPU: not there yet. Its makers' figures: aisp bench "
        "theoretical-peak; with the CPU's: aisp bench peak --device cpu\n");
    return ExitCode::usage;
  }
  MachinePeakOptions measuring;
  measuring.tries = options.tries;
  if (!options.quiet)
    measuring.progress = [last = std::string()](const std::string& what) mutable {
      if (what != last) say(stderr, "measuring {}\n", what);
      last = what;
    };
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
  const auto options = std::make_shared<Options>();
  CLI::App* command = bench.add_subcommand(
      "peak",
      "Measure what this machine does at best: arithmetic, STREAM, caches, latency; runs use it as "
      "their ceiling and floor");
  command->add_option("--device", options->device, "What is measured; cuda is not there yet")
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
