// How an attack says what came of it, and the brake that keeps the dangerous ones inside a sandbox.
//
// An attack that would stay invisible in the outputs (it read something, it reached something) says
// so on stderr with a line that starts with kSucceeded; whoever runs the corpus fails on that line. One
// that finds its way barred says kDeclined. One that did not even try, because of its own brake or
// because the judge's pages do not look as it knows them, says kNotTried: then nothing was shown.
#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace corpus {

inline constexpr const char* kSucceeded = "ATTACK SUCCEEDED";
inline constexpr const char* kDeclined = "ATTACK DECLINED";
inline constexpr const char* kNotTried = "ATTACK NOT TRIED";

inline void succeeded(const char* what) {
  std::fprintf(stderr, "%s: %s\n", kSucceeded, what);
  std::fflush(stderr);
}

inline void declined(const char* why) {
  std::fprintf(stderr, "%s: %s\n", kDeclined, why);
  std::fflush(stderr);
}

inline void not_tried(const char* why) {
  std::fprintf(stderr, "%s: %s\n", kNotTried, why);
  std::fflush(stderr);
}

// True in a worker: it runs with no-new-privileges. Attacks that use up memory, processes or disk
// ask this first, so that loading one by hand in a shell does no harm. Whoever is braked says so.
inline bool in_a_sandbox() {
  const bool inside = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  if (!inside) not_tried("not in a sandbox");
  return inside;
}

// True when, besides, process 1 is the sandbox's own: a signal to "everybody" ends at its walls.
inline bool alone_in_a_pid_namespace() {
  if (!in_a_sandbox()) return false;
  if (getpid() == 1) return true;
  char name[32] = {};
  const int fd = open("/proc/1/comm", O_RDONLY | O_CLOEXEC);
  const ssize_t got = fd < 0 ? -1 : read(fd, name, sizeof name - 1);
  if (fd >= 0) close(fd);
  const bool alone = got > 0 && std::strncmp(name, "aisp", 4) == 0;
  if (!alone) not_tried("no PID namespace of its own");
  return alone;
}

}  // namespace corpus
