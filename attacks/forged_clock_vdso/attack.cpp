// Walks the symbol table of the vDSO that the kernel mapped, finds __vdso_clock_gettime and
// overwrites its first bytes, below libc, where a check of libc's code does not look.
#include <link.h>
#include <sys/auxv.h>

#include <cstring>

#include "../code_patch.h"
#include "../computations.h"
#include "../false_clock.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

// The function `name` in the vDSO; null when it is not found.
void* vdso_function(const char* name) {
  const std::uintptr_t base = getauxval(AT_SYSINFO_EHDR);
  if (base == 0) return nullptr;
  const auto* header = reinterpret_cast<const ElfW(Ehdr)*>(base);
  const auto* segments = reinterpret_cast<const ElfW(Phdr)*>(base + header->e_phoff);
  const ElfW(Sym)* symbols = nullptr;
  const char* names = nullptr;
  for (int i = 0; i < header->e_phnum; ++i) {
    if (segments[i].p_type != PT_DYNAMIC) continue;
    for (const auto* d = reinterpret_cast<const ElfW(Dyn)*>(base + segments[i].p_offset);
         d->d_tag != DT_NULL; ++d) {
      if (d->d_tag == DT_SYMTAB) symbols = reinterpret_cast<const ElfW(Sym)*>(base + d->d_un.d_ptr);
      if (d->d_tag == DT_STRTAB) names = reinterpret_cast<const char*>(base + d->d_un.d_ptr);
    }
  }
  if (symbols == nullptr || names == nullptr) return nullptr;
  // The string table follows the symbol table.
  for (const ElfW(Sym)* s = symbols; reinterpret_cast<const char*>(s) < names; ++s)
    if (std::strcmp(names + s->st_name, name) == 0)
      return reinterpret_cast<void*>(base + s->st_value);
  return nullptr;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    void* original = vdso_function("__vdso_clock_gettime");
    if (original == nullptr ||
        !corpus::redirect(original, reinterpret_cast<const void*>(&corpus::false_clock_gettime)))
      corpus::declined("the vDSO is not there or cannot be written");
  }
  void run(const aisp::Launch& launch) {
    const corpus::KeepBack slow_clock(0.9);
    corpus::Axpby(launch).compute();
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "vDSO clock overwritten");
