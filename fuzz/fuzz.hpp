// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <span>

/// Runs one input. A violated property aborts the program, so that libFuzzer keeps the input.
void fuzz(std::span<const std::uint8_t> input);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz({data, size});
  return 0;
}

/// Aborts when a property of the code under test does not hold.
inline void require(bool kept, std::source_location where = std::source_location::current()) {
  if (!kept) {
    std::fprintf(stderr, "%s:%u: not kept\n", where.file_name(), where.line());
    std::abort();
  }
}
