// From records of what a device did to claims about calls. Pure: what CUPTI delivers goes in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "worker/protocol.h"

namespace aisp::agent {

// A kernel, a copy, a memset or a whole graph, as the device ran it. Nanoseconds, any epoch.
struct ActivityRecord {
  enum class Kind : std::uint32_t { kernel, copy, memset, graph };
  Kind kind;
  std::uint32_t stream;
  std::uint32_t correlation;  // of the request that caused it; they count up, whoever asks
  std::int64_t start_ns;
  std::int64_t end_ns;
};

// The correlations of the two marks that the agent made, right before and right after a call.
struct CallMarks {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
};

// Length of the union of intervals; sorts them.
inline std::int64_t union_ns(std::vector<std::pair<std::int64_t, std::int64_t>>& intervals) {
  std::sort(intervals.begin(), intervals.end());
  std::int64_t sum = 0;
  std::int64_t reached = 0;
  bool first = true;
  for (const auto& [start, end] : intervals) {
    const std::int64_t from = first ? start : std::max(start, reached);
    if (end > from) sum += end - from;
    reached = first ? end : std::max(reached, end);
    first = false;
  }
  return sum;
}

// Gives each record to the call between whose marks it was asked for, by whatever thread and on
// whatever stream; what was asked for between calls counts as unattributed. Records with a correlation up to
// `settled` belong to earlier windows and are left out. With no marks, everything is given to the
// call of a window of one. Fills the activity fields of `claims` and all of `window` but `sources` and `dropped`.
inline void attribute_activity(std::span<const ActivityRecord> records,
                               std::span<const CallMarks> marks, std::uint32_t settled,
                               std::span<protocol::DeviceClaim> claims,
                               protocol::DeviceWindow& window) {
  struct OfCall {
    std::vector<std::pair<std::int64_t, std::int64_t>> intervals;
    std::vector<std::uint32_t> streams;
  };
  const auto add_stream = [](std::vector<std::uint32_t>& streams, std::uint32_t stream) {
    if (std::find(streams.begin(), streams.end(), stream) == streams.end())
      streams.push_back(stream);
  };
  const bool marked = marks.size() == claims.size();
  std::vector<OfCall> calls(claims.size());
  OfCall all;
  window.unattributed = 0;
  for (protocol::DeviceClaim& claim : claims) {
    claim.kernels = claim.copies = claim.memsets = claim.graphs = claim.streams = 0;
    claim.activity_ns = claim.activity_span_ns =
        marked || claims.size() == 1 ? 0 : protocol::kUnknownNs;
  }
  for (const ActivityRecord& record : records) {
    // Serial numbers of 32 bits may wrap: compared by their distance.
    const auto later = [](std::uint32_t a, std::uint32_t b) {
      return static_cast<std::int32_t>(a - b) > 0;
    };
    if (marked && !later(record.correlation, settled)) continue;
    all.intervals.emplace_back(record.start_ns, record.end_ns);
    add_stream(all.streams, record.stream);
    std::size_t call = claims.size();
    if (marked) {
      const auto next = std::partition_point(marks.begin(), marks.end(), [&](const CallMarks& m) {
        return later(record.correlation, m.before);
      });
      if (next != marks.begin() && later((next - 1)->after, record.correlation))
        call = static_cast<std::size_t>(next - marks.begin()) - 1;
    } else if (claims.size() == 1) {
      call = 0;
    }
    if (call == claims.size()) {
      ++window.unattributed;
      continue;
    }
    protocol::DeviceClaim& claim = claims[call];
    switch (record.kind) {
      case ActivityRecord::Kind::kernel: ++claim.kernels; break;
      case ActivityRecord::Kind::copy: ++claim.copies; break;
      case ActivityRecord::Kind::memset: ++claim.memsets; break;
      case ActivityRecord::Kind::graph: ++claim.graphs; break;
    }
    calls[call].intervals.emplace_back(record.start_ns, record.end_ns);
    add_stream(calls[call].streams, record.stream);
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    OfCall& call = calls[i];
    claims[i].streams = static_cast<std::uint32_t>(call.streams.size());
    if (call.intervals.empty()) continue;
    claims[i].activity_ns = union_ns(call.intervals);
    std::int64_t last = call.intervals.front().second;
    for (const auto& interval : call.intervals) last = std::max(last, interval.second);
    claims[i].activity_span_ns = last - call.intervals.front().first;
  }
  window.streams = static_cast<std::uint32_t>(all.streams.size());
  window.activity_ns = union_ns(all.intervals);
}

}  // namespace aisp::agent
