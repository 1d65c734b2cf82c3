// Walks the relocation tables of everything loaded before it, and points every import of
// clock_gettime, the agent's among them, to a slow clock. No code is changed.
#include <link.h>
#include <sys/mman.h>

#include <cstring>

#include "../computations.h"
#include "../false_clock.h"
#include "aisp/implementation.h"

namespace {

// Every slot of `object` that the loader filled with the address of `name`.
void point_imports_at(const dl_phdr_info& object, const char* name, const void* replacement) {
  const ElfW(Dyn)* dynamic = nullptr;
  for (int i = 0; i < object.dlpi_phnum; ++i)
    if (object.dlpi_phdr[i].p_type == PT_DYNAMIC)
      dynamic = reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + object.dlpi_phdr[i].p_vaddr);
  if (dynamic == nullptr || object.dlpi_addr == 0) return;
  const ElfW(Sym)* symbols = nullptr;
  const char* names = nullptr;
  const ElfW(Rela) * tables[2] = {};
  std::size_t bytes[2] = {};
  for (; dynamic->d_tag != DT_NULL; ++dynamic) {
    const auto at = dynamic->d_un.d_ptr;
    if (dynamic->d_tag == DT_SYMTAB) symbols = reinterpret_cast<const ElfW(Sym)*>(at);
    if (dynamic->d_tag == DT_STRTAB) names = reinterpret_cast<const char*>(at);
    if (dynamic->d_tag == DT_JMPREL) tables[0] = reinterpret_cast<const ElfW(Rela)*>(at);
    if (dynamic->d_tag == DT_RELA) tables[1] = reinterpret_cast<const ElfW(Rela)*>(at);
    if (dynamic->d_tag == DT_PLTRELSZ) bytes[0] = dynamic->d_un.d_val;
    if (dynamic->d_tag == DT_RELASZ) bytes[1] = dynamic->d_un.d_val;
  }
  if (symbols == nullptr || names == nullptr) return;
  // The vDSO's addresses are not relocated by the loader.
  if (reinterpret_cast<std::uintptr_t>(symbols) < object.dlpi_addr) return;
  for (int t = 0; t < 2; ++t)
    for (std::size_t i = 0; tables[t] != nullptr && i < bytes[t] / sizeof(ElfW(Rela)); ++i) {
      const ElfW(Rela)& entry = tables[t][i];
      if (std::strcmp(names + symbols[ELF64_R_SYM(entry.r_info)].st_name, name) != 0) continue;
      const std::uintptr_t slot = object.dlpi_addr + entry.r_offset;
      if (mprotect(reinterpret_cast<void*>(slot & ~std::uintptr_t{4095}), 4096,
                   PROT_READ | PROT_WRITE) == 0)
        std::memcpy(reinterpret_cast<void*>(slot), &replacement, sizeof replacement);
    }
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    dl_iterate_phdr(
        [](dl_phdr_info* object, std::size_t, void*) {
          point_imports_at(*object, "clock_gettime",
                           reinterpret_cast<const void*>(&corpus::false_clock_gettime));
          return 0;
        },
        nullptr);
  }
  void run(const aisp::Launch& launch) {
    const corpus::KeepBack slow_clock(0.9);
    corpus::Axpby(launch).compute();
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "imports of the clock redirected");
