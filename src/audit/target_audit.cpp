// Names and files of a target, the problem on its devices, and all questions in a row.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "audit/audit.h"
#include "base/clock.h"
#include "base/hash.h"
#include "problem/loader.h"

namespace aisp::audit {
namespace {

namespace fs = std::filesystem;

// Duplicates are looked for by content: one name per hash.
void find_duplicates(const DeviceFiles& files, std::vector<Finding>& findings) {
  std::vector<fs::path> all = files.optimized;
  if (!files.baseline.empty()) all.insert(all.begin(), files.baseline);
  all.insert(all.end(), files.ceilings.begin(), files.ceilings.end());
  std::map<std::string, fs::path> seen;
  for (const fs::path& file : all) {
    const auto hash = blake2b_hex_of_file(file);
    if (!hash.ok()) {
      findings.push_back(
          {"duplicate", Level::not_run, file.filename().string(), hash.error().message()});
      continue;
    }
    const auto [at, fresh] = seen.emplace(*hash, file);
    if (!fresh)
      findings.push_back({"duplicate", Level::error, file.filename().string(),
                          fmt::format("on {} it is the same file, byte by byte, as {}",
                                      files.device, at->second.filename().string())});
  }
}

bool known_name(const std::string& stem) {
  return stem == "problem" || stem.starts_with("baseline") || stem.starts_with("optimized") ||
         stem.starts_with("ceiling_") || stem == "reference_serial";
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure))
    found.push_back(at->path());
  std::sort(found.begin(), found.end());
  return found;
}

void collect_orphans(const fs::path& root, const fs::path& folder, const std::set<fs::path>& owned,
                     std::vector<TargetAudit>& audits) {
  TargetAudit audit;
  audit.target = folder.lexically_relative(root).string();
  for (const fs::path& entry : entries(folder)) {
    std::error_code unreadable;
    if (fs::is_directory(entry, unreadable)) {
      collect_orphans(root, entry, owned, audits);
    } else if (entry.extension() == ".so" && !owned.contains(folder)) {
      audit.findings.push_back({"orphan", Level::error, entry.filename().string(),
                                "there is no problem.so beside it: it belongs to no target"});
    } else if (entry.extension() == ".so" && !known_name(entry.stem().string())) {
      audit.findings.push_back(
          {"orphan", Level::error, entry.filename().string(),
           "its name is none of problem, baseline, optimized…, ceiling_…, reference_serial: nobody "
           "runs it"});
    }
  }
  if (!audit.findings.empty()) audits.push_back(std::move(audit));
}

std::string shape_words(const Tensor& tensor) {
  return fmt::format("{} {} of {} dimensions", tensor.name, dtype_name(tensor.dtype),
                     tensor.shape.size());
}

}  // namespace

std::vector<Finding> audit_pairs(const TargetFiles& target) {
  std::vector<Finding> findings;
  for (const DeviceFiles& files : target.devices) {
    if (!files.fault.empty()) findings.push_back({"pair", Level::error, files.device, files.fault});
    find_duplicates(files, findings);
  }
  return findings;
}

std::vector<TargetAudit> audit_orphans(const fs::path& root,
                                       const std::vector<TargetFiles>& targets) {
  std::set<fs::path> owned;
  for (const TargetFiles& target : targets) {
    owned.insert(target.folder);
    owned.insert(target.folder / "cuda");
  }
  std::vector<TargetAudit> audits;
  collect_orphans(root, root, owned, audits);
  return audits;
}

std::vector<Finding> audit_devices(const TargetFiles& target) {
  if (target.devices.size() < 2) return {};
  std::vector<Finding> findings;
  const auto first = LoadedProblem::load(target.problem, target.devices[0].device);
  if (!first.ok()) return {};  // said by the contract
  for (std::size_t d = 1; d < target.devices.size(); ++d) {
    const std::string& device = target.devices[d].device;
    const auto other = LoadedProblem::load(target.problem, device);
    if (!other.ok()) {
      findings.push_back({"contract", Level::error, device, other.error().why});
      continue;
    }
    const Problem &a = ***first, &b = ***other;
    const auto differ = [&](const std::string& part, const std::string& how) {
      findings.push_back(
          {"devices", Level::error, part, fmt::format("on {} it is {}", device, how)});
    };
    if (a.inputs.size() != b.inputs.size() || a.outputs.size() != b.outputs.size())
      differ("", fmt::format("a problem of {} inputs and {} outputs, elsewhere of {} and {}",
                             b.inputs.size(), b.outputs.size(), a.inputs.size(), a.outputs.size()));
    for (std::size_t i = 0; i < std::min(a.inputs.size(), b.inputs.size()); ++i) {
      const std::string mine = shape_words(a.inputs[i].tensor),
                        theirs = shape_words(b.inputs[i].tensor);
      if (mine != theirs || a.inputs[i].role.get() != b.inputs[i].role.get())
        differ(fmt::format("inputs[{}]", i), fmt::format("{}, elsewhere {}", theirs, mine));
    }
    for (std::size_t o = 0; o < std::min(a.outputs.size(), b.outputs.size()); ++o) {
      const std::string mine = shape_words(a.outputs[o].tensor),
                        theirs = shape_words(b.outputs[o].tensor);
      if (mine != theirs)
        differ(fmt::format("outputs[{}]", o), fmt::format("{}, elsewhere {}", theirs, mine));
    }
    if (a.target.get() != b.target.get()) differ("target", b.target.get());
  }
  return findings;
}

TargetAudit audit_target(const TargetFiles& target, const std::string& device,
                         const Options& options) {
  const std::int64_t started = monotonic_ns();
  TargetAudit audit;
  audit.target = target.target();
  audit.problem = target.problem;
  audit.device = !device.empty()               ? device
                 : target.on("cpu") != nullptr ? "cpu"
                 : !target.devices.empty()     ? target.devices.front().device
                                               : "cpu";
  audit.findings = audit_pairs(target);
  std::vector<Finding> found = audit_file(target.problem, audit.target, audit.device, options);
  const bool loads = std::none_of(found.begin(), found.end(), [](const Finding& f) {
    return f.rule == "contract" && f.level == Level::error && f.part.empty();
  });
  std::move(found.begin(), found.end(), std::back_inserter(audit.findings));
  // Only what was seen to load in a child is loaded here.
  if (loads) {
    for (Finding& f : audit_devices(target)) audit.findings.push_back(std::move(f));
  }
  audit.elapsed_s = static_cast<double>(monotonic_ns() - started) * 1e-9;
  return audit;
}

bool any_error(const std::vector<TargetAudit>& audits) {
  return std::any_of(audits.begin(), audits.end(), [](const TargetAudit& audit) {
    return std::any_of(audit.findings.begin(), audit.findings.end(),
                       [](const Finding& f) { return f.level == Level::error; });
  });
}

bool any_not_run(const std::vector<TargetAudit>& audits) {
  return std::any_of(audits.begin(), audits.end(), [](const TargetAudit& audit) {
    return std::any_of(audit.findings.begin(), audit.findings.end(),
                       [](const Finding& f) { return f.level == Level::not_run; });
  });
}

}  // namespace aisp::audit
