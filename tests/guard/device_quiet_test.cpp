#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

const DeviceLook kSlow = {5'000'000, 380'000, true, true, 0};

TEST(DeviceQuiet, AnIdleDevicePasses) { expect_pass(device_quiet(device_recording())); }

TEST(DeviceQuiet, ACpuWorkerIsStopped) { expect_pass(device_quiet(honest_recording())); }

TEST(DeviceQuiet, WorkAfterManyWindowsFails) {
  Observation o = device_recording();
  for (std::size_t i = 0; i < o.device_looks.size(); i += 5) o.device_looks[i] = kSlow;
  expect_fail(device_quiet(o));
  expect_says(device_quiet(o), "5.00 ms");
}

// Measured: an honest copy between host and device, while another judge had another GPU of the same host.
TEST(DeviceQuiet, WorkAfterAFewWindowsMayBeAnybodys) {
  Observation o = device_recording();
  o.device_looks.resize(47, o.device_looks.front());
  for (std::size_t i = 0; i < 4; ++i) o.device_looks[10 * i] = kSlow;
  expect_not_run(device_quiet(o));
}

TEST(DeviceQuiet, OneLateLookIsNoProof) {
  Observation o = device_recording();
  o.device_looks[7] = kSlow;
  expect_pass(device_quiet(o));
}

TEST(DeviceQuiet, AKernelThatStaysFailsAtOnce) {
  Observation o = device_recording();
  o.device_looks[7] = kSlow;
  o.device_looks[7].slow_after = 12;
  expect_fail(device_quiet(o));
}

// A stretch of a few windows is nobody's for certain, and no pass.
TEST(DeviceQuiet, WhatLastsForAFewLooksMayBeAnybodys) {
  Observation o = device_recording();
  o.device_looks[7] = kSlow;
  o.device_looks[7].slow_after = 3;
  expect_not_run(device_quiet(o));
  o.device_looks[7].slow_after = 11;
  expect_not_run(device_quiet(o));
  o.device_looks[7].slow_after = 2;
  expect_pass(device_quiet(o));
}

TEST(DeviceQuiet, WhoeverFindsTheDeviceBusyIsNotAccusedAndNotProven) {
  Observation o = device_recording();
  for (DeviceLook& look : o.device_looks) {
    look = kSlow;
    look.quiet_before = false;
  }
  expect_not_run(device_quiet(o));
}

TEST(DeviceQuiet, NoLookIsNoProof) {
  Observation o = device_recording();
  o.device_looks.clear();
  expect_not_run(device_quiet(o));
}

}  // namespace
}  // namespace aisp::guard
