// Bare kernels: what is read of a stranger's .cubin, and the file that launches one.
#include "worker/kernel_file.h"

#include <dlfcn.h>
#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "aisp/implementation.h"
#include "worker/compile.h"
#include "worker/cubin.h"

namespace aisp::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What nvcc -cubin leaves, as far as it is read: header, names, symbols, two sections.
std::string made_up_cubin(const std::vector<std::string>& kernels) {
  std::string names(1, '\0');
  std::vector<Elf64_Sym> symbols(1);
  const auto add = [&](const std::string& name, unsigned char type, unsigned char other) {
    Elf64_Sym s{};
    s.st_name = static_cast<Elf64_Word>(names.size());
    s.st_info = ELF64_ST_INFO(STB_GLOBAL, type);
    s.st_other = other;
    symbols.push_back(s);
    names += name + '\0';
  };
  add("a_device_function", STT_FUNC, 0);
  add("a_variable", STT_OBJECT, 0x10);
  for (const std::string& kernel : kernels) add(kernel, STT_FUNC, 0x10);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_machine = 190;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 3;
  Elf64_Shdr sections[3] = {};
  sections[1].sh_type = SHT_STRTAB;
  sections[1].sh_offset = sizeof header;
  sections[1].sh_size = names.size();
  sections[2].sh_type = SHT_SYMTAB;
  sections[2].sh_link = 1;
  sections[2].sh_offset = sizeof header + names.size();
  sections[2].sh_size = symbols.size() * sizeof(Elf64_Sym);
  header.e_shoff = sections[2].sh_offset + sections[2].sh_size;
  std::string file(reinterpret_cast<const char*>(&header), sizeof header);
  file += names;
  file.append(reinterpret_cast<const char*>(symbols.data()), sections[2].sh_size);
  file.append(reinterpret_cast<const char*>(sections), sizeof sections);
  return file;
}

Result<std::vector<std::string>> kernels(const std::string& file) {
  return kernels_of_cubin(std::as_bytes(std::span<const char>(file.data(), file.size())));
}

class KernelFile : public ::testing::Test {
 protected:
  KernelFile() {
    std::string pattern = "/tmp/aisp-kernel-test-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    fs::permissions(folder_, fs::perms(0711));
    std::ofstream(folder_ / "launcher.so") << "some code";
  }
  ~KernelFile() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST(Cubin, HasTheEntryPointsAndNothingElse) {
  const auto found = kernels(made_up_cubin({"add", "_Z3mulPf"}));
  ASSERT_TRUE(found.ok()) << found.error().message();
  EXPECT_THAT(*found, ElementsAre("add", "_Z3mulPf"));
}

TEST(Cubin, OtherFilesAreRefused) {
  EXPECT_FALSE(kernels("").ok());
  EXPECT_FALSE(kernels(std::string(1000, 'x')).ok());
  std::ifstream self("/proc/self/exe", std::ios::binary);
  std::stringstream text;
  text << self.rdbuf();
  const auto found = kernels(text.str());
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(found.error().message(), HasSubstr("not code for an NVIDIA GPU"));
}

// Under ASan this is where a read outside would show.
TEST(Cubin, CutShortOrFullOfNoiseItIsReadWithinItsBounds) {
  const std::string whole = made_up_cubin({"add", "mul"});
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
    EXPECT_FALSE(kernels(std::string(whole.data(), bytes)).ok()) << "its section table comes last";
  std::mt19937 random(1);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string noisy = whole;
    for (int flips = 0; flips < 4; ++flips)
      noisy[random() % noisy.size()] = static_cast<char>(random());
    read += kernels(noisy).ok();
  }
  EXPECT_GT(read, 0);
  EXPECT_LT(read, 20'000);
}

TEST_F(KernelFile, TheOnlyKernelNeedsNoName) {
  KernelLaunch launch;
  ASSERT_TRUE(
      write_kernel_file(folder_ / "launcher.so", made_up_cubin({"add"}), launch, folder_ / "k.so")
          .ok());
  EXPECT_EQ(launch.entry, "add");
}

TEST_F(KernelFile, AWrongNameIsAnsweredWithThoseThatExist) {
  KernelLaunch launch;
  launch.entry = "ad";
  const Status wrong = write_kernel_file(folder_ / "launcher.so", made_up_cubin({"add", "mul"}),
                                         launch, folder_ / "k.so");
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().message(), HasSubstr("(ad): there is no kernel of that name"));
  EXPECT_THAT(wrong.error().message(), HasSubstr("add, mul"));
  launch.entry.clear();
  const Status several = write_kernel_file(folder_ / "launcher.so", made_up_cubin({"add", "mul"}),
                                           launch, folder_ / "k.so");
  ASSERT_FALSE(several.ok());
  EXPECT_THAT(several.error().message(), HasSubstr("2 kernels: add, mul"));
  EXPECT_THAT(several.error().message(), HasSubstr("--entry"));
  const Status none =
      write_kernel_file(folder_ / "launcher.so", made_up_cubin({}), launch, folder_ / "k.so");
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message(), HasSubstr("no kernel in it"));
}

TEST_F(KernelFile, EndsWithTheKernelAndHowItIsLaunched) {
  KernelLaunch launch;
  ASSERT_TRUE(read_kernel_launch("grid=7,2 block=64 shared=1024 entry=mul", "here", launch).ok());
  const std::string image = made_up_cubin({"add", "mul"});
  ASSERT_TRUE(write_kernel_file(folder_ / "launcher.so", image, launch, folder_ / "k.so").ok());
  std::ifstream in(folder_ / "k.so", std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const std::string file = text.str();
  KernelFileEnd end;
  ASSERT_GT(file.size(), sizeof end);
  std::memcpy(&end, file.data() + file.size() - sizeof end, sizeof end);
  EXPECT_EQ(file.substr(0, 9), "some code");
  EXPECT_EQ(std::memcmp(end.magic, kKernelFileMagic, sizeof end.magic), 0);
  EXPECT_EQ(end.image_offset % 64, 0u);
  EXPECT_EQ(file.substr(end.image_offset, end.image_bytes), image);
  EXPECT_EQ(file.substr(end.entry_offset, end.entry_bytes), "mul");
  EXPECT_THAT(end.grid, ElementsAre(7u, 2u, 1u));
  EXPECT_THAT(end.block, ElementsAre(64u, 1u, 1u));
  EXPECT_EQ(end.shared_bytes, 1024u);
}

TEST(KernelLaunch, WhatIsNotUnderstoodIsNamed) {
  for (const char* text : {"grid", "grid=", "grid=0", "grid=1,2,3,4", "grid=1,65536", "grid=-1",
                           "grid=1x2", "block=", "block=1025", "block=32,32,2", "block=1,1,65",
                           "shared=lots", "shared=2000000", "entry=", "cluster=2", "="}) {
    KernelLaunch launch;
    const Status read = read_kernel_launch(text, "my.launch", launch);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_THAT(read.error().message(), HasSubstr(text));
    EXPECT_THAT(read.error().message(), HasSubstr("my.launch"));
  }
}

TEST(KernelLaunch, WhatIsLeftOutStaysAsItIs) {
  KernelLaunch launch;
  ASSERT_TRUE(read_kernel_launch(" \n", "", launch).ok());
  EXPECT_THAT(launch.grid, ElementsAre(0u, 0u, 0u));
  EXPECT_THAT(launch.block, ElementsAre(256u, 1u, 1u));
  ASSERT_TRUE(read_kernel_launch("entry=a\nblock=32,4", "", launch).ok());
  ASSERT_TRUE(read_kernel_launch("grid=9", "", launch).ok());
  EXPECT_EQ(launch.entry, "a");
  EXPECT_THAT(launch.block, ElementsAre(32u, 4u, 1u));
  EXPECT_THAT(launch.grid, ElementsAre(9u, 1u, 1u));
}

constexpr const char* kPtx = R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry first(.param .u64 a) { ret; }
.visible .entry second(.param .u64 a, .param .f64 b) { ret; }
)";

// With the real assembler and the real module, up to the point where a GPU is needed.
TEST_F(KernelFile, PtxIsAssembledAndItsFileCanBeLoaded) {
  if (const auto nvcc = find_nvcc(); !nvcc.ok())
    GTEST_SKIP() << "not assembled: " << nvcc.error().message();
  std::ofstream(folder_ / "mine.ptx") << kPtx;
  CompileSpec spec;
  spec.source = folder_ / "mine.ptx";
  spec.language = SourceLanguage::ptx;
  spec.flags = {"-cubin", "-arch=sm_90a"};
  spec.include_dir = AISP_SOURCE_DIR "/include";
  spec.output_dir = folder_;
  spec.output_name = "mine.cubin";
  const auto made = compile_candidate(spec);
  ASSERT_TRUE(made.ok()) << made.error().message();
  ASSERT_TRUE(made->ok) << made->messages;
  std::ifstream in(made->library, std::ios::binary);
  std::stringstream image;
  image << in.rdbuf();
  const auto found = kernels(image.str());
  ASSERT_TRUE(found.ok()) << found.error().message();
  EXPECT_THAT(*found, ::testing::UnorderedElementsAre("first", "second"));

  const fs::path launcher = AISP_BINARY_DIR "/bin/aisp-cubin.so";
  if (!fs::exists(launcher)) GTEST_SKIP() << "this build has no module that launches kernels";
  KernelLaunch launch;
  launch.entry = "second";
  ASSERT_TRUE(write_kernel_file(launcher, image.str(), launch, folder_ / "k.so").ok());
  void* const library = dlopen((folder_ / "k.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  const auto* const it =
      static_cast<const aisp_implementation_v1*>(dlsym(library, "aisp_implementation"));
  ASSERT_NE(it, nullptr);
  EXPECT_STREQ(it->summary, "a bare kernel");
}

}  // namespace
}  // namespace aisp::test
