// The words under which enumerators stand in the ledger and in JSON, both ways.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "judge/result.h"

namespace aisp {

enum class RunState { running, finished, interrupted };

constexpr std::string_view name_of(RunState s) {
  switch (s) {
    case RunState::running: return "running";
    case RunState::finished: return "finished";
    case RunState::interrupted: return "interrupted";
  }
  return "?";
}

constexpr std::string_view name_of(Part p) {
  switch (p) {
    case Part::baseline: return "baseline";
    case Part::optimized: return "optimized";
    case Part::ceiling: return "ceiling";
    case Part::candidate: return "candidate";
    case Part::reference_serial: return "reference_serial";
  }
  return "?";
}

constexpr std::string_view name_of(WindowKind k) {
  switch (k) {
    case WindowKind::pilot: return "pilot";
    case WindowKind::timed: return "timed";
    case WindowKind::replay: return "replay";
    case WindowKind::probe: return "probe";
    case WindowKind::alone: return "alone";
    case WindowKind::one_by_one: return "one_by_one";
    case WindowKind::plain: return "plain";
  }
  return "?";
}

constexpr std::string_view name_of(WorkerEnd e) {
  switch (e) {
    case WorkerEnd::alive: return "alive";
    case WorkerEnd::exited: return "exited";
    case WorkerEnd::killed: return "killed";
    case WorkerEnd::hung: return "hung";
    case WorkerEnd::failed_call: return "failed_call";
    case WorkerEnd::failed_setup: return "failed_setup";
    case WorkerEnd::failed_load: return "failed_load";
    case WorkerEnd::over_budget: return "over_budget";
    case WorkerEnd::not_capturable: return "not_capturable";
    case WorkerEnd::not_started: return "not_started";
  }
  return "?";
}

constexpr std::string_view name_of(FindingStatus s) { return to_string(s); }
constexpr std::string_view name_of(FindingKind k) { return to_string(k); }
constexpr std::string_view name_of(stats::Comparison c) { return stats::to_string(c); }

// nullopt for a word that is none of them.
template <class Enum>
constexpr std::optional<Enum> from_name(std::string_view name) {
  for (int i = 0; i < 16; ++i) {
    const std::string_view candidate = name_of(static_cast<Enum>(i));
    if (candidate == "?") return std::nullopt;
    if (candidate == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace aisp
