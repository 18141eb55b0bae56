// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace synroute {

/// A number that cannot be mistaken for another: no implicit conversion, no arithmetic.
template <class Tag, std::integral Rep>
class Strong {
 public:
  constexpr Strong() = default;
  constexpr explicit Strong(Rep value) : value_{value} {}
  [[nodiscard]] constexpr Rep value() const { return value_; }
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;

 private:
  Rep value_{};
};

/// Time to live of IPv4, hop limit of IPv6.
using Ttl = Strong<struct TtlTag, std::uint8_t>;
/// A TTL that was calculated; must be 0 to 255.
[[nodiscard]] constexpr Ttl ttl_of(int value) {
  return Ttl{static_cast<std::uint8_t>(value)};
}
/// A TCP port in host order.
using Port = Strong<struct PortTag, std::uint16_t>;
/// Numbers the probes of one engine from 0 in the order of sending.
using ProbeId = Strong<struct ProbeIdTag, std::uint32_t>;
/// Numbers the connections (5-tuples) of one engine; 0 is the one whose path is shown.
using FlowId = Strong<struct FlowIdTag, std::uint32_t>;

}  // namespace synroute

template <class Tag, std::integral Rep>
struct std::hash<synroute::Strong<Tag, Rep>> {
  std::size_t operator()(synroute::Strong<Tag, Rep> number) const noexcept {
    return std::hash<Rep>{}(number.value());
  }
};
