// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/property_tables.hpp"
#include "sim/word_table.hpp"

#include <array>

namespace synroute::sim {

namespace {

constexpr std::array kResets{
    WordEntry{std::string_view{"normal"}, ResetStyle::Normal},
    WordEntry{std::string_view{"no-ack"}, ResetStyle::NoAck},
    WordEntry{std::string_view{"ack-same"}, ResetStyle::AckSame},
};

constexpr std::array kHostProperties{
    Property<HostSettings>{
        "open", [](LineWords& words, HostSettings& host) { host.open = words.ports(); }},
    Property<HostSettings>{
        "closed", [](LineWords& words, HostSettings& host) { host.closed = words.ports(); }},
    Property<HostSettings>{
        "filtered", [](LineWords& words, HostSettings& host) { host.filtered = words.ports(); }},
    Property<HostSettings>{
        "reject",
        [](LineWords& words, HostSettings& host) {
          const Reject kind = read_reject(words);
          host.rejected.push_back({.ports = words.ports(), .kind = kind});
        }},
    Property<HostSettings>{
        "udp", [](LineWords& words, HostSettings& host) { host.udp_open = words.ports(); }},
    Property<HostSettings>{
        "no-echo", [](LineWords&, HostSettings& host) { host.answers_echo = false; }},
    Property<HostSettings>{
        "reply-ttl",
        [](LineWords& words, HostSettings& host) {
          host.initial_ttl = number<std::uint8_t>(words, "a TTL", 1);
          host.error.initial_ttl = host.initial_ttl;
        }},
    Property<HostSettings>{
        "reset",
        [](LineWords& words, HostSettings& host) {
          host.reset = one_of(words, "the kind of reset", kResets);
        }},
    Property<HostSettings>{
        "drops-bare-syn", [](LineWords&, HostSettings& host) { host.drops_bare_syn = true; }},
    Property<HostSettings>{
        "resets-last-ttl", [](LineWords&, HostSettings& host) { host.resets_last_ttl = true; }},
    Property<HostSettings>{
        "no-timestamps", [](LineWords&, HostSettings& host) { host.timestamps = false; }},
    Property<HostSettings>{"no-sack", [](LineWords&, HostSettings& host) { host.sack = false; }},
    Property<HostSettings>{
        "no-window-scale", [](LineWords&, HostSettings& host) { host.window_scale.reset(); }},
    Property<HostSettings>{
        "window-scale",
        [](LineWords& words, HostSettings& host) {
          host.window_scale = static_cast<std::uint8_t>(words.number("a window scale", 0, 14));
        }},
    Property<HostSettings>{
        "mss",
        [](LineWords& words, HostSettings& host) {
          host.mss = number<std::uint16_t>(words, "an MSS", 1);
        }},
    Property<HostSettings>{
        "window",
        [](LineWords& words, HostSettings& host) {
          host.window = number<std::uint16_t>(words, "a window");
        }},
    Property<HostSettings>{"no-ecn", [](LineWords&, HostSettings& host) { host.ecn = false; }},
    Property<HostSettings>{
        "backlog",
        [](LineWords& words, HostSettings& host) {
          host.backlog = words.number("a backlog", 0, 65535);
        }},
    Property<HostSettings>{
        "no-cookies", [](LineWords&, HostSettings& host) { host.cookies = false; }},
    Property<HostSettings>{
        "syn-rate",
        [](LineWords& words, HostSettings& host) {
          host.syn_rate = static_cast<double>(words.number("the SYNs per second", 1, 1'000'000));
        }},
    Property<HostSettings>{
        "answer-delay",
        [](LineWords& words, HostSettings& host) { host.answer_delay = words.duration(); }},
    Property<HostSettings>{"down", [](LineWords&, HostSettings& host) { host.down = true; }},
    Property<HostSettings>{
        "limit", [](LineWords& words, HostSettings& host) { host.limit = read_limit(words); }},
};

}  // namespace

bool read_host_property(std::string_view key, LineWords& words, HostSettings& host) {
  return read_by_table(kHostProperties, key, words, host);
}

}  // namespace synroute::sim
