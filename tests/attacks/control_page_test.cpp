// The corpus pokes at the control pages through a copy of their layout. A copy that no longer fits
// would make those attacks decline, and they would seem to be caught.
#include "../../attacks/control_page.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>

#include "worker/protocol.h"

namespace aisp {
namespace {

namespace p = protocol;
using corpus::Answers;
using corpus::Claim;
using corpus::DeviceClaim;
using corpus::DeviceWindow;
using corpus::Orders;
using corpus::ParamEntry;
using corpus::TensorEntry;

static_assert(corpus::kMagic == p::kMagic);
static_assert(corpus::kVersion == p::kVersion);

static_assert(sizeof(TensorEntry) == sizeof(p::TensorEntry));
static_assert(sizeof(TensorEntry::name) == p::kNameBytes);
static_assert(offsetof(TensorEntry, dtype) == offsetof(p::TensorEntry, dtype));
static_assert(offsetof(TensorEntry, rank) == offsetof(p::TensorEntry, rank));
static_assert(offsetof(TensorEntry, shape) == offsetof(p::TensorEntry, shape));
static_assert(offsetof(TensorEntry, strides) == offsetof(p::TensorEntry, strides));
static_assert(offsetof(TensorEntry, elements) == offsetof(p::TensorEntry, elements));
static_assert(offsetof(TensorEntry, region) == offsetof(p::TensorEntry, region));
static_assert(offsetof(TensorEntry, weight) == offsetof(p::TensorEntry, weight));
static_assert(offsetof(TensorEntry, offset) == offsetof(p::TensorEntry, offset));
static_assert(offsetof(TensorEntry, set_stride) == offsetof(p::TensorEntry, set_stride));

static_assert(sizeof(ParamEntry) == sizeof(p::ParamEntry));
static_assert(offsetof(ParamEntry, value) == offsetof(p::ParamEntry, value));

static_assert(sizeof(Orders) == sizeof(p::Orders));
static_assert(offsetof(Orders, version) == offsetof(p::Orders, version));
static_assert(offsetof(Orders, handover_cpu) == offsetof(p::Orders, handover_cpu));
static_assert(offsetof(Orders, region_bytes) == offsetof(p::Orders, inputs_bytes));
static_assert(offsetof(Orders, set_layout) == offsetof(p::Orders, inputs_set_begin));
static_assert(offsetof(Orders, sets) == offsetof(p::Orders, sets));
static_assert(offsetof(Orders, input_count) == offsetof(p::Orders, input_count));
static_assert(offsetof(Orders, output_count) == offsetof(p::Orders, output_count));
static_assert(offsetof(Orders, param_count) == offsetof(p::Orders, param_count));
static_assert(offsetof(Orders, device) == offsetof(p::Orders, device));
static_assert(offsetof(Orders, device_uuid) == offsetof(p::Orders, device_uuid));
static_assert(offsetof(Orders, mapped_bytes) == offsetof(p::Orders, inputs_mapped_bytes));
static_assert(offsetof(Orders, inputs) == offsetof(p::Orders, inputs));
static_assert(offsetof(Orders, outputs) == offsetof(p::Orders, outputs));
static_assert(offsetof(Orders, params) == offsetof(p::Orders, params));
static_assert(offsetof(Orders, sequence) == offsetof(p::Orders, sequence));
static_assert(offsetof(Orders, command) == offsetof(p::Orders, command));
static_assert(offsetof(Orders, calls) == offsetof(p::Orders, calls));
static_assert(offsetof(Orders, flags) == offsetof(p::Orders, flags));
static_assert(offsetof(Orders, plan) == offsetof(p::Orders, plan));

static_assert(sizeof(Claim) == sizeof(p::Claim));
static_assert(offsetof(Claim, start_ns) == offsetof(p::Claim, start_ns));
static_assert(offsetof(Claim, end_ns) == offsetof(p::Claim, end_ns));

static_assert(sizeof(DeviceClaim) == sizeof(p::DeviceClaim));
static_assert(offsetof(DeviceClaim, device_ns) == offsetof(p::DeviceClaim, device_ns));
static_assert(offsetof(DeviceClaim, activity_ns) == offsetof(p::DeviceClaim, activity_ns));
static_assert(offsetof(DeviceClaim, activity_span_ns) ==
              offsetof(p::DeviceClaim, activity_span_ns));
static_assert(offsetof(DeviceClaim, kernels) == offsetof(p::DeviceClaim, kernels));
static_assert(offsetof(DeviceClaim, copies) == offsetof(p::DeviceClaim, copies));
static_assert(offsetof(DeviceClaim, memsets) == offsetof(p::DeviceClaim, memsets));
static_assert(offsetof(DeviceClaim, graphs) == offsetof(p::DeviceClaim, graphs));
static_assert(offsetof(DeviceClaim, streams) == offsetof(p::DeviceClaim, streams));

static_assert(sizeof(DeviceWindow) == sizeof(p::DeviceWindow));
static_assert(offsetof(DeviceWindow, sources) == offsetof(p::DeviceWindow, sources));
static_assert(offsetof(DeviceWindow, streams) == offsetof(p::DeviceWindow, streams));
static_assert(offsetof(DeviceWindow, unattributed) == offsetof(p::DeviceWindow, unattributed));
static_assert(offsetof(DeviceWindow, dropped) == offsetof(p::DeviceWindow, dropped));
static_assert(offsetof(DeviceWindow, activity_ns) == offsetof(p::DeviceWindow, activity_ns));

static_assert(sizeof(Answers) == sizeof(p::Answers));
static_assert(offsetof(Answers, sequence) == offsetof(p::Answers, sequence));
static_assert(offsetof(Answers, status) == offsetof(p::Answers, status));
static_assert(offsetof(Answers, calls_done) == offsetof(p::Answers, calls_done));
static_assert(offsetof(Answers, probes_refused) == offsetof(p::Answers, probes_refused));
static_assert(offsetof(Answers, probes_allowed) == offsetof(p::Answers, probes_allowed));
static_assert(offsetof(Answers, setup_ns) == offsetof(p::Answers, setup_ns));
static_assert(offsetof(Answers, message) == offsetof(p::Answers, message));
static_assert(offsetof(Answers, notes) == offsetof(p::Answers, notes));
static_assert(offsetof(Answers, device) == offsetof(p::Answers, device));
static_assert(offsetof(Answers, device_claims) == offsetof(p::Answers, device_claims));
static_assert(offsetof(Answers, claims) == offsetof(p::Answers, claims));

// What the attacks write by number.
static_assert(static_cast<int>(p::Status::ok) == 0);
static_assert(std::size(decltype(Orders::plan){}) == p::kMaxCalls);
static_assert(std::size(decltype(Answers::claims){}) == p::kMaxCalls);
static_assert(std::size(decltype(Answers::device_claims){}) == p::kMaxCalls);

}  // namespace
}  // namespace aisp
