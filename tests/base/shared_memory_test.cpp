#include "base/shared_memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <utility>

namespace aisp {
namespace {

using Access = SharedMemory::Access;

void* map_of(const SharedMemory& memory, int protection) {
  return mmap(nullptr, memory.size(), protection, MAP_SHARED, memory.fd(), 0);
}

TEST(SharedMemory, WhatOneMappingWritesAnotherReads) {
  auto memory = SharedMemory::create("test", 10'000, Access::worker_writes);
  ASSERT_TRUE(memory.ok()) << memory.error().message();
  EXPECT_EQ(memory->size(), 12'288u);
  auto* other = static_cast<char*>(map_of(*memory, PROT_READ | PROT_WRITE));
  ASSERT_NE(static_cast<void*>(other), MAP_FAILED);
  std::memcpy(memory->data() + 9'999, "x", 1);
  EXPECT_EQ(other[9'999], 'x');
  other[5] = 'y';
  EXPECT_EQ(std::to_integer<char>(memory->data()[5]), 'y');
  munmap(other, memory->size());
}

TEST(SharedMemory, StartsAsZeros) {
  const auto memory = SharedMemory::create("test", 1 << 20, Access::worker_reads);
  ASSERT_TRUE(memory.ok());
  for (std::size_t i = 0; i < memory->size(); ++i) ASSERT_EQ(memory->data()[i], std::byte{0}) << i;
}

TEST(SharedMemory, SealedMemoryIsWrittenThroughTheFirstMappingOnly) {
  const auto memory = SharedMemory::create("test", 4096, Access::worker_reads);
  ASSERT_TRUE(memory.ok());
  EXPECT_TRUE(memory->sealed_for_reading());
  EXPECT_EQ(map_of(*memory, PROT_READ | PROT_WRITE), MAP_FAILED);
  EXPECT_EQ(pwrite(memory->fd(), "x", 1, 0), -1);
  void* reader = map_of(*memory, PROT_READ);
  ASSERT_NE(reader, MAP_FAILED);
  EXPECT_NE(mprotect(reader, memory->size(), PROT_READ | PROT_WRITE), 0);
  memory->data()[0] = std::byte{7};
  EXPECT_EQ(*static_cast<char*>(reader), 7);
  munmap(reader, memory->size());
}

TEST(SharedMemory, NobodyCanShrinkGrowOrUnsealIt) {
  for (const Access access : {Access::worker_reads, Access::worker_writes}) {
    const auto memory = SharedMemory::create("test", 8192, access);
    ASSERT_TRUE(memory.ok());
    EXPECT_NE(ftruncate(memory->fd(), 4096), 0);
    EXPECT_NE(ftruncate(memory->fd(), 16384), 0);
    EXPECT_NE(fcntl(memory->fd(), F_ADD_SEALS, F_SEAL_WRITE), 0);
    struct stat info {};
    ASSERT_EQ(fstat(memory->fd(), &info), 0);
    EXPECT_EQ(info.st_size, 8192);
  }
}

TEST(SharedMemory, WorkerWritesIsNotSealedForReading) {
  const auto memory = SharedMemory::create("test", 4096, Access::worker_writes);
  ASSERT_TRUE(memory.ok());
  EXPECT_FALSE(memory->sealed_for_reading());
}

TEST(SharedMemory, NothingIsOnePage) {
  const auto memory = SharedMemory::create("test", 0, Access::worker_writes);
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ(memory->size(), 4096u);
}

TEST(SharedMemory, MoreThanCanBeIsAnErrorWithItsSize) {
  for (const std::size_t bytes :
       {std::size_t{1} << 62, SIZE_MAX - 4096, SIZE_MAX - 100, SIZE_MAX}) {
    const auto memory = SharedMemory::create("test", bytes, Access::worker_writes);
    ASSERT_FALSE(memory.ok()) << bytes;
    EXPECT_NE(memory.error().message().find(std::to_string(bytes)), std::string::npos)
        << memory.error().message();
  }
}

TEST(SharedMemory, MovesWithItsMapping) {
  auto a = SharedMemory::create("a", 4096, Access::worker_writes);
  auto b = SharedMemory::create("b", 4096, Access::worker_writes);
  ASSERT_TRUE(a.ok() && b.ok());
  a->data()[0] = std::byte{1};
  SharedMemory moved(std::move(*a));
  EXPECT_EQ(moved.data()[0], std::byte{1});
  const int replaced = b->fd();
  *b = std::move(moved);
  EXPECT_EQ(b->data()[0], std::byte{1});
  EXPECT_EQ(fcntl(replaced, F_GETFD), -1) << "the descriptor that was there is closed";
}

}  // namespace
}  // namespace aisp
