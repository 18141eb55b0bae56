// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/property_tables.hpp"
#include "sim/word_table.hpp"

#include <array>

namespace synroute::sim {

namespace {

constexpr std::array kLinkProperties{
    Property<LinkSettings>{
        "delay", [](LineWords& words, LinkSettings& link) { link.delay = words.duration(); }},
    Property<LinkSettings>{
        "jitter", [](LineWords& words, LinkSettings& link) { link.jitter = words.duration(); }},
    Property<LinkSettings>{
        "loss", [](LineWords& words, LinkSettings& link) { link.loss = words.share(); }},
    Property<LinkSettings>{
        "duplicate", [](LineWords& words, LinkSettings& link) { link.duplicate = words.share(); }},
    Property<LinkSettings>{
        "corrupt", [](LineWords& words, LinkSettings& link) { link.corrupt = words.share(); }},
    Property<LinkSettings>{
        "reorder",
        [](LineWords& words, LinkSettings& link) {
          link.reorder = words.share();
          if (words.accept("by")) {
            link.reorder_by = words.duration();
          }
        }},
    Property<LinkSettings>{
        "mtu",
        [](LineWords& words, LinkSettings& link) { link.mtu = words.number("an MTU", 68, 65535); }},
};

}  // namespace

bool read_link_property(std::string_view key, LineWords& words, LinkSettings& link) {
  return read_by_table(kLinkProperties, key, words, link);
}

}  // namespace synroute::sim
