#include "report/expectations.h"

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <cstring>
#include <set>
#include <stdexcept>

#include "base/hash.h"
#include "device/published_peaks.h"
#include "ledger/result_json.h"
#include "report/json_place.h"
#include "report/printable.h"
#include "report/verdict_text.h"

namespace aisp {
namespace {

constexpr int kSchema = 2;  // the Python harness's
constexpr const char* kReading = "read expectations";

std::string slug(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0)
      result += static_cast<char>(std::tolower(byte));
    else if (!result.empty() && result.back() != '_')
      result += '_';
  }
  while (!result.empty() && result.back() == '_') result.pop_back();
  return result.empty() ? "unknown" : result.substr(0, 64);
}

// "H100 80GB HBM3" is H100, as people call it; "A100-SXM4-80GB" and "GH200 480GB" stay, where the size is
// what tells two GPUs apart.
std::string without_memory(const std::string& name) {
  const std::size_t kind = name.find("GB HBM");
  if (kind == std::string::npos) return name;
  const std::size_t before = name.find_last_not_of("0123456789", kind - 1);
  return before == std::string::npos || name[before] != ' ' ? name : name.substr(0, before);
}

// Times of warm caches and of graph replays are other times. Older runs do not say, and are believed to be usual.
bool timed_as_usual(const TargetResult& result) {
  return result.mode.empty() || result.mode == "cold";
}

std::string name_within(const std::string& target) { return target.substr(target.find(':') + 1); }

Json json_of(const stats::Interval& x) {
  return {{"estimate", x.estimate}, {"low", x.low}, {"high", x.high}};
}

Json json_of(const Acceptance& a) {
  return {{"run", a.run},
          {"timestamp", a.timestamp},
          {"git_commit", a.git_commit},
          {"content_hash", a.content_hash},
          {"rounds", a.rounds},
          {"time_ns", json_of(a.time_ns)},
          {"speedup", a.speedup ? json_of(*a.speedup) : Json(nullptr)}};
}

std::string checksum_of(const std::string& key, const std::string& name, const Json& example) {
  Json without = example;
  without["aisp"].erase("checksum");
  return blake2b_hex(key + "\n" + name + "\n" + dump(without));
}

// The fastest that was accepted last, as the Python harness's metrics have it.
const ExpectedImplementation* best_of(const ExpectedTarget& target) {
  const ExpectedImplementation* best = nullptr;
  for (const auto& [name, i] : target.implementations)
    if (i.last.speedup && name.rfind("optimized", 0) == 0 &&
        (best == nullptr || i.last.speedup->estimate > best->last.speedup->estimate))
      best = &i;
  return best;
}

Json json_of(const ExpectedTarget& target, const std::string& key) {
  const auto baseline = target.implementations.find("baseline");
  const ExpectedImplementation* best = best_of(target);
  const ExpectedImplementation* of_record =
      baseline != target.implementations.end() ? &baseline->second : best;
  Json implementations = Json::object();
  for (const auto& [name, i] : target.implementations)
    implementations[name] = {{"last", json_of(i.last)}, {"first", json_of(i.first)}};
  const auto ms = [](const stats::Interval& ns) { return ns.estimate * 1e-6; };
  Json example = {
      {"example", target.name},
      {"type", "cpp"},
      {"metrics",
       {{"baseline_time_ms", baseline != target.implementations.end()
                                 ? Json(ms(baseline->second.last.time_ns))
                                 : Json(nullptr)},
        {"best_optimized_time_ms", best != nullptr ? Json(ms(best->last.time_ns)) : Json(nullptr)},
        {"best_speedup", best != nullptr ? Json(best->last.speedup->estimate) : Json(nullptr)}}},
      {"metadata", {{"optimization_goal", target.goal}}},
      {"provenance",
       {{"git_commit", of_record != nullptr ? of_record->last.git_commit : ""},
        {"hardware_key", key},
        {"profile_name", target.profile},
        {"timestamp", of_record != nullptr ? of_record->last.timestamp : ""},
        {"iterations", of_record != nullptr ? of_record->last.rounds : 0},
        {"execution_environment", target.environment},
        {"validity_profile", target.validity_profile}}},
      {"aisp",
       {{"device", target.device},
        {"signature", target.signature},
        {"implementations", implementations}}}};
  example["aisp"]["checksum"] = checksum_of(key, target.name, example);
  return example;
}

// Reads with a path, so that what is wrong can be found in the text.
struct Refusal : std::runtime_error {
  Refusal(std::vector<std::string> where, const std::string& why)
      : std::runtime_error(why), path(std::move(where)) {}
  std::vector<std::string> path;
};

class Node {
 public:
  Node(const Json& json, std::vector<std::string> path) : json_(&json), path_(std::move(path)) {}

  Node at(const std::string& key) const {
    object();
    const auto found = json_->find(key);
    if (found == json_->end()) throw Refusal(path_, fmt::format("\"{}\" is missing", key));
    std::vector<std::string> deeper = path_;
    deeper.push_back(key);
    return {*found, std::move(deeper)};
  }
  // No other keys than these.
  const Node& only(const std::set<std::string>& keys) const {
    object();
    for (const auto& [key, value] : json_->items())
      if (!keys.contains(key)) {
        std::vector<std::string> deeper = path_;
        deeper.push_back(key);
        throw Refusal(deeper,
                      fmt::format("\"{}\" is no key that belongs here", printable_line(key)));
      }
    return *this;
  }
  std::string text() const {
    if (!json_->is_string()) throw Refusal(path_, named() + " is no text");
    return json_->get<std::string>();
  }
  double number() const {
    if (!json_->is_number()) throw Refusal(path_, named() + " is no number");
    const double value = json_->get<double>();
    if (!std::isfinite(value) || value <= 0) throw Refusal(path_, named() + " is not positive");
    return value;
  }
  int count() const {
    if (!json_->is_number_integer() || json_->get<std::int64_t>() < 0 ||
        json_->get<std::int64_t>() > 1'000'000'000)
      throw Refusal(path_, named() + " is no count");
    return json_->get<int>();
  }
  stats::Interval interval() const {
    only({"estimate", "low", "high"});
    const stats::Interval x{at("estimate").number(), at("low").number(), at("high").number()};
    if (!(x.low <= x.estimate && x.estimate <= x.high))
      throw Refusal(path_, named() + " is no interval: low <= estimate <= high does not hold");
    return x;
  }
  const Json& json() const { return *json_; }
  const std::vector<std::string>& path() const { return path_; }
  [[noreturn]] void refuse(const std::string& why) const { throw Refusal(path_, why); }

 private:
  void object() const {
    if (!json_->is_object()) throw Refusal(path_, named() + " is no object");
  }
  std::string named() const {
    return path_.empty() ? "the file" : "\"" + printable_line(path_.back()) + "\"";
  }
  const Json* json_;
  std::vector<std::string> path_;
};

Acceptance read_acceptance(const Node& node) {
  node.only({"run", "timestamp", "git_commit", "content_hash", "rounds", "time_ns", "speedup"});
  Acceptance a;
  a.run = node.at("run").text();
  a.timestamp = node.at("timestamp").text();
  a.git_commit = node.at("git_commit").text();
  a.content_hash = node.at("content_hash").text();
  a.rounds = node.at("rounds").count();
  a.time_ns = node.at("time_ns").interval();
  if (!node.at("speedup").json().is_null()) a.speedup = node.at("speedup").interval();
  return a;
}

ExpectedTarget read_target(const Node& node, const std::string& key, const std::string& name) {
  node.only({"example", "type", "metrics", "metadata", "provenance", "aisp"});
  const Node ours = node.at("aisp");
  ours.only({"device", "signature", "implementations", "checksum"});
  if (ours.at("checksum").text() != checksum_of(key, name, node.json()))
    node.refuse("\"" + printable_line(name) +
                "\" is not as `expectations update` wrote it: its checksum does not fit");
  ExpectedTarget target;
  target.name = node.at("example").text();
  if (target.name != name) node.at("example").refuse("it is called otherwise than its key");
  target.goal = node.at("metadata").at("optimization_goal").text();
  target.device = ours.at("device").text();
  target.signature = ours.at("signature").text();
  const Node provenance = node.at("provenance");
  target.profile = provenance.at("profile_name").text();
  target.validity_profile = provenance.at("validity_profile").text();
  target.environment = provenance.at("execution_environment").text();
  const Node implementations = ours.at("implementations");
  if (!implementations.json().is_object()) implementations.refuse("it is no object");
  for (const auto& [implementation, value] : implementations.json().items()) {
    const Node entry = implementations.at(implementation);
    entry.only({"last", "first"});
    target.implementations[implementation] = {read_acceptance(entry.at("first")),
                                              read_acceptance(entry.at("last"))};
  }
  return target;
}

Acceptance acceptance_of(const RunRecord& run, const ImplementationResult& r,
                         const std::string& now) {
  Acceptance a;
  a.run = run.info.id;
  a.timestamp = now;
  const auto commit = run.info.software.find("git commit");
  a.git_commit = commit == run.info.software.end() ? "" : commit->second;
  a.content_hash = r.content_hash;
  a.rounds = r.rounds;
  a.time_ns = *r.time_ns;
  a.speedup = r.speedup;
  return a;
}

bool usable(const stats::Interval& x) {
  return std::isfinite(x.high) && x.low > 0 && x.low <= x.estimate && x.estimate <= x.high;
}

// What an acceptance needs.
std::string cannot_accept(const ImplementationResult& r) {
  if (!accepted(r)) return "it is " + verdict_word(r);
  if (!r.time_ns || !usable(*r.time_ns)) return "it has no time with an interval";
  if (r.speedup && !usable(*r.speedup)) return "its speedup has no interval";
  return "";
}

// > 1: faster now. By speedups where both have one.
std::optional<stats::Interval> times_faster(const ImplementationResult& now,
                                            const Acceptance& then) {
  if (now.speedup && then.speedup) return quotient(now.speedup, then.speedup);
  return quotient(then.time_ns, now.time_ns);
}

ExpectationCheck check_one(const ExpectedTarget& target, const std::string& name,
                           const TargetResult& result, const ImplementationResult* r) {
  ExpectationCheck check;
  check.target = result.target;
  check.implementation = name;
  const auto expected = target.implementations.find(name);
  if (expected == target.implementations.end()) {
    check.status = ExpectationStatus::new_one;
    return check;
  }
  const Acceptance &last = expected->second.last, &first = expected->second.first;
  check.expected = last.speedup ? last.speedup : std::optional(last.time_ns);
  if (r == nullptr) {
    check.status = ExpectationStatus::missing;
    return check;
  }
  check.now = r->speedup ? r->speedup : r->time_ns;
  if (result.signature != target.signature) {
    check.status = ExpectationStatus::other_work;
    check.note = result.signature.empty() ? "the run has no signature: it is too old"
                                          : "the problem has changed since";
    return check;
  }
  if (!timed_as_usual(result)) {
    check.status = ExpectationStatus::other_work;
    check.note = "it was timed " + result.mode;
    return check;
  }
  if (!accepted(*r)) {
    check.status = ExpectationStatus::not_accepted;
    check.note = "it is " + verdict_word(*r);
    return check;
  }
  if (r->content_hash != last.content_hash) check.note = "other code than what was accepted";
  check.against_last = times_faster(*r, last);
  check.against_first = times_faster(*r, first);
  switch (stats::compare(check.against_last, kChangeMargin)) {
    case stats::Comparison::slower: check.status = ExpectationStatus::slower; return check;
    case stats::Comparison::faster: check.status = ExpectationStatus::faster; break;
    case stats::Comparison::same: check.status = ExpectationStatus::as_expected; break;
    case stats::Comparison::not_enough_evidence: check.status = ExpectationStatus::unsure; break;
  }
  if (check.status != ExpectationStatus::faster &&
      stats::compare(check.against_first, kChangeMargin) == stats::Comparison::slower)
    check.status = ExpectationStatus::drifted;
  return check;
}

}  // namespace

std::string_view name_of(ExpectationStatus status) {
  switch (status) {
    case ExpectationStatus::as_expected: return "as expected";
    case ExpectationStatus::faster: return "faster";
    case ExpectationStatus::slower: return "slower";
    case ExpectationStatus::drifted: return "drifted";
    case ExpectationStatus::unsure: return "not enough evidence";
    case ExpectationStatus::not_accepted: return "not accepted";
    case ExpectationStatus::other_work: return "other work";
    case ExpectationStatus::missing: return "missing";
    case ExpectationStatus::new_one: return "new";
  }
  return "?";
}

bool is_regression(ExpectationStatus status) {
  switch (status) {
    case ExpectationStatus::slower:
    case ExpectationStatus::drifted:
    case ExpectationStatus::not_accepted:
    case ExpectationStatus::other_work:
    case ExpectationStatus::missing: return true;
    default: return false;
  }
}

std::string hardware_key(const RunInfo& run, const std::string& device) {
  const auto fact = [&](const char* name) {
    const auto at = run.machine.find(name);
    return at == run.machine.end() ? std::string() : at->second;
  };
  if (device != "cuda") return "cpu_" + slug(fact("cpu model"));
  const std::string gpu = fact("gpu");
  for (const PublishedGpu& known : published_peaks().gpus)
    for (const std::string& name : known.nvml)
      if (name == gpu && name.rfind("NVIDIA ", 0) == 0)
        return slug(without_memory(name.substr(std::strlen("NVIDIA "))));
  return gpu.empty() ? "gpu_unknown" : slug(gpu);
}

std::filesystem::path expectations_file(const std::filesystem::path& chapters,
                                        const std::string& chapter, const std::string& key) {
  return chapters / chapter / ("expectations_" + key + ".json");
}

Result<Expectations> read_expectations(std::string_view text, const std::string& file) {
  const auto json = parse_json_strictly(text, file, kReading);
  if (!json.ok()) return json.error();
  try {
    const Node root(*json, {});
    root.only({"schema_version", "hardware_key", "examples"});
    if (root.at("schema_version").json() != Json(kSchema))
      root.at("schema_version").refuse(fmt::format("the schema is not {}", kSchema));
    Expectations e;
    e.hardware_key = root.at("hardware_key").text();
    const std::string stem = std::filesystem::path(file).stem().string();
    if (stem != "expectations_" + e.hardware_key)
      root.at("hardware_key").refuse("the file's name is of other hardware");
    const Node examples = root.at("examples");
    if (!examples.json().is_object()) examples.refuse("\"examples\" is no object");
    for (const auto& [name, value] : examples.json().items())
      e.targets[name] = read_target(examples.at(name), e.hardware_key, name);
    return e;
  } catch (const Refusal& refusal) {
    return Error{kReading, fmt::format("{}:{}", file, line_of(text, refusal.path)), refusal.what(),
                 "Take the file from version control, or remove it and accept anew with "
                 "`aisp bench expectations update`"};
  } catch (const Json::exception& e) {
    return Error{kReading, file + ":1", e.what(), ""};
  }
}

std::string expectations_text(const Expectations& expectations) {
  Json json = {{"schema_version", kSchema},
               {"hardware_key", expectations.hardware_key},
               {"examples", Json::object()}};
  for (const auto& [name, target] : expectations.targets)
    json["examples"][name] = json_of(target, expectations.hardware_key);
  return dump(json, 2) + "\n";
}

std::vector<ExpectationCheck> check_expectations(const Expectations& expectations,
                                                 const std::vector<TargetResult>& results) {
  std::vector<ExpectationCheck> checks;
  for (const TargetResult& result : results) {
    const auto at = expectations.targets.find(name_within(result.target));
    const ExpectedTarget none;
    const ExpectedTarget& target = at == expectations.targets.end() ? none : at->second;
    std::set<std::string> met;
    for (const ImplementationResult& r : result.implementations) {
      if (r.part == Part::candidate) continue;
      met.insert(r.implementation);
      checks.push_back(check_one(target, r.implementation, result, &r));
    }
    for (const auto& [name, expected] : target.implementations)
      if (!met.contains(name)) checks.push_back(check_one(target, name, result, nullptr));
  }
  return checks;
}

std::vector<std::string> update_expectations(Expectations& expectations, const RunRecord& run,
                                             const std::vector<TargetResult>& results,
                                             const std::string& now) {
  std::vector<std::string> lines;
  const auto hypervisor = run.info.machine.find("hypervisor");
  for (const TargetResult& result : results) {
    const std::string name = name_within(result.target);
    if (result.signature.empty()) {
      lines.push_back(result.target + ": left out: the run has no signature of it, it is too old");
      continue;
    }
    if (!timed_as_usual(result)) {
      lines.push_back(result.target + ": left out: it was timed " + result.mode +
                      ", and what is expected is cold");
      continue;
    }
    ExpectedTarget next;
    if (const auto at = expectations.targets.find(name); at != expectations.targets.end())
      next = at->second;
    const bool other_work = !next.signature.empty() && next.signature != result.signature;
    if (other_work) {
      lines.push_back(result.target + ": the problem has changed: all of it begins anew");
      next = {};
    }
    next.name = name;
    next.device = result.device;
    next.goal = result.goal;
    next.signature = result.signature;
    next.profile = run.info.profile;
    next.validity_profile = run.info.validity_profile;
    next.environment = hypervisor == run.info.machine.end()        ? "unknown"
                       : hypervisor->second == std::string("none") ? "bare metal"
                                                                   : "virtualized";
    bool any = false;
    for (const ImplementationResult& r : result.implementations) {
      if (r.part == Part::candidate) continue;
      const std::string label = result.target + " " + r.implementation;
      if (const std::string why = cannot_accept(r); !why.empty()) {
        lines.push_back(label + ": left out: " + why);
        continue;
      }
      any = true;
      const Acceptance acceptance = acceptance_of(run, r, now);
      const auto known = next.implementations.find(r.implementation);
      if (known == next.implementations.end()) {
        next.implementations[r.implementation] = {acceptance, acceptance};
        lines.push_back(label + ": accepted for the first time");
      } else {
        known->second.last = acceptance;
        lines.push_back(label + ": accepted");
      }
    }
    if (any) expectations.targets[name] = next;
  }
  return lines;
}

}  // namespace aisp
