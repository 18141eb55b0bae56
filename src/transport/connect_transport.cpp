// SPDX-License-Identifier: Apache-2.0
#include "transport/connect_transport.hpp"

#include "os/check.hpp"
#include "os/network/control_message.hpp"
#include "os/network/socket_address.hpp"
#include "transport/attempt_socket.hpp"
#include "transport/error_notes.hpp"
#include "transport/queued_error.hpp"
#include "transport/refusal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <optional>
#include <ranges>
#include <utility>

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace synroute::transport {
namespace {

// The kernel's first repetition of a SYN comes after one second (RFC 6298 §2).
constexpr Duration kBeforeRepetition = std::chrono::milliseconds{950};
// With one repetition connect() gives up after 3 s, before a router reports that a host is down
// (3.06 s); the second comes after 3 s, and the end after 7 s.
constexpr int kRepetitions = 2;
// While the longest round trip heard is below this, no answer is expected after most of a second.
constexpr Duration kShortRoundTrip = std::chrono::milliseconds{250};
// An ICMP error has at most 1280 bytes (RFC 4443).
constexpr std::size_t kLargestError = 2048;
// The states of RFC 9293 as TCP_INFO numbers them; linux/tcp.h, which has all of tcp_info, does
// not.
constexpr int kEstablished = 1;
constexpr int kCloseWait = 8;
constexpr int kEcnAgreed = 8;  // TCPI_OPT_ECN

bool is_plain_syn(const wire::TcpSegment& segment) {
  return segment.header.flags == wire::TcpFlag::Syn && segment.payload.empty();
}

}  // namespace

ConnectTransport::ConnectTransport(Options options)
    : options_{std::move(options)},
      ready_{os::check("open event descriptor", ::epoll_create1(EPOLL_CLOEXEC))},
      keeper_{os::check("open UDP socket", ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))},
      own_rejects_{options_.egress},
      link_{options_.interface},
      clock_{os::read_clocks()} {
  // What cannot work is said before the first probe.
  os::set_egress(keeper_.get(), options_.egress);
  // The kernel begins to stamp packets a little after the first socket asks for it and stops with
  // the last one: without a socket that stays, answers to the first probes would have no stamp.
  os::set_option("ask for receive stamps", keeper_.get(), SOL_SOCKET, SO_TIMESTAMPNS);
}

seam::TransportTraits ConnectTransport::traits() const {
  return {.method = model::Method::Connect, .one_probe_per_flow = !options_.one_flow};
}

void ConnectTransport::send(std::span<const seam::Outgoing> batch) {
  for (const seam::Outgoing& outgoing : batch) {
    if (link_.lacks_carrier()) {
      reports_.emplace_back(seam::NotSent{outgoing.token, model::Refusal::NoCarrier});
      continue;
    }
    if (const auto* refusal = queued_.refusal_of(outgoing.datagram.ip.destination)) {
      reports_.emplace_back(seam::NotSent{outgoing.token, refusal->why, refusal->missing_hop});
      continue;
    }
    const auto* segment = outgoing.datagram.tcp();
    const bool possible = segment != nullptr && is_plain_syn(*segment);
    const LocalEnd& end = local_end(outgoing.datagram.ip.source);
    const int error = possible ? begin(outgoing) : EOPNOTSUPP;
    if (error != 0) {
      reports_.emplace_back(seam::NotSent{outgoing.token, end.explain(error)});
    }
  }
}

const LocalEnd& ConnectTransport::local_end(const IpAddress& source) {
  if (!end_ || end_->source() != source) {
    end_.emplace(source, options_.egress.interface);
  }
  return *end_;
}

/// The kernel has room for one attempt from here to there.
void ConnectTransport::end_attempts_on(const wire::IpHeader& ip, const wire::TcpHeader& tcp) {
  std::erase_if(attempts_, [&](const auto& entry) {
    const Attempt& other = entry.second;
    return other.tcp.source_port == tcp.source_port
           && other.tcp.destination_port == tcp.destination_port
           && other.ip.destination == ip.destination && other.ip.source == ip.source;
  });
}

int ConnectTransport::begin(const seam::Outgoing& outgoing) {
  const wire::IpHeader& ip = outgoing.datagram.ip;
  end_attempts_on(ip, outgoing.datagram.tcp()->header);
  Attempt attempt{
      .socket = open_attempt_socket(ip.family()),
      .token = outgoing.token,
      .ip = ip,
      .tcp = outgoing.datagram.tcp()->header,
      .sent = {}};
  if (!attempt.socket.is_open()) {
    return errno;
  }
  const int descriptor = attempt.socket.get();
  Preparation preparation{descriptor};
  shape(preparation, ip, options_.one_flow);
  // Closing resets: the port is free at once, and the target forgets the connection.
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  const bool chosen = attempt.tcp.source_port != Port{0};
  preparation.set(SOL_SOCKET, SO_TIMESTAMPNS)
      .set(IPPROTO_TCP, TCP_SYNCNT, kRepetitions)
      .set(SOL_SOCKET, SO_REUSEADDR, chosen ? 1 : 0)
      .set(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, chosen ? 0 : 1)
      .leave_by(options_.egress)
      .bind(os::SocketAddress{ip.source, attempt.tcp.source_port});
  if (preparation.error() != 0) {
    return preparation.error();
  }
  os::SocketAddress to{ip.destination, attempt.tcp.destination_port};
  attempt.sent = os::now();
  if (::connect(descriptor, to.data(), to.size()) != 0 && errno != EINPROGRESS) {
    return errno;
  }
  os::SocketAddress from;
  ::getsockname(descriptor, from.data(), from.size_slot());
  attempt.tcp.source_port = from.port();
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.fd = descriptor;
  if (::epoll_ctl(ready_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
    return errno;
  }
  if (!queued_.hold(ip.destination, attempt.token, attempt.sent)) {
    reports_.emplace_back(seam::Sent{attempt.token, attempt.sent});
  }
  attempts_.emplace(descriptor, std::move(attempt));
  return 0;
}

void ConnectTransport::receive(std::vector<seam::Incoming>& into) {
  std::array<epoll_event, 64> events{};
  const int count = ::epoll_wait(ready_.get(), events.data(), static_cast<int>(events.size()), 0);
  const os::ClockPair clocks = os::read_clocks();
  clock_.observe(clocks);
  read_at_ = clocks.monotonic;
  hear(std::span{events}.first(static_cast<std::size_t>(std::max(count, 0))));
  if (!attempts_.empty()) {
    link_.count_queue_drops(read_at_);
  }
  follow_queued_attempts();
  forget_old_attempts();
  std::ranges::move(reports_, std::back_inserter(into));
  reports_.clear();
}

void ConnectTransport::hear(std::span<const epoll_event> ready) {
  for (const epoll_event& event : ready) {
    const auto found = attempts_.find(event.data.fd);
    if (found != attempts_.end() && hear(found->second)) {
      attempts_.erase(found);
    }
  }
}

bool ConnectTransport::hear(const Attempt& attempt) {
  return hear_icmp(attempt) || hear_tcp(attempt);
}

bool ConnectTransport::hear_icmp(const Attempt& attempt) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the kernel fills it
  std::array<std::uint8_t, kLargestError> bytes;
  alignas(cmsghdr) std::array<std::uint8_t, 512> control{};
  iovec piece{.iov_base = bytes.data(), .iov_len = bytes.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = ::recvmsg(attempt.socket.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
  if (size < 0) {
    return false;
  }
  const ErrorNotes notes = error_notes(message);
  const bool is_icmp = notes.error
                       && (notes.error->ee_origin == SO_EE_ORIGIN_ICMP
                           || notes.error->ee_origin == SO_EE_ORIGIN_ICMP6);
  if (!is_icmp || !notes.offender) {
    return false;
  }
  if (*notes.offender == attempt.ip.source && *notes.offender != attempt.ip.destination) {
    // This host itself: address resolution failed after three requests, or a rule rejects.
    const bool is_silent =
        notes.error->ee_errno == EHOSTUNREACH
        && !own_rejects_.call_unreachable(
            attempt.ip.source, attempt.ip.destination, attempt.tcp.destination_port);
    reports_.emplace_back(seam::NotSent{
        attempt.token, is_silent ? model::Refusal::NoNeighbour : model::Refusal::LocalReject});
    return true;
  }
  const bool has_extension = (notes.error->ee_rfc4884.flags & SO_EE_RFC4884_FLAG_INVALID) == 0;
  const QueuedError error{
      .source = attempt.ip.source,
      .target = attempt.ip.destination,
      .type = notes.error->ee_type,
      .code = notes.error->ee_code,
      .rest = notes.error->ee_info,
      .extension_offset = has_extension ? notes.error->ee_rfc4884.len : std::size_t{0},
      .segment = std::span{bytes}.first(static_cast<std::size_t>(size))};
  const Instant at =
      notes.stamp ? clock_.instant_of(*notes.stamp, attempt.sent, read_at_) : read_at_;
  wire::Datagram datagram = icmp_datagram(notes, error);
  if (wire::kind(datagram.ip.family(), error.type) == wire::IcmpKind::TimeExceeded) {
    Ttl& farthest = farthest_[attempt.ip.destination];
    farthest = std::max(farthest, attempt.ip.ttl);
  }
  report(attempt, std::move(datagram), at);
  return true;
}

/// A rule of this host refuses within 80 µs (measured); 20 ms include a busy machine.
void ConnectTransport::hear_refusal(const Attempt& attempt) {
  constexpr Duration kOwnAtMost = std::chrono::milliseconds{20};
  const bool may_be_own = read_at_ - attempt.sent <= kOwnAtMost;
  if (may_be_own
      && own_rejects_.refuse(
          attempt.ip.source,
          options_.one_flow ? attempt.tcp.source_port : Port{0},
          attempt.ip.destination,
          attempt.tcp.destination_port)) {
    reports_.emplace_back(seam::NotSent{attempt.token, model::Refusal::LocalReject});
  } else {
    report_tcp(attempt, wire::TcpFlag::Rst | wire::TcpFlag::Ack, read_at_);
  }
}

bool ConnectTransport::hear_tcp(const Attempt& attempt) {
  const int error = pending_error(attempt.socket.get());
  if (error == ECONNREFUSED) {
    hear_refusal(attempt);
    return true;
  }
  const auto state = state_of(attempt.socket.get());
  if (!state) {
    return true;
  }
  const bool open = state->tcpi_state == kEstablished || state->tcpi_state == kCloseWait
                    || error == ECONNRESET || error == EPIPE;  // open, and reset since
  if (!open) {
    return error != 0;
  }
  // The kernel has measured the handshake itself, unless it had to repeat the SYN (Karn's rule).
  const Duration measured = std::chrono::microseconds{state->tcpi_rtt};
  const bool exact = state->tcpi_total_retrans == 0 && state->tcpi_rtt != 0;
  wire::TcpFlags flags = wire::TcpFlag::Syn | wire::TcpFlag::Ack;
  if ((state->tcpi_options & kEcnAgreed) != 0) {
    flags = flags | wire::TcpFlag::Ece;
  }
  report_tcp(attempt, flags, exact ? std::min(attempt.sent + measured, read_at_) : read_at_);
  return true;
}

void ConnectTransport::report_tcp(const Attempt& attempt, wire::TcpFlags flags, Instant at) {
  wire::Datagram result;
  result.ip.source = attempt.ip.destination;
  result.ip.destination = attempt.ip.source;
  result.ip.protocol = static_cast<std::uint8_t>(wire::Protocol::Tcp);
  wire::TcpSegment segment;
  segment.header.source_port = attempt.tcp.destination_port;
  segment.header.destination_port = attempt.tcp.source_port;
  segment.header.acknowledgement = attempt.tcp.sequence + 1;
  segment.header.flags = flags;
  segment.checksum = wire::Checksum::Good;  // else the kernel had not taken it in
  result.body = std::move(segment);
  report(attempt, std::move(result), at);
}

void ConnectTransport::report(const Attempt& attempt, wire::Datagram datagram, Instant at) {
  queued_.answered(attempt.ip.destination, reports_);
  longest_round_trip_ = std::max(longest_round_trip_, at - attempt.sent);
  reports_.emplace_back(seam::Received{std::move(datagram), at, attempt.token});
}

bool ConnectTransport::is_worth_repeating(const Attempt& attempt) const {
  const bool heard = longest_round_trip_ != Duration::zero();
  const auto farthest = farthest_.find(attempt.ip.destination);
  return options_.holds_all || !heard || longest_round_trip_ >= kShortRoundTrip
         || farthest == farthest_.end() || attempt.ip.ttl > farthest->second;
}

/// Closing an attempt is what keeps the kernel from repeating its SYN.
void ConnectTransport::forget_old_attempts() {
  std::erase_if(attempts_, [&](const auto& entry) {
    const Duration age = read_at_ - entry.second.sent;
    if (queued_.holds(entry.second.ip.destination)) {
      return false;
    }
    return age >= options_.patience
           || (age >= kBeforeRepetition && !is_worth_repeating(entry.second));
  });
}

void ConnectTransport::follow_queued_attempts() {
  const QueuedAttempts::Change change = queued_.check(read_at_, reports_);
  for (const IpAddress& target : change.released) {
    for (Attempt& attempt : attempts_ | std::views::values) {
      attempt.sent = attempt.ip.destination == target ? read_at_ : attempt.sent;
    }
  }
  std::ranges::for_each(change.missing, [this](const IpAddress& target) { give_up(target); });
}

void ConnectTransport::give_up(const IpAddress& target) {
  const seam::NotSent& refusal = *queued_.refusal_of(target);
  for (const Attempt& attempt : attempts_ | std::views::values) {
    if (attempt.ip.destination == target) {
      reports_.emplace_back(seam::NotSent{attempt.token, refusal.why, refusal.missing_hop});
    }
  }
  std::erase_if(
      attempts_, [&](const auto& entry) { return entry.second.ip.destination == target; });
}

model::Counters ConnectTransport::counters() const {
  model::Counters result;
  result.dropped_by_queue = link_.queue_drops();
  result.clock_steps = clock_.steps();
  return result;
}

}  // namespace synroute::transport
