#include "problem/signature.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace aisp {
namespace {

// Its length before it keeps a name from looking like another part.
std::string name_of(const std::string& name) { return fmt::format("{}:{}", name.size(), name); }

std::string text_of(const Tensor& t) {
  return fmt::format("{} {} [{}] [{}] {} {}", name_of(t.name), dtype_name(t.dtype),
                     fmt::join(t.shape, " "), fmt::join(t.effective_strides(), " "), t.alignment,
                     static_cast<int>(t.placement));
}

}  // namespace

std::string problem_signature(const Problem& problem) {
  std::string text = fmt::format("aisp signature 1\n{}\n", name_of(problem.target.get()));
  for (const Input& input : problem.inputs) {
    const Distribution& d = input.distribution.get();
    text += fmt::format("in {} {} {} {:.17g} {:.17g}\n", text_of(input.tensor.get()),
                        static_cast<int>(input.role.get()), static_cast<int>(d.kind), d.a, d.b);
  }
  for (const Output& output : problem.outputs) {
    const Tolerance& t = output.tolerance.get();
    text += fmt::format("out {} {:.17g} {:.17g} {:.17g}\n", text_of(output.tensor.get()), t.rtol,
                        t.atol, t.rms);
  }
  for (const Param& param : problem.params)
    text += fmt::format("param {} {:.17g}\n", name_of(param.name), param.value);
  text += fmt::format("work {:.17g} {:.17g} goal {}\n", problem.work.get().flops,
                      problem.work.get().bytes, static_cast<int>(problem.goal.get()));
  return blake2b_hex(text);
}

}  // namespace aisp
