// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/properties.hpp"

#include "sim/scenario/property_tables.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace synroute::sim {

namespace {

bool read_node_row(std::string_view key, LineWords& words, NodeSpec& node) {
  if (key == "name") {
    node.dns_name = words.next("a host name");
    return true;
  }
  switch (node.kind) {
    case NodeKind::Prober:
    case NodeKind::Internet: return false;
    case NodeKind::Router:
      return read_error_property(key, words, node.router.error)
             || read_router_property(key, words, node.router)
             || read_box_property(key, words, node.router);
    case NodeKind::Host:
      return read_error_property(key, words, node.host.error)
             || read_host_property(key, words, node.host);
  }
  return false;
}

std::string_view kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::Prober: return "the prober";
    case NodeKind::Router: return "a router";
    case NodeKind::Host: return "a host";
    case NodeKind::Internet: return "an internet";
  }
  return "";
}

/// The ends of a link have addresses of their own: LEFT RIGHT, once per family.
void read_link_addresses(LineWords& words, LinkSpec& link) {
  do {
    link.left_addresses.push_back(words.address());
    link.right_addresses.push_back(words.address());
    if (link.left_addresses.back().family() != link.right_addresses.back().family()) {
      words.fail("'addresses LEFT RIGHT' needs two addresses of the same family");
    }
  } while (words.at_address() && !words.failed());
}

}  // namespace

void read_properties(LineWords& words, NodeSpec& node) {
  while (!words.done() && !words.failed()) {
    const std::string key = words.next("a property");
    if (!read_node_row(key, words, node)) {
      words.fail(fmt::format("'{}' is not a property of {}", key, kind_name(node.kind)));
    }
  }
}

void read_properties(LineWords& words, LinkSpec& link) {
  bool there = true;
  bool back = true;
  while (!words.done() && !words.failed()) {
    const std::string key = words.next("a property");
    if (key == "there" || key == "back") {
      there = key == "there";
      back = !there;
    } else if (key == "weight") {
      link.weight = static_cast<std::uint32_t>(words.number("a weight", 1, 1000));
    } else if (key == "addresses") {
      read_link_addresses(words, link);
    } else {
      LineWords again = words;  // a property of both directions is read once for each
      if (!read_link_property(key, words, there ? link.there : link.back)) {
        words.fail(fmt::format("'{}' is not a property of a link", key));
      }
      if (there && back) {
        static_cast<void>(read_link_property(key, again, link.back));
      }
    }
  }
}

}  // namespace synroute::sim
