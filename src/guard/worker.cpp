// worker
//   sees       how the worker ended, if it did before the judge ended it, and what it printed last
//   threshold  none: a worker that is gone has not computed what was asked; one that the judge let go
//              because it took too long (six times --time-limit, at least 60 s; or so long for each call, or in rounds, that
//              others in its match would not be timed often enough) is not proven, nor is one whose run cannot
//              be captured where --graph-replay asks for it, nor one for which the judge could not start a process
//   source     the kernel's report of the process, and the agent's status
//   blind to   why: "killed by SIGKILL" may be the memory limit or the implementation's own kill()
#include <fmt/format.h>

#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {
namespace {

std::string what_happened(WorkerEnd end) {
  switch (end) {
    case WorkerEnd::alive: return "is alive";
    case WorkerEnd::exited: return "ended by itself";
    case WorkerEnd::killed: return "died";
    case WorkerEnd::hung: return "hung";
    case WorkerEnd::failed_call: return "reported a failed call";
    case WorkerEnd::failed_setup: return "failed in setup";
    case WorkerEnd::failed_load: return "could not be loaded";
    case WorkerEnd::over_budget: return "was let go";
    case WorkerEnd::not_capturable: return "cannot be captured";
    case WorkerEnd::not_started: return "was not started";
  }
  return "ended in a way that has no name";
}

}  // namespace

Finding worker(const Observation& o) {
  Finding f{"worker", FindingStatus::not_run, FindingKind::robustness, {}, true};
  if (o.end == WorkerEnd::over_budget) {
    f.message = o.end_detail;
  } else if (o.end == WorkerEnd::not_capturable) {
    f.message = "its run cannot be captured into a CUDA graph, so there is nothing to replay: " +
                first_line(o.end_detail, 300);
  } else if (o.end == WorkerEnd::not_started) {
    f.message = "this machine could not start a process for it: " + first_line(o.end_detail, 300);
  } else if (o.end != WorkerEnd::alive) {
    f.status = FindingStatus::fail;
    f.message = "the implementation " + what_happened(o.end);
    if (!o.end_detail.empty()) f.message += ": " + first_line(o.end_detail, 300);
    // What an exception says of itself stands in the line after the one that names its type.
    std::string_view printed = o.last_output;
    std::string said = first_line(printed, 160);
    if (const std::size_t what = printed.find("what():");
        what != std::string_view::npos && said.find("what():") == std::string::npos)
      said += (said.empty() ? "" : " ") + first_line(printed.substr(what), 160);
    if (!said.empty()) f.message += fmt::format("; it printed \"{}\"", said);
    if (o.end == WorkerEnd::failed_setup || o.end == WorkerEnd::failed_call)
      f.message +=
          " (memory, files and system calls are limited: docs/candidate.md says what is allowed)";
  } else if (o.windows.empty()) {
    f.message = "it was never asked to run";
  } else {
    f.status = FindingStatus::pass;
    f.message = fmt::format("alive after {}",
                            counted(static_cast<std::int64_t>(o.windows.size()), "window"));
  }
  return f;
}

}  // namespace aisp::guard
