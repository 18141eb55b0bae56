// SPDX-License-Identifier: Apache-2.0
#include "tun_device.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace synroute::lab {
namespace {

constexpr std::size_t kLargestPacket = 65535 + 14;

[[noreturn]] void refuse(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// Moves the calling thread into the namespace; the process has no other.
void enter(const std::string& name) {
  const std::string path = name.starts_with('/') ? name : "/run/netns/" + name;
  const int space = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (space < 0 || ::setns(space, CLONE_NEWNET) != 0) {
    refuse("cannot enter namespace " + name);
  }
  ::close(space);
}

}  // namespace

TunDevice::TunDevice(const std::string& place, Carries carries) {
  const std::size_t colon = place.rfind(':');
  if (colon == std::string::npos || place.size() - colon > IFNAMSIZ) {
    throw std::invalid_argument{"expected NAMESPACE:DEVICE, got " + place};
  }
  const std::string name = place.substr(colon + 1);
  enter(place.substr(0, colon));
  descriptor_ = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (descriptor_ < 0) {
    refuse("cannot open /dev/net/tun");
  }
  ifreq request{};
  std::memcpy(&request.ifr_name[0], name.data(), name.size());
  request.ifr_flags =
      static_cast<short>((carries == Carries::Frames ? IFF_TAP : IFF_TUN) | IFF_NO_PI);
  if (::ioctl(descriptor_, TUNSETIFF, &request) != 0) {
    refuse("cannot create device " + name);
  }
}

TunDevice::TunDevice(TunDevice&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)} {}

TunDevice::~TunDevice() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

bool TunDevice::read(Bytes& packet) const {
  packet.resize(kLargestPacket);
  const ssize_t size = ::read(descriptor_, packet.data(), packet.size());
  packet.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return size > 0;
}

void TunDevice::write(View packet) const {
  if (::write(descriptor_, packet.data(), packet.size()) < 0 && errno != EIO && errno != EAGAIN) {
    refuse("cannot write to the device");
  }
}

}  // namespace synroute::lab
