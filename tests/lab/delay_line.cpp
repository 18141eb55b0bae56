// SPDX-License-Identifier: Apache-2.0
//
// Adds delay to the lab without the kernel's netem, which may be missing.
//
//   delay_line link NS:DEV NS:DEV --delay-us N
//       connects two TUN devices by a link with a delay of N microseconds in each direction;
//   delay_line path NS:DEV [options]
//       simulates a path of routers and one host behind one device.
//
// Prints "ready" on stdout when the devices exist, and runs until it is killed or its parent ends.
// kPathOptions below lists the options of `path`.

#include "neighbour.hpp"
#include "simulated_path.hpp"
#include "tun_device.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <queue>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace {

using namespace synroute::lab;
using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

/// A delayed packet: time of arrival and device to write it to.
struct InFlight {
  Clock::time_point due;
  std::uint64_t order;  ///< equal times keep their order
  const TunDevice* exit;
  Bytes packet;

  friend bool operator>(const InFlight& a, const InFlight& b) {
    return std::tie(a.due, a.order) > std::tie(b.due, b.order);
  }
};

/// All delayed packets, earliest first.
class Flight {
 public:
  void launch(Clock::time_point due, const TunDevice& exit, Bytes packet) {
    queue_.push({.due = due, .order = next_++, .exit = &exit, .packet = std::move(packet)});
  }

  void land(Clock::time_point now) {
    while (!queue_.empty() && queue_.top().due <= now) {
      queue_.top().exit->write(queue_.top().packet);
      queue_.pop();
    }
  }

  /// Waits for a packet on `devices` or for the next landing, whichever is first.
  void wait(std::span<pollfd> devices) const {
    timespec left{};
    if (!queue_.empty()) {
      const auto gap = std::max(queue_.top().due - Clock::now(), Clock::duration::zero());
      const auto whole = std::chrono::floor<std::chrono::seconds>(gap);
      left = {.tv_sec = whole.count(), .tv_nsec = std::chrono::nanoseconds{gap - whole}.count()};
    }
    ::ppoll(devices.data(), devices.size(), queue_.empty() ? nullptr : &left, nullptr);
  }

 private:
  std::priority_queue<InFlight, std::vector<InFlight>, std::greater<>> queue_;
  std::uint64_t next_ = 0;
};

/// Handles a packet that arrived on `device` now.
using Handler = std::function<void(const TunDevice& device, Bytes packet, Flight& flight)>;

[[noreturn]] void run(std::span<const TunDevice> devices, const Handler& handle) {
  std::vector<pollfd> watched;
  for (const TunDevice& device : devices) {
    watched.push_back({.fd = device.descriptor(), .events = POLLIN, .revents = 0});
  }
  std::puts("ready");
  std::fflush(stdout);
  Flight flight;
  Bytes packet;
  for (;;) {
    for (const TunDevice& device : devices) {
      while (device.read(packet)) {
        handle(device, packet, flight);
      }
    }
    flight.land(Clock::now());
    flight.wait(watched);
  }
}

[[nodiscard]] int number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) {
    throw std::invalid_argument{"not a number: " + std::string{text}};
  }
  return value;
}

[[nodiscard]] std::vector<std::string> list(std::string_view text) {
  std::vector<std::string> parts;
  for (const auto part : std::views::split(text, ',')) {
    parts.emplace_back(part.begin(), part.end());
  }
  return parts;
}

[[nodiscard]] std::set<int> numbers(std::string_view text) {
  std::set<int> values;
  for (const std::string& part : list(text)) {
    values.insert(number(part));
  }
  return values;
}

[[nodiscard]] microseconds milliseconds(std::string_view text) {
  std::size_t used = 0;
  const double value = std::stod(std::string{text}, &used);
  if (used != text.size() || value < 0) {
    throw std::invalid_argument{"not a time in milliseconds: " + std::string{text}};
  }
  return std::chrono::round<microseconds>(std::chrono::duration<double, std::milli>{value});
}

[[nodiscard]] Bytes address(int family, const char* text) {
  Bytes bytes(family == AF_INET6 ? 16 : 4);
  if (::inet_pton(family, text, bytes.data()) != 1) {
    throw std::invalid_argument{std::string{"not an address: "} + text};
  }
  return bytes;
}

void set_quote(QuoteRewrite& rewrite, std::string_view text) {
  const std::map<std::string_view, bool QuoteRewrite::*> names{
      {"id", &QuoteRewrite::ip_id},
      {"id-swap", &QuoteRewrite::ip_id_swapped},
      {"seq", &QuoteRewrite::sequence},
      {"src", &QuoteRewrite::source},
      {"sport", &QuoteRewrite::source_port},
      {"short", &QuoteRewrite::short_quote}};
  for (const std::string& part : list(text)) {
    rewrite.*names.at(part) = true;
  }
}

[[nodiscard]] ResetShape reset_shape(std::string_view text) {
  const std::map<std::string_view, ResetShape> names{
      {"standard", ResetShape::Standard},
      {"no-ack", ResetShape::WithoutAck},
      {"blank", ResetShape::Blank}};
  return names.at(text);
}

using Setter = void (*)(PathOptions&, std::string_view);

/// Options of the `path` command (`--name value`), and the field that each sets.
const std::map<std::string_view, Setter> kPathOptions{
    {"--hops", [](PathOptions& o, std::string_view v) { o.hops = number(v); }},
    {"--per-hop-ms", [](PathOptions& o, std::string_view v) { o.per_hop = milliseconds(v); }},
    {"--base-ms", [](PathOptions& o, std::string_view v) { o.base = milliseconds(v); }},
    {"--silent", [](PathOptions& o, std::string_view v) { o.silent = numbers(v); }},
    {"--drop-after", [](PathOptions& o, std::string_view v) { o.drop_after = number(v); }},
    {"--dnat-at", [](PathOptions& o, std::string_view v) { o.dnat_at = number(v); }},
    {"--mpls-at", [](PathOptions& o, std::string_view v) { o.mpls_at = number(v); }},
    {"--rewrite-from", [](PathOptions& o, std::string_view v) { o.rewrite_from = number(v); }},
    {"--quote", [](PathOptions& o, std::string_view v) { set_quote(o.rewrite, v); }},
    {"--reset", [](PathOptions& o, std::string_view v) { o.reset = reset_shape(v); }},
    {"--open", [](PathOptions& o, std::string_view v) { o.open = numbers(v); }},
    {"--closed", [](PathOptions& o, std::string_view v) { o.closed = numbers(v); }},
};

[[nodiscard]] PathOptions path_options(std::span<const std::string> arguments) {
  PathOptions options;
  options.target = {address(AF_INET, "203.0.113.80"), address(AF_INET6, "2001:db8:113::80")};
  options.router = {address(AF_INET, "198.19.0.1"), address(AF_INET6, "2001:db8:19::1")};
  for (std::size_t at = 0; at + 1 < arguments.size(); at += 2) {
    kPathOptions.at(arguments[at])(options, arguments[at + 1]);
  }
  return options;
}

[[noreturn]] void run_link(std::span<const std::string> arguments) {
  if (arguments.size() != 4 || arguments[2] != "--delay-us") {
    throw std::invalid_argument{"usage: delay_line link NS:DEV NS:DEV --delay-us N"};
  }
  const microseconds delay{number(arguments[3])};
  std::vector<TunDevice> ends;
  ends.emplace_back(arguments[0], Carries::Datagrams);
  ends.emplace_back(arguments[1], Carries::Datagrams);
  run(ends, [&ends, delay](const TunDevice& device, Bytes packet, Flight& flight) {
    const TunDevice& exit = &device == &ends.front() ? ends.back() : ends.front();
    flight.launch(Clock::now() + delay, exit, std::move(packet));
  });
}

[[noreturn]] void run_path(std::span<const std::string> arguments) {
  // Tools that build their own frames need an Ethernet link.
  const bool frames = !arguments.empty() && arguments.back() == "--ethernet";
  const auto pairs = frames ? arguments.first(arguments.size() - 1) : arguments;
  if (pairs.size() % 2 != 1) {
    throw std::invalid_argument{"usage: delay_line path NS:DEV [--option value]… [--ethernet]"};
  }
  const SimulatedPath path{path_options(pairs.subspan(1))};
  std::vector<TunDevice> ends;
  ends.emplace_back(pairs.front(), frames ? Carries::Frames : Carries::Datagrams);
  run(ends, [&path, frames](const TunDevice& device, Bytes packet, Flight& flight) {
    const auto now = Clock::now();
    if (!frames) {
      if (auto answer = path.answer(packet)) {
        flight.launch(now + answer->after, device, std::move(answer->packet));
      }
      return;
    }
    if (const auto reply = answer_neighbour(packet)) {
      device.write(*reply);
    } else if (carries_datagram(packet)) {
      if (const auto answer = path.answer(View{packet}.subspan(kFrameHeader))) {
        flight.launch(now + answer->after, device, frame_back(packet, answer->packet));
      }
    }
  });
}

}  // namespace

int main(int count, char** values) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::prctl(PR_SET_TIMERSLACK, 1);
  const std::vector<std::string> arguments(values + 1, values + count);
  try {
    const auto rest = std::span{arguments}.subspan(arguments.empty() ? 0 : 1);
    if (!arguments.empty() && arguments.front() == "link") {
      run_link(rest);
    }
    if (!arguments.empty() && arguments.front() == "path") {
      run_path(rest);
    }
    throw std::invalid_argument{"usage: delay_line link|path …"};
  } catch (const std::exception& error) {
    std::fprintf(stderr, "delay_line: %s\n", error.what());
    return 2;
  }
}
