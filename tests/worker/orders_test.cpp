#include "worker/orders.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

namespace aisp {
namespace {

Problem a_problem() {
  return {
      .target = "test:orders",
      .summary = "all roles",
      .inputs = {{.tensor = Tensor{.name = "x", .shape = {3, 5}, .strides = {8, 1}},
                  .role = Role::activation,
                  .distribution = Distribution::uniform(0, 1)},
                 {.tensor = Tensor{.name = "w", .dtype = Dtype::bf16, .shape = {7}},
                  .role = Role::weight,
                  .distribution = Distribution::uniform(0, 1)},
                 {.tensor = Tensor{.name = "y", .shape = {4}},
                  .role = Role::in_out,
                  .distribution = Distribution::uniform(0, 1)}},
      .outputs = {{.tensor = Tensor{.name = "y", .shape = {4}},
                   .tolerance = Tolerance::for_dtype(Dtype::fp32)},
                  {.tensor = Tensor{.name = std::string(100, 'z'), .shape = {}},
                   .tolerance = Tolerance::for_dtype(Dtype::fp32)}},
      .params = {{"alpha", 1.5}},
      .reference = [](const Inputs&, const Expected&) {},
      .validate = no_invariants,
      .work = Work{.flops = 1, .bytes = 1},
      .goal = Goal::speed,
  };
}

class OrdersPage : public ::testing::Test {
 protected:
  OrdersPage()
      : problem_(a_problem()),
        layout_(make_layout(problem_, 1 << 20, 12)),
        orders_(std::make_unique<protocol::Orders>()) {
    std::memset(static_cast<void*>(orders_.get()), 0xff, sizeof *orders_);
    write_orders(problem_, layout_, 3, *orders_);
  }
  Problem problem_;
  Layout layout_;
  std::unique_ptr<protocol::Orders> orders_;
};

TEST_F(OrdersPage, SaysWhatThereIs) {
  EXPECT_EQ(orders_->magic, protocol::kMagic);
  EXPECT_EQ(orders_->version, protocol::kVersion);
  EXPECT_EQ(orders_->handover_cpu, 3u);
  EXPECT_EQ(orders_->sets, 12u);
  EXPECT_EQ(orders_->input_count, 3u);
  EXPECT_EQ(orders_->output_count, 2u);
  EXPECT_EQ(orders_->param_count, 1u);
  EXPECT_STREQ(orders_->params[0].name, "alpha");
  EXPECT_EQ(orders_->params[0].value, 1.5);
  EXPECT_EQ(orders_->inputs_bytes, layout_.inputs_bytes());
  EXPECT_EQ(orders_->outputs_bytes, layout_.outputs_bytes());
  EXPECT_EQ(orders_->inputs_set_begin, layout_.weights_bytes);
}

TEST_F(OrdersPage, DescribesEachTensorAsTheLayoutHasIt) {
  const protocol::TensorEntry& x = orders_->inputs[0];
  EXPECT_STREQ(x.name, "x");
  EXPECT_EQ(x.rank, 2u);
  EXPECT_EQ(x.shape[0], 3);
  EXPECT_EQ(x.shape[1], 5);
  EXPECT_EQ(x.strides[0], 8);
  EXPECT_EQ(x.strides[1], 1);
  EXPECT_EQ(x.elements, 15u);
  EXPECT_EQ(x.weight, 0u);
  EXPECT_EQ(x.set_stride, layout_.inputs_set_stride);

  const protocol::TensorEntry& w = orders_->inputs[1];
  EXPECT_EQ(w.weight, 1u);
  EXPECT_EQ(w.set_stride, 0u) << "a weight is the same in every set";
  EXPECT_EQ(static_cast<Dtype>(w.dtype), Dtype::bf16);
  EXPECT_LT(w.offset + 14, layout_.weights_bytes);

  const protocol::TensorEntry& in = orders_->inputs[2];
  const protocol::TensorEntry& out = orders_->outputs[0];
  EXPECT_EQ(in.region, protocol::Region::outputs);
  EXPECT_EQ(in.offset, out.offset) << "an in-out tensor is one tensor";
  EXPECT_EQ(in.set_stride, out.set_stride);
  EXPECT_EQ(orders_->outputs[1].elements, 1u) << "a scalar";
  EXPECT_EQ(orders_->outputs[1].rank, 0u);
}

TEST_F(OrdersPage, LongNamesEndInsideTheirField) {
  EXPECT_EQ(std::string(orders_->outputs[1].name), std::string(63, 'z'));
}

TEST_F(OrdersPage, NothingPassesItsRegion) {
  const auto check = [&](const protocol::TensorEntry& entry, std::uint64_t bytes) {
    const std::uint64_t last = entry.offset + (orders_->sets - 1) * entry.set_stride + bytes;
    EXPECT_LE(last, entry.region == protocol::Region::inputs ? orders_->inputs_bytes
                                                             : orders_->outputs_bytes)
        << entry.name;
  };
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
    check(orders_->inputs[i], problem_.inputs[i].tensor->storage_bytes());
  for (std::size_t o = 0; o < problem_.outputs.size(); ++o)
    check(orders_->outputs[o], problem_.outputs[o].tensor->storage_bytes());
}

TEST_F(OrdersPage, AnyCpuHasItsOwnNumber) {
  write_orders(problem_, layout_, -1, *orders_);
  EXPECT_EQ(orders_->handover_cpu, protocol::kNoCpu);
}

}  // namespace
}  // namespace aisp
