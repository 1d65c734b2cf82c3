#include "report/html_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "guard/window_times.h"
#include "report/chart.h"
#include "report/json.h"
#include "report/quantity.h"
#include "report/verdict_text.h"
#include "stats/order.h"

namespace aisp {
namespace {

using chart::html;

constexpr const char* kStyle =
#include "report/html_style.inc"
    ;

// ---- numbers

int color_of(std::size_t index, const ImplementationResult& r) {
  return r.part == Part::baseline ? 0 : 1 + static_cast<int>((index - 1) % 7);
}

// Sealed times per call over the timed windows, and when they began, in seconds from the first one.
struct Samples {
  std::vector<double> ns, at_s;
};
Samples samples_of(const ImplementationResult& r, std::int64_t first_ns) {
  Samples samples;
  for (const Window& w : r.observation.windows) {
    if (w.kind != WindowKind::timed || w.calls <= 0) continue;
    samples.ns.push_back(guard::sealed_per_call(w, r.observation.calibration));
    samples.at_s.push_back(static_cast<double>(w.started_ns - first_ns) * 1e-9);
  }
  return samples;
}

std::int64_t first_window(const TargetResult& target) {
  std::int64_t first = 0;
  for (const ImplementationResult& r : target.implementations)
    for (const Window& w : r.observation.windows)
      if (w.kind == WindowKind::timed && (first == 0 || w.started_ns < first)) first = w.started_ns;
  return first;
}

double work_per_second(double work, const ImplementationResult& r) {
  return r.time_ns && r.time_ns->estimate > 0 ? work / r.time_ns->estimate * 1e9 : 0;
}

NamedPeaks peaks_of(const VerifyReport& report, std::size_t index) {
  if (index < report.peaks.size() && report.peaks[index]) return *report.peaks[index];
  const TargetResult& target = report.targets[index].result;
  if (!report.gpu.empty() || target.implementations.empty()) return {};
  const MachinePeaks& p = target.implementations.front().observation.peaks;
  return {"this machine", p.flops_per_second, "", p.bytes_per_second, p.source};
}

// How near the time comes to the least that the peaks allow; and which of the two binds. 0 = not known.
struct Place {
  double fraction = 0;
  bool by_flops = false;
};
Place place_of(const ImplementationResult& r, const NamedPeaks& peaks) {
  if (!r.time_ns || r.time_ns->estimate <= 0) return {};
  const Observation& o = r.observation;
  const double flops = peaks.flops_per_second > 0 ? o.flops / peaks.flops_per_second * 1e9 : 0;
  const double bytes = peaks.bytes_per_second > 0 ? o.bytes / peaks.bytes_per_second * 1e9 : 0;
  if (flops <= 0 && bytes <= 0) return {};
  return {std::max(flops, bytes) / r.time_ns->estimate, flops > bytes};
}

std::string rate(double per_second, const char* unit) {
  const char* prefix = "";
  for (const char* next : {"k", "M", "G", "T", "P"}) {
    if (per_second < 1000) break;
    per_second /= 1000;
    prefix = next;
  }
  return fmt::format("{:.3g} {}{}", per_second, prefix, unit);
}

std::string time_text(double ns) { return human_time(ns); }

std::string times(double x) { return fmt::format("{:.3g}×", x); }

// ---- words

const char* class_of(const ImplementationResult& r) {
  return refused(r) ? "bad" : accepted(r) ? "good" : "open";
}

std::string verdict_html(const ImplementationResult& r) {
  const char* sign = refused(r) ? "✗" : accepted(r) ? "✓" : "?";
  return fmt::format("<span class=\"verdict {}\">{} {}</span>", class_of(r), sign,
                     html(verdict_word(r)));
}

std::string anchor(std::size_t index) { return fmt::format("t{}", index + 1); }

std::string figure(const std::string& caption, const std::string& plot,
                   const std::string& understand) {
  const std::string body =
      plot.empty() ? "<p class=\"soft\">Nothing was recorded to show here.</p>\n" : plot;
  return fmt::format(
      "<figure><figcaption>{}</figcaption>\n{}<p class=\"understand\"><b>Understanding this:</b> "
      "{}</p></figure>\n",
      html(caption), body, html(understand));
}

// ---- the parts of a target

std::string distribution(const TargetResult& target) {
  std::vector<chart::Row> rows;
  double low = INFINITY, high = 0;
  for (std::size_t i = 0; i < target.implementations.size(); ++i) {
    const ImplementationResult& r = target.implementations[i];
    chart::Row row{r.implementation, color_of(i, r), samples_of(r, 0).ns, {}, {}, {}, {}};
    if (r.time_ns) {
      row.low = r.time_ns->low;
      row.at = r.time_ns->estimate;
      row.high = r.time_ns->high;
      row.note = short_time(*r.time_ns);
      low = std::min(low, r.time_ns->estimate);
      high = std::max(high, r.time_ns->estimate);
    } else if (row.samples.empty()) {
      row.note = "not timed";
    }
    rows.push_back(std::move(row));
  }
  return figure("Time per call",
                chart::rows("Distribution of the time per call", rows,
                            {"time per call, sealed clock", time_text, high > 8 * low, {}, ""}),
                "each dot is one timed window, by the judge's clock; the hill is how often that "
                "time was seen. The bar is "
                "the 95 % interval of the median: it says how well the middle is known, not how "
                "far single calls "
                "spread. No window is left out; those beyond the plot are counted.");
}

std::string speedups(const TargetResult& target) {
  std::vector<chart::Row> rows;
  double low = INFINITY, high = 0;
  for (std::size_t i = 0; i < target.implementations.size(); ++i) {
    const ImplementationResult& r = target.implementations[i];
    if (!r.speedup) continue;
    rows.push_back({r.implementation,
                    color_of(i, r),
                    {},
                    r.speedup->low,
                    r.speedup->estimate,
                    r.speedup->high,
                    short_speedup(*r.speedup)});
    low = std::min(low, r.speedup->estimate);
    high = std::max(high, r.speedup->estimate);
  }
  return figure(
      "Speedup against the baseline",
      chart::rows(
          "Speedup intervals", rows,
          {"baseline time / this time", times, high > 8 * low, 1.0, "as fast as the baseline"}),
      "the ratio is taken round by round, on the same inputs, and the bar is its 95 % interval, "
      "widened "
      "for the number of implementations compared. Right of the dashed line is faster. A bar that "
      "touches the line proves neither.");
}

std::string clocks(const TargetResult& target) {
  std::vector<chart::MarkedRow> rows;
  double low = INFINITY, high = 0;
  for (std::size_t i = 0; i < target.implementations.size(); ++i) {
    const ImplementationResult& r = target.implementations[i];
    const auto sealed = samples_of(r, 0).ns;
    chart::MarkedRow row{r.implementation, color_of(i, r), {}};
    if (!sealed.empty()) row.marks.push_back({stats::median(sealed), "sealed", 0});
    if (r.slope_ns > 0) row.marks.push_back({r.slope_ns, "slope", 1});
    if (r.claim_ns > 0) row.marks.push_back({r.claim_ns, "claim", 2});
    for (const chart::Mark& mark : row.marks) {
      low = std::min(low, mark.at);
      high = std::max(high, mark.at);
    }
    if (!row.marks.empty()) rows.push_back(std::move(row));
  }
  return figure(
      "Three clocks",
      chart::marks("The three clocks", rows, {"time per call", time_text, high > 8 * low, {}, ""}),
      "the sealed clock is the judge's and cannot be forged; the slope, from windows of two sizes, "
      "is the judge's, too, "
      "without the cost of a hand-over; the claim is what the implementation's process says. They "
      "should "
      "lie on each other. A claim to the left of the others is refuted by them.");
}

std::string over_time(const TargetResult& target) {
  std::vector<chart::Series> series;
  const std::int64_t first = first_window(target);
  double low = INFINITY, high = 0;
  for (std::size_t i = 0; i < target.implementations.size(); ++i) {
    const ImplementationResult& r = target.implementations[i];
    Samples s = samples_of(r, first);
    if (s.ns.empty()) continue;
    low = std::min(low, stats::median(s.ns));
    high = std::max(high, stats::median(s.ns));
    series.push_back({r.implementation, color_of(i, r), std::move(s.at_s), std::move(s.ns)});
  }
  return figure(
      "Over the run",
      chart::scatter("Time per call over the run", series, "seconds since the first timed window",
                     {"time per call", time_text, high > 8 * low, {}, ""}),
      "a level band is a quiet machine. A slope is drift (heat, clocks), steps are a machine that "
      "changes "
      "its clock, single high dots are interruptions. All implementations run in each round, so "
      "that "
      "drift hits all alike.");
}

// What the device told, on the same axis of time.
std::string device_over_time(const TargetResult& target) {
  if (target.device_readings.empty()) {
    if (target.device == "cpu") return {};
    return "<p class=\"small soft\">Clocks and power of the device are not in this record.</p>\n";
  }
  const std::int64_t first = first_window(target);
  chart::Series clock{"clock", 0, {}, {}}, held{"clock, held down", 3, {}, {}};
  chart::Series power{"power", 1, {}, {}}, heat{"temperature", 2, {}, {}};
  for (const DeviceReading& r : target.device_readings) {
    const double at_s = static_cast<double>(r.at_ns - first) * 1e-9;
    const auto add = [at_s](chart::Series& to, double value) {
      if (value < 0) return;
      to.x.push_back(at_s);
      to.y.push_back(value);
    };
    add(r.slowed ? held : clock, r.core_mhz);
    add(power, r.power_w);
    add(heat, r.temperature_c);
  }
  const auto plot = [](const std::string& title, std::vector<chart::Series> series,
                       const std::string& label, const char* unit) {
    std::erase_if(series, [](const chart::Series& s) { return s.y.empty(); });
    if (series.empty()) return std::string();
    return chart::scatter(
        title, series, "seconds since the first timed window",
        {label, [unit](double v) { return fmt::format("{:.0f} {}", v, unit); }, false, {}, ""});
  };
  return figure("Clock of the device", plot("Clock over the run", {clock, held}, "clock", "MHz"),
                "a level line is a device that kept its clock, and times can be compared. Dots of "
                "another colour: it was held down (by "
                "its power limit or by heat), and both sides were slower; the guard throttling "
                "counts how many windows "
                "that were.") +
         figure("Power of the device", plot("Power over the run", {power}, "power", "W"),
                "near its limit a device lowers its clock. A long climb is a device that was still "
                "warming up. Read "
                "between windows only, so that reading disturbs none.") +
         figure("Temperature of the device",
                plot("Temperature over the run", {heat}, "temperature", "°C"),
                "a steady climb says that the run began cold. No round is dropped for it: both "
                "sides ran in each, so the ratio "
                "holds; their times alone are those of a device that warms up.");
}

std::string accuracy(const TargetResult& target) {
  std::vector<chart::Bar> bars;
  for (std::size_t i = 0; i < target.implementations.size(); ++i) {
    const ImplementationResult& r = target.implementations[i];
    for (const OutputError& output : r.observation.outputs) {
      const CompareStats& s = output.against_reference;
      if (s.elements == 0) continue;
      const double ratio = s.max_allowed_ratio;
      const bool exact = ratio == 0;
      bars.push_back({fmt::format("{} {}", r.implementation, output.name), color_of(i, r),
                      exact ? 1e-4 : std::clamp(ratio, 1e-4, 1e4),
                      exact                  ? "no difference"
                      : std::isfinite(ratio) ? fmt::format("{:.3g}", ratio)
                                             : "not comparable"});
    }
  }
  return figure(
      "Tolerance and error found",
      chart::bars("Largest error in units of the tolerance", bars,
                  {"largest error / allowed error", [](double v) { return fmt::format("{:g}", v); },
                   true, 1.0, "the tolerance"}),
      "the worst element of all calls that the reference judged, in units of what the problem "
      "allows. Left of the "
      "dashed line is right; how far left is how much room there is. Bars end at 0.0001 and "
      "10000.");
}

std::string roofline(const TargetResult& target, const NamedPeaks& peaks) {
  std::vector<chart::Bar> bars;
  for (std::size_t i = 0; i < target.implementations.size(); ++i) {
    const ImplementationResult& r = target.implementations[i];
    const Place place = place_of(r, peaks);
    if (place.fraction <= 0) continue;
    const Observation& o = r.observation;
    bars.push_back({r.implementation, color_of(i, r), 100 * place.fraction,
                    fmt::format("{:.0f} % · {} · {}", 100 * place.fraction,
                                rate(work_per_second(o.flops, r), "FLOP/s"),
                                rate(work_per_second(o.bytes, r), "B/s"))});
  }
  std::string against = peaks.name.empty() ? "the peaks" : peaks.name;
  std::string understand = fmt::format(
      "100 % would be the least time in which {} can do the declared operations or move the "
      "declared bytes, "
      "whichever takes longer",
      against);
  if (peaks.flops_per_second > 0)
    understand += fmt::format("; {}{}", rate(peaks.flops_per_second, "FLOP/s"),
                              peaks.flops_dtype.empty() ? "" : " (" + peaks.flops_dtype + ")");
  if (peaks.bytes_per_second > 0)
    understand += fmt::format("{} {}", peaks.flops_per_second > 0 ? " and" : ";",
                              rate(peaks.bytes_per_second, "B/s"));
  if (!peaks.source.empty()) understand += fmt::format(" ({})", peaks.source);
  understand +=
      ". More than 100 % means that data stayed in caches, or narrower arithmetic than the peak's.";
  return figure(
      fmt::format("Distance to the roofline of {}", against),
      chart::bars("Share of the roofline", bars,
                  {"share of the roofline, %", [](double v) { return fmt::format("{:g}", v); },
                   false, 100.0, "the roofline"}),
      understand);
}

std::string overview_rows(const VerifyReport& report, std::size_t index, bool with_target) {
  const TargetResult& target = report.targets[index].result;
  std::string text;
  const NamedPeaks peaks = peaks_of(report, index);
  for (const ImplementationResult& r : target.implementations) {
    const Place place = place_of(r, peaks);
    text += accepted(r) ? "<tr>" : "<tr class=\"no\">";
    if (with_target)
      text += fmt::format("<td data-h=\"target\"><a href=\"#{}\">{}</a></td>", anchor(index),
                          html(target.target));
    text += fmt::format(
        "<td data-h=\"implementation\"><span>{}</span></td><td class=\"n\" data-h=\"time per "
        "call\">{}</td><td class=\"n\" "
        "data-h=\"speedup\">{}</td><td class=\"n\" data-h=\"of the roofline\">{}</td><td "
        "data-h=\"verdict\">{}</td></tr>\n",
        html(r.implementation), r.time_ns ? html(human_time(*r.time_ns)) : "–",
        r.speedup ? html(human_speedup(*r.speedup)) : "–",
        place.fraction > 0 ? html(human_fraction(place.fraction)) : "–", verdict_html(r));
  }
  if (!target.error.empty())
    text += fmt::format(
        "<tr><td data-h=\"target\"><a href=\"#{}\">{}</a></td><td colspan=\"5\" "
        "class=\"bad\">could not be "
        "run: {}</td></tr>\n",
        anchor(index), html(target.target), html(target.error));
  return text;
}

std::string table_head(bool with_target) {
  return fmt::format(
      "<div class=\"wide\"><table class=\"cards\"><thead><tr>{}<th>implementation</th><th "
      "class=\"n\">time per call</th>"
      "<th class=\"n\">speedup</th><th class=\"n\">of the "
      "roofline</th><th>verdict</th></tr></thead><tbody>\n",
      with_target ? "<th>target</th>" : "");
}

std::string notable(const TargetResult& target) {
  std::string text;
  for (const ImplementationResult& r : target.implementations) {
    const auto findings = notable_findings(r);
    if (findings.empty() && accepted(r)) continue;
    text += fmt::format("<div class=\"box {}\"><p><b>{}</b> {}: {}</p>", class_of(r),
                        html(r.implementation), verdict_html(r), html(r.sentence));
    for (const Finding* f : findings)
      text += fmt::format("<p>{} <b>{}</b>: {}</p>", f->status == FindingStatus::fail ? "✗" : "?",
                          html(f->guard), html(f->message));
    text += "</div>\n";
  }
  return text;
}

// Guards by implementations: a sign each; and what they said, folded.
std::string findings(const TargetResult& target) {
  std::vector<std::string> guards;
  for (const ImplementationResult& r : target.implementations)
    for (const Finding& f : r.findings)
      if (std::find(guards.begin(), guards.end(), f.guard) == guards.end())
        guards.push_back(f.guard);
  if (guards.empty()) return {};
  std::string text =
      "<h3>Findings</h3>\n<div class=\"wide\"><table class=\"guards\"><thead><tr><th>guard</th>";
  for (const ImplementationResult& r : target.implementations)
    text += fmt::format("<th class=\"s\">{}</th>", html(r.implementation));
  text += "</tr></thead><tbody>\n";
  for (const std::string& guard : guards) {
    text += fmt::format("<tr><td>{}</td>", html(guard));
    for (const ImplementationResult& r : target.implementations) {
      std::string cell = "·", kind = "soft";
      for (const Finding& f : r.findings) {
        if (f.guard != guard) continue;
        cell = f.status == FindingStatus::pass ? "✓" : f.status == FindingStatus::fail ? "✗" : "?";
        kind = f.status == FindingStatus::pass   ? "good"
               : f.status == FindingStatus::fail ? "bad"
                                                 : "open";
        if (!f.required && f.status == FindingStatus::not_run) kind = "soft";
        if (!f.required) cell += "<span class=\"soft\">*</span>";
      }
      text += fmt::format("<td class=\"s {}\">{}</td>", kind, cell);
    }
    text += "</tr>\n";
  }
  text +=
      "</tbody></table></div>\n<p class=\"small soft\">✓ passed · ✗ failed · ? could not look · * "
      "is not needed for "
      "the verdict</p>\n<details><summary>What each guard said</summary>\n";
  for (const ImplementationResult& r : target.implementations) {
    text += fmt::format("<h3>{}</h3>\n<dl class=\"small\">", html(r.implementation));
    for (const Finding& f : r.findings)
      text += fmt::format("<dt>{} {}</dt><dd>{}</dd>",
                          f.status == FindingStatus::pass   ? "✓"
                          : f.status == FindingStatus::fail ? "✗"
                                                            : "?",
                          html(f.guard), html(f.message));
    text += "</dl>\n";
  }
  return text + "</details>\n";
}

std::string tolerances(const TargetResult& target) {
  std::string text;
  if (target.implementations.empty()) return text;
  for (const OutputError& output : target.implementations.front().observation.outputs) {
    text += fmt::format("<p class=\"small\">Output <code>{}</code>, {}: allowed {}",
                        html(output.name), html(output.dtype), html(output.tolerance));
    if (!output.why.empty())
      text += fmt::format(", looser than usual because of “{}”", html(output.why));
    text += ".</p>\n";
  }
  return text;
}

void pair(std::string& text, std::string_view name, std::string_view value) {
  if (!value.empty()) text += fmt::format("<dt>{}</dt><dd>{}</dd>", html(name), html(value));
}

std::string provenance(const RecordedTarget& recorded) {
  const TargetResult& target = recorded.result;
  const RunInfo& run = recorded.run;
  std::string text = "<details><summary>Where this comes from</summary>\n<dl class=\"small\">";
  pair(text, "run", run.id);
  pair(text, "from", run.started_at + (run.finished_at.empty() ? "" : " to " + run.finished_at));
  pair(text, "device", target.device);
  pair(text, "isolation", target.isolation);
  pair(text, "stopped", fmt::format("{}, after {:.1f} s", target.stop_reason, target.elapsed_s));
  pair(text, "key", run.finished_at.empty() ? "" : run.key_hex);
  pair(text, "configuration", run.config_hash);
  for (const auto& [name, value] : run.machine) pair(text, name, value);
  for (const auto& [name, value] : run.software) pair(text, name, value);
  for (const ImplementationResult& r : target.implementations)
    pair(text, r.implementation,
         fmt::format("content {}, {} rounds, {} calls timed, {} verified", r.content_hash, r.rounds,
                     r.calls_timed, r.calls_verified));
  text += "</dl>\n";
  if (!run.environment.empty()) {
    text += "<h3>Environment</h3>\n<dl class=\"small\">";
    for (const Finding& f : run.environment)
      text += fmt::format("<dt>{} {}</dt><dd>{}</dd>",
                          f.status == FindingStatus::pass   ? "✓"
                          : f.status == FindingStatus::fail ? "✗"
                                                            : "?",
                          html(f.guard), html(f.message));
    text += "</dl>\n";
  }
  return text + "</details>\n";
}

std::string section(const VerifyReport& report, std::size_t index) {
  const RecordedTarget& recorded = report.targets[index];
  const TargetResult& target = recorded.result;
  std::string text = fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n<p class=\"soft\">{}</p>\n",
                                 anchor(index), html(target.target), html(target.summary));
  text += fmt::format("<p class=\"lead\">{}</p>\n", html(target_sentence(target)));
  if (!target.error.empty()) {
    text += fmt::format("<div class=\"box bad\"><p>It could not be run: {}</p></div>\n",
                        html(target.error));
    return text + provenance(recorded) + "</section>\n";
  }
  if (!target.isolation.empty() && target.isolation != "full")
    text += fmt::format("<div class=\"box open\"><p>Isolation was {}.</p></div>\n",
                        html(target.isolation));
  text += notable(target);
  text += table_head(false) + overview_rows(report, index, false) + "</tbody></table></div>\n";
  text += "<div class=\"plots\">\n" + distribution(target) + speedups(target) + clocks(target) +
          over_time(target) + device_over_time(target) + accuracy(target) +
          roofline(target, peaks_of(report, index)) + "</div>\n";
  return text + tolerances(target) + findings(target) + provenance(recorded) + "</section>\n";
}

// ---- JSON

Json interval_or_null(double value) {
  return std::isfinite(value) && value > 0 ? Json(value) : Json(nullptr);
}

Json distribution_json(const std::vector<double>& ns) {
  if (ns.empty() || !stats::all_finite(ns)) return nullptr;
  Json json = {{"windows", ns.size()}};
  for (const auto& [name, q] : std::map<std::string, double>{{"min", 0},
                                                             {"p05", 0.05},
                                                             {"p25", 0.25},
                                                             {"p50", 0.5},
                                                             {"p75", 0.75},
                                                             {"p95", 0.95},
                                                             {"max", 1}})
    json[name] = stats::quantile(ns, q);
  return json;
}

}  // namespace

std::string verify_report_html(const VerifyReport& report) {
  std::vector<TargetResult> results;
  std::vector<std::string> runs;
  for (const RecordedTarget& t : report.targets) {
    TargetResult slim = t.result;
    for (ImplementationResult& r : slim.implementations) r.observation.windows.clear();
    results.push_back(std::move(slim));
    if (std::find(runs.begin(), runs.end(), t.run.id) == runs.end()) runs.push_back(t.run.id);
  }
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<title>aisp: verification report</title>\n<style>";
  text += kStyle;
  text += "</style></head>\n<body><main>\n<h1>Verification report</h1>\n";
  text += fmt::format("<p class=\"lead\">{}</p>\n", html(closing_sentence(results)));
  text += fmt::format(
      "<p class=\"soft small\">{} target{} of {} run{} in <code>{}</code>, written {} by aisp {}.",
      report.targets.size(), report.targets.size() == 1 ? "" : "s", runs.size(),
      runs.size() == 1 ? "" : "s", html(report.ledger), html(report.generated_at),
      html(report.version));
  if (!report.gpu.empty())
    text += fmt::format(" Results are placed against the peaks of {}.", html(report.gpu));
  text += "</p>\n";
  if (const std::string partial = partial_isolation(results); !partial.empty())
    text += fmt::format("<div class=\"box open\"><p>{}</p></div>\n", html(partial));
  text += table_head(true);
  for (std::size_t i = 0; i < report.targets.size(); ++i) text += overview_rows(report, i, true);
  text +=
      "</tbody></table></div>\n<p class=\"small soft\">Times and speedups are [low estimate high], "
      "95 %. ✓ is proven "
      "correct and honest, ✗ is refused, ? is not proven: a guard could not look, or not enough "
      "was seen. "
      "Numbers of what is not ✓ are no results.</p>\n";
  for (std::size_t i = 0; i < report.targets.size(); ++i) text += section(report, i);
  return text + "</main></body></html>\n";
}

Json verify_report_json(const VerifyReport& report) {
  Json json = Json::object();
  json["schema_version"] = 1;
  json["generated_at"] = report.generated_at;
  json["ledger"] = report.ledger;
  json["gpu"] = report.gpu.empty() ? Json(nullptr) : Json(report.gpu);
  json["targets"] = Json::array();
  for (std::size_t i = 0; i < report.targets.size(); ++i) {
    const RecordedTarget& recorded = report.targets[i];
    const NamedPeaks peaks = peaks_of(report, i);
    Json target = Json::object();
    target["target"] = recorded.result.target;
    target["device"] = recorded.result.device;
    target["run"] = recorded.run.id;
    target["started_at"] = recorded.run.started_at;
    target["error"] = recorded.result.error.empty() ? Json(nullptr) : Json(recorded.result.error);
    target["sentence"] = target_sentence(recorded.result);
    target["isolation"] = recorded.result.isolation;
    target["machine"] = recorded.run.machine;
    target["software"] = recorded.run.software;
    target["device_readings"] = Json::array();
    for (const DeviceReading& r : recorded.result.device_readings)
      target["device_readings"].push_back(
          {{"at_s", static_cast<double>(r.at_ns - first_window(recorded.result)) * 1e-9},
           {"core_mhz", interval_or_null(r.core_mhz)},
           {"power_w", interval_or_null(r.power_w)},
           {"temperature_c", interval_or_null(r.temperature_c)},
           {"slowed", r.slowed}});
    target["environment"] = Json::array();
    for (const Finding& f : recorded.run.environment)
      target["environment"].push_back(
          {{"guard", f.guard}, {"status", to_string(f.status)}, {"message", f.message}});
    target["peaks"] = {{"name", peaks.name},
                       {"flops_per_second", interval_or_null(peaks.flops_per_second)},
                       {"flops_dtype", peaks.flops_dtype},
                       {"bytes_per_second", interval_or_null(peaks.bytes_per_second)},
                       {"source", peaks.source}};
    // The entries of results.json, with what the plots show.
    const Json entries = results_json(recorded.run, {recorded.result})["results"];
    target["implementations"] = Json::array();
    for (std::size_t k = 0; k < recorded.result.implementations.size(); ++k) {
      const ImplementationResult& r = recorded.result.implementations[k];
      const auto ns = samples_of(r, 0).ns;
      const Place place = place_of(r, peaks);
      target["implementations"].push_back(
          {{"result", entries[k]},
           {"verdict", verdict_word(r)},
           {"sealed_ns", ns.empty() ? Json(nullptr) : Json(stats::median(ns))},
           {"distribution_ns", distribution_json(ns)},
           {"roofline_fraction", interval_or_null(place.fraction)},
           {"roofline_bound",
            place.fraction <= 0 ? Json(nullptr) : Json(place.by_flops ? "operations" : "bytes")}});
    }
    json["targets"].push_back(std::move(target));
  }
  return json;
}

}  // namespace aisp
