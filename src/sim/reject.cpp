// SPDX-License-Identifier: Apache-2.0
#include "sim/reject.hpp"

#include "sim/line_words.hpp"
#include "sim/word_table.hpp"

#include <array>

namespace synroute::sim {

namespace {

constexpr std::array kRejects{
    WordEntry{std::string_view{"tcp-reset"}, Reject::TcpReset},
    WordEntry{std::string_view{"net"}, Reject::Net},
    WordEntry{std::string_view{"host"}, Reject::Host},
    WordEntry{std::string_view{"protocol"}, Reject::Protocol},
    WordEntry{std::string_view{"port"}, Reject::Port},
    WordEntry{std::string_view{"net-prohibited"}, Reject::NetProhibited},
    WordEntry{std::string_view{"host-prohibited"}, Reject::HostProhibited},
    WordEntry{std::string_view{"admin"}, Reject::Admin},
    WordEntry{std::string_view{"beyond-scope"}, Reject::BeyondScope},
    WordEntry{std::string_view{"policy"}, Reject::PolicyFail},
    WordEntry{std::string_view{"reject-route"}, Reject::RejectRoute},
};

}  // namespace

std::optional<IcmpCode> reject_code(Reject kind, Family family) {
  const bool v4 = family == Family::V4;
  const auto code = [&](std::uint8_t four, std::uint8_t six) {
    return v4 ? IcmpCode{3, four} : IcmpCode{1, six};
  };
  switch (kind) {
    case Reject::TcpReset: return std::nullopt;
    case Reject::Net: return code(0, 0);
    case Reject::Host: return code(1, 3);
    case Reject::Protocol: return code(2, 4);
    case Reject::Port: return code(3, 4);
    case Reject::NetProhibited: return code(9, 1);
    case Reject::HostProhibited: return code(10, 1);
    case Reject::Admin: return code(13, 1);
    case Reject::BeyondScope: return code(11, 2);
    case Reject::PolicyFail: return code(13, 5);
    case Reject::RejectRoute: return code(0, 6);
  }
  return std::nullopt;
}

Reject read_reject(LineWords& words) {
  return one_of(words, "the kind of rejection", kRejects);
}

}  // namespace synroute::sim
