#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/terminal.h"
#include "report/printable.h"

namespace aisp::cli {

ProgressLine::ProgressLine(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::begin_target(std::size_t number, std::size_t count) {
  prefix_ = count > 1 ? fmt::format("[{}/{}] ", number, count) : "";
  last_phase_.clear();
}

void ProgressLine::show(const Progress& progress) {
  if (quiet_) return;
  if (!terminal_) {
    if (progress.phase == last_phase_) return;
    last_phase_ = progress.phase;
    say(stderr, "{}{}: {}\n", prefix_, progress.target, progress.phase);
    return;
  }
  std::string text = fmt::format("{}{}: {}", prefix_, progress.target, progress.phase);
  if (progress.rounds > 0) {
    text += fmt::format(", {} done", progress.rounds);
    if (progress.half_width >= 0)
      text += fmt::format(", known to ±{:.2f} %", progress.half_width * 100);
    text += fmt::format(", at most {:.0f} s left",
                        std::max(0.0, progress.time_limit_s - progress.elapsed_s));
  }
  say(stderr, "\r\x1b[K{}", cut_to_width(text, std::max(10, columns_of(STDERR_FILENO) - 1)));
  std::fflush(stderr);
  dirty_ = true;
}

void ProgressLine::note(const std::string& text) {
  if (quiet_) return;
  clear();
  say(stderr, "{}\n", text);
}

void ProgressLine::clear() {
  if (!dirty_) return;
  say(stderr, "\r\x1b[K");
  std::fflush(stderr);
  dirty_ = false;
}

}  // namespace aisp::cli
