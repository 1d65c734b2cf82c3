// Inputs of one made-up call, in plain memory: the audit runs references and no implementation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aisp/problem.h"
#include "base/chacha.h"
#include "base/hash.h"

namespace aisp::audit {

class DrawnInputs {
 public:
  // `draw` numbers the call; equal numbers give equal bytes.
  DrawnInputs(const Problem& problem, const Key& key, std::uint64_t draw);

  // Elements [first, last) of the tensor's storage become those of another draw.
  void redraw(std::size_t input, std::uint64_t draw, std::size_t first, std::size_t last);
  void redraw(std::size_t input, std::uint64_t draw);

  // Valid until the object goes.
  const std::vector<TensorView>& views() const { return views_; }
  const std::vector<std::byte>& bytes(std::size_t input) const { return bytes_[input]; }
  Hash256 hash() const;

 private:
  std::vector<std::byte> drawn(std::size_t input, std::uint64_t draw) const;

  const Problem& problem_;
  Key key_;
  std::vector<std::vector<std::byte>> bytes_;
  std::vector<TensorView> views_;
};

}  // namespace aisp::audit
