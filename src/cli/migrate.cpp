// `aisp migrate FILE TARGET`: a stand-alone program becomes the skeleton of a target, with what is left
// to do by hand.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/new_target.h"
#include "cli/source_outline.h"
#include "cli/terminal.h"

namespace aisp::cli {
namespace {

namespace fs = std::filesystem;

struct MigrateOptions {
  std::string file, target;
  std::string chapters = kDefaults.chapters;
};

std::string commented(const std::string& text) {
  std::stringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);)
    result += line.empty() ? "//\n" : "// " + line + "\n";
  return result;
}

std::string problem_text(const SourceOutline& outline, const std::string& target) {
  std::string tensors;
  for (const SourceArray& array : outline.arrays)
    tensors += fmt::format("//   line {}: {} {} of {}\n", array.line,
                           array.type.empty() ? "?" : array.type, array.name, array.extent);
  return fmt::format(
      "// TODO what is computed, in one paragraph.\n"
      "#include <aisp/aisp.h>\n\n#include <cstdint>\n\nnamespace {{\n\n"
      "// Arrays of the program. TODO inputs, outputs, or neither?\n{}\n"
      "constexpr std::int64_t kElements = 1 << 20;  // TODO\n\n"
      "// TODO the right answer, in double, as plainly as can be.\n"
      "void reference(const aisp::Inputs& in, const aisp::Expected& expected) {{\n"
      "  const auto x = in[0].as<float>();\n"
      "  const auto out = expected.real(0);\n"
      "  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(x[i]);\n"
      "}}\n\n"
      "aisp::Problem make() {{\n  return {{\n"
      "      .target = \"{}\",\n"
      "      .summary = \"TODO\",\n"
      "      .inputs = {{{{.tensor = aisp::Tensor{{.name = \"x\", .shape = {{kElements}}}},\n"
      "                  .role = aisp::Role::activation,\n"
      "                  .distribution = aisp::Distribution::uniform(-1, 1)}}}},\n"
      "      .outputs = {{{{.tensor = aisp::Tensor{{.name = \"out\", .shape = {{kElements}}}},\n"
      "                   .tolerance = aisp::Tolerance::for_dtype(aisp::Dtype::fp32)}}}},\n"
      "      .params = {{}},\n"
      "      .reference = reference,\n"
      "      .validate = aisp::no_invariants,\n"
      "      .work = aisp::Work{{.flops = 1.0 * kElements, .bytes = 8.0 * kElements}},  // TODO\n"
      "      .goal = aisp::Goal::speed,\n  }};\n}}\n\n}}  // namespace\n\nAISP_PROBLEM(make);\n",
      tensors.empty() ? "//   none was recognized\n" : tensors, target);
}

std::string implementation_text(const SourceOutline& outline, const char* what) {
  std::string kernels;
  for (const std::string& kernel : outline.kernels) kernels += " " + kernel;
  return fmt::format(
      "// {}\n#include <aisp/implementation.h>\n\n"
      "// ---- from the program, without its main\n{}{}\n"
      "// ---- its main, for reference: TODO move what computes into run, and leave the rest out:\n"
      "// the judge allocates, draws inputs, warms up, times and compares.\n{}\n"
      "namespace {{\n\nvoid run(const aisp::Launch& launch) {{\n"
      "  // TODO one call, from launch.input<float>(0) to launch.output<float>(0){}\n"
      "  static_cast<void>(launch);\n}}\n\n}}  // namespace\n\n"
      "AISP_IMPLEMENTATION(run, \"TODO\");\n",
      what, outline.before_main, outline.after_main, commented(outline.main_text),
      kernels.empty() ? "" : "; kernels:" + kernels);
}

std::vector<std::string> to_do(const SourceOutline& outline, const fs::path& folder) {
  std::vector<std::string> list = {
      fmt::format("{}: inputs, outputs, reference, tolerance, work",
                  (folder / "problem.cpp").string()),
      fmt::format("baseline: move what main (line {}) computes into run", outline.main_line),
      "optimized: it is a copy of the baseline; make it the better one"};
  for (const std::string& timing : outline.timing)
    list.push_back("take the clock out, the judge has its own: " + timing);
  for (const std::string& random : outline.random_sources)
    list.push_back("take the random numbers out, inputs come from the judge: " + random);
  if (outline.cuda)
    list.push_back(
        "the CUDA stream to use is the launch's; do not synchronize in run, see docs/cuda.md");
  return list;
}

ExitCode run(const MigrateOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  std::ifstream in(options.file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in || in.bad())
    return fail({"migrate a program", options.file, "it cannot be read", "Give a .cpp or a .cu"});
  const auto outline = outline_of(text.str(), options.file);
  if (!outline.ok()) return fail(outline.error());
  const auto folder = folder_of_new_target(options.chapters, options.target);
  if (!folder.ok()) return fail(folder.error());
  const std::string suffix = outline->cuda ? ".cu" : ".cpp";
  const std::vector<std::pair<std::string, std::string>> files = {
      {"problem.cpp", problem_text(*outline, options.target)},
      {"baseline" + suffix, implementation_text(*outline, "What the program did.")},
      {"optimized" + suffix, implementation_text(*outline, "TODO the better one: one lesson.")}};
  if (const Status written = write_new_target(*folder, files); !written.ok())
    return fail(written.error());
  for (const auto& [name, written] : files) say(stdout, "{}\n", (*folder / name).string());
  say(stdout, "\nleft to do by hand:\n");
  for (const std::string& item : to_do(*outline, *folder)) say(stdout, "  - {}\n", item);
  return ExitCode::good;
}

}  // namespace

void add_migrate(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<MigrateOptions>();
  CLI::App* command = app.add_subcommand(
      "migrate",
      "Turn a stand-alone program with a main and a timing loop into the skeleton of a target, and "
      "say what is left to do by hand");
  command->add_option("FILE", options->file, "A .cpp or a .cu")->required();
  command->add_option("TARGET", options->target, "The target's name, as ch06:my_add")->required();
  command->add_option("--chapters", options->chapters, "Where the chapters' folders are")
      ->type_name("DIR")
      ->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
