// `bench template --lang cu`: what it prints compiles as --candidate compiles it, on a machine without a
// GPU. That the results are right is for a GPU to say.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "cli/program.h"
#include "problem/registry.h"
#include "worker/compile.h"

namespace aisp::test {
namespace {

namespace fs = std::filesystem;

std::vector<TargetFiles> targets_with_cuda() {
  std::vector<TargetFiles> with;
  const auto all = find_targets(AISP_TARGETS_DIR);
  if (!all.ok()) return with;
  for (const TargetFiles& target : *all)
    if (!target.hidden() && target.on("cuda") != nullptr) with.push_back(target);
  return with;
}

// The flags that --help shows, so that they are the ones of --candidate.
std::vector<std::string> flags_of_help(const Folder& folder) {
  const std::string help = aisp({"bench", "run", "--help"}, folder.path()).out;
  const std::string begin = "for .cu after", end = "-arch=sm_";
  std::string words;
  std::istringstream all(help);  // help is broken into lines anywhere
  for (std::string word; all >> word;) words += word + " ";
  const std::size_t at = words.find(begin);
  if (at == std::string::npos) return {};
  std::istringstream text(words.substr(at + begin.size(), words.find(end, at) - at - begin.size()));
  std::vector<std::string> flags;
  for (std::string flag; text >> flag;) flags.push_back(flag);
  return flags;
}

TEST(CudaTemplate, ExplainsTheTensors) {
  if (targets_with_cuda().empty()) GTEST_SKIP() << "this build has no CUDA implementations";
  const Folder folder;
  const Said said =
      aisp({"bench", "template", "-t", "ch01:precision", "--lang", "cu"}, folder.path());
  ASSERT_EQ(said.code, 0) << said.err;
  for (const char* word :
       {"--device cuda --candidate THIS_FILE.cu", "launch.stream<cudaStream_t>()",
        "launch.input<float>(0) is x: fp32 [4096, 2048]", "launch.output<__nv_bfloat16>(0) is y",
        "weight:", "tolerance:", "__global__ void"})
    EXPECT_NE(said.out.find(word), std::string::npos) << word << "\n" << said.out;
}

// Compiles as a candidate would be, with all warnings as errors.
void expect_compiles(const std::string& source, const Folder& folder) {
  const auto nvcc = find_nvcc();
  if (!nvcc.ok()) GTEST_SKIP() << "printed, not compiled: " << nvcc.error().message();
  fs::permissions(folder.path(), fs::perms(0711));
  CompileSpec spec;
  spec.source = folder.path() / "mine.cu";
  std::ofstream(spec.source) << source;
  spec.language = SourceLanguage::cuda;
  spec.flags = flags_of_help(folder);
  ASSERT_GT(spec.flags.size(), 3u);
  spec.flags.insert(spec.flags.end(), {"-arch=sm_90a", "-Werror", "all-warnings"});
  spec.include_dir = AISP_SOURCE_DIR "/include";
  spec.output_dir = folder.path();
  spec.output_name = "mine.so";
  spec.time_limit_s = 180;
  const auto made = compile_candidate(spec);
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_TRUE(made->ok) << made->failure << "\n" << made->messages;
}

std::string template_of(const std::string& target, const Folder& folder) {
  const Said said = aisp({"bench", "template", "-t", target, "--lang", "cu"}, folder.path());
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(said.out.find("WRONG ON PURPOSE"), std::string::npos) << target;
  return said.out;
}

TEST(CudaTemplate, CompilesAsItIsPrinted) {
  if (targets_with_cuda().empty()) GTEST_SKIP() << "this build has no CUDA implementations";
  const Folder folder;
  expect_compiles(template_of("ch01:gemm", folder), folder);
}

// Nearly all of what nvcc takes for one is the headers, so that many make one file: the headers once, and a namespace for each
// target. What AISP_IMPLEMENTATION exports can be there only once, and is what the test above has.
class CudaTemplates : public testing::TestWithParam<int> {};
constexpr int kFiles = 4;

TEST_P(CudaTemplates, HaveANaiveStartThatCompiles) {
  const auto targets = targets_with_cuda();
  if (targets.empty()) GTEST_SKIP() << "this build has no CUDA implementations";
  const Folder folder;
  std::string headers, all;
  for (std::size_t i = static_cast<std::size_t>(GetParam()); i < targets.size(); i += kFiles) {
    std::istringstream source(template_of(targets[i].target(), folder));
    all +=
        "\nnamespace target_" + std::to_string(i) + " {\n#line 1 \"" + targets[i].target() + "\"\n";
    int ends = 0;
    std::string its_headers;
    for (std::string line; std::getline(source, line);) {
      const bool header = line.starts_with("#include <");
      EXPECT_TRUE(header || !line.starts_with("#")) << targets[i].target() << ": " << line;
      if (header) its_headers += line + "\n";
      ends += line.starts_with("AISP_IMPLEMENTATION");
      all += (header ? "" : line) + "\n";
    }
    all += "}\n";
    if (headers.empty()) headers = its_headers;
    EXPECT_EQ(its_headers, headers)
        << targets[i].target() << ": one that misses some would not be seen";
    EXPECT_EQ(ends, 1) << targets[i].target();
  }
  expect_compiles(headers +
                      "#undef AISP_IMPLEMENTATION\n"
                      "#define AISP_IMPLEMENTATION(run, text) "
                      "constexpr auto thunk = ::aisp::detail::run_thunk<run>;\n" +
                      all,
                  folder);
}
INSTANTIATE_TEST_SUITE_P(Files, CudaTemplates, testing::Range(0, kFiles));

TEST(CudaTemplate, WithoutANaiveVersionItWritesZerosAndSaysSo) {
  if (targets_with_cuda().empty()) GTEST_SKIP() << "this build has no CUDA implementations";
  const Folder folder;
  const fs::path target = folder.path() / "targets/ch77/bare";
  fs::create_directories(target / "cuda");
  const fs::path from = fs::path(AISP_TARGETS_DIR) / "ch06/add";
  fs::copy_file(from / "problem.so", target / "problem.so");
  for (const char* file : {"baseline.so", "optimized.so"})
    fs::copy_file(from / "cuda" / file, target / "cuda" / file);
  const Said said =
      aisp({"bench", "template", "-t", "ch77:bare", "--lang", "cu", "--targets-dir", "targets"},
           folder.path());
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("WRONG ON PURPOSE"), std::string::npos);
  EXPECT_NE(said.out.find("cudaMemsetAsync(launch.output<void>(0), 0, 268435456"),
            std::string::npos)
      << said.out;
}

TEST(CudaTemplate, ATargetWithoutCudaIsNamed) {
  const Folder folder;
  const Said said =
      aisp({"bench", "template", "-t", "testbed:inplace", "--lang", "cu"}, folder.path());
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("testbed:inplace"), std::string::npos) << said.err;
}

}  // namespace
}  // namespace aisp::test
