#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "guard/window_times.h"
#include "report/printable.h"
#include "report/quantity.h"
#include "report/table.h"
#include "report/verdict_text.h"
#include "stats/order.h"

namespace aisp {

namespace {

std::string md(std::string_view text) { return printable_markdown(text); }

std::string time_or_dash(double ns) { return std::isfinite(ns) && ns != 0 ? human_time(ns) : "–"; }

std::string shell_word(const std::string& word) {
  const bool plain =
      !word.empty() &&
      word.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@") ==
          std::string::npos;
  if (plain) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// Median sealed time per call over the timed windows, on a device (where the hand-over is most of it) less
// what a window costs; 0 when the windows are not at hand, as in a
// result that was read back from the ledger.
double sealed_per_call(const ImplementationResult& r) {
  std::vector<double> per_call;
  for (const Window& w : r.observation.windows)
    if (w.kind == WindowKind::timed && w.calls > 0)
      per_call.push_back(r.observation.on_device
                             ? guard::sealed_per_call(w, r.observation.calibration)
                             : static_cast<double>(w.sealed_ns) / w.calls);
  return per_call.empty() ? 0 : stats::median(per_call);
}

std::string heading(const RunInfo& run, const std::vector<TargetResult>& results, RunState state) {
  std::string out;
  for (const TargetResult& target : results) out += "- **" + md(target_sentence(target)) + "**\n";
  if (results.empty()) out += "Nothing was recorded.\n";
  if (state != RunState::finished)
    out += fmt::format("\nThe run is **{}**: not all of its targets are here.\n", name_of(state));
  out +=
      fmt::format("\nRun `{}`, profile {}, validity {}, started {}, {}.\n", printable_line(run.id),
                  md(run.profile), md(run.validity_profile), md(run.started_at),
                  run.finished_at.empty() ? "not finished" : "finished " + md(run.finished_at));
  return out;
}

std::string findings_section(const std::vector<TargetResult>& results) {
  std::string out =
      "\n## What the guards saw\n\n"
      "A required guard that failed makes the verdict incorrect or dishonest; one that did not run "
      "leaves it unproven.\n";
  for (const TargetResult& target : results)
    for (const ImplementationResult& r : target.implementations) {
      out += fmt::format("\n### {} {}\n\n", md(target.target), md(r.implementation));
      if (!r.sentence.empty()) out += md(r.sentence) + "\n\n";
      if (r.findings.empty()) {
        out += "No findings.\n";
        continue;
      }
      out += "| guard | result | about | required | what it saw |\n|---|---|---|---|---|\n";
      for (const Finding& f : r.findings)
        out += fmt::format("| {} | {} | {} | {} | {} |\n", md(f.guard),
                           f.status == FindingStatus::fail ? "**fail**" : md(to_string(f.status)),
                           to_string(f.kind), f.required ? "yes" : "no", md(f.message));
      if (!r.observation.end_detail.empty())
        out += fmt::format("\nThe worker ended early ({}): {}.\n", md(name_of(r.observation.end)),
                           md(r.observation.end_detail));
      if (!r.observation.last_output.empty())
        out += fmt::format("\nThe last that it printed: {}\n", md(r.observation.last_output));
    }
  return out;
}

// "Of all that: starting workers 0.8 s, warm-up 1.0 s, ..."; empty where nobody noted it.
std::string where_time_went(const std::vector<TargetResult>& results) {
  std::vector<Phase> sums;
  for (const TargetResult& target : results)
    for (const Phase& phase : target.phases) {
      const auto at = std::find_if(sums.begin(), sums.end(),
                                   [&](const Phase& sum) { return sum.name == phase.name; });
      if (at == sums.end())
        sums.push_back(phase);
      else
        at->seconds += phase.seconds;
    }
  if (sums.empty()) return {};
  std::string out;
  for (const Phase& sum : sums)
    out += fmt::format("{}{} {:.1f} s", out.empty() ? "" : ", ", md(sum.name), sum.seconds);
  return "Of all that: " + out + ".\n";
}

std::string clocks_section(const std::vector<TargetResult>& results) {
  std::string out =
      "\n## Three clocks\n\n"
      "Time per call. *claim* is read inside the worker and can be forged; *sealed* is read by the "
      "judge, from GO until the worker is stopped; *slope* is the sealed time that one more call "
      "in "
      "a window costs, without the hand-over.\n\n"
      "| target | implementation | reported | from | claim | sealed | slope | setup | peak memory "
      "| "
      "rounds | processes | calls timed / verified "
      "|\n|---|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|\n";
  for (const TargetResult& target : results)
    for (const ImplementationResult& r : target.implementations)
      out += fmt::format(
          "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} / {} |\n", md(target.target),
          md(r.implementation), r.time_ns ? md(human_time(*r.time_ns)) : "–", md(r.time_source),
          time_or_dash(r.claim_ns), time_or_dash(sealed_per_call(r)), time_or_dash(r.slope_ns),
          time_or_dash(static_cast<double>(r.observation.setup_ns)),
          human_bytes(static_cast<double>(r.observation.memory_peak_bytes)), r.rounds,
          processes_timed(r), r.calls_timed, r.calls_verified);
  out += "\nSampling stopped by a rule that was fixed before the run:";
  for (const TargetResult& target : results)
    if (target.error.empty())
      out += fmt::format(" {} after {:.1f} s ({});", md(target.target), target.elapsed_s,
                         md(target.stop_reason));
  if (out.back() == ';') out.back() = '.';
  return out + "\n" + where_time_went(results);
}

std::string calibration_section(const std::vector<TargetResult>& results) {
  std::string out =
      "\n## Calibration\n\n"
      "What an implementation that does nothing costs here, under the same sandbox and protocol, "
      "and "
      "the ceilings of this machine.\n\n"
      "| target | hand-over (p99) | sealed window ± deviation | one more call | claim of nothing | "
      "windows | peaks |\n|---|---:|---:|---:|---:|---:|---|\n";
  for (const TargetResult& target : results) {
    if (target.implementations.empty()) continue;
    const Observation& seen = target.implementations.front().observation;
    const Calibration& c = seen.calibration;
    const std::string peaks =
        seen.peaks.source.empty()
            ? "unknown"
            : fmt::format("{:.4g} GFLOP/s, {:.4g} GB/s ({})", seen.peaks.flops_per_second / 1e9,
                          seen.peaks.bytes_per_second / 1e9, md(seen.peaks.source));
    out +=
        fmt::format("| {} | {} ({}) | {} ± {} | {} | {} | {} | {} |\n", md(target.target),
                    human_time(c.handover_ns), human_time(c.handover_p99_ns),
                    human_time(c.sealed_ns), human_time(c.sealed_mad_ns), human_time(c.per_call_ns),
                    human_time(c.claim_overhead_ns), c.windows, peaks);
  }
  return out;
}

std::string error_cell(double value) {
  return std::isfinite(value) ? human_number(value) : "not finite";
}

std::string errors_cells(const CompareStats& stats) {
  if (stats.elements == 0) return "– | – | – | –";
  const double rms = std::sqrt(stats.error_sum_squares / static_cast<double>(stats.elements));
  return fmt::format("{} of {} | {} | {} | {}", stats.mismatches, stats.elements,
                     error_cell(stats.max_abs_error), error_cell(stats.max_allowed_ratio),
                     error_cell(rms));
}

std::string accuracy_section(const std::vector<TargetResult>& results) {
  std::string out =
      "\n## Accuracy\n\n"
      "Over all calls that were compared. *of allowed* is the largest error divided by the error "
      "that the tolerance allows there: above 1 is wrong.\n\n"
      "| target | implementation | output | tolerance | against | wrong elements | largest error | "
      "of allowed | RMS error |\n|---|---|---|---|---|---:|---:|---:|---:|\n";
  std::string reasons;
  for (const TargetResult& target : results)
    for (const ImplementationResult& r : target.implementations)
      for (const OutputError& o : r.observation.outputs) {
        const auto add_row = [&](const char* against, const CompareStats& stats) {
          out += fmt::format("| {} | {} | {} ({}) | {} | {} | {} |\n", md(target.target),
                             md(r.implementation), md(o.name), md(o.dtype), md(o.tolerance),
                             against, errors_cells(stats));
        };
        if (o.against_reference.elements > 0) add_row("reference", o.against_reference);
        if (o.against_baseline.elements > 0) add_row("baseline", o.against_baseline);
        if (o.against_reference.elements + o.against_baseline.elements == 0)
          add_row("nothing", CompareStats{});
        const std::string reason = fmt::format("- {} `{}`: {} – {}\n", md(target.target),
                                               printable_line(o.name), md(o.tolerance), md(o.why));
        if (!o.why.empty() && reasons.find(reason) == std::string::npos) reasons += reason;
      }
  if (!reasons.empty())
    out += "\nTolerances that are looser than the dtype's, and why:\n\n" + reasons;
  return out;
}

std::string facts(const std::map<std::string, std::string>& values) {
  std::string out;
  for (const auto& [name, value] : values) out += fmt::format("| {} | {} |\n", md(name), md(value));
  return out;
}

std::string environment_section(const RunInfo& run, const std::vector<TargetResult>& results) {
  std::string out = "\n## Environment\n\n";
  out += fmt::format("Isolation: {}\n", md(run.isolation));
  for (const TargetResult& target : results)
    if (!target.isolation.empty() && target.isolation != run.isolation)
      out += fmt::format("- {}: {}\n", md(target.target), md(target.isolation));
  out += "\n| | |\n|---|---|\n" + facts(run.machine) + facts(run.software);
  if (!run.environment.empty()) {
    out += "\n";
    for (const Finding& f : run.environment)
      out += fmt::format("- {} {}: {}\n", md(f.guard), md(to_string(f.status)), md(f.message));
  }
  return out;
}

// The command as it was given, with the key that makes the same inputs.
std::string repeat_section(const RunInfo& run) {
  std::string out = "\n## How to repeat it\n\n";
  if (run.finished_at.empty() || run.key_hex.empty())
    return out + "The key of the inputs is given when the run has ended.\n";
  std::string command;
  for (std::size_t i = 0; i < run.argv.size(); ++i) {
    if (run.argv[i] == "--key") {
      ++i;  // its value
      continue;
    }
    if (run.argv[i].starts_with("--key=")) continue;
    command += (command.empty() ? "" : " ") + shell_word(printable_line(run.argv[i]));
  }
  out += fmt::format("```sh\n{} --key {}\n```\n", command, printable_line(run.key_hex));
  out += fmt::format("\nConfiguration `{}`:\n\n| option | value |\n|---|---|\n{}",
                     printable_line(run.config_hash), facts(run.config));
  out += "\n";
  return out;
}

std::string files_section(const std::vector<TargetResult>& results) {
  std::string out =
      "\n## What was run\n\n| target | implementation | file | BLAKE2b-256 |\n|---|---|---|---|\n";
  for (const TargetResult& target : results)
    for (const ImplementationResult& r : target.implementations)
      out += fmt::format("| {} | {} | {} | {} |\n", md(target.target), md(r.implementation),
                         md(r.file), md(r.content_hash));
  return out;
}

}  // namespace

std::string report_markdown(const RunInfo& run, const std::vector<TargetResult>& results,
                            RunState state) {
  std::string out = "# Benchmark report\n\n" + heading(run, results, state);
  out += "\n## Results\n\n" + results_markdown(results);
  out +=
      "\nTime and speedup are [low estimate high]: the middle is the median, and with 95 % "
      "confidence the true value lies between the other two.\n";
  out += findings_section(results) + clocks_section(results) + calibration_section(results);
  out += accuracy_section(results) + environment_section(run, results) + files_section(results);
  return out + repeat_section(run);
}

}  // namespace aisp
