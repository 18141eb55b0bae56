// SPDX-License-Identifier: Apache-2.0
#include "wire/tcp_options.hpp"

#include "wire/reader.hpp"

#include <algorithm>
#include <cassert>

namespace synroute::wire {
namespace {

/// The next option; nothing at the end, at End of Option List, and where a length is impossible.
std::optional<TcpOption> next_option(Reader& reader) {
  const std::uint8_t kind = reader.u8();
  if (reader.failed() || TcpOptionKind{kind} == TcpOptionKind::End) {
    return std::nullopt;
  }
  if (TcpOptionKind{kind} == TcpOptionKind::NoOperation) {
    return TcpOption{kind, {}};
  }
  const std::uint8_t length = reader.u8();  // counts kind and length (RFC 9293 §3.1)
  if (length < 2) {
    return std::nullopt;
  }
  const auto data = reader.take(length - std::size_t{2});
  return reader.failed() ? std::nullopt : std::optional{TcpOption{kind, data}};
}

/// The data of the first option of this kind and size; another size is no such option.
std::optional<Reader> find(const TcpOptions& options, TcpOptionKind kind, std::size_t size) {
  Reader reader{options.bytes()};
  while (const auto option = next_option(reader)) {
    if (TcpOptionKind{option->kind} == kind && option->data.size() == size) {
      return Reader{option->data};
    }
  }
  return std::nullopt;
}

}  // namespace

TcpOptions::TcpOptions(std::span<const std::uint8_t> bytes) {
  const auto kept = first_at_most(bytes, kCapacity);
  std::ranges::copy(kept, bytes_.begin());
  size_ = kept.size();
}

TcpOptions& TcpOptions::raw(std::uint8_t kind, std::span<const std::uint8_t> data) {
  const std::size_t size = 2 + data.size();
  assert(size_ + size <= kCapacity);
  if (size_ + size <= kCapacity) {
    bytes_[size_] = kind;
    bytes_[size_ + 1] = static_cast<std::uint8_t>(size);
    std::ranges::copy(data, bytes_.begin() + static_cast<std::ptrdiff_t>(size_ + 2));
    size_ += size;
  }
  return *this;
}

TcpOptions& TcpOptions::append(TcpOptionKind kind, std::uint64_t value, std::size_t value_size) {
  std::array<std::uint8_t, 8> data{};
  for (std::size_t i = 0; i < value_size; ++i) {
    data[i] = static_cast<std::uint8_t>(value >> (8 * (value_size - 1 - i)));
  }
  return raw(static_cast<std::uint8_t>(kind), std::span{data}.first(value_size));
}

TcpOptions& TcpOptions::maximum_segment_size(std::uint16_t size) {
  return append(TcpOptionKind::MaximumSegmentSize, size, 2);
}

TcpOptions& TcpOptions::window_scale(std::uint8_t shift) {
  return append(TcpOptionKind::WindowScale, shift, 1);
}

TcpOptions& TcpOptions::sack_permitted() {
  return append(TcpOptionKind::SackPermitted, 0, 0);
}

TcpOptions& TcpOptions::timestamps(TcpTimestamps stamps) {
  return append(TcpOptionKind::Timestamps, std::uint64_t{stamps.value} << 32 | stamps.echo, 8);
}

TcpOptions& TcpOptions::no_operation() {
  assert(size_ < kCapacity);
  if (size_ < kCapacity) {
    bytes_[size_++] = static_cast<std::uint8_t>(TcpOptionKind::NoOperation);
  }
  return *this;
}

std::span<const std::uint8_t> TcpOptions::bytes() const {
  return std::span{bytes_}.first(size_);
}

std::size_t TcpOptions::padded_size() const {
  return (size_ + 3) / 4 * 4;
}

std::vector<TcpOption> TcpOptions::list() const {
  std::vector<TcpOption> options;
  Reader reader{bytes()};
  while (const auto option = next_option(reader)) {
    options.push_back(*option);
  }
  return options;
}

std::optional<std::uint16_t> TcpOptions::maximum_segment_size() const {
  auto data = find(*this, TcpOptionKind::MaximumSegmentSize, 2);
  return data ? std::optional{data->u16()} : std::nullopt;
}

std::optional<std::uint8_t> TcpOptions::window_scale() const {
  auto data = find(*this, TcpOptionKind::WindowScale, 1);
  return data ? std::optional{data->u8()} : std::nullopt;
}

bool TcpOptions::has_sack_permitted() const {
  return find(*this, TcpOptionKind::SackPermitted, 0).has_value();
}

std::optional<TcpTimestamps> TcpOptions::timestamps() const {
  auto data = find(*this, TcpOptionKind::Timestamps, 8);
  if (!data) {
    return std::nullopt;
  }
  const std::uint32_t value = data->u32();
  return TcpTimestamps{value, data->u32()};
}

bool operator==(const TcpOptions& left, const TcpOptions& right) {
  // Unused bytes are zero, which is also what padding is.
  return left.padded_size() == right.padded_size() && left.bytes_ == right.bytes_;
}

}  // namespace synroute::wire
