// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/native/request.hpp"
#include "cli/value.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace synroute::cli {

/// The commands of the native command line. Trace is the one without a command word.
enum class CommandId : std::uint8_t { Trace, Scan, Replay, Demo, Generate };

/// A set of commands, for the options they share.
class CommandSet {
 public:
  template <class... Ids>
  constexpr explicit CommandSet(Ids... ids) : bits_{(0U | ... | bit(ids))} {}
  [[nodiscard]] constexpr bool has(CommandId id) const { return (bits_ & bit(id)) != 0; }

 private:
  static constexpr unsigned bit(CommandId id) { return 1U << static_cast<unsigned>(id); }
  unsigned bits_;
};

// The sets that rows name.
inline constexpr CommandSet kEveryCommand{
    CommandId::Trace, CommandId::Scan, CommandId::Replay, CommandId::Demo, CommandId::Generate};
inline constexpr CommandSet kShowing{
    CommandId::Trace, CommandId::Scan, CommandId::Replay, CommandId::Demo};
inline constexpr CommandSet kProbing{CommandId::Trace, CommandId::Scan, CommandId::Demo};
inline constexpr CommandSet kWithTargets{CommandId::Trace, CommandId::Replay, CommandId::Demo};
inline constexpr CommandSet kTracing{CommandId::Trace, CommandId::Demo};
inline constexpr CommandSet kTraceOnly{CommandId::Trace};
inline constexpr CommandSet kThisHost{CommandId::Trace, CommandId::Scan};
inline constexpr CommandSet kScanning{CommandId::Scan, CommandId::Demo};
inline constexpr CommandSet kDemoOnly{CommandId::Demo};

/// Headings of the option lists, in the order they are shown.
enum class Group : std::uint8_t { Target, Scan, Path, Probe, Source, Output };
inline constexpr std::array kGroups = {
    Group::Target, Group::Scan, Group::Path, Group::Probe, Group::Source, Group::Output};
[[nodiscard]] std::string_view title(Group group);

/// What a shell offers for the value of an option: one of Option::words, a list of them separated
/// by commas, an interface, a TCP service, a file.
enum class Completion : std::uint8_t { None, OneOf, ListOf, Interface, Service, File };

/// One option: how it is written, what it means and what it does. Parser, help, manual and
/// completions are all made from these rows.
///
/// A table of our own rather than CLI11: that costs 14 s of compilation, 280 kB and 1 ms at start
/// (measured with 40 options), reports mistyped words by exceptions, and cannot add a hint to its
/// messages.
struct Option {
  using Effect = Read<void> (*)(Request& to, std::string_view value);

  char letter = 0;         ///< 0: none
  std::string_view name;   ///< without dashes; every option has one
  std::string_view value;  ///< name of its value; empty: takes none
  std::string_view help;   ///< a clause, for --help and everywhere
  std::string_view more;   ///< further sentences, for the manual
  Group group = Group::Target;
  CommandSet commands;
  Effect effect = nullptr;
  Completion completion = Completion::None;
  std::string_view words;  ///< separated by blanks

  [[nodiscard]] constexpr bool takes_value() const { return !value.empty(); }
};

/// The rows of each group, in the order they are shown. A new option is a row in one of these.
[[nodiscard]] std::span<const Option> target_options();
[[nodiscard]] std::span<const Option> scan_options();
[[nodiscard]] std::span<const Option> path_options();
[[nodiscard]] std::span<const Option> probe_options();
[[nodiscard]] std::span<const Option> source_options();
[[nodiscard]] std::span<const Option> output_options();

/// All rows, group by group.
[[nodiscard]] std::span<const Option> options();

}  // namespace synroute::cli
