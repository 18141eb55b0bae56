// SPDX-License-Identifier: Apache-2.0
#include "os/network/netlink.hpp"

#include "os/check.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace synroute::os {
namespace {

// A dump comes in pieces of at most 32 KiB when the reader offers that much (netlink(7)).
constexpr std::size_t kLargestPiece = 32768;
constexpr int kInterruptedDumpsMax = 5;

constexpr std::size_t padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

template <class Raw>
Raw read(std::span<const std::uint8_t> from) {
  Raw value{};
  std::memcpy(&value, from.data(), sizeof value);
  return value;
}

/// How far an answer has come.
enum class Progress : std::uint8_t { More, Done, Interrupted };

Progress read_piece(std::span<const std::uint8_t> bytes, NetlinkAnswer& answer) {
  while (bytes.size() >= sizeof(nlmsghdr)) {
    const auto head = read<nlmsghdr>(bytes);
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > bytes.size()) {
      break;
    }
    if ((head.nlmsg_flags & NLM_F_DUMP_INTR) != 0) {
      return Progress::Interrupted;
    }
    const auto body = bytes.subspan(sizeof head, head.nlmsg_len - sizeof head);
    if (head.nlmsg_type == NLMSG_ERROR || head.nlmsg_type == NLMSG_DONE) {
      const int code = body.size() >= sizeof(int) ? read<int>(body) : 0;
      answer.error = code < 0 ? -code : 0;
      return Progress::Done;
    }
    answer.messages.push_back({head.nlmsg_type, {body.begin(), body.end()}});
    if ((head.nlmsg_flags & NLM_F_MULTI) == 0) {
      return Progress::Done;
    }
    bytes = bytes.subspan(std::min(bytes.size(), padded(head.nlmsg_len)));
  }
  return Progress::More;
}

Fd open_socket() {
  return Fd{
      check("open route socket", ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE))};
}

}  // namespace

std::optional<std::span<const std::uint8_t>> NetlinkAttributes::find(std::uint16_t type) const {
  std::span<const std::uint8_t> rest = bytes_;
  while (rest.size() >= sizeof(rtattr)) {
    const auto head = read<rtattr>(rest);
    if (head.rta_len < sizeof head || head.rta_len > rest.size()) {
      break;
    }
    if ((head.rta_type & NLA_TYPE_MASK) == type) {
      return rest.subspan(sizeof head, head.rta_len - sizeof head);
    }
    rest = rest.subspan(std::min(rest.size(), padded(head.rta_len)));
  }
  return std::nullopt;
}

std::optional<std::uint32_t> NetlinkAttributes::number(std::uint16_t type) const {
  const auto value = find(type);
  return value && value->size() >= sizeof(std::uint32_t)
             ? std::optional{read<std::uint32_t>(*value)}
             : std::nullopt;
}

std::optional<IpAddress> NetlinkAttributes::address(std::uint16_t type) const {
  const auto value = find(type);
  if (value && value->size() == 16) {
    return IpAddress::v6(read<std::array<std::uint8_t, 16>>(*value));
  }
  if (value && value->size() == 4) {
    const auto bytes = read<std::array<std::uint8_t, 4>>(*value);
    return IpAddress::v4(
        std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8
        | bytes[3]);
  }
  return std::nullopt;
}

NetlinkRequest& NetlinkRequest::attribute(std::uint16_t type, std::span<const std::uint8_t> value) {
  rtattr head{};
  head.rta_type = type;
  head.rta_len = static_cast<unsigned short>(sizeof head + value.size());
  put(&head, sizeof head);
  put(value.data(), value.size());
  return *this;
}

NetlinkRequest& NetlinkRequest::attribute(std::uint16_t type, std::uint32_t value) {
  std::array<std::uint8_t, sizeof value> bytes{};
  std::memcpy(bytes.data(), &value, sizeof value);
  return attribute(type, bytes);
}

std::vector<std::uint8_t> NetlinkRequest::bytes() const {
  nlmsghdr head{};
  head.nlmsg_len = static_cast<std::uint32_t>(sizeof head + body_.size());
  head.nlmsg_type = type_;
  head.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags_);
  std::vector<std::uint8_t> result(sizeof head);
  std::memcpy(result.data(), &head, sizeof head);
  result.insert(result.end(), body_.begin(), body_.end());
  return result;
}

void NetlinkRequest::put(const void* data, std::size_t size) {
  const std::size_t at = body_.size();
  body_.resize(at + padded(size));
  std::memcpy(std::span{body_}.subspan(at).data(), data, size);
}

Netlink::Netlink() : socket_{open_socket()} {}

NetlinkAnswer Netlink::ask(const NetlinkRequest& request) {
  NetlinkAnswer answer = ask_once(request);
  for (int i = 1; i < kInterruptedDumpsMax && answer.error == EINTR; ++i) {
    socket_ = open_socket();  // the rest of the dump is still to come on the old one
    answer = ask_once(request);
  }
  return answer;
}

NetlinkAnswer Netlink::ask_once(const NetlinkRequest& request) {
  const std::vector<std::uint8_t> question = request.bytes();
  check("ask for routes", ::send(socket_.get(), question.data(), question.size(), 0));
  std::vector<std::uint8_t> buffer(kLargestPiece);
  NetlinkAnswer answer;
  Progress progress = Progress::More;
  while (progress == Progress::More) {
    const ssize_t size =
        check("read routes", ::recv(socket_.get(), buffer.data(), buffer.size(), 0));
    progress = read_piece(std::span{buffer}.first(static_cast<std::size_t>(size)), answer);
  }
  return progress == Progress::Interrupted ? NetlinkAnswer{.error = EINTR} : answer;
}

}  // namespace synroute::os
