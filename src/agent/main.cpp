// The agent: the process that holds one implementation. It maps its buffers, locks itself down, and
// only then loads the implementation; from that moment on nothing it says is believed.
#include <dlfcn.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <vector>

#include "agent/backend.h"
#include "aisp/implementation.h"
#include "worker/lockdown.h"
#include "worker/protocol.h"

namespace {

using namespace aisp;
using namespace aisp::protocol;

void* map_fd(int fd, int protection) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return nullptr;
  void* p = mmap(nullptr, static_cast<std::size_t>(info.st_size), protection, MAP_SHARED, fd, 0);
  close(fd);
  return p == MAP_FAILED ? nullptr : p;
}

class Agent {
 public:
  Agent(const char* implementation_path, bool lock_down)
      : path_(implementation_path), lock_down_(lock_down) {}

  int run() {
    orders_ = static_cast<const Orders*>(map_fd(kOrdersFd, PROT_READ));
    answers_ = static_cast<Answers*>(map_fd(kAnswersFd, PROT_READ | PROT_WRITE));
    if (orders_ == nullptr || answers_ == nullptr) return 90;
    if (orders_->magic != kMagic || orders_->version != kVersion) return 91;
    sched_getaffinity(0, sizeof everywhere_, &everywhere_);
    backend_ = orders_->device == DeviceKind::cpu    ? agent::make_cpu_backend()
               : orders_->device == DeviceKind::cuda ? agent::make_cuda_backend()
                                                     : nullptr;
    if (backend_ == nullptr) {
      say("this agent was built without the device that it is asked for");
      answer(1, protocol::Status::device_failed);
      return 93;
    }
    // Landlock binds only the thread that asks for it and those that it starts, and devices start
    // threads; so it comes first, and the filter, which can be put on all threads, last.
    if (const aisp::Status locked = lock_down_ ? lock_files() : success(); !locked)
      return give_up(protocol::Status::lockdown_failed, locked.error(), 92);
    const Result<agent::Regions> regions = backend_->open(*orders_);
    if (!regions) return give_up(protocol::Status::device_failed, regions.error(), 93);
    regions_ = *regions;
    std::snprintf(answers_->notes, sizeof answers_->notes, "%s", backend_->notes().c_str());
    if (lock_down_) {
      const LockdownProfile profile = backend_->lockdown_profile();
      if (const aisp::Status locked = lock_calls(profile); !locked)
        return give_up(protocol::Status::lockdown_failed, locked.error(), 92);
      const LockdownProbe probe = probe_lockdown(profile);
      answers_->probes_refused = static_cast<std::uint32_t>(probe.refused);
      answers_->probes_allowed = static_cast<std::uint32_t>(probe.allowed);
      if (probe.allowed > 0) say("allowed: %s", probe.allowed_names.front().c_str());
    }
    build_launches();
    answer(1, protocol::Status::ok);
    for (std::uint32_t sequence = 2;; ++sequence) {
      wait_for(sequence);
      if (orders_->command == Command::run && (orders_->flags & kHandOverOnly) != 0) {
        answer(sequence, protocol::Status::ok);
        continue;
      }
      go_where_it_may();
      switch (orders_->command) {
        case Command::populate: answer(sequence, populate()); break;
        case Command::setup: answer(sequence, setup()); break;
        case Command::run: answer(sequence, run_window()); break;
        case Command::collect:
          backend_->collect(*answers_);
          answer(sequence, protocol::Status::ok);
          break;
        case Command::quit:
          if (implementation_ != nullptr && implementation_->teardown != nullptr)
            implementation_->teardown(state_);
          answer(sequence, protocol::Status::ok);
          return 0;
        default: answer(sequence, protocol::Status::bad_order);
      }
    }
  }

 private:
  __attribute__((format(printf, 2, 3))) void say(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(answers_->message, sizeof answers_->message, format, arguments);
    va_end(arguments);
  }

  int give_up(protocol::Status status, const Error& error, int exit_code) {
    say("%s", error.message().c_str());
    answer(1, status);
    return exit_code;
  }

  void wait_for(std::uint32_t sequence) {
    while (orders_->sequence.load(std::memory_order_acquire) != sequence)
      syscall(SYS_futex, &orders_->sequence, FUTEX_WAIT, sequence - 1, nullptr, nullptr, 0);
  }

  // The judge has put this thread on its own CPU while it was stopped, so that waking it up is a
  // context switch there and wakes no idle CPU (11 µs instead of 54 in a virtual machine). From here
  // on it runs where it may: threads that calls start inherit that. (The judge cannot do it: whom it wakes on its CPU may run first.)
  void go_where_it_may() const {
    const auto& cpus = orders_->main_cpus;
    if (std::any_of(std::begin(cpus), std::end(cpus), [](std::uint64_t some) { return some != 0; }))
      syscall(SYS_sched_setaffinity, 0, sizeof cpus, cpus);
    else
      sched_setaffinity(0, sizeof everywhere_, &everywhere_);
  }

  void answer(std::uint32_t sequence, protocol::Status status) {
    answers_->status = status;
    answers_->sequence.store(sequence, std::memory_order_release);
    syscall(SYS_futex, &answers_->sequence, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }

  std::byte* begin_of(Region region) const {
    switch (region) {
      case Region::inputs: return regions_.inputs;
      case Region::outputs: return regions_.outputs;
      case Region::host_inputs: return regions_.host_inputs;
      case Region::host_outputs: return regions_.host_outputs;
    }
    return nullptr;
  }

  aisp_tensor tensor(const TensorEntry& entry, std::uint64_t set, bool with_data) const {
    std::byte* const base = begin_of(entry.region);
    aisp_tensor t{};
    t.name = entry.name;
    t.data = with_data ? base + entry.offset + set * entry.set_stride : nullptr;
    t.dtype = entry.dtype;
    t.ndim = entry.rank;
    t.shape = entry.shape;
    t.strides = entry.strides;
    t.elements = entry.elements;
    return t;
  }

  void build_launches() {
    const std::uint32_t sets = orders_->sets;
    params_.resize(orders_->param_count);
    for (std::uint32_t i = 0; i < orders_->param_count; ++i)
      params_[i] = {orders_->params[i].name, orders_->params[i].value};
    const std::size_t per_set = orders_->input_count + orders_->output_count;
    tensors_.resize(per_set * (sets + 1));
    launches_.resize(sets + 1);
    for (std::uint32_t set = 0; set <= sets; ++set) {  // the last one is setup's
      aisp_tensor* first = &tensors_[set * per_set];
      for (std::uint32_t i = 0; i < orders_->input_count; ++i) {
        const TensorEntry& entry = orders_->inputs[i];
        first[i] = tensor(entry, set, set < sets || entry.weight != 0);
      }
      for (std::uint32_t i = 0; i < orders_->output_count; ++i)
        first[orders_->input_count + i] = tensor(orders_->outputs[i], set, set < sets);
      aisp_launch& launch = launches_[set];
      launch.inputs = first;
      launch.outputs = first + orders_->input_count;
      launch.params = params_.data();
      launch.input_count = orders_->input_count;
      launch.output_count = orders_->output_count;
      launch.param_count = orders_->param_count;
      launch.stream = backend_->stream();
    }
  }

  protocol::Status populate() {
    const aisp::Status done = backend_->populate(*orders_, orders_->calls, orders_->flags);
    if (!done) {
      say("%s", done.error().message().c_str());
      return protocol::Status::device_failed;
    }
    if ((orders_->flags & kReplayGraph) == 0 || implementation_ == nullptr)
      return protocol::Status::ok;
    const std::size_t sets = std::min(orders_->calls, orders_->sets);
    const aisp::Status captured =
        backend_->capture({launches_.data(), sets}, implementation_->run, state_);
    if (captured) return protocol::Status::ok;
    say("%s", captured.error().message().c_str());
    return protocol::Status::not_capturable;
  }

  protocol::Status setup() {
    void* library = dlopen(path_, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      say("%s", dlerror());
      return protocol::Status::load_failed;
    }
    implementation_ =
        static_cast<const aisp_implementation_v1*>(dlsym(library, "aisp_implementation"));
    if (implementation_ == nullptr) {
      say("it exports no symbol 'aisp_implementation', which a last line like "
          "AISP_IMPLEMENTATION(run, \"what it does\"); makes");
      return protocol::Status::load_failed;
    }
    if (implementation_->abi_version != AISP_ABI_VERSION ||
        implementation_->struct_bytes != sizeof(aisp_implementation_v1) ||
        implementation_->run == nullptr) {
      say("built for ABI %u (struct of %u bytes), this is ABI %u (%zu bytes), or `run` is null",
          implementation_->abi_version, implementation_->struct_bytes, AISP_ABI_VERSION,
          sizeof(aisp_implementation_v1));
      return protocol::Status::load_failed;
    }
    const std::int64_t begin = agent::now_ns();
    int code = 0;
    if (implementation_->setup != nullptr)
      code = implementation_->setup(&launches_.back(), &state_);
    const aisp::Status finished = code == 0 ? backend_->finish() : success();
    answers_->setup_ns = agent::now_ns() - begin;
    if (code != 0) say("setup returned %d", code);
    if (!finished) say("%s", finished.error().message().c_str());
    return code == 0 && finished ? protocol::Status::ok : protocol::Status::setup_failed;
  }

  protocol::Status run_window() {
    answers_->awake_ns = agent::now_ns();
    const std::uint32_t calls = orders_->calls;
    if (implementation_ == nullptr || calls > kMaxCalls) return protocol::Status::bad_order;
    const agent::WindowEnd end = backend_->run({.plan = orders_->plan,
                                                .calls = calls,
                                                .sets = orders_->sets,
                                                .flags = orders_->flags,
                                                .launches = launches_.data(),
                                                .run = implementation_->run,
                                                .state = state_,
                                                .claims = answers_->claims});
    answers_->calls_done = end.calls_done;
    if (end.status != protocol::Status::ok) say("%s", end.message.c_str());
    return end.status;
  }

  const char* path_;
  bool lock_down_;
  const Orders* orders_ = nullptr;
  Answers* answers_ = nullptr;
  std::unique_ptr<agent::Backend> backend_;
  agent::Regions regions_;
  cpu_set_t everywhere_{};
  std::vector<aisp_tensor> tensors_;
  std::vector<aisp_launch> launches_;
  std::vector<aisp_param> params_;
  const aisp_implementation_v1* implementation_ = nullptr;
  void* state_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && !(argc == 3 && std::strcmp(argv[2], "--unlocked") == 0)) {
    std::fprintf(stderr,
                 "aisp-agent is started by aisp inside its sandbox, with buffers on descriptors "
                 "%d to %d. Run `aisp bench run` instead.\n",
                 kOrdersFd, kOutputsFd);
    return 2;
  }
  Agent agent(argv[1], argc == 2);
  return agent.run();
}
