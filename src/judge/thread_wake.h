// What it costs on this machine to wake a thread that sleeps on another processor.
#pragma once

namespace aisp {

// Nanoseconds from the wake-up call until the sleeping thread runs, the upper fifth of some: 5 to 10 µs on
// a machine of one's own; 75 to 110 µs, measured, on a virtual machine whose processors are given back to
// the host when they idle. Takes about 20 ms. 0 where this process has one processor only.
double thread_wake_ns();

}  // namespace aisp
