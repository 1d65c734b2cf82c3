#include "verify/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <random>
#include <sstream>

namespace aisp {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::uint64_t kDraw = 7;

Problem problem_of(double low = -1) {
  return {.target = "ch01:sum",
          .summary = "a sum",
          .inputs = {{.tensor = Tensor{.name = "x", .shape = {4}},
                      .role = Role::activation,
                      .distribution = Distribution::uniform(low, 1)}},
          .outputs = {{.tensor = Tensor{.name = "y", .shape = {4}},
                       .tolerance = Tolerance::for_dtype(Dtype::fp32)},
                      {.tensor = Tensor{.name = "n", .dtype = Dtype::int32, .shape = {2}},
                       .tolerance = Tolerance::exact()}},
          .params = {{"alpha", 2}},
          .reference = [](const Inputs&, const Expected&) {},
          .validate = no_invariants,
          .work = Work{.flops = 4, .bytes = 32},
          .goal = Goal::speed};
}

using Outputs = GoldenStore::Outputs;
Outputs sized() { return {{std::vector<double>(4), {}}, {{}, std::vector<std::int64_t>(2)}}; }
const Outputs kRight = {{{1.5, -2.25, 0, 1e300}, {}}, {{}, {7, -9}}};

bool same(const Outputs& a, const Outputs& b) {
  return a[0].real == b[0].real && a[1].integer == b[1].integer;
}

class GoldenTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "aisp-golden-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  GoldenStore open(bool update = false, const std::string& reference = "abc") {
    auto store = GoldenStore::open(folder_ / "golden", problem_,
                                   golden_identity(problem_, "cpu", {}, reference), update);
    EXPECT_TRUE(store.ok());
    return std::move(*store);
  }
  // What the store says is right, and how often the reference was asked for it.
  Outputs ask(GoldenStore& store, int set = 0, const Outputs& reference = kRight) {
    Outputs expected = sized();
    store.expect(kDraw, set, expected, [&] {
      ++asked_;
      expected = reference;
    });
    return expected;
  }
  std::string bytes(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  std::string failure(const std::function<void()>& f) {
    try {
      f();
    } catch (const GoldenFailure& e) {
      return e.what();
    }
    return "no failure";
  }

  Problem problem_ = problem_of();
  fs::path folder_;
  int asked_ = 0;
};

TEST_F(GoldenTest, TheReferenceIsAskedOnceAndThenOnlyToCheck) {
  GoldenStore first = open();
  for (int set = 0; set < 20; ++set) EXPECT_TRUE(same(ask(first, set), kRight));
  EXPECT_EQ(asked_, 20);
  EXPECT_EQ(first.counts().made, 20);
  GoldenStore second = open();
  for (int set = 0; set < 20; ++set) EXPECT_TRUE(same(ask(second, set), kRight));
  EXPECT_EQ(asked_, 22);  // the first and the seventeenth
  EXPECT_EQ(second.counts().taken, 20);
  EXPECT_EQ(second.counts().checked, 2);
  struct stat info {};
  ASSERT_EQ(::stat((folder_ / "golden").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(GoldenTest, AnotherReferenceKeyDistributionOrDeviceIsAnotherEntry) {
  GoldenStore store = open();
  ask(store);
  GoldenStore rebuilt = open(false, "abd");
  ask(rebuilt);
  EXPECT_EQ(rebuilt.counts().made, 1);
  const std::string identity = golden_identity(problem_, "cpu", {}, "abc");
  EXPECT_NE(identity, golden_identity(problem_, "cuda", {}, "abc"));
  EXPECT_NE(identity, golden_identity(problem_of(-2), "cpu", {}, "abc"));
  Key key{};
  key.bytes[31] = 1;
  EXPECT_NE(identity, golden_identity(problem_, "cpu", key, "abc"));
}

TEST_F(GoldenTest, AForeignEntryIsAnErrorAndNoMiss) {
  GoldenStore store = open();
  ask(store, 0);
  fs::copy_file(store.file_of(kDraw, 0), store.file_of(kDraw, 1));
  EXPECT_THAT(failure([&] { ask(store, 1); }),
              HasSubstr("belongs to another problem, key or call"));
  std::ofstream(store.file_of(kDraw, 2)) << "answers";
  EXPECT_THAT(failure([&] { ask(store, 2); }), HasSubstr("no golden output"));
}

TEST_F(GoldenTest, AnEntryThatContradictsTheReferenceIsAnError) {
  GoldenStore store = open();
  Outputs other = kRight;
  other[0].real[2] = 1e-3;
  ask(store, 0, other);
  GoldenStore again = open();
  EXPECT_THAT(failure([&] { ask(again); }), HasSubstr("the reference says something else now"));
  GoldenStore update = open(true);
  EXPECT_TRUE(same(ask(update), kRight));
  EXPECT_EQ(update.counts().replaced, 1);
  EXPECT_TRUE(same(ask(again), kRight));
}

TEST_F(GoldenTest, UpdateReplacesWhatIsDamaged) {
  GoldenStore store = open();
  ask(store);
  std::ofstream(store.file_of(kDraw, 0), std::ios::app) << "x";
  EXPECT_THAT(failure([&] { ask(store); }), HasSubstr("damaged"));
  GoldenStore update = open(true);
  ask(update);
  EXPECT_TRUE(same(ask(store), kRight));
}

// Every mutation is an error: what is accepted is what was written.
TEST_F(GoldenTest, TenThousandMutationsAreErrors) {
  GoldenStore store = open();
  ask(store);
  const fs::path file = store.file_of(kDraw, 0);
  const std::string whole = bytes(file);
  std::mt19937_64 random(20261126);
  int accepted = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::string damaged = whole;
    const std::size_t at = random() % damaged.size();
    switch (random() % 4) {
      case 0: damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8)); break;
      case 1: damaged.resize(at); break;
      case 2: damaged.insert(at, 1 + random() % 9, static_cast<char>(random())); break;
      default:
        for (std::size_t k = at; k < std::min(damaged.size(), at + 1 + random() % 64); ++k)
          damaged[k] = static_cast<char>(random());
    }
    if (damaged == whole) continue;
    std::ofstream(file, std::ios::binary | std::ios::trunc) << damaged;
    accepted += failure([&] { ask(store); }) == "no failure";
  }
  EXPECT_EQ(accepted, 0);
}

TEST_F(GoldenTest, CollectionRemovesWhatWasUsedLongestAgoAndNothingElse) {
  GoldenStore store = open();
  for (int set = 0; set < 4; ++set) {
    ask(store, set);
    fs::last_write_time(store.file_of(kDraw, set),
                        fs::file_time_type::clock::now() - std::chrono::hours(100 - set));
  }
  ask(store, 0);  // used now
  std::ofstream(folder_ / "golden/notes.txt") << "mine";
  const auto draft = fs::path(store.file_of(kDraw, 9).string() + ".Ab12Cd");
  std::ofstream(draft) << "half";
  const std::uint64_t one = fs::file_size(store.file_of(kDraw, 0));
  const auto result = collect_golden(folder_ / "golden", 2 * one);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->removed, 2);
  EXPECT_LE(result->kept_bytes, 2 * one);
  EXPECT_TRUE(fs::exists(store.file_of(kDraw, 0)));
  EXPECT_FALSE(fs::exists(store.file_of(kDraw, 1)));
  EXPECT_FALSE(fs::exists(store.file_of(kDraw, 2)));
  EXPECT_TRUE(fs::exists(store.file_of(kDraw, 3)));
  EXPECT_TRUE(fs::exists(folder_ / "golden/notes.txt"));
  EXPECT_TRUE(fs::exists(draft));  // somebody may be writing it
  fs::last_write_time(draft, fs::file_time_type::clock::now() - std::chrono::hours(25));
  EXPECT_EQ(collect_golden(folder_ / "golden", 2 * one)->removed, 1);
}

}  // namespace
}  // namespace aisp
