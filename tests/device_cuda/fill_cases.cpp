#include "device_cuda/fill_cases.h"

#include <fmt/format.h>

#include "device/cpu/fill.h"

namespace aisp {
namespace {

std::string text(const Distribution& d) {
  constexpr const char* kNames[] = {"uniform",     "normal",   "heavy_tailed", "structured",
                                    "permutation", "integers", "custom"};
  return fmt::format("{}({}, {})", kNames[static_cast<int>(d.kind)], d.a, d.b);
}

std::vector<Distribution> distributions() {
  return {Distribution::uniform(-1, 1),
          Distribution::uniform(0, 1),
          Distribution::uniform(0.1, 100.7),
          Distribution::uniform(3, 3),
          Distribution::uniform(1.0001, 1.0002),
          Distribution::uniform(-1e-6, 1e-6),
          Distribution::normal(0, 1),
          Distribution::normal(1, 2.5),
          Distribution::normal(-100, 1000),
          Distribution::normal(0, 1e30),
          Distribution::normal(0, 1e300),
          Distribution::normal(5, 0),
          Distribution::heavy_tailed(1, 3),
          Distribution::heavy_tailed(-0.37, 20),
          Distribution::heavy_tailed(1, 126),
          Distribution::heavy_tailed(1e10, 1000),
          Distribution::structured(2),
          Distribution::structured(1e30),
          Distribution::structured(100),
          Distribution::integers(0, 1),
          Distribution::integers(-3, 11),
          Distribution::integers(0, 255),
          Distribution::integers(-40000, 20000),
          Distribution::integers(-70000, 70000),
          Distribution::integers(-(1ll << 40), 1ll << 40)};
}

std::vector<Tensor> shapes(Dtype dtype, std::int64_t most) {
  std::vector<Tensor> all;
  const auto add = [&](std::vector<std::int64_t> shape, std::vector<std::int64_t> strides) {
    Tensor t = {.name = "x", .dtype = dtype, .shape = std::move(shape)};
    t.strides = std::move(strides);
    if (t.elements() <= most) all.push_back(std::move(t));
  };
  for (const std::int64_t n : {1, 7, 16, 31, 33, 1000, 1024, 1025, 4099}) add({n}, {});
  add({1 << 20}, {});
  add({33, 17}, {40, 2});
  add({3, 50, 21}, {21, 63, 1});          // the first two exchanged
  add({2, 1, 40, 20}, {1000, 7, 20, 1});  // the last two are one dimension
  add({0, 5}, {});
  return all;
}

}  // namespace

std::vector<FillCase> fill_cases(std::int64_t most_elements) {
  std::vector<FillCase> cases;
  for (std::uint32_t i = 0; i < kDtypeCount; ++i)
    for (const Distribution& distribution : distributions())
      for (const Tensor& tensor : shapes(static_cast<Dtype>(i), most_elements)) {
        if (!check_fill(tensor, distribution)) continue;
        std::string name = fmt::format("{} {} [", dtype_name(tensor.dtype), text(distribution));
        for (std::size_t d = 0; d < tensor.shape.size(); ++d)
          name += fmt::format("{}{}", d > 0 ? ", " : "", tensor.shape[d]);
        name += tensor.contiguous() ? "]" : "] strided";
        cases.push_back({tensor, distribution, std::move(name)});
      }
  return cases;
}

Key fill_test_key() {
  Key key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i)
    key.bytes[i] = static_cast<std::uint8_t>(41 + 7 * i);
  return key;
}

std::vector<std::byte> cpu_fill(const FillCase& c, std::uint64_t nonce) {
  std::vector<std::byte> bytes(c.tensor.storage_bytes(), std::byte{0xcd});
  fill_tensor(c.tensor, c.distribution, fill_test_key(), nonce, bytes.data());
  return bytes;
}

}  // namespace aisp
