// SPDX-License-Identifier: Apache-2.0
#include "os/network/name_lookup.hpp"

#include "os/fd.hpp"
#include "os/interruption.hpp"
#include "os/network/socket_address.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

namespace synroute::os {
namespace {

// Long enough for any line of /etc/services: the aliases of a service are stored in it as well.
constexpr std::size_t kServiceBuffer = 4096;

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, FreeAddresses>;

struct Answer {
  int code = 0;
  int error = 0;
  AddressList list;
};

Answer ask(const std::string& name, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  hints.ai_flags = AI_IDN;  // a name beyond ASCII is asked for in its DNS form (RFC 5891)
  addrinfo* list = nullptr;
  const Interruptible interruptible;  // name servers may take long
  const int code = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
  return {.code = code, .error = errno, .list = AddressList{code == 0 ? list : nullptr}};
}

std::vector<IpAddress> addresses_of(const addrinfo* list) {
  std::vector<IpAddress> result;
  for (; list != nullptr; list = list->ai_next) {
    const auto address = address_of(list->ai_addr, list->ai_addrlen);
    if (address && std::ranges::find(result, *address) == result.end()) {
      result.push_back(*address);
    }
  }
  return result;
}

LookupFailure failure_of(const Answer& answer) {
  switch (answer.code) {
    case EAI_AGAIN: return {LookupError::Temporary, ::gai_strerror(answer.code)};
    case EAI_SYSTEM: return {LookupError::System, std::strerror(answer.error)};
    case EAI_MEMORY: return {LookupError::System, ::gai_strerror(answer.code)};
    default: return {LookupError::NotFound, ::gai_strerror(answer.code)};
  }
}

/// The table itself: the C library would first search two dozen folders for plug-ins of its own,
/// 0.4 ms at every start. Empty when there is none, or after the first megabyte.
std::string read_services() {
  const Fd file{::open("/etc/services", O_RDONLY | O_CLOEXEC)};
  std::string text;
  std::array<char, 16384> buffer{};
  constexpr std::size_t kSizeMax = std::size_t{1} << 20;
  while (file.is_open() && text.size() < kSizeMax) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count <= 0) {
      break;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

/// A line such as "https 443/tcp # secure web" (services(5)); nothing for other protocols.
std::optional<std::pair<Port, std::string>> read_service(std::string_view line) {
  constexpr std::string_view kBlank = " \t";
  line = line.substr(0, line.find('#'));
  const std::size_t name_end = line.find_first_of(kBlank);
  const std::size_t number = line.find_first_not_of(kBlank, name_end);
  if (name_end == 0 || number == std::string_view::npos) {
    return std::nullopt;
  }
  std::uint16_t port = 0;
  const std::string_view value = line.substr(number, line.find_first_of(kBlank, number) - number);
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), port);
  const bool is_tcp = std::string_view{end, value.data() + value.size()} == "/tcp";
  if (error != std::errc{} || !is_tcp) {
    return std::nullopt;
  }
  return std::pair{Port{port}, std::string{line.substr(0, name_end)}};
}

}  // namespace

std::expected<std::vector<IpAddress>, LookupFailure> look_up(
    const std::string& name, std::optional<Family> wanted) {
  const Answer answer = ask(name, wanted ? address_family(*wanted) : AF_UNSPEC);
  if (auto found = addresses_of(answer.list.get()); !found.empty()) {
    return found;
  }
  LookupFailure failure = failure_of(answer);
  // The resolver says "not found" both for unknown names and for names without this family.
  if (failure.kind == LookupError::NotFound && wanted && ask(name, AF_UNSPEC).list != nullptr) {
    failure.kind = LookupError::NoAddressOfFamily;
  }
  return std::unexpected{std::move(failure)};
}

std::optional<Port> service_port(const std::string& name) {
  servent entry{};
  std::array<char, kServiceBuffer> buffer{};
  servent* found = nullptr;
  ::getservbyname_r(name.c_str(), "tcp", &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) {
    return std::nullopt;
  }
  return Port{ntohs(static_cast<std::uint16_t>(found->s_port))};
}

std::string service_name(Port port) {
  const auto names = service_names();
  const auto found = names.find(port);
  return found != names.end() ? found->second : std::string{};
}

std::map<Port, std::string> service_names() {
  std::map<Port, std::string> names;
  const std::string table = read_services();
  std::string_view rest = table;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (const auto service = read_service(line)) {
      names.emplace(service->first, service->second);
    }
  }
  return names;
}

}  // namespace synroute::os
