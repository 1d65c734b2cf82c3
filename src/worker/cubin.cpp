#include "worker/cubin.h"

#include <elf.h>

#include <cstring>
#include <optional>

namespace aisp {
namespace {

constexpr Elf64_Half kCudaMachine = 190;        // EM_CUDA
constexpr unsigned char kEntryPoint = 0x10;     // STO_CUDA_ENTRY in st_other
constexpr std::size_t kMostKernels = 1 << 16;   // more is no program
constexpr std::size_t kLongestName = 64 << 10;  // mangled names of templates have thousands

using Bytes = std::span<const std::byte>;

std::optional<Bytes> part(Bytes file, std::uint64_t offset, std::uint64_t bytes) {
  if (offset > file.size() || bytes > file.size() - offset) return std::nullopt;
  return file.subspan(offset, bytes);
}

// The i-th of a table of structures, which need not be aligned in the file.
template <class T>
std::optional<T> entry(Bytes table, std::uint64_t i) {
  if (i >= table.size() / sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, table.data() + i * sizeof(T), sizeof value);
  return value;
}

std::optional<std::string> text_at(Bytes strings, std::uint64_t offset) {
  if (offset >= strings.size()) return std::nullopt;
  const Bytes rest = strings.subspan(offset);
  const auto* begin = reinterpret_cast<const char*>(rest.data());
  const std::size_t length = strnlen(begin, rest.size());
  if (length == rest.size() || length > kLongestName) return std::nullopt;
  return std::string(begin, length);
}

Error refusal(const char* why) {
  return {"read the kernels of a .cubin", "", why, "Make it with nvcc -cubin"};
}

}  // namespace

Result<std::vector<std::string>> kernels_of_cubin(Bytes file) {
  const auto header = entry<Elf64_Ehdr>(file, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
    return refusal("it is no 64-bit ELF file");
  if (header->e_machine != kCudaMachine) return refusal("it is not code for an NVIDIA GPU");
  if (header->e_shentsize != sizeof(Elf64_Shdr)) return refusal("its section table is strange");
  const auto sections =
      part(file, header->e_shoff, std::uint64_t{header->e_shnum} * sizeof(Elf64_Shdr));
  if (!sections) return refusal("its section table lies outside of it");

  std::vector<std::string> names;
  for (std::uint64_t s = 0; s < header->e_shnum; ++s) {
    const auto section = entry<Elf64_Shdr>(*sections, s);
    if (!section || section->sh_type != SHT_SYMTAB) continue;
    const auto symbols = part(file, section->sh_offset, section->sh_size);
    const auto strings_section = entry<Elf64_Shdr>(*sections, section->sh_link);
    if (!symbols || !strings_section) return refusal("its symbol table lies outside of it");
    const auto strings = part(file, strings_section->sh_offset, strings_section->sh_size);
    if (!strings) return refusal("its names lie outside of it");
    for (std::uint64_t i = 0; i < symbols->size() / sizeof(Elf64_Sym); ++i) {
      const auto symbol = entry<Elf64_Sym>(*symbols, i);
      if (!symbol || ELF64_ST_TYPE(symbol->st_info) != STT_FUNC ||
          (symbol->st_other & kEntryPoint) == 0)
        continue;
      const auto name = text_at(*strings, symbol->st_name);
      if (!name || name->empty()) return refusal("a kernel's name lies outside of it");
      if (names.size() == kMostKernels) return refusal("it has more kernels than any program");
      names.push_back(*name);
    }
  }
  return names;
}

}  // namespace aisp
