// What the judge does when it or a worker is killed at a random moment, when the disk is full or
// read-only, when the wall clock steps, and when a control page or a record is garbage: is a record
// lost, does anything hang, does the judge crash?
//   robustness [kills [fuzzed [seed]]]     default 200, 10000; needs root (tmpfs in a mount namespace)
//
// Only processes that this program started, and their children, are killed. The clock is stepped for
// this process alone: the clock_gettime() below stands before libc's for all code linked here, and
// the kernel's clock stays as it is.
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "bench/testbed_match.h"
#include "ledger/ledger.h"
#include "ledger/result_json.h"

namespace {

std::atomic<std::int64_t> wall_step_s{0};
std::atomic<std::int64_t> wall_reads{0};

}  // namespace

extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t clock,
                                                                    timespec* time) noexcept {
  using Function = int (*)(clockid_t, timespec*);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, time);
  if (clock == CLOCK_REALTIME) {
    time->tv_sec += wall_step_s.load();
    ++wall_reads;
  }
  return result;
}

namespace {

namespace fs = std::filesystem;
using aisp::Ledger;
using aisp::RunState;

std::mt19937_64 random_bits;
bool all_good = true;

void wait_ms(std::int64_t ms) { poll(nullptr, 0, static_cast<int>(ms)); }

void verdict(const char* what, bool good) {
  all_good = all_good && good;
  std::printf("  %-58s %s\n", what, good ? "met" : "NOT MET");
  std::fflush(stdout);
}

fs::path output_file;    // instead of one in the folder, unless it is empty
fs::path output_folder;  // never on the file system that is made full

// One `aisp bench run` with its output in a file.
class Cli {
 public:
  Cli(const fs::path& artifacts, const std::vector<std::string>& more) {
    output_ = output_file.empty() ? output_folder / "output.txt" : output_file;
    std::vector<std::string> words = {(bench::binary_dir() / "aisp").string(), "bench", "run",
                                      "--artifacts", artifacts.string()};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    begin_ns_ = aisp::monotonic_ns();
    pid_ = fork();
    if (pid_ == 0) {
      const int out = open(output_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
      dup2(out, 1);
      dup2(out, 2);
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  Cli(const Cli&) = delete;
  Cli& operator=(const Cli&) = delete;

  void kill_judge() const { kill(pid_, SIGKILL); }

  std::vector<pid_t> workers() const {
    std::vector<pid_t> pids;
    std::error_code gone;
    for (const auto& task :
         fs::directory_iterator("/proc/" + std::to_string(pid_) + "/task", gone)) {
      std::ifstream children(task.path() / "children");
      for (pid_t pid = 0; children >> pid;) {
        std::string name;  // "aisp" until it has become the agent; git is a child too
        std::ifstream("/proc/" + std::to_string(pid) + "/comm") >> name;
        if (name.rfind("aisp", 0) == 0) pids.push_back(pid);
      }
    }
    return pids;
  }

  bool ended() {
    if (!ended_) ended_ = waitpid(pid_, &status_, WNOHANG) == pid_;
    return ended_;
  }
  // False: it hung, and was killed.
  bool wait(double seconds) {
    const std::int64_t end = aisp::monotonic_ns() + static_cast<std::int64_t>(seconds * 1e9);
    while (!ended()) {
      if (aisp::monotonic_ns() > end) {
        kill_judge();
        waitpid(pid_, &status_, 0);
        ended_ = true;
        return false;
      }
      wait_ms(2);
    }
    seconds_ = static_cast<double>(aisp::monotonic_ns() - begin_ns_) * 1e-9;
    return true;
  }
  bool crashed() const { return WIFSIGNALED(status_); }
  int signal() const { return WIFSIGNALED(status_) ? WTERMSIG(status_) : 0; }
  int code() const { return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1; }
  double seconds() const { return seconds_; }
  std::string output() const {
    std::stringstream text;
    text << std::ifstream(output_).rdbuf();
    return text.str();
  }

 private:
  fs::path output_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
  std::int64_t begin_ns_ = 0;
  double seconds_ = 0;
};

const std::vector<std::string> kShortRun = {"-t", "testbed:axpby", "--rounds", "8", "--quiet"};

bool gone(const std::vector<pid_t>& pids) {
  for (int i = 0; i < 1000; ++i) {
    if (std::all_of(pids.begin(), pids.end(), [](pid_t pid) { return kill(pid, 0) != 0; }))
      return true;
    wait_ms(2);
  }
  return false;
}

// Runs that a judge reported as recorded and that are not there in full; -1 = the ledger is broken.
int missing_records(const fs::path& artifacts, int acknowledged) {
  auto ledger = Ledger::open((artifacts / "ledger.db").string());
  if (!ledger.ok() || !ledger->check().ok()) return -1;
  auto finished = ledger->runs(RunState::finished);
  auto running = ledger->runs(RunState::running);
  if (!finished.ok() || !running.ok() || !running->empty()) return -1;
  int complete = 0;
  for (const std::string& run : *finished) {
    auto remaining = ledger->remaining_targets(run);
    complete += remaining.ok() && remaining->empty();
  }
  return std::max(0, acknowledged - complete);
}

bool tells_of_a_kill(const fs::path& artifacts) {
  auto ledger = Ledger::open((artifacts / "ledger.db").string());
  if (!ledger.ok()) return false;
  auto finished = ledger->runs(RunState::finished);
  if (!finished.ok() || finished->empty()) return false;
  auto results = ledger->results(finished->front());
  if (!results.ok()) return false;
  return aisp::dump(aisp::target_result_json(results->front())).find("SIGKILL") !=
         std::string::npos;
}

void kills(const fs::path& root, int count) {
  const fs::path artifacts = root / "kills";
  int acknowledged = 0;
  Cli first(artifacts, kShortRun);
  first.wait(60);
  acknowledged += first.code() >= 0 && first.code() != 2;
  Cli second(artifacts, kShortRun);  // the machine's peaks are known now: as long as all others
  second.wait(60);
  acknowledged += second.code() >= 0 && second.code() != 2;
  const auto usual_ms = static_cast<std::uint64_t>(second.seconds() * 1e3);

  int judges = 0, workers = 0, too_late = 0, hangs = 0, crashes = 0, lost = 0, broken = 0,
      orphans = 0;
  int told = 0, refused = 0, resumed = 0, not_resumed = 0;
  for (int i = 0; judges + workers < count && i < 4 * count; ++i) {
    Cli cli(artifacts, kShortRun);
    wait_ms(static_cast<std::int64_t>(random_bits() % usual_ms));
    const auto pids = cli.workers();
    const bool shoot_judge = random_bits() % 2 == 0;
    if (cli.ended() || (!shoot_judge && pids.empty())) {
      ++too_late;  // or too early; counted as a run like others
      hangs += !cli.wait(60);
      acknowledged += cli.code() >= 0 && cli.code() != 2;
      continue;
    }
    if (shoot_judge) {
      ++judges;
      cli.kill_judge();
      cli.wait(10);
      orphans += !gone(pids);
      if (judges % 5 == 0) {
        Cli again(artifacts, {"--resume", "--quiet"});
        hangs += !again.wait(60);
        if (again.code() >= 0 && again.code() != 2) {
          ++resumed;
          ++acknowledged;
        } else if (again.output().find("interrupted") == std::string::npos) {
          ++not_resumed;  // and not because there was nothing to resume
        }
      }
    } else {
      ++workers;
      kill(pids[random_bits() % pids.size()], SIGKILL);
      hangs += !cli.wait(60);
      crashes += cli.crashed();
      if (cli.crashed())
        std::printf("  crash by signal %d: %s\n", cli.signal(), cli.output().c_str());
      refused += cli.code() == 2;
      acknowledged += cli.code() >= 0 && cli.code() != 2;
      told += tells_of_a_kill(artifacts) || cli.output().find("SIGKILL") != std::string::npos;
    }
    const int missing = missing_records(artifacts, acknowledged);
    lost = std::max(lost, missing);
    broken += missing < 0;
  }
  std::printf("kill -9 at random moments of a run of %llu ms: %d of the judge, %d of a worker\n",
              static_cast<unsigned long long>(usual_ms), judges, workers);
  std::printf(
      "  judge: %d resumed, %d not; worker: %d told, %d ended with exit code 2; %d too late\n",
      resumed, not_resumed, told, refused, too_late);
  std::printf(
      "  %d acknowledged records, %d lost, %d broken ledgers, %d hangs, %d crashes, %d orphans\n",
      acknowledged, lost, broken, hangs, crashes, orphans);
  verdict("no lost record, no hang, no crash, no orphan", lost == 0 && broken == 0 && hangs == 0 &&
                                                              crashes == 0 && orphans == 0 &&
                                                              not_resumed == 0);
}

// Fills what is left of the file system.
void fill_up(const fs::path& folder) {
  const std::vector<char> block(1 << 16, 'x');
  const int fd = open((folder / "ballast").c_str(), O_CREAT | O_WRONLY, 0644);
  std::size_t bytes = block.size();
  while (bytes > 0)
    if (write(fd, block.data(), bytes) <= 0) bytes /= 2;
  close(fd);
}

void full_disk(const fs::path& root, int times) {
  const fs::path disk = root / "small";
  fs::create_directories(disk);
  if (mount("none", disk.c_str(), "tmpfs", 0, "size=80m") != 0) {
    std::printf("full disk: NOT SHOWN, tmpfs cannot be mounted\n");
    all_good = false;
    return;
  }
  const fs::path artifacts = disk / "artifacts";
  fs::create_directories(artifacts);
  Cli first(artifacts, kShortRun);
  first.wait(60);
  int acknowledged = first.code() >= 0 && first.code() != 2;
  const auto usual_ms = static_cast<std::uint64_t>(first.seconds() * 1e3);
  int hangs = 0, crashes = 0, lost = 0, broken = 0, refused = 0, silent = 0;
  for (int i = 0; i < times; ++i) {
    Cli cli(artifacts, kShortRun);
    wait_ms(static_cast<std::int64_t>(random_bits() % usual_ms));
    fill_up(disk);
    hangs += !cli.wait(60);
    crashes += cli.crashed();
    if (cli.crashed())
      std::printf("  crash by signal %d: %s\n", cli.signal(), cli.output().c_str());
    refused += cli.code() == 2;
    silent += cli.code() == 2 && cli.output().find("cannot") == std::string::npos;
    acknowledged += cli.code() >= 0 && cli.code() != 2;
    fs::remove(disk / "ballast");
    const int missing = missing_records(artifacts, acknowledged);
    lost = std::max(lost, missing);
    broken += missing < 0;
  }
  std::printf("full disk at %d random moments: %d refused, %d of them without a reason\n", times,
              refused, silent);
  std::printf("  %d acknowledged records, %d lost, %d broken ledgers, %d hangs, %d crashes\n",
              acknowledged, lost, broken, hangs, crashes);
  verdict("no lost record, no hang, no crash, and it is told",
          lost == 0 && broken == 0 && hangs == 0 && crashes == 0 && silent == 0 && refused > 0);

  output_file = "/dev/full";
  Cli mute(artifacts, {"-t", "testbed:axpby", "--rounds", "8"});
  const bool spoke = mute.wait(60);
  output_file.clear();
  std::printf("standard output and error on a full disk: exit code %d, signal %d\n", mute.code(),
              mute.signal());
  verdict("no hang, no crash, no lost record",
          spoke && !mute.crashed() &&
              missing_records(artifacts, acknowledged + (mute.code() != 2)) == 0);

  // The same file system, read-only.
  mount("none", disk.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr);
  Cli cli(artifacts, kShortRun);
  const bool ended = cli.wait(60);
  std::printf("read-only artifacts: exit code %d after %.2f s: %s", cli.code(), cli.seconds(),
              cli.output().c_str());
  verdict("refused before anything is measured, with a way out",
          ended && cli.code() == 2 && cli.output().find("--artifacts") != std::string::npos);
  umount(disk.c_str());
}

void clock_steps(const fs::path& root) {
  const fs::path file = root / "steps.db";
  aisp::RunInfo run;
  run.id = "steps";
  run.started_at = "2026-01-01T00:00:00Z";
  run.finished_at = "2026-01-01T00:00:01Z";
  auto ledger = Ledger::open(file.string());
  aisp::JudgeOptions options = bench::default_options();
  options.interval = 1e-9;
  options.time_limit_s = 2;
  std::atomic<bool> stop{false};
  int steps = 0;
  std::thread stepper([&] {
    std::mt19937_64 own(1);
    for (; !stop; ++steps) {
      wall_step_s = static_cast<std::int64_t>(own() % 2'000'000'000) - 1'000'000'000;
      wait_ms(1);
    }
  });
  const std::int64_t begin = aisp::monotonic_ns();
  bool recorded = ledger.ok() && ledger->begin_run(run).ok() &&
                  ledger->plan_targets(run.id, {"testbed:axpby"}).ok();
  const aisp::TargetResult result = bench::judge("axpby", {"baseline", "optimized"}, options);
  recorded = recorded && ledger->record_target(run.id, result).ok() &&
             ledger->finish_run(run).ok() && ledger->check().ok();
  const double seconds = static_cast<double>(aisp::monotonic_ns() - begin) * 1e-9;
  const bool stepped = std::chrono::system_clock::now().time_since_epoch().count() != 0;
  stop = true;
  stepper.join();
  wall_step_s = 0;
  int backwards = 0;
  std::int64_t last = 0;
  const auto& row = result.implementations.back();
  for (const aisp::Window& w : row.observation.windows) {
    backwards += w.started_ns < last || w.done_ns < 0 || w.sealed_ns < w.done_ns;
    last = w.started_ns;
  }
  std::printf("wall clock stepped %d times by up to 31 years, for this process; read %lld times\n",
              steps, static_cast<long long>(wall_reads.load()));
  std::printf("  %d rounds in %.2f s (limit 2 s), %d windows with a time that cannot be, %s\n",
              row.rounds, seconds, backwards, row.sentence.c_str());
  verdict("time limit kept, times as ever, recorded",
          stepped && wall_reads > 0 && seconds > 1.5 && seconds < 10 && backwards == 0 &&
              recorded && row.rounds > 5 && row.correct == true);
}

std::string mutated(std::string text) {
  for (std::uint64_t n = 1 + random_bits() % 8; n > 0 && !text.empty(); --n) {
    const std::size_t at = random_bits() % text.size();
    switch (random_bits() % 5) {
      case 0: text[at] = static_cast<char>(random_bits()); break;
      case 1: text.erase(at, 1 + random_bits() % 40); break;
      case 2: text.insert(at, text.substr(random_bits() % text.size(), random_bits() % 40)); break;
      case 3: text.insert(at, "9999999999999999999e999"); break;
      default: text.resize(at);
    }
  }
  return text;
}

void garbage(const fs::path& root, int count) {
  const fs::path database = root / "kills" / "ledger.db";
  std::vector<std::string> texts;
  {
    auto ledger = Ledger::open(database.string());
    const auto finished = ledger.ok() ? ledger->runs(RunState::finished)
                                      : aisp::Result<std::vector<std::string>>(ledger.error());
    if (!finished.ok() || finished->empty()) {
      verdict("garbage: there is a record to start from", false);
      return;
    }
    texts.push_back(
        aisp::dump(aisp::target_result_json(ledger->results(finished->back())->front())));
    texts.push_back(aisp::dump(aisp::manifest_json(*ledger->run_info(finished->back()))));
  }
  int refused = 0;
  for (int i = 0; i < count; ++i) {
    const std::string text = mutated(texts[static_cast<std::size_t>(i % 2)]);
    refused += i % 2 == 0 ? !aisp::target_result_from_json(text).ok()
                          : !aisp::run_info_from_json(text).ok();
  }
  std::stringstream whole;
  whole << std::ifstream(database, std::ios::binary).rdbuf();
  const std::string bytes = whole.str();
  const int files = count / 20;
  int files_refused = 0;
  for (int i = 0; i < files; ++i) {
    std::string copy = bytes;
    for (std::uint64_t n = 1 + random_bits() % 64; n > 0; --n)
      copy[random_bits() % (i % 2 == 0 ? copy.size() : std::min<std::size_t>(copy.size(), 8192))] =
          static_cast<char>(random_bits());
    if (i % 4 == 3) copy.resize(random_bits() % copy.size());
    const fs::path file = root / "garbage.db";
    std::ofstream(file, std::ios::binary) << copy;
    auto ledger = Ledger::open(file.string());
    bool good = ledger.ok() && ledger->check().ok();
    if (ledger.ok())
      for (const RunState state : {RunState::finished, RunState::interrupted})
        if (auto runs = ledger->runs(state); runs.ok())
          for (const std::string& run : *runs) good = ledger->results(run).ok() && good;
    files_refused += !good;
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(file.string() + end);
  }
  std::printf("garbage: %d result and manifest texts, %d refused; %d ledger files, %d refused\n",
              count, refused, files, files_refused);
  verdict("every one is an error or a value, none a crash", true);
}

void control_pages() {
  const fs::path tests = bench::binary_dir() / "worker_tests";
  if (!fs::exists(tests)) {
    std::printf("control pages: NOT SHOWN here, build worker_tests\n");
    return;
  }
  std::printf("control pages, 10,000 windows (worker_tests, ProtocolFuzz):\n");
  std::fflush(stdout);
  const int status =
      std::system((tests.string() + " --gtest_brief=1 --gtest_filter='ProtocolFuzz*'").c_str());
  verdict("every window is a sane record or a finding", status == 0);
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 200;
  const int fuzzed = argc > 2 ? std::atoi(argv[2]) : 10'000;
  random_bits.seed(argc > 3 ? std::strtoull(argv[3], nullptr, 10) : std::random_device{}());
  std::string pattern = (fs::temp_directory_path() / "aisp-robustness-XXXXXX").string();
  const fs::path root = mkdtemp(pattern.data());
  output_folder = root;
  // Mounts are seen by this program and those that it starts, and end with it.
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    std::printf("no mount namespace: not root?\n");
  clock_steps(root);
  kills(root, count);
  full_disk(root, std::max(4, count / 10));
  garbage(root, fuzzed);
  control_pages();
  std::error_code left;
  fs::remove_all(root, left);
  return all_good ? 0 : 1;
}
