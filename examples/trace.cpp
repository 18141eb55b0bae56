// SPDX-License-Identifier: Apache-2.0
// A trace in ten lines: trace [HOST [PORT]]
#include <iostream>
#include <string>

#include <synroute/api/trace.hpp>

int main(int count, char** words) {
  const int port = count > 2 ? std::stoi(words[2]) : 80;
  const auto trace = synroute::api::trace(
      {.host = count > 1 ? words[1] : "localhost",
       .port = synroute::Port{static_cast<std::uint16_t>(port)}});
  if (!trace)
    return std::cerr << trace.error().message << '\n', 1;
  for (const auto& hop : synroute::model::hops(*trace))
    for (const auto& responder : hop.responders())
      std::cout << +hop.ttl.value() << "  " << responder.address.to_string() << '\n';
  std::cout << synroute::model::name(trace->verdict.state) << '\n';
}
