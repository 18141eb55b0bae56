// SPDX-License-Identifier: Apache-2.0
#include "real_time.hpp"

#include "os/check.hpp"
#include "os/clock.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

namespace synroute::lab {

namespace {

bool is_multicast(std::span<const std::uint8_t> packet) {
  const auto read = wire::read_ip_header(packet);
  return read && read->header.destination.is_multicast();
}

os::Fd make_signals() {
  const sigset_t wanted = block_signals();
  return os::Fd{os::check("watch signals", ::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC))};
}

}  // namespace

sigset_t block_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int signal : {SIGCHLD, SIGTERM, SIGHUP, SIGINT}) {
    sigaddset(&wanted, signal);
  }
  os::check("block signals", ::sigprocmask(SIG_BLOCK, &wanted, nullptr));
  return wanted;
}

PcapFile::PcapFile(const std::string& path) {
  if (!path.empty()) {
    file_ = os::Fd{os::check(
        "write " + path, ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644))};
  }
}

void PcapFile::add(std::span<const std::uint8_t> packet) {
  if (!file_.is_open()) {
    return;
  }
  writer_.add(os::wall_now(), packet);
  waiting_ += packet.size();
  if (waiting_ > 65536) {
    flush();
  }
}

void PcapFile::flush() {
  if (!file_.is_open()) {
    return;
  }
  const std::vector<std::uint8_t> bytes = writer_.take();
  std::span<const std::uint8_t> rest = bytes;
  while (!rest.empty()) {
    const ssize_t size =
        os::check("write the capture", ::write(file_.get(), rest.data(), rest.size()));
    rest = rest.subspan(static_cast<std::size_t>(size));
  }
  waiting_ = 0;
}

RealTime::RealTime(sim::World& world, Tun& tun, PcapFile& pcap, Counters& counters)
    : world_{world},
      tun_{tun},
      pcap_{pcap},
      counters_{counters},
      signals_{make_signals()},
      start_{os::now()} {}

Instant RealTime::now() const {
  return Instant{os::now() - start_};
}

void RealTime::catch_up() {
  const Instant until = now();
  while (world_.run(until)) {
    hand_out();
  }
}

void RealTime::hand_out() {
  for (const sim::Delivery& delivery : world_.take_delivered()) {
    pcap_.add(delivery.bytes);
    if (!tun_.write(delivery.bytes)) {
      counters_.count_refused();
    }
  }
}

void RealTime::take_in() {
  for (int i = 0; i < kBatch; ++i) {
    const auto packet = tun_.read();
    if (packet.empty()) {
      return;
    }
    if (is_multicast(packet)) {
      continue;  // neighbour discovery and similar, which stay on this link
    }
    pcap_.add(packet);
    catch_up();
    world_.send({packet.begin(), packet.end()});
  }
}

void RealTime::wait() const {
  std::array<pollfd, 2> watched{
      pollfd{tun_.descriptor(), POLLIN, 0}, pollfd{signals_.get(), POLLIN, 0}};
  std::optional<timespec> limit;
  if (const auto next = world_.next()) {
    limit = os::to_timespec(std::max(*next - now(), Duration{}));
  }
  const int count = ::ppoll(watched.data(), watched.size(), limit ? &*limit : nullptr, nullptr);
  if (count < 0 && errno != EINTR) {
    throw os::SystemError{"wait for packets", errno};
  }
}

int RealTime::run_until_end_of(pid_t child) {
  while (true) {
    wait();
    take_in();
    catch_up();
    signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
      if (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGHUP) {
        ::kill(child, static_cast<int>(signal.ssi_signo));
      }
    }
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) == child) {
      pcap_.flush();
      return status;
    }
  }
}

}  // namespace synroute::lab
