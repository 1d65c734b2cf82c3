// The JSON of two benchmark libraries. Only what their readers need, and nothing that was not measured.
#include <fmt/format.h>

#include <cmath>

#include "report/export.h"
#include "report/json.h"
#include "report/printable.h"
#include "report/verdict_text.h"
#include "stats/order.h"

namespace aisp {
namespace {

std::string fact(const RunRecord& run, const std::string& name) {
  const auto at = run.info.machine.find(name);
  return at == run.info.machine.end() ? "" : at->second;
}

int cpus_of(const RunRecord& run) {
  const std::string text = fact(run, "cpus");
  return text.empty() || text.size() > 6 ||
                 text.find_first_not_of("0123456789") != std::string::npos
             ? 0
             : std::stoi(text);
}

std::string row_name(const TargetResult& t, const ImplementationResult& r) {
  return printable_line(t.target + "/" + r.implementation);
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

// Of a sample; 0 for one value.
double deviation_of(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = mean_of(values);
  double sum = 0;
  for (const double v : values) sum += (v - mean) * (v - mean);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

std::vector<double> cpu_times_ns(const ImplementationResult& r) {
  std::vector<double> times;
  for (const Window& w : r.observation.windows)
    if (w.kind == WindowKind::timed && w.calls > 0)
      times.push_back(static_cast<double>(w.cpu_ns) / w.calls);
  return times;
}

std::vector<int> calls_of(const ImplementationResult& r) {
  std::vector<int> calls;
  for (const Window& w : r.observation.windows)
    if (w.kind == WindowKind::timed && w.calls > 0) calls.push_back(w.calls);
  return calls;
}

}  // namespace

std::string export_google_benchmark(const ExportedRun& run) {
  Json json;
  json["context"] = {{"date", run.record.info.started_at},
                     {"host_name", "not recorded"},
                     {"executable", "aisp"},
                     {"num_cpus", cpus_of(run.record)},
                     {"mhz_per_cpu", 0},
                     {"cpu_scaling_enabled", false},
                     {"caches", Json::array()},
                     {"load_avg", Json::array()},
                     {"library_build_type", "release"},
                     {"json_schema_version", 1},
                     {"aisp_run", run.record.info.id},
                     {"cpu_model", fact(run.record, "cpu model")}};
  json["benchmarks"] = Json::array();
  Json& rows = json["benchmarks"];
  int family = 0;
  for (const TargetResult& t : run.record.results)
    for (const ImplementationResult& r : t.implementations) {
      const std::string name = row_name(t, r);
      const std::vector<double> real = window_times_ns(r), cpu = cpu_times_ns(r);
      const std::vector<int> calls = calls_of(r);
      const auto common = [&](const std::string& suffix, const char* type) {
        return Json{
            {"name", name + suffix}, {"family_index", family}, {"per_family_instance_index", 0},
            {"run_name", name},      {"run_type", type},       {"repetitions", real.size()},
            {"threads", 1}};
      };
      if (!accepted(r) || real.empty()) {
        // Its times are no times of the computation. Readers skip what has error_occurred.
        Json row = common("", "iteration");
        row["repetition_index"] = 0;
        row["error_occurred"] = true;
        row["error_message"] = verdict_word(r) + ": " + printable_line(r.sentence);
        row["iterations"] = 0;
        row["real_time"] = 0.0;
        row["cpu_time"] = 0.0;
        row["time_unit"] = "ns";
        rows.push_back(std::move(row));
        ++family;
        continue;
      }
      for (std::size_t i = 0; i < real.size(); ++i) {
        Json row = common("", "iteration");
        row["repetition_index"] = i;
        row["iterations"] = calls[i];
        row["real_time"] = real[i];
        row["cpu_time"] = cpu[i];
        row["time_unit"] = "ns";
        rows.push_back(std::move(row));
      }
      const auto aggregate = [&](const std::string& which, double r_value, double c_value,
                                 const char* unit) {
        Json row = common("_" + which, "aggregate");
        row["aggregate_name"] = which;
        row["aggregate_unit"] = unit;
        row["iterations"] = real.size();
        row["real_time"] = r_value;
        row["cpu_time"] = c_value;
        row["time_unit"] = "ns";
        rows.push_back(std::move(row));
      };
      const double real_mean = mean_of(real), cpu_mean = mean_of(cpu);
      aggregate("mean", real_mean, cpu_mean, "time");
      aggregate("median", stats::median(real), stats::median(cpu), "time");
      aggregate("stddev", deviation_of(real), deviation_of(cpu), "time");
      aggregate("cv", real_mean > 0 ? deviation_of(real) / real_mean : 0,
                cpu_mean > 0 ? deviation_of(cpu) / cpu_mean : 0, "percentage");
      ++family;
    }
  return dump(json, 2) + "\n";
}

std::string export_nvbench(const ExportedRun& run) {
  const auto value = [](const char* type, const std::string& text) {
    return Json{{"name", "value"}, {"type", type}, {"value", text}};
  };
  const auto summary = [&](const char* tag, const char* name, const char* hint,
                           const char* description, double number) {
    return Json{{"tag", tag},
                {"name", name},
                {"hint", hint},
                {"description", description},
                {"data", Json::array({value("float64", fmt::format("{:.17g}", number))})}};
  };
  Json json;
  json["meta"] = {
      {"argv", run.record.info.argv},
      {"version", {{"json", {{"major", 1}, {"minor", 0}, {"patch", 0}, {"string", "1.0.0"}}}}},
      {"aisp_run", run.record.info.id}};
  json["devices"] = Json::array({{{"id", 0}, {"name", fact(run.record, "cpu model")}}});
  json["benchmarks"] = Json::array();
  int index = 0;
  for (const TargetResult& t : run.record.results) {
    Json states = Json::array();
    Json names = Json::array();
    for (const ImplementationResult& r : t.implementations) {
      const std::string name = printable_line(r.implementation);
      names.push_back(
          {{"input_string", name}, {"description", ""}, {"is_active", true}, {"value", name}});
      const std::vector<double> times = window_times_ns(r);
      Json state;
      state["name"] = fmt::format("Device=0 Implementation={}", name);
      state["min_samples"] = 0;
      state["skip_time"] = -1.0;
      state["timeout"] = 0.0;
      state["device"] = 0;
      state["type_config_index"] = 0;
      state["axis_values"] =
          Json::array({{{"name", "Implementation"}, {"type", "string"}, {"value", name}}});
      state["summaries"] = Json::array();
      const bool skipped = !accepted(r) || times.empty() || !r.time_ns;
      if (!skipped) {
        const double mean = mean_of(times);
        state["summaries"].push_back(summary("nv/cold/sample_size", "Samples", "sample_size",
                                             "Timed windows", static_cast<double>(times.size())));
        // nvbench's own tag for the time that it compares; on a CPU it is the CPU's.
        state["summaries"].push_back(summary(
            "nv/cold/time/gpu/mean", "Time", "duration",
            "Mean sealed time per call in seconds, less the hand-over; of the device of the run",
            mean * 1e-9));
        state["summaries"].push_back(summary("nv/cold/time/gpu/stdev/relative", "Noise",
                                             "percentage",
                                             "Relative standard deviation of these times",
                                             mean > 0 ? deviation_of(times) / mean : 0));
        state["summaries"].push_back(summary("aisp/time/estimate", "Estimate", "duration",
                                             "What aisp reports, in seconds",
                                             r.time_ns->estimate * 1e-9));
      }
      state["is_skipped"] = skipped;
      if (skipped) state["skip_reason"] = verdict_word(r) + ": " + printable_line(r.sentence);
      states.push_back(std::move(state));
    }
    json["benchmarks"].push_back({{"name", printable_line(t.target)},
                                  {"index", index++},
                                  {"min_samples", 0},
                                  {"skip_time", -1.0},
                                  {"timeout", 0.0},
                                  {"devices", Json::array({0})},
                                  {"axes", Json::array({{{"name", "Implementation"},
                                                         {"type", "string"},
                                                         {"flags", ""},
                                                         {"values", names}}})},
                                  {"states", states}});
  }
  return dump(json, 2) + "\n";
}

}  // namespace aisp
