#include "ledger/result_json.h"

#include "ledger/fields.h"

namespace aisp {

namespace json_fields {

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

template <class A>
void fields(A&& a, Is<stats::Interval> auto& v) {
  a("estimate", v.estimate);
  a("low", v.low);
  a("high", v.high);
}

template <class A>
void fields(A&& a, Is<Finding> auto& v) {
  a("guard", v.guard);
  a("status", v.status);
  a("kind", v.kind);
  a("required", v.required);
  a("message", v.message);
}

template <class A>
void fields(A&& a, Is<Ceiling> auto& v) {
  a("name", v.name);
  a("fraction", v.fraction);
}

template <class A>
void fields(A&& a, Is<BandDamage> auto& v) {
  a("tensor", v.tensor);
  a("offset_bytes", v.offset_bytes);
  a("set", v.set);
}

template <class A>
void fields(A&& a, Is<Calibration> auto& v) {
  a("handover_ns", v.handover_ns);
  a("handover_p99_ns", v.handover_p99_ns);
  a("sealed_ns", v.sealed_ns);
  a("sealed_mad_ns", v.sealed_mad_ns);
  a("per_call_ns", v.per_call_ns);
  a("claim_overhead_ns", v.claim_overhead_ns);
  a("windows", v.windows);
  a.added("wake_ns", v.wake_ns);
  a.added("alone_ns", v.alone_ns);
  a.added("frozen_call_ns", v.frozen_call_ns);
  a.added("plain_alone_ns", v.plain_alone_ns);
}

template <class A>
void fields(A&& a, Is<MachinePeaks> auto& v) {
  a("flops_per_second", v.flops_per_second);
  a("bytes_per_second", v.bytes_per_second);
  a("source", v.source);
  a.added("doubted", v.doubted);
}

template <class A>
void fields(A&& a, Is<CompareStats> auto& v) {
  a("elements", v.elements);
  a("mismatches", v.mismatches);
  a("nans", v.nans);
  a("infs", v.infs);
  a("denormals_flushed", v.denormals_flushed);
  a.added("stale", v.stale);
  a("max_abs_error", v.max_abs_error);
  a("max_allowed_ratio", v.max_allowed_ratio);
  a("error_sum_squares", v.error_sum_squares);
  a("want_sum_squares", v.want_sum_squares);
  a("worst_index", v.worst_index);
  a("worst_got", v.worst_got);
  a("worst_want", v.worst_want);
  a("first_bad_index", v.first_bad_index);
  a("first_bad_got", v.first_bad_got);
  a("first_bad_want", v.first_bad_want);
  a("got_is_constant", v.got_is_constant);
  a("constant", v.constant);
  a("want_is_constant", v.want_is_constant);
  a("want_constant", v.want_constant);
}

template <class A>
void fields(A&& a, Is<OutputError> auto& v) {
  a("name", v.name);
  a("dtype", v.dtype);
  a("tolerance", v.tolerance);
  a("why", v.why);
  a("tolerance_factor", v.tolerance_factor);
  a("against_reference", v.against_reference);
  a("against_baseline", v.against_baseline);
  a("baseline_error_rms", v.baseline_error_rms);
}

template <class A>
void fields(A&& a, Is<ProgressProbe> auto& v) {
  a("calls", v.calls);
  a("elapsed_ns", v.elapsed_ns);
  a("active_ns", v.active_ns);
  a("cpu_elapsed_ns", v.cpu_elapsed_ns);
  a("cpu_ns", v.cpu_ns);
  a("in_the_middle", v.in_the_middle);
  a("touched", v.touched);
  a("complete", v.complete);
  a("ahead", v.ahead);
  a("reopened", v.reopened);
  a.added("swapped", v.swapped);
  a("stale", v.stale);
  a.added("swapped_wrong", v.swapped_wrong);
}

// All but the windows.
template <class A>
void fields(A&& a, Is<Observation> auto& v) {
  a("target", v.target);
  a("implementation", v.implementation);
  a("is_baseline", v.is_baseline);
  a("flops", v.flops);
  a.added("least_flops", v.least_flops);
  a("bytes", v.bytes);
  a("cold_bytes", v.cold_bytes);
  a("calibration", v.calibration);
  a("peaks", v.peaks);
  a("probes", v.probes);
  a("outputs", v.outputs);
  a("invariant_violations", v.invariant_violations);
  a("band_damage", v.band_damage);
  a("inputs_changed", v.inputs_changed);
  a("inputs_checked", v.inputs_checked);
  a("read_only_inputs", v.read_only_inputs);
  a("inputs_sealed", v.inputs_sealed);
  a("replays_compared", v.replays_compared);
  a("replays_different", v.replays_different);
  a("replay_max_ratio", v.replay_max_ratio);
  a("memory_peak_bytes", v.memory_peak_bytes);
  a("memory_after_setup_bytes", v.memory_after_setup_bytes);
  a("memory_limit_bytes", v.memory_limit_bytes);
  a("setup_ns", v.setup_ns);
  a("end", v.end);
  a("end_detail", v.end_detail);
  a("last_output", v.last_output);
  a.added("impossible_claim", v.impossible_claim);
  a("foreign_load", v.foreign_load);
  a("processors", v.processors);
  a("isolation_missing", v.isolation_missing);
  a("config_hash_before", v.config_hash_before);
  a("config_hash_after", v.config_hash_after);
}

template <class A>
void fields(A&& a, Is<ImplementationResult> auto& v) {
  a("implementation", v.implementation);
  a("part", v.part);
  a("file", v.file);
  a("content_hash", v.content_hash);
  a("correct", v.correct);
  a("honest", v.honest);
  a("comparison", v.comparison);
  a("speedup", v.speedup);
  a("time_ns", v.time_ns);
  a("time_source", v.time_source);
  a("claim_ns", v.claim_ns);
  a("slope_ns", v.slope_ns);
  a("rounds", v.rounds);
  a("calls_timed", v.calls_timed);
  a("calls_verified", v.calls_verified);
  a("ceiling", v.ceiling);
  a("findings", v.findings);
  a("sentence", v.sentence);
  a("observation", v.observation);
}

template <class A>
void fields(A&& a, Is<DeviceReading> auto& v) {
  a("at_ns", v.at_ns);
  a("core_mhz", v.core_mhz);
  a("power_w", v.power_w);
  a("temperature_c", v.temperature_c);
  a("slowed", v.slowed);
}

template <class A>
void fields(A&& a, Is<Phase> auto& v) {
  a("name", v.name);
  a("seconds", v.seconds);
}

template <class A>
void fields(A&& a, Is<TargetResult> auto& v) {
  a("target", v.target);
  a("device", v.device);
  a("goal", v.goal);
  a("summary", v.summary);
  a.added("signature", v.signature);
  a.added("mode", v.mode);
  a("isolation", v.isolation);
  a("stop_reason", v.stop_reason);
  a("elapsed_s", v.elapsed_s);
  a.added("phases", v.phases);
  a.added("device_readings", v.device_readings);
  a("error", v.error);
  a("implementations", v.implementations);
}

// All but the key, which needs a rule of its own.
template <class A>
void fields(A&& a, Is<RunInfo> auto& v) {
  a("id", v.id);
  a("started_at", v.started_at);
  a("finished_at", v.finished_at);
  a("profile", v.profile);
  a("validity_profile", v.validity_profile);
  a("targets", v.targets);
  a("argv", v.argv);
  a("config", v.config);
  a("config_hash", v.config_hash);
  a("machine", v.machine);
  a("software", v.software);
  a("isolation", v.isolation);
  a("environment", v.environment);
}

}  // namespace json_fields

namespace {

constexpr int kManifestSchemaVersion = 1;

// `read` is given the parsed object. Whatever is wrong with the text is one Error.
template <class T, class F>
Result<T> parse(const std::string& text, const char* what, F&& read) {
  try {
    T value;
    read(Json::parse(text), value);
    return value;
  } catch (const Json::exception& e) {
    return Error{what, "", e.what(), "The record was written by another version, or is damaged"};
  } catch (const std::invalid_argument& e) {
    return Error{what, "", e.what(), "The record was written by another version, or is damaged"};
  }
}

}  // namespace

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json target_result_json(const TargetResult& result) {
  Json json = json_fields::Writer::json_of(result);
  // How many rows of the ledger belong to each, so that a lost one would be seen.
  for (std::size_t i = 0; i < result.implementations.size(); ++i)
    json["implementations"][i]["windows"] = result.implementations[i].observation.windows.size();
  return json;
}

Result<TargetResult> target_result_from_json(const std::string& text) {
  return parse<TargetResult>(text, "read a recorded result", [](const Json& json, TargetResult& r) {
    json_fields::Reader::read(json, r);
  });
}

Json manifest_json(const RunInfo& run) {
  json_fields::Writer writer;
  writer("schema_version", kManifestSchemaVersion);
  fields(writer, run);
  const bool key_is_public = !run.finished_at.empty() && !run.key_hex.empty();
  writer.object["key"] = key_is_public ? Json(run.key_hex) : Json(nullptr);
  return std::move(writer.object);
}

Result<RunInfo> run_info_from_json(const std::string& text) {
  return parse<RunInfo>(text, "read a recorded manifest", [](const Json& json, RunInfo& run) {
    json_fields::Reader::read(json, run);
    const Json& key = json.at("key");
    run.key_hex = key.is_null() ? std::string() : key.get<std::string>();
  });
}

}  // namespace aisp
