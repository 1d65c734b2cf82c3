// Loads a problem (trusted) from its shared object and refuses one that is ill-formed.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "aisp/problem.h"
#include "base/result.h"

namespace aisp {

class LoadedProblem {
 public:
  // The problem as it is posed on `device` ("cpu", "cuda"); most are the same on all.
  static Result<std::unique_ptr<LoadedProblem>> load(const std::filesystem::path& file,
                                                     const std::string& device = "cpu");
  // Wraps a problem made in this process (tests).
  explicit LoadedProblem(const Problem& problem) : problem_(&problem) {}
  LoadedProblem(const LoadedProblem&) = delete;
  LoadedProblem& operator=(const LoadedProblem&) = delete;
  ~LoadedProblem();
  const Problem& operator*() const { return *problem_; }
  const Problem* operator->() const { return problem_; }

 private:
  LoadedProblem() = default;
  void* library_ = nullptr;
  const Problem* problem_ = nullptr;
};

// Whether its `validate` is something else than no_invariants.
bool states_invariants(const Problem& problem);

// What is wrong with a problem, part by part; empty = well-formed.
std::vector<std::string> problem_faults(const Problem& problem);

}  // namespace aisp
