// What happens right now, on stderr: one line that is written over on a terminal, plain lines when a
// phase begins in a pipe. stdout belongs to the result.
#pragma once

#include <cstddef>
#include <string>

#include "judge/judge.h"

namespace aisp::cli {

class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // "[2/3]" before what follows.
  void begin_target(std::size_t number, std::size_t count);
  void show(const Progress& progress);
  // A line that stays.
  void note(const std::string& text);
  void clear();

 private:
  bool quiet_;
  bool terminal_;
  bool dirty_ = false;
  std::string prefix_;
  std::string last_phase_;
};

}  // namespace aisp::cli
