#include "judge/declaration.h"

#include <fmt/format.h>

#include <cmath>
#include <exception>
#include <nlohmann/json.hpp>
#include <set>

namespace aisp {
namespace {

using Json = nlohmann::json;

const char* name_of(Role role) {
  switch (role) {
    case Role::activation: return "activation";
    case Role::weight: return "weight";
    case Role::in_out: return "in_out";
  }
  return "?";
}

std::string shown(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class Comparison {
 public:
  Comparison(const Problem& problem, const Json& declared)
      : problem_(problem), declared_(declared) {}

  std::vector<std::string> run() {
    if (!declared_.is_object()) return {"it is no JSON object"};
    only(declared_, {"target", "inputs", "outputs", "params", "work"}, "");
    equal(declared_, "target", Json(problem_.target.get()), "target");
    if (const Json* inputs = part("inputs")) {
      std::set<std::string> names;
      for (const Input& input : problem_.inputs) {
        names.insert(input.tensor->name);
        tensor(*inputs, input.tensor, "input", name_of(input.role.get()));
      }
      no_others(*inputs, names, "input");
    }
    if (const Json* outputs = part("outputs")) {
      std::set<std::string> names;
      for (const Output& output : problem_.outputs) {
        names.insert(output.tensor->name);
        tensor(*outputs, output.tensor, "output", nullptr);
      }
      no_others(*outputs, names, "output");
    }
    if (const Json* params = part("params")) {
      std::set<std::string> names;
      for (const Param& param : problem_.params) {
        names.insert(param.name);
        const std::string what = fmt::format("parameter '{}'", param.name);
        if (!params->contains(param.name)) say("{} is passed and not declared", what);
        equal(*params, param.name.c_str(), Json(param.value), what);
      }
      no_others(*params, names, "parameter");
    }
    if (const Json* work = part("work")) {
      only(*work, {"flops", "bytes"}, "work: ");
      amount(*work, "flops", problem_.work->flops);
      amount(*work, "bytes", problem_.work->bytes);
    }
    return std::move(differences_);
  }

 private:
  template <class... T>
  void say(fmt::format_string<T...> format, T&&... values) {
    differences_.push_back(fmt::format(format, std::forward<T>(values)...));
  }

  const Json* part(const char* name) {
    const auto at = declared_.find(name);
    if (at == declared_.end()) return nullptr;
    if (at->is_object()) return &*at;
    say("{} is no object", name);
    return nullptr;
  }

  void only(const Json& object, const std::set<std::string>& known, const char* where) {
    for (const auto& [name, value] : object.items())
      if (!known.contains(name)) say("{}the field '{}' is not known", where, name);
  }

  void no_others(const Json& object, const std::set<std::string>& names, const char* kind) {
    for (const auto& [name, value] : object.items())
      if (!names.contains(name)) say("{} '{}' is declared, and there is none", kind, name);
  }

  // Numbers compare as numbers: 2 is 2.0.
  void equal(const Json& object, const char* name, const Json& passed, const std::string& what) {
    const auto at = object.find(name);
    if (at == object.end() || *at == passed) return;
    say("{}: declared {}, passed {}", what, shown(*at), shown(passed));
  }

  void tensor(const Json& list, const Tensor& t, const char* kind, const char* role) {
    const std::string what = fmt::format("{} '{}'", kind, t.name);
    const auto at = list.find(t.name);
    if (at == list.end()) return say("{} is passed and not declared", what);
    if (!at->is_object()) return say("{} is no object", what);
    only(*at, {"dtype", "shape", "strides", "placement", "role"}, (what + ": ").c_str());
    equal(*at, "dtype", Json(std::string(dtype_name(t.dtype))), "dtype of " + what);
    equal(*at, "shape", Json(t.shape), "shape of " + what);
    equal(*at, "strides", Json(t.effective_strides()), "strides of " + what);
    equal(*at, "placement", Json(t.placement == Placement::host ? "host" : "device"),
          "placement of " + what);
    if (role != nullptr)
      equal(*at, "role", Json(role), "role of " + what);
    else if (at->contains("role"))
      say("role of {}: an output has none", what);
  }

  void amount(const Json& work, const char* name, double passed) {
    const auto at = work.find(name);
    if (at == work.end()) return;
    if (!at->is_number()) return say("work.{} is no number", name);
    const double declared = at->get<double>();
    const double off = passed == 0 ? (declared == 0 ? 0 : INFINITY) : declared / passed - 1;
    if (std::fabs(off) > kWorkDiffers)
      say("work.{}: declared {:.6g}, the problem has {:.6g} ({:+.3g} %)", name, declared, passed,
          100 * off);
  }

  const Problem& problem_;
  const Json& declared_;
  std::vector<std::string> differences_;
};

}  // namespace

std::vector<std::string> declaration_differences(const Problem& problem, const std::string& text) {
  try {
    const Json declared = Json::parse(text);
    return Comparison(problem, declared).run();
  } catch (const std::exception& e) {
    return {fmt::format("it is no JSON: {}", e.what())};
  }
}

}  // namespace aisp
