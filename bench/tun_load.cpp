// SPDX-License-Identifier: Apache-2.0
// Sends SYNs into the network it stands in as fast as the kernel takes them: what a survey would
// do.
//
//     tun_load SOURCE SECONDS    to addresses of 11.0.0.0/8, TTL 1 to 16; prints how many were
//     taken

#include "os/check.hpp"
#include "os/fd.hpp"
#include "wire/datagram.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

namespace {

using namespace synroute;

constexpr std::uint32_t kNetwork = 0x0b000000;
constexpr std::uint32_t kHosts = 1U << 24;
constexpr std::uint32_t kStep = 1667;  // odd: every address comes once
constexpr std::uint32_t kTtls = 16;
constexpr std::size_t kBatch = 64;

std::vector<std::uint8_t> probe(const IpAddress& source, std::uint32_t number) {
  wire::Datagram datagram;
  datagram.ip.source = source;
  datagram.ip.destination = IpAddress::v4(kNetwork + number / kTtls * kStep % kHosts);
  datagram.ip.ttl = Ttl{static_cast<std::uint8_t>(1 + number % kTtls)};
  datagram.ip.id = static_cast<std::uint16_t>(number | 1U);
  datagram.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Tcp);
  wire::TcpHeader header;
  header.source_port = Port{static_cast<std::uint16_t>(33000 + number / kTtls % 30000)};
  header.destination_port = Port{443};
  header.sequence = number << 8;
  header.flags = wire::TcpFlag::Syn;
  header.window = 64240;
  header.options.maximum_segment_size(1460);
  datagram.body = wire::TcpSegment{.header = header, .payload = {}};
  return wire::bytes(datagram);
}

/// Sends packets made beforehand, round and round, so that making them is not what is measured.
std::uint64_t send_for(std::chrono::seconds length, const IpAddress& source) {
  const os::Fd socket{
      os::check("open a raw socket", ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW))};
  std::vector<std::vector<std::uint8_t>> packets;
  for (std::uint32_t number = 0; number < 65536 * kTtls / 4; ++number) {
    packets.push_back(probe(source, number));
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(kNetwork + 1);
  std::array<iovec, kBatch> parts{};
  std::array<mmsghdr, kBatch> batch{};
  for (std::size_t i = 0; i < kBatch; ++i) {
    batch[i].msg_hdr = {&to, sizeof to, &parts[i], 1, nullptr, 0, 0};
  }
  std::uint64_t sent = 0;
  std::size_t at = 0;
  const auto end = std::chrono::steady_clock::now() + length;
  while (std::chrono::steady_clock::now() < end) {
    for (iovec& part : parts) {
      part = {packets[at].data(), packets[at].size()};
      at = (at + 1) % packets.size();
    }
    const int taken = ::sendmmsg(socket.get(), batch.data(), kBatch, 0);
    sent += taken > 0 ? static_cast<std::uint64_t>(taken) : 0;
  }
  return sent;
}

}  // namespace

int main(int count, char** words) {
  const auto source = count == 3 ? IpAddress::parse(words[1]) : std::nullopt;
  const std::string_view digits = count == 3 ? words[2] : "";
  int seconds = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (!source || seconds < 1) {
    fmt::print(stderr, "usage: tun_load SOURCE SECONDS\n");
    return 2;
  }
  fmt::print("{}\n", send_for(std::chrono::seconds{seconds}, *source));
}
