// One thread per CPU that this process may run on, each staying on its own.
#pragma once

#include <sched.h>

#include <cstddef>
#include <numeric>
#include <thread>
#include <vector>

namespace aisp {

// -1 alone where the kernel does not tell.
inline std::vector<int> usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
      if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  if (cpus.empty()) cpus.push_back(-1);
  return cpus;
}

// Runs body(index) once per CPU and waits for all.
template <class Body>
void on_all(const std::vector<int>& cpus, const Body& body) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < cpus.size(); ++i)
    threads.emplace_back([&, i] {
      if (cpus[i] >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(cpus[i], &set);
        sched_setaffinity(0, sizeof set, &set);  // without it the number is lower, not wrong
      }
      body(i);
    });
  for (std::thread& thread : threads) thread.join();
}

// The machine's rate. Each CPU's best try counts: tries of different CPUs need not meet, which can only
// raise the sum, as a floor's denominator may be.
inline double sum_of(const std::vector<double>& rates) {
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

}  // namespace aisp
