// SPDX-License-Identifier: Apache-2.0
#include "enrich/dns_resolver.hpp"

#include "os/check.hpp"
#include "os/clock.hpp"
#include "os/network/socket_address.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/socket.h>

namespace synroute::enrich {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Bytes = std::vector<std::uint8_t>;

IpAddress address(const char* text) {
  return *IpAddress::parse(text);
}

/// The labels of a name as RFC 1035 §3.1 writes them.
Bytes labels(const std::vector<std::string>& parts) {
  Bytes result;
  for (const std::string& part : parts) {
    result.push_back(static_cast<std::uint8_t>(part.size()));
    result.insert(result.end(), part.begin(), part.end());
  }
  result.push_back(0);
  return result;
}

/// A name server on the loopback that knows what a test tells it. It answers when serve() is
/// called.
class NameServer {
 public:
  enum class Manner : std::uint8_t { Answers, Silent };

  explicit NameServer(Manner manner = Manner::Answers)
      : manner_{manner},
        socket_{os::check(
            "open UDP socket", ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))} {
    const os::SocketAddress any{IpAddress::v4(0x7f000001)};
    os::check("bind name server", ::bind(socket_.get(), any.data(), any.size()));
  }

  void knows(const std::string& question, Bytes name) { names_[question] = std::move(name); }
  [[nodiscard]] int descriptor() const { return socket_.get(); }
  [[nodiscard]] int questions() const { return questions_; }
  [[nodiscard]] std::string where() const {
    os::SocketAddress own;
    os::check("read port", ::getsockname(socket_.get(), own.data(), own.size_slot()));
    return "127.0.0.1:" + std::to_string(own.port().value());
  }

  void serve() {
    Bytes packet(512);
    while (true) {
      os::SocketAddress from;
      const ssize_t size =
          ::recvfrom(socket_.get(), packet.data(), packet.size(), 0, from.data(), from.size_slot());
      if (size < 0) {
        return;
      }
      ++questions_;
      if (manner_ == Manner::Answers) {
        const Bytes answer = reply(std::span{packet}.first(static_cast<std::size_t>(size)));
        ::sendto(socket_.get(), answer.data(), answer.size(), 0, from.data(), from.size());
      }
    }
  }

 private:
  /// RFC 1035 §4.1: the question comes back, with one PTR record behind it when the name is known.
  Bytes reply(std::span<const std::uint8_t> query) const {
    std::string question;
    std::size_t at = 12;
    while (query[at] != 0) {
      question += std::string(
                      query.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                      query.begin() + static_cast<std::ptrdiff_t>(at) + 1 + query[at])
                  + ".";
      at += query[at] + 1U;
    }
    const auto known = names_.find(question);
    const bool found = known != names_.end();
    Bytes result{
        query[0],
        query[1],
        0x81,
        static_cast<std::uint8_t>(found ? 0x80 : 0x83),
        0,
        1,
        0,
        static_cast<std::uint8_t>(found ? 1 : 0),
        0,
        0,
        0,
        0};
    result.insert(
        result.end(), query.begin() + 12, query.begin() + static_cast<std::ptrdiff_t>(at) + 5);
    if (found) {
      const std::size_t size = known->second.size();
      const Bytes record{
          0xc0,
          12,
          0,
          12,
          0,
          1,
          0,
          0,
          0,
          60,
          static_cast<std::uint8_t>(size >> 8),
          static_cast<std::uint8_t>(size & 0xff)};
      result.insert(result.end(), record.begin(), record.end());
      result.insert(result.end(), known->second.begin(), known->second.end());
    }
    return result;
  }

  Manner manner_;
  os::Fd socket_;
  std::map<std::string, Bytes> names_;
  int questions_ = 0;
};

/// Lets both work until `wanted` answers are here; bounded, so that a lost one fails.
std::vector<seam::NameAnswer> gather(
    DnsResolver& resolver, NameServer& server, std::size_t wanted) {
  std::vector<seam::NameAnswer> all;
  const Instant end = os::now() + 10s;
  while (all.size() < wanted && os::now() < end) {
    server.serve();
    resolver.receive(all);
    std::array<pollfd, 2> either{
        pollfd{.fd = resolver.descriptor(), .events = POLLIN, .revents = 0},
        pollfd{.fd = server.descriptor(), .events = POLLIN, .revents = 0}};
    const Instant until = std::min(end, resolver.deadline().value_or(os::now()));
    const timespec timeout = os::to_timespec(std::max(until - os::now(), Duration::zero()));
    ::ppoll(either.data(), either.size(), &timeout, nullptr);
  }
  return all;
}

DnsResolver::Options asking(const NameServer& server) {
  return {.servers = server.where()};
}

TEST(DnsResolver, FindsNamesOfBothFamilies) {
  NameServer server;
  server.knows("80.113.0.203.in-addr.arpa.", labels({"shop", "example"}));
  server.knows(
      "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
      labels({"six", "example"}));
  DnsResolver resolver{asking(server)};
  resolver.ask(address("203.0.113.80"));
  resolver.ask(address("2001:db8::1"));
  EXPECT_EQ(resolver.pending(), 2);
  std::map<IpAddress, std::optional<std::string>> names;
  for (const auto& answer : gather(resolver, server, 2)) {
    names[answer.address] = answer.name;
  }
  EXPECT_EQ(names[address("203.0.113.80")], "shop.example");
  EXPECT_EQ(names[address("2001:db8::1")], "six.example");
  EXPECT_EQ(resolver.pending(), 0);
  EXPECT_EQ(resolver.deadline(), std::nullopt);
}

TEST(DnsResolver, HasNoNameForAnAddressWithoutOne) {
  NameServer server;
  DnsResolver resolver{asking(server)};
  resolver.ask(address("203.0.113.81"));
  const auto all = gather(resolver, server, 1);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].address, address("203.0.113.81"));
  EXPECT_EQ(all[0].name, std::nullopt);
}

TEST(DnsResolver, AsksOncePerAddress) {
  NameServer server;
  DnsResolver resolver{asking(server)};
  resolver.ask(address("203.0.113.81"));
  resolver.ask(address("203.0.113.81"));
  EXPECT_EQ(gather(resolver, server, 1).size(), 1U);
  resolver.ask(address("203.0.113.81"));
  EXPECT_EQ(resolver.pending(), 0);
  EXPECT_EQ(server.questions(), 1);
}

TEST(DnsResolver, GivesUpOnASilentServerInTime) {
  NameServer server{NameServer::Manner::Silent};
  DnsResolver resolver{{.patience = 60ms, .first_try = 20ms, .servers = server.where()}};
  const Instant start = os::now();
  resolver.ask(address("203.0.113.80"));
  const auto all = gather(resolver, server, 1);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].name, std::nullopt);
  EXPECT_LT(os::now() - start, 2s);
  EXPECT_EQ(server.questions(), 2) << "one repetition";
}

TEST(DnsResolver, KeepsItsOwnPatienceWhateverTheLibraryWaits) {
  NameServer server{NameServer::Manner::Silent};
  DnsResolver resolver{{.patience = 50ms, .first_try = 5s, .servers = server.where()}};
  resolver.ask(address("203.0.113.80"));
  EXPECT_EQ(gather(resolver, server, 1).size(), 1U);
}

TEST(DnsResolver, AsksNoMoreAtOnceThanAllowedButAllInTheEnd) {
  NameServer server;
  DnsResolver resolver{{.simultaneous = 4, .servers = server.where()}};
  for (std::uint32_t i = 0; i < 40; ++i) {
    resolver.ask(IpAddress::v4(0xcb007100U + i));
  }
  server.serve();
  EXPECT_LE(server.questions(), 4);
  EXPECT_EQ(resolver.pending(), 40);
  EXPECT_EQ(gather(resolver, server, 40).size(), 40U);
  EXPECT_EQ(server.questions(), 40);
}

TEST(DnsResolver, RemembersNoMoreAddressesThanAllowed) {
  NameServer server;
  DnsResolver resolver{{.remembered = 2, .servers = server.where()}};
  for (std::uint32_t i = 0; i < 5; ++i) {
    resolver.ask(IpAddress::v4(0xcb007100U + i));
  }
  EXPECT_EQ(gather(resolver, server, 5).size(), 5U);
  EXPECT_EQ(server.questions(), 2);
}

TEST(DnsResolver, ReadsTheHostsFile) {
  NameServer server{NameServer::Manner::Silent};
  DnsResolver resolver{asking(server)};
  resolver.ask(address("127.0.0.1"));
  const auto all = gather(resolver, server, 1);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].name) << "localhost is in /etc/hosts";
  EXPECT_EQ(server.questions(), 0);
}

TEST(DnsResolver, SurvivesHostileNames) {
  const std::string longest(63, 'a');
  const std::vector<Bytes> hostile{
      labels({"evil\x1b[2J", "example"}),
      labels({std::string{"nul\0byte", 8}, "example"}),
      labels(
          {"\xe2\x80\xae"
           "gnp",
           "example"}),
      labels({longest, longest, longest, longest, longest}),
      labels({}),
      {63, 'x'},        // longer than the record
      {0xc0, 0xff},     // a pointer outside
      {0xc0, 0x0c, 0},  // trailing bytes
      {0xc0, 0x2d},     // a pointer to itself or behind
      {}};
  for (const Bytes& name : hostile) {
    NameServer server;
    server.knows("80.113.0.203.in-addr.arpa.", name);
    DnsResolver resolver{{.patience = 200ms, .first_try = 50ms, .servers = server.where()}};
    resolver.ask(address("203.0.113.80"));
    const auto all = gather(resolver, server, 1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_LE(all[0].name.value_or("").size(), 255U);
  }
}

TEST(DnsResolver, SetsNothingUpBeforeTheFirstQuestion) {
  DnsResolver resolver{{.servers = "not a server"}};
  std::vector<seam::NameAnswer> all;
  resolver.receive(all);
  EXPECT_TRUE(all.empty());
  EXPECT_EQ(resolver.deadline(), std::nullopt);
}

TEST(DnsResolver, AnswersAtOnceWhenItCannotAsk) {
  DnsResolver resolver{{.servers = "not a server"}};
  resolver.ask(address("203.0.113.80"));
  std::vector<seam::NameAnswer> all;
  resolver.receive(all);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].name, std::nullopt);
  EXPECT_EQ(resolver.pending(), 0);
}

TEST(DnsResolver, CanGoWhileQuestionsAreOpen) {
  NameServer server{NameServer::Manner::Silent};
  {
    DnsResolver resolver{asking(server)};
    resolver.ask(address("203.0.113.80"));
    resolver.ask(address("203.0.113.81"));
    EXPECT_EQ(resolver.pending(), 2);
  }
  server.serve();
  EXPECT_EQ(server.questions(), 2);
}

}  // namespace
}  // namespace synroute::enrich
