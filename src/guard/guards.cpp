// The list of all guards. An exception in one of them is a finding, not the end of the run.
#include "guard/guards.h"

#include <array>
#include <exception>
#include <string>

namespace aisp::guard {
namespace {

struct Entry {
  const char* name;
  FindingKind kind;
  Finding (*look)(const Observation&);
};

constexpr std::array kGuards = {
    Entry{"values", FindingKind::correctness, values},
    Entry{"precision", FindingKind::correctness, precision},
    Entry{"invariants", FindingKind::correctness, invariants},
    Entry{"coverage", FindingKind::correctness, coverage},
    Entry{"inputs", FindingKind::correctness, inputs},
    Entry{"bounds", FindingKind::correctness, bounds},
    Entry{"aliasing", FindingKind::correctness, aliasing},
    Entry{"poison", FindingKind::honesty, poison},
    Entry{"quiet", FindingKind::honesty, quiet},
    Entry{"device_quiet", FindingKind::honesty, device_quiet},
    Entry{"after_done", FindingKind::honesty, after_done},
    Entry{"memory", FindingKind::robustness, memory},
    Entry{"claim", FindingKind::honesty, claim},
    Entry{"slope", FindingKind::honesty, slope},
    Entry{"alone", FindingKind::honesty, alone},
    Entry{"one_by_one", FindingKind::honesty, one_by_one},
    Entry{"progress", FindingKind::honesty, progress},
    Entry{"physics", FindingKind::honesty, physics},
    Entry{"determinism", FindingKind::correctness, determinism},
    Entry{"replay", FindingKind::honesty, replay},
    Entry{"throttling", FindingKind::environment, throttling},
    Entry{"worker", FindingKind::robustness, worker},
    Entry{"isolation", FindingKind::environment, isolation},
    Entry{"config", FindingKind::environment, config},
};

}  // namespace

std::vector<Finding> run_all(const Observation& o) {
  std::vector<Finding> findings;
  for (const Entry& guard : kGuards) {
    try {
      findings.push_back(guard.look(o));
    } catch (const std::exception& e) {
      findings.push_back({guard.name, FindingStatus::not_run, guard.kind,
                          std::string("the guard itself failed: ") + e.what(), true});
    }
  }
  return findings;
}

}  // namespace aisp::guard
