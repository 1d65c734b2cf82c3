#include "guard/wording.h"

#include <gtest/gtest.h>

namespace aisp::guard {
namespace {

TEST(Wording, Durations) {
  EXPECT_EQ(duration(0), "0 ns");
  EXPECT_EQ(duration(999), "999 ns");
  EXPECT_EQ(duration(999.7), "1.0 µs");
  EXPECT_EQ(duration(81'234), "81.2 µs");
  EXPECT_EQ(duration(-81'234), "-81.2 µs");
  EXPECT_EQ(duration(999'960), "1.00 ms");
  EXPECT_EQ(duration(2.5e9), "2.50 s");
}

TEST(Wording, Numbers) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(-123'456), "-123,456");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
  EXPECT_EQ(counted(1, "window"), "1 window");
  EXPECT_EQ(counted(2'000, "window"), "2,000 windows");
  EXPECT_EQ(byte_size(1536), "1.5 KiB");
  EXPECT_EQ(byte_size(64 * 0x1p20), "64.0 MiB");
}

TEST(Wording, FirstLine) {
  EXPECT_EQ(first_line("\n  \n  oops \r\nmore", 80), "oops");
  EXPECT_EQ(first_line(" \n", 80), "");
  EXPECT_EQ(first_line("abcdef", 3), "abc…");
}

}  // namespace
}  // namespace aisp::guard
