#include "report/printable.h"

#include <gtest/gtest.h>

namespace aisp {
namespace {

TEST(Printable, ShowsWhatNobodyWouldSee) {
  EXPECT_EQ(printable_line("b\u00adase\u200bline\u2060"),
            "b\\xc2\\xadase\\xe2\\x80\\x8bline\\xe2\\x81\\xa0");
  EXPECT_EQ(printable_line("\U000e0041\u3164\ufe0f"),
            "\\xf3\\xa0\\x81\\x81\\xe3\\x85\\xa4\\xef\\xb8\\x8f");
}

TEST(Printable, LeavesLettersOfAllScriptsAlone) {
  for (const char* text : {"µs × 2", "naïve", "e\u0301", "матрица", "行列", "…"})
    EXPECT_EQ(printable_line(text), text);
}

}  // namespace
}  // namespace aisp
