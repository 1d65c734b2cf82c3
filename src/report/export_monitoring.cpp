// JUnit XML and OpenMetrics text.
#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <functional>

#include "report/export.h"
#include "report/printable.h"
#include "report/verdict_text.h"

namespace aisp {
namespace {

// printable_line has left no control character, which XML 1.0 could not hold in any form.
std::string xml(const std::string& text) {
  std::string result;
  for (const char c : printable_line(text)) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&apos;"; break;
      default: result += c;
    }
  }
  return result;
}

std::string label(const std::string& text) {
  std::string result;
  for (const char c : printable_line(text)) {
    if (c == '\\' || c == '"') result += '\\';
    result += c;
  }
  return result;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  return fmt::format("{:.17g}", value);
}

double seconds_of(const ImplementationResult& r) {
  double ns = 0;
  for (const Window& w : r.observation.windows) ns += static_cast<double>(w.sealed_ns);
  return ns * 1e-9;
}

}  // namespace

std::string export_junit(const ExportedRun& run) {
  std::string suites;
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  for (const TargetResult& t : run.record.results) {
    std::string cases;
    std::size_t n = 0, failed = 0, passed_over = 0;
    const std::size_t broken = t.error.empty() ? 0 : 1;
    for (const ImplementationResult& r : t.implementations) {
      ++n;
      cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\">",
                           xml(t.target), xml(r.implementation), seconds_of(r));
      if (refused(r)) {
        ++failed;
        std::string why;
        for (const Finding* f : notable_findings(r))
          why += xml(fmt::format("{}: {}: {}", f->guard, to_string(f->status), f->message)) + "\n";
        cases += fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>",
                             xml(verdict_word(r)), xml(r.sentence), why);
      } else if (!accepted(r)) {
        ++passed_over;
        cases += fmt::format("<skipped message=\"{}\"/>", xml("not proven: " + r.sentence));
      }
      cases += fmt::format("<system-out>{}</system-out></testcase>\n", xml(r.sentence));
    }
    if (broken != 0) {
      ++n;
      cases += fmt::format(
          "    <testcase classname=\"{}\" name=\"(target)\" time=\"0\"><error type=\"error\" "
          "message=\"{}\"/></testcase>\n",
          xml(t.target), xml(t.error));
    }
    suites += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"{:.3f}\" timestamp=\"{}\">\n{}  </testsuite>\n",
        xml(t.target), n, failed, broken, passed_over, t.elapsed_s,
        xml(run.record.info.started_at.substr(0, 19)), cases);
    tests += n, failures += failed, errors += broken, skipped += passed_over;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n"
      "{}</testsuites>\n",
      xml(run.record.info.id), tests, failures, errors, skipped, suites);
}

std::string export_openmetrics(const ExportedRun& run) {
  std::string text;
  using Value = std::function<void(const TargetResult&, const ImplementationResult&,
                                   const std::function<void(const std::string&, double)>&)>;
  // All samples of a metric stand together, after its description: the format asks for that.
  const auto metric = [&](const std::string& name, const char* unit, const char* help,
                          const Value& values) {
    text += fmt::format("# TYPE {} gauge\n", name);
    if (*unit != '\0') text += fmt::format("# UNIT {} {}\n", name, unit);
    text += fmt::format("# HELP {} {}\n", name, help);
    for (const TargetResult& t : run.record.results)
      for (const ImplementationResult& r : t.implementations)
        values(t, r, [&](const std::string& more, double value) {
          if (!std::isfinite(value)) return;
          text += fmt::format("{}{{target=\"{}\",device=\"{}\",implementation=\"{}\"{}}} {}\n",
                              name, label(t.target), label(t.device), label(r.implementation), more,
                              number(value));
        });
  };
  const auto bounds = [](const std::optional<stats::Interval>& x, double unit,
                         const std::function<void(const std::string&, double)>& say) {
    if (!x) return;
    say(",bound=\"estimate\"", x->estimate * unit);
    say(",bound=\"low\"", x->low * unit);
    say(",bound=\"high\"", x->high * unit);
  };
  metric("aisp_call_time_seconds", "seconds", "Time per call with its 95 % interval.",
         [&](const TargetResult&, const ImplementationResult& r, const auto& say) {
           bounds(r.time_ns, 1e-9, say);
         });
  metric("aisp_speedup_ratio", "ratio", "Baseline time / this time, with its 95 % interval.",
         [&](const TargetResult&, const ImplementationResult& r, const auto& say) {
           bounds(r.speedup, 1, say);
         });
  metric("aisp_correct", "", "1 proven correct, 0 shown to be incorrect, -1 not proven.",
         [](const TargetResult&, const ImplementationResult& r, const auto& say) {
           say("", !r.correct ? -1 : *r.correct ? 1 : 0);
         });
  metric("aisp_honest", "", "1 proven honest, 0 shown to be dishonest, -1 not proven.",
         [](const TargetResult&, const ImplementationResult& r, const auto& say) {
           say("", !r.honest ? -1 : *r.honest ? 1 : 0);
         });
  text += "# TYPE aisp_run info\n# HELP aisp_run The run that these numbers are from.\n";
  text +=
      fmt::format("aisp_run_info{{id=\"{}\",started_at=\"{}\",state=\"{}\"}} 1\n",
                  label(run.record.info.id), label(run.record.info.started_at), name_of(run.state));
  return text + "# EOF\n";
}

}  // namespace aisp
