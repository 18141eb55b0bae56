// SPDX-License-Identifier: Apache-2.0
#include "enrich/dns_resolver.hpp"

#include "os/check.hpp"
#include "os/clock.hpp"
#include "os/network/socket_address.hpp"

#include <ares.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include <netdb.h>
#include <sys/epoll.h>
#include <sys/time.h>

namespace synroute::enrich {
namespace {

// RFC 1035 §2.3.4.
constexpr std::size_t kLongestName = 255;
constexpr int kTries = 2;

/// c-ares tells which sockets it wants watched, each time that changes.
void watch_socket(void* epoll, ares_socket_t socket, int readable, int writable) {
  const int set = *static_cast<const int*>(epoll);
  epoll_event event{};
  event.data.fd = socket;
  event.events = (readable != 0 ? EPOLLIN : 0U) | (writable != 0 ? EPOLLOUT : 0U);
  if (event.events == 0) {
    ::epoll_ctl(set, EPOLL_CTL_DEL, socket, nullptr);
  } else if (::epoll_ctl(set, EPOLL_CTL_MOD, socket, &event) != 0) {
    ::epoll_ctl(set, EPOLL_CTL_ADD, socket, &event);
  }
}

/// c-ares keeps tables of its own; initialised once per process, freed with it.
bool library_ready() {
  static const bool ready = ::ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return ready;
}

}  // namespace

/// What a callback needs to find its way back.
struct DnsResolver::Question {
  DnsResolver* resolver = nullptr;
  IpAddress address;
};

void DnsResolver::CloseChannel::operator()(ares_channeldata* channel) const {
  ::ares_destroy(channel);
}

DnsResolver::DnsResolver(Options options)
    : options_{std::move(options)},
      ready_{os::check("open event descriptor", ::epoll_create1(EPOLL_CLOEXEC))} {}

// Ends every open question by its callback, which needs the other members alive.
DnsResolver::~DnsResolver() {
  channel_.reset();
}

bool DnsResolver::open() {
  if (std::exchange(opened_, true)) {
    return channel_ != nullptr;
  }
  ares_options options{};
  options.timeout =
      static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(options_.first_try).count());
  options.tries = kTries;
  options.sock_state_cb = watch_socket;
  watched_ = ready_.get();
  options.sock_state_cb_data = &watched_;
  constexpr int kSet = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  ares_channel channel = nullptr;
  if (!library_ready() || ::ares_init_options(&channel, &options, kSet) != ARES_SUCCESS) {
    return false;
  }
  channel_.reset(channel);
  if (!options_.servers.empty()
      && ::ares_set_servers_ports_csv(channel, options_.servers.c_str()) != ARES_SUCCESS) {
    channel_.reset();
  }
  return channel_ != nullptr;
}

void DnsResolver::ask(const IpAddress& address) {
  if (asked_.contains(address)) {
    return;
  }
  if (asked_.size() >= options_.remembered || !open()) {
    answers_.push_back({address, std::nullopt});
    return;
  }
  asked_.insert(address);
  waiting_.push_back(address);
  send_waiting();
}

void DnsResolver::send_waiting() {
  while (!waiting_.empty() && in_flight_.size() < options_.simultaneous) {
    const IpAddress address = waiting_.front();
    waiting_.pop_front();
    in_flight_.emplace(address, os::now() + options_.patience);
    // Owned by the callback, which c-ares calls exactly once: perhaps before this call returns.
    auto question = std::make_unique<Question>(Question{this, address});
    const auto answered = [](void* about, int status, int, hostent* host) {
      const std::unique_ptr<Question> own{static_cast<Question*>(about)};
      std::optional<std::string> name;
      if (status == ARES_SUCCESS && host != nullptr && host->h_name != nullptr) {
        name = std::string_view{host->h_name}.substr(0, kLongestName);
      }
      own->resolver->settle(own->address, std::move(name));
    };
    ::ares_gethostbyaddr(
        channel_.get(),
        address.bytes().data(),
        static_cast<int>(address.bytes().size()),
        os::address_family(address.family()),
        answered,
        question.release());
  }
}

void DnsResolver::settle(const IpAddress& address, std::optional<std::string> name) {
  // An answer after we gave up finds nothing here.
  if (in_flight_.erase(address) != 0) {
    answers_.push_back({address, std::move(name)});
  }
}

void DnsResolver::receive(std::vector<seam::NameAnswer>& into) {
  if (channel_ != nullptr) {
    process_sockets();
    give_up_old_questions();
    send_waiting();
  }
  std::ranges::move(answers_, std::back_inserter(into));
  answers_.clear();
}

void DnsResolver::process_sockets() {
  std::array<epoll_event, 16> events{};
  const int count = ::epoll_wait(ready_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    constexpr std::uint32_t kBroken = EPOLLERR | EPOLLHUP;
    const bool readable = (event.events & (EPOLLIN | kBroken)) != 0;
    const bool writable = (event.events & EPOLLOUT) != 0;
    ::ares_process_fd(
        channel_.get(),
        readable ? event.data.fd : ARES_SOCKET_BAD,
        writable ? event.data.fd : ARES_SOCKET_BAD);
  }
  // Its own time-outs.
  ::ares_process_fd(channel_.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void DnsResolver::give_up_old_questions() {
  const Instant now = os::now();
  for (auto entry = in_flight_.begin(); entry != in_flight_.end();) {
    if (entry->second <= now) {
      answers_.push_back({entry->first, std::nullopt});
      entry = in_flight_.erase(entry);
    } else {
      ++entry;
    }
  }
}

int DnsResolver::pending() const {
  return static_cast<int>(waiting_.size() + in_flight_.size() + answers_.size());
}

std::optional<Instant> DnsResolver::deadline() {
  if (!answers_.empty()) {
    return os::now();
  }
  if (in_flight_.empty()) {
    return std::nullopt;
  }
  const auto oldest =
      std::ranges::min_element(in_flight_, {}, [](const auto& entry) { return entry.second; });
  timeval room{};
  if (::ares_timeout(channel_.get(), nullptr, &room) == nullptr) {
    return oldest->second;
  }
  const Duration own = std::chrono::seconds{room.tv_sec} + std::chrono::microseconds{room.tv_usec};
  return std::min(oldest->second, os::now() + own);
}

}  // namespace synroute::enrich
