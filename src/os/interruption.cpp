// SPDX-License-Identifier: Apache-2.0
#include "os/interruption.hpp"

#include "os/clock.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <sys/time.h>

namespace synroute::os {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGCONT};
constexpr Duration kPatience = std::chrono::seconds{1};
/// timeout(1) sends a signal twice, to its child and to the process group.
constexpr Duration kSameSignal = std::chrono::milliseconds{250};
constexpr suseconds_t kRepeatMicroseconds = 100'000;

// Signal handlers can reach nothing but globals.
volatile sig_atomic_t g_noted = 0;
volatile sig_atomic_t g_continued = 0;
bool g_alive = false;
sigset_t g_waiting_mask;
Instant g_noted_at;  ///< with g_noted

/// A signal may come just before a call that blocks: a timer interrupts that too.
void start_repeating() {
  constexpr timeval kInterval{.tv_sec = 0, .tv_usec = kRepeatMicroseconds};
  const itimerval timer{.it_interval = kInterval, .it_value = kInterval};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

void set_action(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);  // without SA_RESTART: calls fail with EINTR
}

void on_alarm(int /*signal*/) {}

void note(int signal) {
  const int error = errno;
  if (signal == SIGCONT) {
    g_continued = 1;
  } else if (g_noted == 0) {
    g_noted_at = now();
    g_noted = signal;
    start_repeating();
  } else if (now() - g_noted_at >= kSameSignal) {
    set_action(signal, SIG_DFL);
    ::raise(signal);  // delivered when this handler returns
  }
  errno = error;
}

sigset_t all_noted() {
  sigset_t all;
  sigemptyset(&all);
  for (const int signal : kSignals) {
    sigaddset(&all, signal);
  }
  return all;
}

}  // namespace

SignalsNoted::SignalsNoted() {
  constexpr itimerval kOff{};
  ::setitimer(ITIMER_REAL, &kOff, nullptr);
  g_noted = 0;
  g_continued = 0;
  const sigset_t all = all_noted();
  pthread_sigmask(SIG_BLOCK, &all, &mask_before_);
  g_waiting_mask = mask_before_;
  set_action(SIGALRM, on_alarm);
  for (std::size_t i = 0; i < kCount; ++i) {
    ::sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) {
      set_action(kSignals[i], note);
    }
  }
  g_alive = true;
}

SignalsNoted::~SignalsNoted() {
  g_alive = false;
  for (std::size_t i = 0; i < kCount; ++i) {
    set_action(kSignals[i], SIG_IGN);  // discards one that is pending
    ::sigaction(kSignals[i], &before_[i], nullptr);
  }
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

int noted_signal() {
  return g_noted;
}

bool take_continued() {
  const bool continued = g_continued != 0;
  g_continued = 0;
  return continued;
}

const sigset_t* waiting_mask() {
  return g_alive ? &g_waiting_mask : nullptr;
}

std::optional<Duration> patience_left() {
  if (g_noted == 0) {
    return std::nullopt;
  }
  return std::max(g_noted_at + kPatience - now(), Duration::zero());
}

Interruptible::Interruptible() {
  if (g_alive) {
    pthread_sigmask(SIG_SETMASK, &g_waiting_mask, &mask_before_);
    changed_ = true;
  }
}

Interruptible::~Interruptible() {
  if (changed_) {
    const int error = errno;
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
    errno = error;
  }
}

}  // namespace synroute::os
