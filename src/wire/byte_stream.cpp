// SPDX-License-Identifier: Apache-2.0
#include "wire/byte_stream.hpp"

#include <algorithm>

namespace synroute::wire {

ByteSource source_of(std::span<const std::uint8_t> bytes) {
  return [bytes](std::span<std::uint8_t> into) mutable {
    const std::size_t count = std::min(into.size(), bytes.size());
    std::ranges::copy(bytes.first(count), into.begin());
    bytes = bytes.subspan(count);
    return count;
  };
}

void ByteStream::fill(std::size_t count) {
  if (begin_ > 0) {
    std::copy(
        buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
        buffer_.begin() + static_cast<std::ptrdiff_t>(end_),
        buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  buffer_.resize(std::max({buffer_.size(), count, kStep}));
  const auto room = std::span{buffer_}.subspan(end_);
  const std::size_t got = source_(room);
  end_ += got;
  ended_ = got < room.size();
}

std::span<const std::uint8_t> ByteStream::peek(std::size_t count) {
  if (buffered() < count && !ended_) {
    fill(count);
  }
  return std::span{buffer_}.subspan(begin_, std::min(count, buffered()));
}

bool ByteStream::skip(std::uint64_t count) {
  while (count > 0) {
    const auto step = peek(static_cast<std::size_t>(std::min<std::uint64_t>(count, kStep))).size();
    if (step == 0) {
      return false;
    }
    begin_ += step;
    offset_ += step;
    count -= step;
  }
  return true;
}

}  // namespace synroute::wire
