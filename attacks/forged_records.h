// Shortens what CUPTI tells the agent: its pointer to cuptiActivityGetNextRecord lies in its heap, and is
// replaced by one to a function of ours that asks CUPTI and changes the answer.
#pragma once

#include <cupti.h>

#include <cstdint>
#include <cstring>

#include "libraries.h"
#include "reach.h"

namespace corpus {

using NextRecord = CUptiResult (*)(std::uint8_t*, std::size_t, CUpti_Activity**);

// Its complement, so that the search for the pointer does not find this one.
inline std::uintptr_t the_next_record = 0;
inline std::uint64_t (*the_shortened)(std::uint64_t ns) = nullptr;

template <class Record>
void shorten(CUpti_Activity& any) {
  auto& record = reinterpret_cast<Record&>(any);
  if (record.end > record.start)
    record.end = record.start + the_shortened(record.end - record.start);
}

inline CUptiResult shortened_record(std::uint8_t* buffer, std::size_t valid,
                                    CUpti_Activity** record) {
  const CUptiResult code = reinterpret_cast<NextRecord>(~the_next_record)(buffer, valid, record);
  if (code != CUPTI_SUCCESS) return code;
  switch ((*record)->kind) {
    case CUPTI_ACTIVITY_KIND_KERNEL:
    case CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL: shorten<CUpti_ActivityKernel10>(**record); break;
    case CUPTI_ACTIVITY_KIND_MEMCPY: shorten<CUpti_ActivityMemcpy6>(**record); break;
    case CUPTI_ACTIVITY_KIND_MEMSET: shorten<CUpti_ActivityMemset4>(**record); break;
    default: break;
  }
  return code;
}

// True when at least one pointer was found and replaced. `shortened` must not give more than it gets.
inline bool shorten_records(std::uint64_t (*shortened)(std::uint64_t ns)) {
  void* const found = cupti_function("cuptiActivityGetNextRecord");
  if (found == nullptr) return false;
  const auto mine = reinterpret_cast<std::uintptr_t>(&shortened_record);
  const auto wanted = reinterpret_cast<std::uintptr_t>(found);
  the_next_record = ~wanted;
  the_shortened = shortened;
  bool replaced = false;
  for (const Mapping& m : mappings()) {
    constexpr std::size_t kTooLarge = std::size_t{1} << 30;
    if (!m.readable || !m.writable || m.shared || m.bytes() > kTooLarge) continue;
    if (!m.path.empty() && m.path != "[heap]") continue;
    for (auto* p = reinterpret_cast<std::uintptr_t*>(m.begin);
         p < reinterpret_cast<std::uintptr_t*>(m.end); ++p) {
      if (*p != wanted) continue;
      *p = mine;
      replaced = true;
    }
  }
  return replaced;
}

}  // namespace corpus
