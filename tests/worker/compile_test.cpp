// Candidates that are source: compiled in the sandbox, CUDA as well, on machines without a GPU.
#include "worker/compile.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "aisp/implementation.h"

namespace aisp::test {
namespace {

namespace fs = std::filesystem;

class Compile : public ::testing::Test {
 protected:
  Compile() {
    std::string pattern = "/tmp/aisp-compile-test-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    fs::permissions(folder_, fs::perms(0711));
  }
  ~Compile() override { fs::remove_all(folder_); }

  Result<CompiledCandidate> compile(const std::string& text, SourceLanguage language,
                                    std::vector<std::string> flags) {
    const fs::path source = folder_ / (language == SourceLanguage::cpp    ? "mine.cpp"
                                       : language == SourceLanguage::cuda ? "mine.cu"
                                                                          : "mine.ptx");
    std::ofstream(source) << text;
    CompileSpec spec;
    spec.source = source;
    spec.language = language;
    spec.flags = std::move(flags);
    spec.include_dir = AISP_SOURCE_DIR "/include";
    spec.output_dir = folder_;
    spec.output_name = "out-" + std::to_string(count_++);
    spec.time_limit_s = 110;
    return compile_candidate(spec);
  }

  fs::path folder_;
  int count_ = 0;
};

#define NEEDS_NVCC()                             \
  if (const auto nvcc = find_nvcc(); !nvcc.ok()) \
  GTEST_SKIP() << "not compiled: " << nvcc.error().message()

const std::vector<std::string> kCudaFlags = {
    "-std=c++20",      "-O3",         "-shared", "-Xcompiler=-fPIC", "-cudart=static",
    "-I/aisp/include", "-arch=sm_90a"};

constexpr const char* kCopy = R"(
#include <aisp/implementation.h>
__global__ void copy(const float* from, float* to, unsigned long n) {
  const unsigned long i = blockIdx.x * 256ul + threadIdx.x;
  if (i < n) to[i] = from[i];
}
static void run(const aisp::Launch& launch) {
  const auto n = launch.output_tensor(0).elements;
  copy<<<(n + 255) / 256, 256, 0, launch.stream<cudaStream_t>()>>>(launch.input<float>(0),
                                                                 launch.output<float>(0), n);
}
AISP_IMPLEMENTATION(run, "a copy");
)";

TEST_F(Compile, CudaBecomesASharedObjectWithAnImplementation) {
  NEEDS_NVCC();
  const auto made = compile(kCopy, SourceLanguage::cuda, kCudaFlags);
  ASSERT_TRUE(made.ok()) << made.error().message();
  ASSERT_TRUE(made->ok) << made->failure << "\n" << made->messages;
  EXPECT_EQ(made->compiler_version.rfind("nvcc, Cuda compilation tools, release", 0), 0u)
      << made->compiler_version;
  EXPECT_NE(made->flags.find("-arch=sm_90a"), std::string::npos);
  EXPECT_GT(made->seconds, 0);
  void* const library = dlopen(made->library.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  const auto* const it =
      static_cast<const aisp_implementation_v1*>(dlsym(library, "aisp_implementation"));
  ASSERT_NE(it, nullptr);
  EXPECT_EQ(it->abi_version, AISP_ABI_VERSION);
  EXPECT_STREQ(it->summary, "a copy");
}

TEST_F(Compile, WhatIsWrongInCudaIsSaidWithFileAndLine) {
  NEEDS_NVCC();
  const auto made = compile("#include <aisp/implementation.h>\n__global__ void k() { oops(); }\n",
                            SourceLanguage::cuda, kCudaFlags);
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_FALSE(made->ok);
  EXPECT_EQ(made->failure.rfind("exited with status", 0), 0u) << made->failure;
  EXPECT_NE(made->messages.find("mine.cu(2): error"), std::string::npos) << made->messages;
}

// The compiler is a stranger's tool: an #include of anything that the judge may read.
TEST_F(Compile, CudaSeesNoFilesOfTheHost) {
  NEEDS_NVCC();
  const fs::path secret = folder_ / "secret.h";
  std::ofstream(secret) << "#define SECRET 1\n";
  fs::permissions(secret, fs::perms(0644));
  for (const std::string& file : {secret.string(), std::string("/etc/passwd")}) {
    const auto made = compile("#include \"" + file + "\"\n", SourceLanguage::cuda, kCudaFlags);
    ASSERT_TRUE(made.ok()) << made.error().message();
    EXPECT_FALSE(made->ok);
    EXPECT_NE(made->messages.find("No such file"), std::string::npos) << made->messages;
  }
}

TEST_F(Compile, AMissingNvccIsAnErrorThatSaysWhatToInstall) {
  const char* const before = getenv("AISP_NVCC");
  const std::string kept = before == nullptr ? "" : before;
  setenv("AISP_NVCC", "/nonexistent/nvcc", 1);
  const auto made = compile(kCopy, SourceLanguage::cuda, kCudaFlags);
  if (before == nullptr)
    unsetenv("AISP_NVCC");
  else
    setenv("AISP_NVCC", kept.c_str(), 1);
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.error().message().find("no CUDA compiler on this machine"), std::string::npos);
  EXPECT_NE(made.error().message().find("Install the CUDA toolkit"), std::string::npos);
}

TEST_F(Compile, CppIsCompiledAsBefore) {
  const auto made = compile(
      "#include <aisp/implementation.h>\nstatic void run(const aisp::Launch&) {}\n"
      "AISP_IMPLEMENTATION(run, \"nothing\");\n",
      SourceLanguage::cpp, {"-std=c++20", "-fPIC", "-shared", "-I/aisp/include"});
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_TRUE(made->ok) << made->messages;
  EXPECT_NE(made->compiler_version.find("g++"), std::string::npos) << made->compiler_version;
}

}  // namespace
}  // namespace aisp::test
