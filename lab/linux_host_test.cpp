// SPDX-License-Identifier: Apache-2.0
#include "os/check.hpp"
#include "private_network.hpp"
#include "sim/stack/ip_stack.hpp"
#include "sim/support_for_tests.hpp"
#include "support/required_right.hpp"
#include "tun.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

/// Compares the simulated host with the kernel of this machine: the same segments, the same
/// answers. The kernel is behind a TUN device whose other end is this test, so that its half-open
/// connections are not reset.
namespace synroute::lab {
namespace {

using namespace std::chrono_literals;
using sim::ip;
using sim::Probe;

constexpr std::uint16_t kOpen = 443;
constexpr std::uint16_t kShortQueue = 444;  // listen(64)
constexpr std::uint16_t kClosed = 80;

/// The fields of an answer that must agree. Initial sequence numbers, timestamps and IDs differ.
std::string shape(const wire::Datagram& datagram, std::uint32_t our_acknowledgement) {
  std::string text = fmt::format(
      "ttl {} tos {} df {} ", datagram.ip.ttl.value(), datagram.ip.tos, datagram.ip.dont_fragment);
  if (const wire::IcmpMessage* icmp = datagram.icmp()) {
    return text + fmt::format("icmp {}/{} {} bytes", icmp->type, icmp->code, icmp->payload.size());
  }
  const wire::TcpSegment* tcp = datagram.tcp();
  if (tcp == nullptr) {
    return text + "something else";
  }
  const wire::TcpHeader& header = tcp->header;
  for (const std::string_view flag : wire::names(header.flags)) {
    text += fmt::format("{} ", flag);
  }
  const bool echoes = header.sequence == our_acknowledgement && header.sequence != 0;
  text += header.sequence == 0 ? "seq 0" : echoes ? "seq = our ack" : "seq own";
  text += fmt::format(" ack {} win {} options", header.acknowledgement, header.window);
  for (const wire::TcpOption& option : header.options.list()) {
    text += fmt::format(" {}", option.kind);
  }
  if (header.options.maximum_segment_size()) {
    text += fmt::format(" mss {}", *header.options.maximum_segment_size());
  }
  if (header.options.timestamps()) {
    text += fmt::format(" echo {}", header.options.timestamps()->echo);
  }
  return text;
}

using Shapes = std::vector<std::string>;

/// One of the two machines that are compared.
class Machine {
 public:
  Machine() = default;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  virtual ~Machine() = default;
  /// Sends it a packet; returns its immediate answers.
  virtual Shapes ask(const std::vector<std::uint8_t>& packet, std::uint32_t acknowledgement) = 0;
  /// Returns what it sends unasked within this time.
  virtual Shapes wait(Duration length) = 0;

  Shapes ask(const Probe& probe) {
    return ask(wire::bytes(sim::datagram(probe)), probe.acknowledgement);
  }
};

class SimulatedMachine final : public Machine {
 public:
  SimulatedMachine() : stack_{settings(4096), 1}, short_queue_{settings(64), 1} {}
  using Machine::ask;
  Shapes ask(const std::vector<std::uint8_t>& packet, std::uint32_t acknowledgement) override {
    const auto adopted = sim::Packet::adopt(packet).value();
    std::vector<sim::Packet> answers;
    const bool queue = adopted.has_ports() && adopted.destination_port() == kShortQueue;
    (queue ? short_queue_ : stack_).handle(adopted, now_, answers);
    return shapes(answers, acknowledgement);
  }
  Shapes wait(Duration length) override {
    std::vector<sim::Packet> answers;
    for (const Instant end = now_ + length; now_ < end; now_ = now_ + kStep) {
      stack_.advance(now_, answers);
      short_queue_.advance(now_, answers);
    }
    return shapes(answers, 0);
  }

 private:
  static constexpr Duration kStep = 10ms;

  static sim::HostSettings settings(std::size_t backlog) {
    sim::HostSettings host;
    host.open = {{{kOpen, kShortQueue}}};
    host.backlog = backlog;
    return host;
  }
  static Shapes shapes(const std::vector<sim::Packet>& answers, std::uint32_t acknowledgement) {
    Shapes texts;
    for (const sim::Packet& answer : answers) {
      texts.push_back(shape(sim::dissected(answer), acknowledgement));
    }
    return texts;
  }

  sim::IpStack stack_;
  sim::IpStack short_queue_;
  Instant now_{};
};

/// A fresh network namespace, with the receive buffer from which the usual window scale of 7
/// follows; newer kernels have larger ones.
struct FreshNetwork {
  FreshNetwork() {
    os::check("make a fresh network", ::unshare(CLONE_NEWNET));
    const os::Fd sizes{
        os::check("open tcp_rmem", ::open("/proc/sys/net/ipv4/tcp_rmem", O_WRONLY | O_CLOEXEC))};
    constexpr std::string_view kUsual = "4096 131072 6291456";
    os::check("set tcp_rmem", ::write(sizes.get(), kUsual.data(), kUsual.size()));
  }
};

/// The kernel of this machine in a fresh network namespace.
class RealMachine final : public Machine {
 public:
  RealMachine() : tun_{kAddresses(), 1500} {
    listen_on(kOpen, 4096);
    listen_on(kShortQueue, 64);
  }
  using Machine::ask;
  Shapes ask(const std::vector<std::uint8_t>& packet, std::uint32_t acknowledgement) override {
    EXPECT_TRUE(tun_.write(packet));
    // Packets are processed in order: an answer that does not precede this echo does not come.
    EXPECT_TRUE(tun_.write(echo()));
    return collect(kPatience, acknowledgement);
  }
  Shapes wait(Duration length) override { return collect(length, 0); }

 private:
  static const std::vector<IpAddress>& kAddresses() {
    static const std::vector<IpAddress> addresses{ip("203.0.113.80"), ip("2001:db8:80::80")};
    return addresses;
  }

  static constexpr std::uint32_t kMark = 0x4d41524b;  // ID and sequence number of our echoes
  static constexpr Duration kPatience = 5s;

  static std::vector<std::uint8_t> echo() {
    wire::Datagram datagram = sim::datagram({});
    datagram.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Icmp);
    datagram.body = wire::IcmpMessage{.type = 8, .rest = kMark, .payload = {}};
    return wire::bytes(datagram);
  }

  void listen_on(std::uint16_t port, int backlog) {
    os::Fd& socket = sockets_.emplace_back(
        os::check("open a socket", ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)));
    const int both = 0;
    os::check(
        "listen to both families",
        ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &both, sizeof both));
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    os::check(
        "bind", ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    os::check("listen", ::listen(socket.get(), backlog));
  }

  /// Collects answers until our echo returns, or for this long.
  Shapes collect(Duration length, std::uint32_t acknowledgement) {
    Shapes texts;
    const auto end = std::chrono::steady_clock::now() + length;
    while (true) {
      const auto left = end - std::chrono::steady_clock::now();
      pollfd watched{tun_.descriptor(), POLLIN, 0};
      const auto milliseconds =
          std::chrono::ceil<std::chrono::milliseconds>(std::max<Duration>(left, 0ms)).count();
      if (::poll(&watched, 1, static_cast<int>(milliseconds)) <= 0) {
        return texts;
      }
      const auto packet = tun_.read();
      const auto datagram = wire::dissect(packet);
      const auto* icmp = datagram ? datagram->icmp() : nullptr;
      if (icmp != nullptr && icmp->rest == kMark) {
        return texts;
      }
      if (datagram && !datagram->ip.destination.is_multicast()) {
        texts.push_back(shape(*datagram, acknowledgement));
      }
    }
  }

  FreshNetwork network_;
  Tun tun_;
  std::vector<os::Fd> sockets_;
};

/// Sends the same packets to both machines.
class LinuxHost : public testing::Test {
 protected:
  void expect_same(const Probe& probe, const std::string& about) {
    Probe six = probe;
    six.source = ip("2001:db8::7");
    six.destination = ip("2001:db8:80::80");
    EXPECT_EQ(simulated_.ask(probe), real_.ask(probe)) << about;
    EXPECT_EQ(simulated_.ask(six), real_.ask(six)) << about << ", IPv6";
  }
  void expect_same_wait(Duration length, const std::string& about) {
    EXPECT_EQ(sorted(simulated_.wait(length)), sorted(real_.wait(length))) << about;
  }
  static Shapes sorted(Shapes shapes) {
    std::ranges::sort(shapes);
    return shapes;
  }

  SimulatedMachine simulated_;
  RealMachine real_;
};

TEST_F(LinuxHost, AnswersSixProbesOfOneFlowAlike) {
  struct Row {
    std::uint16_t port;
    std::uint32_t step;
  };
  for (const auto& [port, step] :
       {Row{10001, 1},
        Row{10002, 1U << 24},
        Row{10003, 0U - 100},
        Row{10004, 0},
        Row{10005, 70000}}) {
    for (std::uint32_t i = 0; i < 6; ++i) {
      expect_same(
          {.source_port = port, .sequence = 0x10000000 + i * step},
          fmt::format("step {}, probe {}", step, i));
    }
  }
}

TEST_F(LinuxHost, AnswersSixFlowsAlike) {
  for (std::uint16_t port = 10010; port < 10016; ++port) {
    expect_same({.source_port = port}, "a flow of its own");
  }
}

TEST_F(LinuxHost, LimitsAnswersPerConnectionAlike) {
  const Probe first{.source_port = 10020, .sequence = 1000};
  Probe far = first;
  far.sequence = 1U << 24;
  expect_same(first, "first");
  expect_same(far, "out of window");
  far.sequence = 2U << 24;
  expect_same(far, "limited");
  expect_same_wait(600ms, "nothing by itself");
  far.sequence = 3U << 24;
  expect_same(far, "after half a second");
}

TEST_F(LinuxHost, RepeatsItsSynAckAlike) {
  expect_same({.source_port = 10030}, "first");
  // Seconds, with room for a kernel and a test that are late: the next ones would come after 7 s.
  const Shapes repeated = simulated_.wait(5s);
  EXPECT_EQ(repeated.size(), 4U);  // after 1 and 3 s, in both families
  EXPECT_EQ(sorted(repeated), sorted(real_.wait(5s)));
}

TEST_F(LinuxHost, TreatsStrangeFlagsAlike) {
  using enum wire::TcpFlag;
  std::uint16_t port = 10100;
  for (const std::uint16_t to : {kOpen, kClosed}) {
    for (const wire::TcpFlags flags :
         {wire::TcpFlags{Syn},
          Syn | Fin,
          Syn | Rst,
          Syn | Ack,
          wire::TcpFlags{Fin},
          Fin | Ack,
          wire::TcpFlags{Ack},
          wire::TcpFlags{Rst},
          Rst | Ack,
          wire::TcpFlags{},
          Fin | Psh | Urg,
          Syn | Psh,
          Syn | Urg}) {
      expect_same(
          {.source_port = port++, .port = to, .flags = flags, .acknowledgement = 77777},
          fmt::format("flags {:x} to {}", flags.bits(), to));
    }
  }
}

TEST_F(LinuxHost, AcknowledgesPayloadAlike) {
  expect_same({.source_port = 10200, .payload = 10}, "open");
  expect_same({.source_port = 10201, .port = kClosed, .payload = 10}, "closed");
  using enum wire::TcpFlag;
  expect_same({.source_port = 10202, .port = kClosed, .flags = Syn | Fin, .payload = 3}, "SYN|FIN");
}

TEST_F(LinuxHost, OffersOptionsAlike) {
  std::uint16_t port = 10300;
  expect_same({.source_port = port++, .stamp = 4711}, "as Linux asks");
  for (int kinds = 0; kinds < 16; ++kinds) {
    for (const bool six : {false, true}) {
      Probe probe{.source_port = port++};
      if (six) {
        probe.source = ip("2001:db8::7");
        probe.destination = ip("2001:db8:80::80");
      }
      wire::Datagram datagram = sim::datagram(probe);
      wire::TcpOptions& options = std::get<wire::TcpSegment>(datagram.body).header.options;
      if ((kinds & 1) != 0) {
        options.maximum_segment_size(1400);
      }
      if ((kinds & 2) != 0) {
        options.sack_permitted();
      }
      if ((kinds & 4) != 0) {
        options.timestamps({815, 0});
      }
      if ((kinds & 8) != 0) {
        options.no_operation().window_scale(3);
      }
      const auto bytes = wire::bytes(datagram);
      EXPECT_EQ(simulated_.ask(bytes, 0), real_.ask(bytes, 0)) << kinds << six;
    }
  }
}

TEST_F(LinuxHost, AgreesToEcnAlike) {
  using enum wire::TcpFlag;
  std::uint16_t port = 10400;
  for (std::uint8_t tos = 0; tos < 4; ++tos) {
    expect_same({.source_port = port++, .tos = tos, .flags = Syn | Ece | Cwr}, "ECN-setup");
    expect_same({.source_port = port++, .tos = tos, .flags = Syn | Ece}, "half of it");
    expect_same({.source_port = port++, .tos = tos, .flags = Syn | Ece | Cwr | Ae}, "AccECN");
  }
  for (const std::uint8_t tos : {std::uint8_t{0xb8}, std::uint8_t{0xbb}}) {
    expect_same({.source_port = port++, .tos = tos}, "DSCP to an open port");
    expect_same({.source_port = port++, .port = kClosed, .tos = tos}, "DSCP to a closed port");
  }
}

TEST_F(LinuxHost, ForgetsAlikeWhenReset) {
  std::uint16_t port = 10500;
  using enum wire::TcpFlag;
  for (const std::uint32_t at : {1001U, 1002U, 60000U, 900U, 1U << 30}) {
    expect_same({.source_port = port, .sequence = 1000}, "open");
    expect_same({.source_port = port, .sequence = at, .flags = Rst}, "reset");
    expect_same({.source_port = port, .sequence = at, .flags = Rst}, "reset again");
    expect_same(
        {.source_port = port, .sequence = 5U << 26}, fmt::format("after a reset at {}", at));
    ++port;
  }
}

TEST_F(LinuxHost, DropsOldTimestampsAlike) {
  expect_same({.source_port = 10600, .sequence = 1000, .stamp = 100}, "first");
  expect_same(
      {.source_port = 10600, .sequence = 1000, .stamp = 99}, "the same SYN with an older stamp");
  expect_same({.source_port = 10601, .sequence = 1000, .stamp = 100}, "first");
  expect_same(
      {.source_port = 10601, .sequence = 1001, .stamp = 99}, "in the window with an older stamp");
}

TEST_F(LinuxHost, IgnoresWrongChecksumsAlike) {
  for (const std::uint16_t to : {kOpen, kClosed}) {
    auto bytes = wire::bytes(sim::datagram({.source_port = 10700, .port = to}));
    bytes.back() ^= 1;
    EXPECT_EQ(simulated_.ask(bytes, 0), real_.ask(bytes, 0));
  }
}

TEST_F(LinuxHost, AnswersOverTheBacklogWithCookiesAlike) {
  for (std::uint16_t i = 0; i < 100; ++i) {
    Probe probe{.source_port = static_cast<std::uint16_t>(20000 + i), .port = kShortQueue};
    if (i % 2 == 1) {
      probe.stamp = 5;
    }
    EXPECT_EQ(simulated_.ask(probe), real_.ask(probe)) << i;
  }
  // Only connections with state are repeated, after 1 s and not before 3 s.
  const std::size_t remembered = simulated_.wait(2s).size();
  EXPECT_EQ(remembered, 65U);
  EXPECT_EQ(remembered, real_.wait(2s).size());
}

TEST_F(LinuxHost, AnswersUdpAndEchoAlike) {
  wire::Datagram datagram = sim::datagram({});
  datagram.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Udp);
  datagram.body = wire::UdpDatagram{Port{4000}, Port{33434}, std::vector<std::uint8_t>(32, 1)};
  for (int i = 0; i < 8; ++i) {
    const auto bytes = wire::bytes(datagram);
    EXPECT_EQ(simulated_.ask(bytes, 0), real_.ask(bytes, 0)) << "port unreachable " << i;
  }
  datagram.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Icmp);
  datagram.body = wire::IcmpMessage{.type = 8, .rest = 0x00010002, .payload = {1, 2, 3, 4}};
  const auto bytes = wire::bytes(datagram);
  EXPECT_EQ(simulated_.ask(bytes, 0), real_.ask(bytes, 0)) << "echo";
}

}  // namespace
}  // namespace synroute::lab

int main(int count, char** words) {
  testing::InitGoogleTest(&count, words);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
  ::sched_setaffinity(0, sizeof one, &one);  // each CPU has its own queue
  try {
    synroute::lab::enter_private_network({});
  } catch (const synroute::os::SystemError& error) {
    constexpr int kSkipped = 77;
    fmt::print("SKIP: {}\n", error.what());
    return synroute::test::must_run() ? 1 : kSkipped;
  }
  return RUN_ALL_TESTS();
}
