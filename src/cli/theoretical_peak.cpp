// `aisp bench theoretical-peak`: what manufacturers published, dense and sparse apart, with sources.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "device/gpu_list.h"
#include "device/published_peaks.h"
#include "ledger/result_json.h"

namespace aisp::cli {
namespace {

struct TheoreticalPeakOptions {
  std::string gpu;
  bool json = false;
};

constexpr const char* kNotPublished = "not published";

// "[1]", in the order in which they are first asked for.
class Sources {
 public:
  std::string mark(const PublishedSource* source) {
    if (source == nullptr) return "";
    for (std::size_t i = 0; i < seen_.size(); ++i)
      if (seen_[i] == source) return fmt::format("[{}]", i + 1);
    seen_.push_back(source);
    return fmt::format("[{}]", seen_.size());
  }
  void print() const {
    for (std::size_t i = 0; i < seen_.size(); ++i)
      say(stdout, "[{}] {}, {}\n", i + 1, seen_[i]->title, seen_[i]->date);
  }

 private:
  std::vector<const PublishedSource*> seen_;
};

// 1978.9 and 34, not 1978.90000 and 3.4e+01.
std::string plain_number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string scaled(const std::optional<double>& value, double unit) {
  return value ? plain_number(*value / unit) : "-";
}

void print_figure(const char* name, const PublishedFigure& figure, double unit,
                  const std::string& unit_name, Sources& sources) {
  if (!figure.value) return say(stdout, "  {:<24}{}\n", name, kNotPublished);
  say(stdout, "  {:<24}{} {} {}\n", name, plain_number(*figure.value / unit), unit_name,
      sources.mark(figure.source));
}

void print_gpu(const PublishedGpu& gpu, Sources& sources) {
  say(stdout, "{} (compute capability {}; NVML: {})\n", gpu.name, gpu.compute_capability,
      fmt::join(gpu.nvml, ", "));
  say(stdout, "  {:<24}{:>10}{:>10}\n", "TFLOP/s, TOP/s", "dense", "sparse");
  bool half = false;
  for (const PublishedRate& rate : gpu.rates) {
    if (!rate.dense && !rate.sparse) {
      say(stdout, "  {:<24}{:>10}{:>10} {}\n", rate.type, "-", "-", kNotPublished);
      continue;
    }
    half |= rate.dense_is_half;
    say(stdout, "  {:<24}{:>10}{:>10} {}{}\n", rate.type, scaled(rate.dense, 1e12),
        scaled(rate.sparse, 1e12), sources.mark(rate.source), rate.dense_is_half ? " *" : "");
  }
  print_figure("memory", gpu.memory_bytes, 1e9, "GB " + gpu.memory_kind, sources);
  print_figure("memory bandwidth", gpu.memory_bytes_per_second, 1e9, "GB/s", sources);
  print_figure("L2", gpu.l2_bytes, 1 << 20, "MB", sources);
  for (const PublishedLink& link : gpu.links)
    print_figure(link.name.c_str(), link.bytes_per_second, 1e9, "GB/s, both ways together",
                 sources);
  print_figure("power, at most", gpu.watts, 1, "W", sources);
  if (half)
    say(stdout, "  * the source gives the sparse figure and says that dense is half of it\n");
  if (!gpu.note.empty()) say(stdout, "  {}\n", gpu.note);
  say(stdout, "\n");
}

struct ThisCpu {
  CpuIdentity identity = this_cpu();
  const PublishedCore* core = find_published_core(identity);
  const PublishedCpu* cpu = find_published_cpu(identity);
};

// All cores at the highest clock, which they seldom reach together: a ceiling.
double whole_cpu(const PublishedCpu& cpu, double per_cycle) {
  return per_cycle * cpu.cores * cpu.boost_hertz;
}

void print_core(const PublishedCore& core, const PublishedCpu* cpu, Sources& sources) {
  say(stdout, "  {:<24}{:>18}{:>18}\n", "operations", "a cycle and core",
      cpu != nullptr ? fmt::format("{} cores, TOP/s", cpu->cores) : "");
  for (const auto& [type, rate] : core.per_cycle)
    say(stdout, "  {:<24}{:>18}{:>18} {}\n", type, plain_number(rate),
        cpu != nullptr ? plain_number(whole_cpu(*cpu, rate) / 1e12) : "",
        sources.mark(core.source));
}

void print_this_cpu(Sources& sources) {
  const ThisCpu here;
  const CpuIdentity& id = here.identity;
  say(stdout, "{} ({} family {} model {}{})\n", id.brand.empty() ? "this CPU" : id.brand, id.vendor,
      id.family, id.model, here.core != nullptr ? ", " + here.core->name : "");
  if (here.core == nullptr) {
    say(stdout, "  not in the table: nothing is guessed\n\n");
    return;
  }
  print_core(*here.core, here.cpu, sources);
  if (here.cpu == nullptr) {
    say(stdout,
        "  this model's clock and cores are not in the table: no figure for all of it. What it "
        "does: aisp bench peak\n\n");
    return;
  }
  const PublishedCpu& cpu = *here.cpu;
  say(stdout, "  {:<24}{} to {} GHz {}\n", "clock", plain_number(cpu.base_hertz / 1e9),
      plain_number(cpu.boost_hertz / 1e9), sources.mark(cpu.source));
  print_figure("L3", cpu.l3_bytes, 1 << 20, "MB", sources);
  print_figure("memory bandwidth", cpu.memory_bytes_per_second, 1e9, "GB/s", sources);
  print_figure("power", cpu.watts, 1, "W", sources);
  say(stdout, "  for all cores at the highest clock, which they seldom reach together\n\n");
}

// ---- JSON (schemas/theoretical_peak.schema.json)

Json source_json(const PublishedSource* source) {
  if (source == nullptr) return nullptr;
  return {{"title", source->title}, {"date", source->date}};
}

Json value_json(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json figure_json(const PublishedFigure& figure) {
  return {{"value", value_json(figure.value)}, {"source", source_json(figure.source)}};
}

Json gpu_json(const PublishedGpu& gpu) {
  Json rates = Json::array();
  for (const PublishedRate& rate : gpu.rates)
    rates.push_back({{"type", rate.type},
                     {"dense", value_json(rate.dense)},
                     {"sparse", value_json(rate.sparse)},
                     {"dense_is_half_of_sparse", rate.dense_is_half},
                     {"source", source_json(rate.source)}});
  Json links = Json::array();
  for (const PublishedLink& link : gpu.links)
    links.push_back(
        {{"name", link.name}, {"bytes_per_second", figure_json(link.bytes_per_second)}});
  return {{"name", gpu.name},
          {"nvml", gpu.nvml},
          {"compute_capability", gpu.compute_capability},
          {"operations_per_second", rates},
          {"memory_kind", gpu.memory_kind},
          {"memory_bytes", figure_json(gpu.memory_bytes)},
          {"memory_bytes_per_second", figure_json(gpu.memory_bytes_per_second)},
          {"l2_bytes", figure_json(gpu.l2_bytes)},
          {"links", links},
          {"watts", figure_json(gpu.watts)},
          {"note", gpu.note}};
}

Json this_cpu_json() {
  const ThisCpu here;
  Json rates = Json::array();
  if (here.core != nullptr)
    for (const auto& [type, rate] : here.core->per_cycle)
      rates.push_back(
          {{"type", type},
           {"per_cycle_and_core", rate},
           {"per_second", here.cpu != nullptr ? Json(whole_cpu(*here.cpu, rate)) : Json(nullptr)},
           {"source", source_json(here.core->source)}});
  const auto of_cpu = [&](const PublishedFigure PublishedCpu::*figure) {
    return here.cpu != nullptr ? figure_json(here.cpu->*figure) : figure_json({});
  };
  return {{"brand", here.identity.brand},
          {"vendor", here.identity.vendor},
          {"family", here.identity.family},
          {"model", here.identity.model},
          {"core", here.core != nullptr ? Json(here.core->name) : Json(nullptr)},
          {"cores", here.cpu != nullptr ? Json(here.cpu->cores) : Json(nullptr)},
          {"operations", rates},
          {"l3_bytes", of_cpu(&PublishedCpu::l3_bytes)},
          {"memory_bytes_per_second", of_cpu(&PublishedCpu::memory_bytes_per_second)},
          {"watts", of_cpu(&PublishedCpu::watts)}};
}

// ---- the command

void print_list() {
  say(stdout, "{:<38}{}\n", "GPU", "as NVML prints it");
  for (const PublishedGpu& gpu : published_peaks().gpus)
    say(stdout, "{:<38}{}\n", gpu.name, fmt::join(gpu.nvml, ", "));
  say(stdout, "\nCPU cores, by CPUID: ");
  bool first = true;
  for (const PublishedCore& core : published_peaks().cores) {
    say(stdout, "{}{}", first ? "" : ", ", core.name);
    first = false;
  }
  say(stdout, "\n");
}

ExitCode run(const TheoreticalPeakOptions& options) {
  std::vector<const PublishedGpu*> gpus;
  std::vector<std::string> unknown;
  const bool here = options.gpu.empty(), all = options.gpu == "list";
  if (here) {
    // No GPU is nothing to complain about; one that is not in the table is.
    if (const auto list = list_gpus(); list.ok())
      for (const ListedGpu& gpu : list->gpus) {
        const auto found = find_published_gpus(gpu.name);
        if (found.ok() && std::find(gpus.begin(), gpus.end(), found->front()) == gpus.end())
          gpus.push_back(found->front());
        if (!found.ok()) unknown.push_back(found.error().message());
      }
  } else if (all) {
    for (const PublishedGpu& gpu : published_peaks().gpus) gpus.push_back(&gpu);
  } else {
    const auto found = find_published_gpus(options.gpu);
    if (!found.ok()) {
      say(stderr, "aisp: {}\n", found.error().message());
      return ExitCode::usage;
    }
    gpus = *found;
  }
  for (const std::string& message : unknown) say(stderr, "aisp: {}\n", message);

  if (options.json) {
    Json json = {{"schema_version", 1}, {"gpus", Json::array()}, {"cpu", nullptr}};
    for (const PublishedGpu* gpu : gpus) json["gpus"].push_back(gpu_json(*gpu));
    if (here) json["cpu"] = this_cpu_json();
    say(stdout, "{}\n", dump(json, 2));
  } else if (all) {
    print_list();
  } else {
    Sources sources;
    for (const PublishedGpu* gpu : gpus) print_gpu(*gpu, sources);
    if (here) print_this_cpu(sources);
    sources.print();
  }
  return unknown.empty() ? ExitCode::good : ExitCode::usage;
}

}  // namespace

void add_theoretical_peak(CLI::App& bench, Command& chosen) {
  const auto options = std::make_shared<TheoreticalPeakOptions>();
  CLI::App* command = bench.add_subcommand(
      "theoretical-peak",
      "Show what the makers of GPUs and CPUs say they can do, with the source of each figure");
  command
      ->add_option("--gpu", options->gpu,
                   "A GPU (h100, 'H100 SXM', or as NVML prints it), or list [the GPUs and the CPU "
                   "of this machine]")
      ->type_name("NAME|list");
  command->add_flag("--json", options->json, "Print JSON, and nothing else, on stdout");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
