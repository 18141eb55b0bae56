// SPDX-License-Identifier: Apache-2.0
#include "os/name_lookup.hpp"

#include "os/socket_address.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <netdb.h>
#include <netinet/in.h>

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
  servent entry{};
  std::array<char, kServiceBuffer> buffer{};
  servent* found = nullptr;
  ::getservbyport_r(htons(port.value()), "tcp", &entry, buffer.data(), buffer.size(), &found);
  return found != nullptr ? found->s_name : "";
}

std::map<Port, std::string> service_names() {
  std::map<Port, std::string> names;
  std::array<char, kServiceBuffer> buffer{};
  servent entry{};
  servent* found = nullptr;
  ::setservent(1);
  while (::getservent_r(&entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    if (std::string_view{found->s_proto} == "tcp") {
      names.emplace(ntohs(static_cast<std::uint16_t>(found->s_port)), found->s_name);
    }
  }
  ::endservent();
  return names;
}

}  // namespace synroute::os
