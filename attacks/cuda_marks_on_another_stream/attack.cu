// Finds the agent's pointers to cuEventRecord and puts a function of its own there, which records each mark on a
// stream where nothing runs. CUPTI sees the request as always, so that only the events tell another time; no code is
// overwritten. Records are shortened to what the events say.
#include <sys/auxv.h>

#include <cstring>

#include "../device_chain.cuh"
#include "../forged_records.h"
#include "../outcome.h"

namespace {

using Record = CUresult (*)(CUevent, CUstream);

std::uintptr_t the_record = 0;  // its complement, so that the search does not find it
cudaStream_t the_stream = nullptr, the_idle_stream = nullptr;

CUresult record_elsewhere(CUevent event, CUstream stream) {
  return reinterpret_cast<Record>(~the_record)(event,
                                               stream == the_stream ? the_idle_stream : stream);
}

// In what is writable of the program itself: its data, what follows it, and the heap.
int replace_in_the_program(std::uintptr_t wanted, std::uintptr_t mine) {
  const auto* const headers = reinterpret_cast<const void*>(getauxval(AT_PHDR));
  const auto all = corpus::mappings();
  std::string program;
  for (const corpus::Mapping& m : all)
    if (m.holds(headers)) program = m.path;
  int replaced = 0;
  std::uintptr_t end_of_program = 0;
  for (const corpus::Mapping& m : all) {
    const bool of_program = !program.empty() && m.path == program;
    const bool follows = m.path.empty() && m.begin == end_of_program;
    if (of_program || follows) end_of_program = m.end;
    if (!m.readable || !m.writable || m.shared) continue;
    if (!of_program && !follows && m.path != "[heap]") continue;
    for (auto* p = reinterpret_cast<std::uintptr_t*>(m.begin);
         p < reinterpret_cast<std::uintptr_t*>(m.end); ++p)
      if (*p == wanted) *p = mine, ++replaced;
  }
  return replaced;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) {
    the_stream = corpus::stream_of(launch);
    the_idle_stream = idle_;
    void* const record = corpus::driver_function("cuEventRecord");
    the_record = ~reinterpret_cast<std::uintptr_t>(record);
    if (record == nullptr || replace_in_the_program(~the_record, reinterpret_cast<std::uintptr_t>(
                                                                     &record_elsewhere)) == 0) {
      corpus::not_tried("there is no pointer to cuEventRecord");
      return;
    }
    if (!corpus::shorten_records([](std::uint64_t ns) { return ns / 16; }))
      corpus::not_tried("there is no pointer to cuptiActivityGetNextRecord");
  }
  void run(const aisp::Launch& launch) { corpus::hash(launch, corpus::stream_of(launch)); }

 private:
  corpus::Stream idle_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "marks where nothing runs");
