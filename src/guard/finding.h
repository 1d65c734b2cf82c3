// What a guard saw.
#pragma once

#include <string>
#include <string_view>

namespace aisp {

enum class FindingStatus { pass, fail, not_run };

// What a failure means for the verdict. `policy` and `environment` never make an implementation
// incorrect or dishonest by themselves.
enum class FindingKind { correctness, honesty, robustness, environment, policy };

constexpr std::string_view to_string(FindingStatus s) {
  switch (s) {
    case FindingStatus::pass: return "pass";
    case FindingStatus::fail: return "fail";
    case FindingStatus::not_run: return "not_run";
  }
  return "?";
}

constexpr std::string_view to_string(FindingKind k) {
  switch (k) {
    case FindingKind::correctness: return "correctness";
    case FindingKind::honesty: return "honesty";
    case FindingKind::robustness: return "robustness";
    case FindingKind::environment: return "environment";
    case FindingKind::policy: return "policy";
  }
  return "?";
}

struct Finding {
  std::string guard;  // the guard's name, which is its file's name: "values", "claim"
  FindingStatus status = FindingStatus::not_run;
  FindingKind kind = FindingKind::honesty;
  std::string message;   // one sentence with the numbers that decided
  bool required = true;  // a required guard that fails or did not run decides the verdict
};

}  // namespace aisp
