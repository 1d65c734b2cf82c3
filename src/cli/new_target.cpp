// `aisp new chNN:name`: a target that builds, is right and passes the audit, to be changed into one's own.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/new_target.h"
#include "cli/terminal.h"

namespace aisp::cli {

namespace fs = std::filesystem;

namespace {

struct NewTargetOptions {
  std::string target;
  std::string chapters = kDefaults.chapters;
};

// {0} is the target.
constexpr const char* kProblem =
    R"(// What is computed, once for everybody: the judge draws the inputs, and compares every element.
// This one is out = a * x + y. Change what you need; what is missing does not compile.
#include <aisp/aisp.h>

#include <cstdint>

namespace {{

// 48 MiB in three vectors: more than most caches hold, and caches are flushed before each window.
constexpr std::int64_t kElements = 4 << 20;

// In double: what implementations are held against.
void reference(const aisp::Inputs& in, const aisp::Expected& expected) {{
  const auto x = in[0].as<float>();
  const auto y = in[1].as<float>();
  // Parameters reach an implementation as double; every one of them narrows to float first.
  const double a = static_cast<float>(in.param("a"));
  const auto out = expected.real(0);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = a * static_cast<double>(x[i]) + static_cast<double>(y[i]);
}}

aisp::Problem make() {{
  const auto input = [](const char* name) {{
    return aisp::Input{{.tensor = aisp::Tensor{{.name = name, .shape = {{kElements}}}},
                       .role = aisp::Role::activation,  // drawn anew for every call
                       .distribution = aisp::Distribution::uniform(-1, 1)}};
  }};
  return {{
      .target = "{0}",
      .summary = "out = a * x + y: write here what is computed and what the lesson is",
      .inputs = {{input("x"), input("y")}},
      // A looser tolerance than the dtype's own needs a reason.
      .outputs = {{{{.tensor = aisp::Tensor{{.name = "out", .shape = {{kElements}}}},
                   .tolerance = aisp::Tolerance{{.rtol = 1e-5,
                                                .atol = 1e-8,
                                                .rms = 1e-6,
                                                .why = "a*x and y may cancel; one rounding of a "
                                                       "term is 6e-8 of the term, not of the "
                                                       "sum"}}}}}},
      .params = {{{{"a", 1.7}}}},
      .reference = reference,
      .validate = aisp::no_invariants,
      // The least work there is, however it is implemented: reports and guards count on it.
      .work = aisp::Work{{.flops = 2.0 * kElements, .bytes = 12.0 * kElements}},
      .goal = aisp::Goal::speed,
  }};
}}

}}  // namespace

AISP_PROBLEM(make);
)";

constexpr const char* kBaseline = R"(// What a competent engineer might have written first.
#include <aisp/implementation.h>

#include <cstddef>

namespace {{

void run(const aisp::Launch& launch) {{
  const float* x = launch.input<float>(0);
  const float* y = launch.input<float>(1);
  float* out = launch.output<float>(0);
  const auto a = static_cast<float>(launch.param("a"));
  const std::size_t n = launch.output_tensor(0).elements;
  for (std::size_t i = 0; i < n; ++i) out[i] = a * x[i] + y[i];
}}

}}  // namespace

AISP_IMPLEMENTATION(run, "one thread, one loop");
)";

constexpr const char* kOptimized =
    R"(// One lesson, at the same dtype and for the same work: here, all cores.
#include <aisp/implementation.h>

#include <cstdint>

namespace {{

void run(const aisp::Launch& launch) {{
  const float* x = launch.input<float>(0);
  const float* y = launch.input<float>(1);
  float* out = launch.output<float>(0);
  const auto a = static_cast<float>(launch.param("a"));
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
#pragma omp parallel for simd
  for (std::int64_t i = 0; i < n; ++i) out[i] = a * x[i] + y[i];
}}

}}  // namespace

AISP_IMPLEMENTATION(run, "one loop on all cores");
)";

constexpr const char* kNaive = R"(  const auto x = launch.input_span<float>(0);
  const auto y = launch.input_span<float>(1);
  const auto out = launch.output_span<float>(0);
  const float a = static_cast<float>(launch.param("a"));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = a * x[i] + y[i];
)";

bool good_word(const std::string& word) {
  return !word.empty() && word.size() <= 64 &&
         word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

ExitCode run(const NewTargetOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  const auto folder = folder_of_new_target(options.chapters, options.target);
  if (!folder.ok()) return fail(folder.error());
  const std::vector<std::pair<std::string, std::string>> files = {
      {"problem.cpp", fmt::format(fmt::runtime(kProblem), options.target)},
      {"baseline.cpp", fmt::format(fmt::runtime(kBaseline))},
      {"optimized.cpp", fmt::format(fmt::runtime(kOptimized))},
      {"naive.inc", kNaive}};
  if (const Status written = write_new_target(*folder, files); !written.ok())
    return fail(written.error());
  for (const auto& [name, text] : files) say(stdout, "{}\n", (*folder / name).string());
  say(stderr, "next: ./setup.sh build, then aisp bench verify -t {}\n", options.target);
  return ExitCode::good;
}

}  // namespace

Result<fs::path> folder_of_new_target(const std::string& chapters, const std::string& target) {
  constexpr const char* kWhat = "make a target";
  const std::size_t colon = target.find(':');
  const std::string chapter = target.substr(0, colon);
  const std::string name = colon == std::string::npos ? "" : target.substr(colon + 1);
  if (!good_word(chapter) || !good_word(name))
    return Error{kWhat, target, "that is no name of a target",
                 "Write <chapter>:<name> of small letters, digits and _, as ch06:my_add"};
  std::error_code unknown;
  if (!fs::is_directory(chapters, unknown))
    return Error{kWhat, chapters, "there is no such folder",
                 "Run in the root of a checkout, or say with --chapters where the chapters are"};
  fs::path folder = fs::path(chapters) / chapter / name;
  if (fs::exists(folder, unknown))
    return Error{kWhat, folder.string(), "it is there already: nothing was changed",
                 "Choose another name"};
  return folder;
}

Status write_new_target(const fs::path& folder,
                        const std::vector<std::pair<std::string, std::string>>& files) {
  std::error_code failure;
  fs::create_directories(folder.parent_path(), failure);
  if (!failure) fs::create_directory(folder, failure);
  if (failure) return Error{"make a target", folder.string(), failure.message(), ""};
  for (const auto& [name, text] : files) {
    std::ofstream out(folder / name, std::ios::binary);
    out << text;
    out.close();
    if (!out) return Error{"make a target", (folder / name).string(), "it cannot be written", ""};
  }
  return success();
}

void add_new_target(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<NewTargetOptions>();
  CLI::App* command = app.add_subcommand(
      "new", "Write a target that builds and is right, to be changed into your own");
  command->add_option("TARGET", options->target, "Its name, as ch06:my_add")->required();
  command->add_option("--chapters", options->chapters, "Where the chapters' folders are")
      ->type_name("DIR")
      ->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
