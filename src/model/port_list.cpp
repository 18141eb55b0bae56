// SPDX-License-Identifier: Apache-2.0
#include "model/port_list.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace synroute::model {

std::string port_list(std::span<const Port> ports) {
  std::string text;
  for (std::size_t first = 0; first < ports.size();) {
    std::size_t last = first;
    while (last + 1 < ports.size() && ports[last + 1].value() == ports[last].value() + 1) {
      ++last;
    }
    if (last - first < 2) {  // "80, 81" reads better than "80-81"
      last = first;
    }
    text += text.empty() ? "" : ", ";
    text += fmt::format("{}", ports[first].value());
    if (last > first) {
      text += fmt::format("-{}", ports[last].value());
    }
    first = last + 1;
  }
  return text;
}

}  // namespace synroute::model
