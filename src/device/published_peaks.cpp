#include "device/published_peaks.h"

#include <cpuid.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "problem/registry.h"

extern "C" {
extern const char aisp_published_peaks[];
extern const char aisp_published_peaks_end[];
}
asm(R"(
  .pushsection .rodata
  .global aisp_published_peaks, aisp_published_peaks_end
  .hidden aisp_published_peaks, aisp_published_peaks_end
aisp_published_peaks:
  .incbin ")" AISP_PUBLISHED_PEAKS R"("
aisp_published_peaks_end:
  .popsection
)");

namespace aisp {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kTera = 1e12, kGiga = 1e9, kMib = 1 << 20;

// Throws std::runtime_error with a sentence; read_published_peaks makes an Error of it.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  PublishedPeaks read() {
    peaks_.sources.reserve(json_.at("sources").size());
    for (const auto& [name, source] : json_.at("sources").items()) {
      peaks_.sources.push_back(
          {source.at("title").get<std::string>(), source.at("date").get<std::string>()});
      index_[name] = &peaks_.sources.back();
    }
    for (const Json& gpu : json_.at("gpus")) peaks_.gpus.push_back(read_gpu(gpu));
    for (const Json& core : json_.at("cpu_cores")) peaks_.cores.push_back(read_core(core));
    for (const Json& cpu : json_.at("cpus")) peaks_.cpus.push_back(read_cpu(cpu));
    return std::move(peaks_);
  }

 private:
  const PublishedSource* source_of(const Json& name, bool needed, const std::string& of) const {
    if (name.is_null()) {
      if (needed) throw std::runtime_error(of + " has a figure without a source");
      return nullptr;
    }
    const auto at = index_.find(name.get<std::string>());
    if (at == index_.end())
      throw std::runtime_error(of + " names the unknown source " + name.get<std::string>());
    if (!needed) throw std::runtime_error(of + " has a source without a figure");
    return at->second;
  }

  std::optional<double> number(const Json& json, double unit, const std::string& of) const {
    if (json.is_null()) return std::nullopt;
    const double value = json.get<double>();
    if (!std::isfinite(value) || value <= 0)
      throw std::runtime_error(of + " has a figure that is no positive number");
    return value * unit;
  }

  PublishedFigure figure(const Json& json, const char* name, double unit,
                         const std::string& of) const {
    PublishedFigure f;
    f.value = number(json.at(name), unit, of);
    f.source = source_of(f.value ? json.at("source") : Json(nullptr), f.value.has_value(), of);
    return f;
  }

  PublishedGpu read_gpu(const Json& json) const {
    PublishedGpu gpu;
    gpu.name = json.at("name").get<std::string>();
    json.at("nvml").get_to(gpu.nvml);
    json.at("also").get_to(gpu.also);
    gpu.compute_capability = json.at("compute_capability").get<std::string>();
    for (const auto& [type, row] : json.at("tflops").items()) {
      const std::string of = gpu.name + " " + type;
      if (row.size() != 3) throw std::runtime_error(of + " is not [dense, sparse, source]");
      PublishedRate rate;
      rate.type = type;
      rate.sparse = number(row[1], kTera, of);
      rate.dense_is_half = row[0] == "half";
      if (rate.dense_is_half) {
        if (!rate.sparse) throw std::runtime_error(of + " is half of nothing");
        rate.dense = *rate.sparse / 2;
      } else {
        rate.dense = number(row[0], kTera, of);
      }
      rate.source = source_of(row[2], rate.dense || rate.sparse, of);
      gpu.rates.push_back(std::move(rate));
    }
    const Json& memory = json.at("memory");
    gpu.memory_bytes = figure(memory, "gb", kGiga, gpu.name + " memory");
    gpu.memory_bytes_per_second = figure(memory, "gb_per_s", kGiga, gpu.name + " memory");
    gpu.memory_kind = memory.at("kind").get<std::string>();
    gpu.l2_bytes = figure(json.at("l2"), "mb", kMib, gpu.name + " L2");
    for (const Json& link : json.at("links"))
      gpu.links.push_back({link.at("name").get<std::string>(),
                           figure(link, "gb_per_s", kGiga, gpu.name + " links")});
    gpu.watts = figure(json.at("power"), "watts", 1, gpu.name + " power");
    gpu.note = json.value("note", std::string());
    return gpu;
  }

  PublishedCore read_core(const Json& json) const {
    PublishedCore core;
    core.name = json.at("name").get<std::string>();
    core.vendor = json.at("vendor").get<std::string>();
    core.family = json.at("family").get<int>();
    for (const Json& range : json.at("models"))
      core.models.emplace_back(range.at(0).get<int>(), range.at(1).get<int>());
    for (const auto& [type, rate] : json.at("operations_per_cycle").items())
      core.per_cycle.emplace_back(type, number(rate, 1, core.name).value());
    core.source = source_of(json.at("source"), true, core.name);
    return core;
  }

  PublishedCpu read_cpu(const Json& json) const {
    PublishedCpu cpu;
    cpu.name = json.at("name").get<std::string>();
    cpu.core = json.at("core").get<std::string>();
    cpu.cores = json.at("cores").get<int>();
    cpu.base_hertz = number(json.at("base_ghz"), kGiga, cpu.name).value();
    cpu.boost_hertz = number(json.at("boost_ghz"), kGiga, cpu.name).value();
    cpu.l3_bytes = figure(json, "l3_mb", kMib, cpu.name);
    cpu.memory_bytes_per_second = figure(json, "memory_gb_per_s", kGiga, cpu.name);
    cpu.watts = figure(json, "watts", 1, cpu.name);
    cpu.source = source_of(json.at("source"), true, cpu.name);
    return cpu;
  }

  const Json& json_;
  PublishedPeaks peaks_;
  std::map<std::string, const PublishedSource*> index_;
};

// "NVIDIA GeForce RTX-4090" is "rtx 4090".
std::string plain(std::string_view name) {
  std::string word, text;
  const auto end_word = [&] {
    if (!word.empty() && word != "nvidia" && word != "geforce" && word != "tesla")
      text += (text.empty() ? "" : " ") + word;
    word.clear();
  };
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else
      end_word();
  }
  end_word();
  return text;
}

// At most three, nearest first.
std::vector<std::string> near(const std::string& wanted) {
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const PublishedGpu& gpu : published_peaks().gpus) {
    const std::string name = plain(gpu.name);
    std::size_t least = edit_distance(wanted, name);
    for (const std::string& also : gpu.also)
      least = std::min(least, edit_distance(wanted, plain(also)));
    // The first word alone: "h101" is near to all of the H100.
    least = std::min(least, edit_distance(wanted, name.substr(0, name.find(' '))));
    ranked.emplace_back(least, gpu.name);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  const std::size_t far = std::max<std::size_t>(3, wanted.size() / 2);
  for (std::size_t i = 0; i < ranked.size() && i < 3 && ranked[i].first <= far; ++i)
    names.push_back(ranked[i].second);
  return names;
}

}  // namespace

std::string_view published_peaks_json() {
  return {aisp_published_peaks,
          static_cast<std::size_t>(aisp_published_peaks_end - aisp_published_peaks)};
}

Result<PublishedPeaks> read_published_peaks(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    return Reader(json).read();
  } catch (const std::exception& e) {
    return Error{"read the table of published peaks", "data/published_peaks.json", e.what(), {}};
  }
}

const PublishedPeaks& published_peaks() {
  static const PublishedPeaks peaks = [] {
    auto read = read_published_peaks(published_peaks_json());
    if (!read.ok()) throw std::logic_error(read.error().message());
    return std::move(*read);
  }();
  return peaks;
}

Result<std::vector<const PublishedGpu*>> find_published_gpus(std::string_view name) {
  std::vector<const PublishedGpu*> found;
  const auto& gpus = published_peaks().gpus;
  for (const PublishedGpu& gpu : gpus)
    if (std::find(gpu.nvml.begin(), gpu.nvml.end(), name) != gpu.nvml.end())
      return std::vector<const PublishedGpu*>{&gpu};
  const std::string wanted = plain(name);
  for (const PublishedGpu& gpu : gpus)
    if (plain(gpu.name) == wanted ||
        std::any_of(gpu.also.begin(), gpu.also.end(),
                    [&](const std::string& also) { return plain(also) == wanted; }) ||
        std::any_of(gpu.nvml.begin(), gpu.nvml.end(), [&](const std::string& nvml) {
          return plain(nvml) == wanted && wanted.find(' ') != std::string::npos;
        }))
      found.push_back(&gpu);
  if (found.empty() && !wanted.empty())
    for (const PublishedGpu& gpu : gpus)
      if (plain(gpu.name).rfind(wanted + " ", 0) == 0) found.push_back(&gpu);
  if (!found.empty()) return found;
  const std::string kMig = " MIG ";
  if (const std::size_t at = name.find(kMig); at != std::string_view::npos)
    return Error{"find the peaks of a GPU", std::string(name), "peaks are those of whole GPUs",
                 fmt::format("Ask for --gpu '{}'", name.substr(0, at))};
  const std::vector<std::string> names = near(wanted);
  return Error{"find the peaks of a GPU", std::string(name), "it is not in the table",
               (names.empty() ? "" : fmt::format("Did you mean {}? ", fmt::join(names, ", "))) +
                   "--gpu list shows all"};
}

CpuIdentity this_cpu() {
  CpuIdentity cpu;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(0, &a, &b, &c, &d) == 0) return cpu;
  char vendor[13] = {};
  std::memcpy(vendor, &b, 4);
  std::memcpy(vendor + 4, &d, 4);
  std::memcpy(vendor + 8, &c, 4);
  cpu.vendor = vendor;
  if (__get_cpuid(1, &a, &b, &c, &d) != 0) {
    const unsigned family = a >> 8 & 0xf, model = a >> 4 & 0xf;
    cpu.family = static_cast<int>(family == 0xf ? family + (a >> 20 & 0xff) : family);
    cpu.model =
        static_cast<int>(family == 6 || family == 0xf ? model + ((a >> 16 & 0xf) << 4) : model);
  }
  char brand[49] = {};
  for (unsigned i = 0; i < 3; ++i) {
    if (__get_cpuid(0x80000002 + i, &a, &b, &c, &d) == 0) break;
    for (const unsigned word : {a, b, c, d}) {
      const std::size_t used = std::strlen(brand);
      if (used + 4 < sizeof brand) std::memcpy(brand + used, &word, 4);
    }
  }
  cpu.brand = brand;
  return cpu;
}

const PublishedCore* find_published_core(const CpuIdentity& cpu) {
  for (const PublishedCore& core : published_peaks().cores)
    if (core.vendor == cpu.vendor && core.family == cpu.family)
      for (const auto& [from, to] : core.models)
        if (cpu.model >= from && cpu.model <= to) return &core;
  return nullptr;
}

const PublishedCpu* find_published_cpu(const CpuIdentity& cpu) {
  // "Intel(R) Xeon(R) Platinum 8480+" and "AMD EPYC 7763 64-Core Processor".
  std::string brand = cpu.brand;
  for (const char* mark : {"(R)", "(TM)", "(r)", "(tm)", " CPU"})
    for (std::size_t at; (at = brand.find(mark)) != std::string::npos;)
      brand.erase(at, std::strlen(mark));
  const PublishedCpu* found = nullptr;
  for (const PublishedCpu& entry : published_peaks().cpus) {
    if (brand.rfind(entry.name, 0) != 0) continue;
    const char after = brand.size() > entry.name.size() ? brand[entry.name.size()] : ' ';
    if (after == ' ' || after == '@') found = &entry;
  }
  return found;
}

}  // namespace aisp
