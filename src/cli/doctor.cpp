// `aisp doctor`: what this machine can measure and prove, what is missing, and how to get it.
#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "base/fd.h"
#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/doctor.h"
#include "cli/install.h"
#include "cli/recorded.h"
#include "cli/terminal.h"
#include "device/cuda_available.h"
#include "device/gpu_list.h"
#include "device/published_peaks.h"
#include "judge/environment.h"
#include "judge/manifest.h"
#include "ledger/result_json.h"
#include "problem/registry.h"
#include "report/printable.h"
#include "worker/probe_protections.h"

namespace aisp::cli {
namespace {

namespace fs = std::filesystem;

struct DoctorOptions {
  std::string artifacts = kDefaults.artifacts;
  std::string targets_dir;
  bool json = false;
};

// What is unknown is not fine.
enum class State { good, bad, missing, unknown };

const char* word_of(State state) {
  switch (state) {
    case State::good: return "good";
    case State::bad: return "bad";
    case State::missing: return "missing";
    case State::unknown: return "unknown";
  }
  return "?";
}

struct Check {
  std::string group, name;
  State state = State::unknown;
  std::string found;  // what was seen
  std::string fix;    // how to get it; empty = nothing to do
};

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string program_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::stringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path file = fs::path(folder) / name;
    if (::access(file.c_str(), X_OK) == 0) return file.string();
  }
  return {};
}

class Examination {
 public:
  explicit Examination(DoctorOptions options) : options_(std::move(options)) {}

  std::vector<Check> run() {
    sandbox();
    environment();
    counters();
    gpu();
    tools();
    files();
    return std::move(checks_);
  }
  bool can_judge() const { return can_judge_; }
  bool isolated() const { return isolated_; }
  bool cuda() const { return cuda_; }

 private:
  void add(const char* group, std::string name, State state, std::string found,
           std::string fix = {}) {
    checks_.push_back({group, std::move(name), state, std::move(found),
                       state == State::good ? "" : std::move(fix)});
  }

  // By starting a worker, as a run does.
  void sandbox() {
    constexpr const char* kGroup = "sandbox";
    const auto install = find_install(options_.targets_dir);
    if (!install.ok()) return add(kGroup, "worker", State::missing, install.error().message());
    const auto protections = probe_protections(install->agent, install->null_implementation);
    if (!protections.ok())
      return add(kGroup, "worker", State::missing, protections.error().message(),
                 "Build all of it (./setup.sh build), then see why a worker does not start");
    can_judge_ = isolated_ = true;
    for (const Protection& p : *protections) {
      isolated_ &= p.active;
      add(kGroup, p.name, p.active ? State::good : State::missing,
          p.detail.empty() ? (p.active ? "active" : "not active") : p.detail, fix_for(p.name));
    }
    const auto found = find_targets(install->targets);
    add(kGroup, "targets", found.ok() ? State::good : State::missing,
        found.ok() ? fmt::format("{} in {}", found->size(), install->targets.string())
                   : found.error().message(),
        "./setup.sh build");
  }

  static std::string fix_for(const std::string& protection) {
    const auto has = [&](const char* word) { return protection.find(word) != std::string::npos; };
    if (has("namespace") || has("user") || has("root") || has("mount") || has("proc"))
      return "Run as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, "
             "user.max_user_namespaces > 0; in Docker: --privileged)";
    if (has("limit") || has("cgroup") || has("memory") || has("tasks"))
      return "Give this process a control group that it may write (root, or systemd-run --user "
             "--scope -p Delegate=yes)";
    if (has("landlock") || has("lockdown"))
      return "A kernel of 5.13 or later with Landlock in its list of security modules (lsm=...)";
    if (has("seccomp")) return "A kernel with CONFIG_SECCOMP_FILTER";
    return "See docs/how-it-works.md, The sandbox";
  }

  void environment() {
    EnvironmentOptions options;
    options.allow_virtualization = virtualization_allowed();
    for (const Finding& f : probe_environment(options))
      add("environment", f.guard,
          f.status == FindingStatus::pass   ? State::good
          : f.status == FindingStatus::fail ? State::bad
                                            : State::unknown,
          f.message, fix_for_environment(f.guard));
  }

  static std::string fix_for_environment(const std::string& guard) {
    if (guard == "governor") return "cpupower frequency-set -g performance";
    if (guard == "turbo")
      return "echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo, or echo 0 > "
             "/sys/devices/system/cpu/cpufreq/boost";
    if (guard == "swap") return "swapoff -a, where there is memory enough";
    if (guard == "cpu quota") return "Run outside of the control group, or raise its cpu.max";
    if (guard == "memory limit") return "Run outside of the control group, or raise its memory.max";
    if (guard == "numa") return "numactl --cpunodebind=0 --membind=0 aisp ...";
    if (guard == "steal time" || guard == "virtualization")
      return "Use a machine of your own for numbers that are published";
    if (guard == "load") return "Wait until nothing else runs";
    return "";
  }

  void counters() {
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = PERF_COUNT_HW_CPU_CYCLES;
    attributes.exclude_kernel = 1;
    const UniqueFd fd(static_cast<int>(
        syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)));
    const std::string why = fd ? "" : std::strerror(errno);
    const std::string paranoid = first_line("/proc/sys/kernel/perf_event_paranoid");
    add("counters", "cycles of a process", fd ? State::good : State::missing,
        fd ? "perf_event_open counts them"
           : fmt::format("perf_event_open: {}; perf_event_paranoid is {}", why,
                         paranoid.empty() ? "unknown" : paranoid),
        "sysctl kernel.perf_event_paranoid=1; a virtual machine may have no counters. Judging does "
        "without them");
  }

  void gpu() {
    constexpr const char* kGroup = "gpu";
    const auto list = list_gpus();
    if (!list.ok()) {
      add(kGroup, "driver, NVML", State::missing, list.error().message(),
          "Install the NVIDIA driver, if this machine has such a GPU");
    } else {
      add(kGroup, "driver, NVML", list->gpus.empty() ? State::missing : State::good,
          fmt::format("driver {}, CUDA {}.{}, {} GPUs",
                      list->driver_version.empty() ? "unknown" : list->driver_version,
                      list->cuda_version / 1000, list->cuda_version % 1000 / 10, list->gpus.size()),
          "");
      for (const ListedGpu& g : list->gpus) {
        const bool known = find_published_gpus(g.name).ok();
        add(kGroup, g.name,
            g.processes == 0  ? State::good
            : g.processes < 0 ? State::unknown
                              : State::missing,
            fmt::format("{} MiB, {}{}", g.memory_bytes >> 20,
                        g.processes < 0 ? "who uses it is not told"
                                        : fmt::format("{} processes use it", g.processes),
                        known ? "" : ", not in the table of published peaks"),
            "Stop what uses it, or take another GPU");
      }
    }
    const Status available = cuda_available();
    cuda_ = available.ok();
    add(kGroup, "judging with --device cuda", cuda_ ? State::good : State::missing,
        cuda_ ? "build, driver and GPU are there" : available.error().why,
        cuda_ ? "" : available.error().fix);
    const char* given = std::getenv("AISP_CUPTI");
    bool cupti = false;
    std::string loaded;
    for (const std::string& name :
         {std::string(given != nullptr ? given : ""), std::string("libcupti.so.13"),
          std::string("libcupti.so"),
          std::string("/usr/local/cuda/extras/CUPTI/lib64/libcupti.so")}) {
      if (name.empty() || cupti) continue;
      if (void* handle = dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL); handle != nullptr) {
        cupti = true;
        loaded = name;
        dlclose(handle);
      }
    }
    add(kGroup, "CUPTI", cupti ? State::good : State::missing,
        cupti ? loaded : "libcupti cannot be opened: claims of GPU workers are events only",
        "Install the CUDA toolkit's CUPTI (package cuda-cupti-13-0)");
    const std::string nvcc = program_in_path("nvcc");
    const bool beside = nvcc.empty() && ::access("/usr/local/cuda/bin/nvcc", X_OK) == 0;
    add(kGroup, "nvcc", nvcc.empty() && !beside ? State::missing : State::good,
        !nvcc.empty() ? nvcc
        : beside      ? "/usr/local/cuda/bin/nvcc"
                      : "not found",
        "Install the CUDA toolkit 13, to build the CUDA side");
  }

  void tools() {
    for (const auto& [program, use] : {std::pair("g++", "compiles candidates given as source"),
                                       std::pair("git", "names the commit in manifests")}) {
      const std::string at = program_in_path(program);
      add("tools", program, at.empty() ? State::missing : State::good,
          at.empty() ? fmt::format("not in PATH: it {}", use) : at,
          fmt::format("apt-get install {}", program));
    }
    const auto install = find_install(options_.targets_dir);
    std::vector<fs::path> places;
    if (install.ok()) places = {install->executable.parent_path()};
    const auto software = software_facts(places);
    for (const char* fact : {"aisp", "compiler", "git commit"})
      if (const auto at = software.find(fact); at != software.end())
        add("versions", fact, State::good, at->second);
    const auto machine = machine_facts();
    for (const char* fact :
         {"cpu model", "cpus", "memory", "kernel", "hypervisor", "instruction set"})
      if (const auto at = machine.find(fact); at != machine.end())
        add("versions", fact, at->second == "unknown" ? State::unknown : State::good, at->second);
  }

  void files() {
    fs::path folder = fs::absolute(options_.artifacts);
    while (!folder.empty() && folder != folder.root_path() && !fs::exists(folder))
      folder = folder.parent_path();
    struct statvfs room {};
    const bool known = ::statvfs(folder.c_str(), &room) == 0;
    const auto free = known ? static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize : 0;
    const bool writable = ::access(folder.c_str(), W_OK) == 0;
    add("files", "artifacts",
        writable && free >= kDefaults.free_bytes ? State::good : State::missing,
        fmt::format("{}: {}, {} MiB free", folder.string(),
                    writable ? "may be written" : "may not be written", free >> 20),
        "Choose another place with --artifacts DIR");
    if (fs::exists(fs::path(options_.artifacts) / "ledger.db")) {
      const auto ledger = open_recorded(options_.artifacts);
      add("files", "ledger", ledger.ok() ? State::good : State::missing,
          ledger.ok() ? ledger->path() + " can be read" : ledger.error().message());
    }
  }

  DoctorOptions options_;
  std::vector<Check> checks_;
  bool can_judge_ = false, isolated_ = false, cuda_ = false;
};

std::vector<std::string> conclusions(const Examination& examination,
                                     const std::vector<Check>& checks) {
  std::vector<std::string> lines;
  if (!examination.can_judge()) {
    lines.push_back("Nothing can be judged here: no worker can be started.");
  } else if (examination.isolated()) {
    lines.push_back("CPU: implementations can be judged, fully isolated.");
  } else {
    lines.push_back(
        "CPU: implementations can be judged, with partial isolation, and reports will say so; "
        "--validity-profile strict refuses.");
  }
  lines.push_back(examination.cuda() ? "CUDA: --device cuda can be used."
                                     : "CUDA: --device cuda cannot be used.");
  const auto bad = std::count_if(checks.begin(), checks.end(), [](const Check& c) {
    return c.group == "environment" && c.state != State::good;
  });
  lines.push_back(bad == 0
                      ? "Times: nothing is known that would disturb them."
                      : fmt::format("Times: {} things disturb them, or cannot be seen; intervals "
                                    "will show it, and reports name them.",
                                    bad));
  return lines;
}

std::string json_text(const Examination& examination, const std::vector<Check>& checks) {
  Json json = {{"schema_version", 1},
               {"can_judge_cpu", examination.can_judge()},
               {"fully_isolated", examination.isolated()},
               {"can_judge_cuda", examination.cuda()},
               {"conclusions", conclusions(examination, checks)},
               {"checks", Json::array()}};
  for (const Check& c : checks)
    json["checks"].push_back({{"group", c.group},
                              {"name", c.name},
                              {"state", word_of(c.state)},
                              {"found", c.found},
                              {"fix", c.fix}});
  return dump(json, 2) + "\n";
}

ExitCode run(const DoctorOptions& options) {
  Examination examination(options);
  const std::vector<Check> checks = examination.run();
  if (options.json) {
    say(stdout, "{}", json_text(examination, checks));
    return examination.can_judge() ? ExitCode::good : ExitCode::usage;
  }
  std::string group;
  for (const Check& c : checks) {
    if (c.group != group) say(stdout, "{}{}\n", group.empty() ? "" : "\n", c.group);
    group = c.group;
    say(stdout, "  {:<8} {:<28} {}\n", word_of(c.state), printable_line(c.name),
        printable_line(c.found));
    if (!c.fix.empty()) say(stdout, "  {:<8} {:<28} -> {}\n", "", "", c.fix);
  }
  say(stdout, "\n");
  for (const std::string& line : conclusions(examination, checks)) say(stdout, "{}\n", line);
  return examination.can_judge() ? ExitCode::good : ExitCode::usage;
}

}  // namespace

std::string doctor_json(const std::string& artifacts, const std::string& targets_dir) {
  Examination examination({artifacts, targets_dir, true});
  const std::vector<Check> checks = examination.run();
  return json_text(examination, checks);
}

void add_doctor(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<DoctorOptions>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Say what this machine can measure and prove, what is missing, and how to get it");
  add_artifacts(command, options->artifacts);
  command
      ->add_option("--targets-dir", options->targets_dir,
                   "Where the built targets are [targets/ beside bin/]")
      ->type_name("DIR");
  command->add_flag("--json", options->json, "Print JSON, and nothing else, on stdout");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
