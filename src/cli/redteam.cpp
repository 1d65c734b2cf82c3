#include "cli/redteam.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "cli/install.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "device/cpu/peaks.h"
#include "judge/environment.h"
#include "judge/manifest.h"
#include "redteam/protections.h"
#include "redteam/recording_json.h"
#include "redteam/run.h"
#include "redteam/summary.h"

namespace aisp::cli {

namespace fs = std::filesystem;
using namespace redteam;  // NOLINT: this is the room's face

namespace {

Result<std::string> read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return errno_error("read a recorded run", file.string());
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

// Whole or not at all: a document that is half of one run is of no use.
Status write_file(const fs::path& file, const std::string& text) {
  const fs::path fresh = file.string() + ".new";
  std::ofstream out(fresh, std::ios::binary);
  out << text;
  out.close();
  if (!out) return errno_error("write a file", fresh.string());
  std::error_code failure;
  fs::rename(fresh, file, failure);
  if (failure) return Error{"write a file", file.string(), failure.message(), {}};
  return success();
}

// Makes an empty file of a name that nobody has: <stem>.json, or <stem>-2.json and so on.
Result<fs::path> reserve_file(const fs::path& folder, const std::string& stem) {
  for (int n = 1;; ++n) {
    const fs::path file = folder / (n == 1 ? stem + ".json" : fmt::format("{}-{}.json", stem, n));
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd >= 0) {
      ::close(fd);
      return file;
    }
    if (errno != EEXIST) return errno_error("record a run", file.string());
  }
}

ExitCode exit_code_of_recordings(const std::vector<Recording>& recordings) {
  std::vector<Row> rows;
  bool complete = true;
  for (const Recording& r : recordings) {
    rows.insert(rows.end(), r.rows.begin(), r.rows.end());
    complete &= r.complete;
  }
  const Summary summary = summarize(rows);
  if (summary.failed()) return ExitCode::refused;
  if (!complete || summary.open() || summary.attacks + summary.honest == 0)
    return ExitCode::unproven;
  return ExitCode::good;
}

class Redteam {
 public:
  Redteam(RedteamOptions options, const std::vector<std::string>& argv)
      : options_(std::move(options)),
        interrupted_(watch_for_interrupts()),
        progress_(options_.quiet || options_.json) {
    for (const std::string& word : argv)
      recording_.command += (recording_.command.empty() ? "" : " ") + word;
  }

  ExitCode run() {
    const Status done = options_.from.empty() ? judge() : take_recorded();
    progress_.clear();
    if (!done.ok()) {
      if (!recordings_.empty()) print();  // it was judged, and could not be written
      return fail(done.error());
    }
    if (Status written = write_protections(); !written.ok()) return fail(written.error());
    print();
    say_what_is_missing();
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      say(stderr, "aisp: the results could not be written to standard output\n");
      return ExitCode::usage;
    }
    if (interrupted_) return ExitCode::interrupted;
    return exit_code_of_recordings(recordings_);
  }

 private:
  static constexpr int kRestTimes = 20;  // writing takes at most a twentieth of the time

  ExitCode fail(const Error& error) {
    progress_.clear();
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  }

  Status take_recorded() {
    for (const std::string& file : options_.from) {
      const auto text = read_file(file);
      if (!text.ok()) return text.error();
      auto recording = recording_from_json(*text);
      if (!recording.ok()) {
        Error error = recording.error();
        error.on = file;
        return error;
      }
      recordings_.push_back(std::move(*recording));
    }
    return success();
  }

  Status prepare() {
    const auto install = find_install(options_.targets_dir);
    if (!install.ok()) return install.error();
    const fs::path prefix = install->executable.parent_path().parent_path();
    auto corpus = find_corpus(prefix, install->targets, options_.device);
    if (!corpus.ok()) return corpus.error();
    corpus_ = std::move(*corpus);
    if (!options_.part.empty()) slice_ = *slice_from(options_.part);  // it was looked at
    for (auto* list : {&corpus_.attacks, &corpus_.honest})
      std::erase_if(*list, [&](const Entry& e) { return !selects(options_.pattern, e.manifest); });
    if (corpus_.attacks.empty() && corpus_.honest.empty())
      return Error{"choose attacks", "-k " + options_.pattern,
                   "there is none of that name or class", "attacks/README.md lists them"};
    settings_.agent = install->agent;
    settings_.null_implementation =
        options_.device == "cuda" ? install->null_cuda : install->null_implementation;
    settings_.interrupted = &interrupted_;
    settings_.progress = [this](const Progress& now) {
      if (terminal_)
        progress_.show({at_, now.phase, now.rounds, now.elapsed_s, now.time_limit_s, -1});
    };
    if (Status opened = open_device(); !opened.ok()) return opened;
    if (Status room = make_folder(); !room.ok()) return room;
    if (device_ == nullptr) {
      describe(*install);
      return begin_record();
    }
    const CachedPeaks cached = cpu_peaks(fs::path(options_.artifacts) / "machine_peaks.json");
    if (!cached.notice.empty()) progress_.note("aisp: " + cached.notice);
    settings_.peaks = {cached.peaks.flops_per_second, cached.peaks.bytes_per_second,
                       cached.peaks.source};
    if (const Device::Peaks peaks = device_->peaks(); peaks.bytes_per_second > 0)
      settings_.peaks = {peaks.flops_per_second, peaks.bytes_per_second, peaks.source};
    describe(*install);
    return begin_record();
  }

  // Before hours of work: whether there is a place for it.
  Status begin_record() {
    std::string stamp = recording_.started_at;
    std::erase_if(stamp, [](char c) { return c == ':' || c == '-'; });
    auto file = reserve_file(folder_, stamp + "-" + options_.device);
    if (!file.ok()) return file.error();
    file_ = *file;
    return write_record();
  }

  Status write_record() {
    recording_.finished_at = utc_text(std::chrono::system_clock::now());
    const auto begin = std::chrono::steady_clock::now();
    Status written = write_file(file_, recording_text(recording_));
    const auto end = std::chrono::steady_clock::now();
    next_write_ = end + kRestTimes * (end - begin);
    return written;
  }

  // What was judged until a run is cut off is on disk. Long recordings are written more seldom.
  void keep_record() {
    if (std::chrono::steady_clock::now() < next_write_) return;
    const Status written = write_record();
    if (!written.ok() && !std::exchange(said_unwritten_, true))
      progress_.note("aisp: " + written.error().message() + "; it is tried again");
  }

  Status open_device() {
    if (options_.device == "cpu") {
      device_ = make_cpu_device();
      return success();
    }
    auto device = make_cuda_device(0);
    // The corpus is compiled on machines without a GPU, too. Each row says there that it was not run.
    if (device.ok())
      device_ = std::move(*device);
    else
      no_device_ = device.error().message();
    return success();
  }

  Status make_folder() {
    folder_ = fs::path(options_.artifacts) / "redteam";
    std::error_code failure;
    fs::create_directories(folder_, failure);
    if (failure)
      return Error{"record a run", folder_.string(), failure.message(),
                   "Choose another place with --artifacts DIR"};
    return success();
  }

  void describe(const Install& install) {
    Recording& r = recording_;
    r.started_at = utc_text(std::chrono::system_clock::now());
    r.device = options_.device;
    r.repeats = options_.repeat;
    r.pattern = options_.pattern;
    r.part = options_.part;
    r.complete = false;
    r.machine = machine_facts();
    r.software = software_facts({install.executable.parent_path(), install.include});
    r.hardware = options_.device == "cpu" ? r.machine["cpu model"]
                 : device_ != nullptr     ? device_->peaks().source
                                          : "none";
    if (device_ == nullptr) r.isolation = "nothing was run";
    double load[1] = {-1};
    if (getloadavg(load, 1) == 1) r.load_average = load[0];
  }

  void report(std::size_t number, std::size_t count, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      const bool plain = row.outcome == Outcome::accepted;
      if (plain && row.kind == Kind::twin) continue;
      if (terminal_ &&
          (plain || row.outcome == Outcome::rejected || row.outcome == Outcome::harmless))
        continue;
      progress_.note(fmt::format("[{}/{}] {}{}: {}", number, count, row.name,
                                 row.kind == Kind::twin ? " (honest twin)" : "",
                                 outcome_words(row)));
    }
  }

  void add(std::vector<Row> rows, int repeat) {
    for (Row& row : rows) {
      row.repeat = repeat;
      recording_.rows.push_back(std::move(row));
    }
    keep_record();
  }

  void leave_out(int repeat) {
    const auto groups = honest_groups(corpus_.honest);
    std::size_t number = 0;
    for (const Entry& entry : corpus_.attacks)
      if (slice_.holds(++number)) add(rows_not_run(entry, no_device_), repeat);
    for (const auto& group : groups)
      if (slice_.holds(++number))
        for (const Entry& entry : group) add(rows_not_run(entry, no_device_), repeat);
    say(stderr, "aisp: not run: {}\n", no_device_);
  }

  void judge_once(int repeat) {
    if (device_ == nullptr) return leave_out(repeat);
    const auto groups = honest_groups(corpus_.honest);
    const std::size_t count = corpus_.attacks.size() + groups.size();
    std::size_t number = 0;
    const std::size_t first = recording_.rows.size();
    for (const Entry& entry : corpus_.attacks) {
      if (interrupted_) return;
      if (!slice_.holds(++number)) continue;
      begin(number, count, entry.manifest.name);
      auto rows = run_attack(corpus_, entry, settings_, *device_, recording_.isolation);
      if (interrupted_) return;  // half a match says nothing
      report(number, count, rows);
      add(std::move(rows), repeat);
    }
    for (const auto& group : groups) {
      if (interrupted_) return;
      if (!slice_.holds(++number)) continue;
      begin(number, count, group.front().manifest.name);
      auto rows = run_honest(corpus_, group, settings_, *device_, recording_.isolation);
      if (interrupted_) return;
      report(number, count, rows);
      add(std::move(rows), repeat);
    }
    look_at_baselines(first);
  }

  // Once more, because a neighbour can slow a baseline down too; twice is no neighbour.
  void look_at_baselines(std::size_t first) {
    std::vector<Row> rows(recording_.rows.begin() + static_cast<std::ptrdiff_t>(first),
                          recording_.rows.end());
    for (const std::size_t index : slowed_baselines(rows)) {
      for (const Entry& entry : corpus_.attacks) {
        if (entry.manifest.name != rows[index].name || interrupted_) continue;
        progress_.note(
            fmt::format("{}: its baseline looks slowed down; once more", rows[index].name));
        auto again = run_attack(corpus_, entry, settings_, *device_, recording_.isolation);
        std::vector<Row> with = rows;
        again.front().repeat = rows[index].repeat;
        with[index] = again.front();
        const auto still = slowed_baselines(with);
        if (std::find(still.begin(), still.end(), index) != still.end()) {
          with[index].outcome = Outcome::missed;
          with[index].why = fmt::format(
              "in two matches honest code beside it was {:.3g} times as fast as the baseline, far "
              "more than beside other attacks: the baseline was slowed down",
              with[index].control->estimate);
        }
        recording_.rows[first + index] = with[index];
      }
    }
  }

  void begin(std::size_t number, std::size_t count, const std::string& name) {
    at_ = name;
    progress_.begin_target(number, count);
  }

  Status judge() {
    if (Status ready = prepare(); !ready.ok()) return ready;
    for (int repeat = 0; repeat < options_.repeat && !interrupted_; ++repeat) {
      if (options_.repeat > 1)
        progress_.note(fmt::format("repeat {} of {}", repeat + 1, options_.repeat));
      judge_once(repeat);
    }
    recording_.complete = !interrupted_;
    Status written = write_record();
    recordings_.push_back(std::move(recording_));
    if (written.ok()) progress_.note("recorded: " + file_.string());
    return written;
  }

  Status write_protections() {
    if (options_.write_protections.empty()) return success();
    for (const Recording& r : recordings_)
      if (!r.pattern.empty() || !r.part.empty() || !r.complete)
        return Error{"write the protections", options_.write_protections,
                     "this run is not of the whole corpus",
                     "Run it without -k and --part and to its end, or join all parts "
                     "(tools/join_redteam.py)"};
    return write_file(options_.write_protections, protections_markdown(recordings_));
  }

  void print() {
    if (options_.json) {
      say(stdout, "{}", recording_text(recordings_.front()));
      return;
    }
    for (const Recording& r : recordings_) {
      const int width = columns_of(STDOUT_FILENO);
      say(stdout, "{}\n",
          options_.guards ? guards_table(r.rows, width) : rows_table(r.rows, width));
      say(stdout, "{}\n", closing_sentence(r));
    }
  }

  void say_what_is_missing() {
    if (interrupted_) return say(stderr, "interrupted: what was judged until then is shown\n");
    for (const Recording& r : recordings_)
      if (!r.complete)
        say(stderr, "aisp: the run of {} was cut off: it is not whole\n", r.started_at);
  }

  RedteamOptions options_;
  const std::atomic<bool>& interrupted_;
  ProgressLine progress_;
  const bool terminal_ = isatty(STDERR_FILENO) == 1;
  Corpus corpus_;
  Settings settings_;
  std::unique_ptr<Device> device_;  // null: none of the kind that is asked for
  std::string no_device_;           // why
  Slice slice_;
  fs::path folder_, file_;
  std::chrono::steady_clock::time_point next_write_{};
  bool said_unwritten_ = false;
  std::string at_;
  Recording recording_;
  std::vector<Recording> recordings_;
};

}  // namespace

ExitCode run_redteam(const RedteamOptions& options, const std::vector<std::string>& argv) {
  return Redteam(options, argv).run();
}

}  // namespace aisp::cli
