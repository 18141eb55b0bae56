// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_status.hpp"
#include "cli/generate/generate.hpp"
#include "cli/native/foreign_options.hpp"

#include <fmt/format.h>

namespace synroute::cli {
namespace {

/// Text for man(7): hyphens and backslashes stay what they are, and no line looks like a request.
std::string roff_escape(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    switch (letter) {
      case '-': result += "\\-"; break;
      case '\\': result += "\\e"; break;
      case '"': result += "\\(dq"; break;
      default: result += letter;
    }
  }
  return result.starts_with('.') || result.starts_with('\'') ? "\\&" + result : result;
}

/// A clause as a sentence.
std::string sentence(std::string_view clause) {
  std::string result = roff_escape(clause);
  if (!result.empty() && result.front() >= 'a' && result.front() <= 'z') {
    result.front() = static_cast<char>(result.front() - 'a' + 'A');
  }
  return result + '.';
}

std::string option_entry(const Option& option) {
  const std::string letter =
      option.letter != 0 ? fmt::format(R"(\-{}\fR, \fB)", option.letter) : "";
  const std::string value =
      option.takes_value() ? fmt::format(" \\fI{}", roff_escape(option.value)) : "";
  std::string text = fmt::format(
      ".TP\n\\fB{}\\-\\-{}\\fR{}\\fR\n{}\n",
      letter,
      roff_escape(option.name),
      value,
      sentence(option.help));
  if (!option.more.empty()) {
    text += roff_escape(option.more) + '\n';
  }
  return text;
}

std::string option_sections() {
  std::string text = ".SH OPTIONS\n";
  for (const Group group : kGroups) {
    text += fmt::format(".SS {}\n", title(group));
    for (const Option& option : options()) {
      text += option.group == group ? option_entry(option) : "";
    }
  }
  return text;
}

std::string synopsis(Commands all) {
  std::string text = ".SH SYNOPSIS\n";
  for (const Command& command : all) {
    if (!command.summary.empty()) {
      const bool optional = command.id == CommandId::Trace;
      text += fmt::format(
          "{}\\fBsynroute\\fR {}\\fB{}\\fR{} [\\fIOPTION\\fR]... {}\n",
          optional ? "" : ".br\n",
          optional ? "[" : "",
          command.word,
          optional ? "]" : "",
          roff_escape(command.operands));
    }
  }
  return text;
}

std::string command_section(Commands all) {
  std::string text = ".SH COMMANDS\n";
  for (const Command& command : all) {
    if (!command.summary.empty()) {
      text += fmt::format(
          ".TP\n\\fB{}\\fR {}\n{}\n",
          command.word,
          roff_escape(command.operands),
          sentence(command.summary));
    }
  }
  return text;
}

std::string exit_section() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitStatusMeaning& row : exit_statuses()) {
    text += fmt::format(".TP\n.B {}\n{}\n", number(row.status), roff_escape(row.meaning));
  }
  text +=
      ".PP\nThe rule is the same for all commands: of several targets, hosts or traces in a capture, the "
      "greatest status is returned; that of a signal counts above all. The status of a scanned host "
      "is that of the best of its ports: open before closed or unfiltered, before open|filtered or "
      "filtered, before rejected or unreachable.\n";
  return text;
}

constexpr std::string_view kDescription = R"(.SH DESCRIPTION
.B synroute
shows the path that TCP connections to a port take through the network, and the state of that port.
It sends TCP SYN probes with increasing TTLs, all at once rather than hop by hop, and completes no
connection. The port is open, closed, filtered (no answer), rejected (reported by a firewall) or
unreachable, and the hop that decided it is shown. By probes with other flags
.RB ( \-A ,
.BR \-\-flags )
it can also be unfiltered or open|filtered.
.PP
Probes look like the first packet of a connection from a Linux system and share one source port, so
that load balancers send them over the same path. When the target answers, the kernel sends a reset.
)";

/// Options of other tools that are accepted, or that have another name here.
std::string foreign_section() {
  std::string same;
  std::string idle;
  for (const ForeignOption& option : foreign_options()) {
    if (!option.same_as.empty()) {
      same += fmt::format(
          ".TP\n.B {}\nThe same as \\-\\-{}.\n",
          roff_escape(option.spelled),
          roff_escape(option.same_as));
    } else if (!option.idle.empty()) {
      idle += fmt::format(
          ".TP\n.B {}\nChanges nothing: {}.\n",
          roff_escape(option.spelled),
          roff_escape(option.idle));
    }
  }
  return ".SH OPTIONS OF OTHER TOOLS\nOptions of traceroute, mtr, nmap and trippy that mean the same "
         "here are accepted. Others are refused, and the message names what to use instead.\n"
         + same + idle;
}

constexpr std::string_view kTargets = R"(.SH TARGETS
A target has one of these forms. The default port is that of
.BR \-p ,
else 80.
.TP
.IB HOST
Name or address. Of several addresses, the first that has a route is used.
.TP
.IR HOST : PORT
A number from 1 to 65535 or the name of a TCP service.
.TP
.I HOST PORT
Two operands are one target when the second is all digits or the name of a TCP service.
.TP
.I HOST PORT LENGTH
The same, with the packet length of
.BR \-l .
.TP
.RI [ IPv6 "]:" PORT ", " IPv6 % INTERFACE
IPv6 addresses; link-local ones require their interface.
.TP
.I URL
The host and the port of a URL, or the port of its scheme: https://example.org/ is example.org:443.
.PP
Names beyond ASCII are looked up as the DNS has them, and shown in both forms. An IPv4-mapped address
(::ffff:192.0.2.1) is the IPv4 address.
)";

constexpr std::string_view kOutput = R"(.SH OUTPUT
One row per hop: TTL, address, name, and the round-trip time of each probe in milliseconds;
.RB \(dq * \(dq
is a probe without answer. Several routers of one hop have a line each. A hop without answers is
shown with the time waited,
.RB \(dq "no answer within 0.4 s" \(dq
(in a replay
.RB \(dq "no reply" \(dq).
Rows appear as they are completed. The word after the last row and the closing sentences give the
state of the port and the evidence for it.
.PP
With
.B \-\-json
standard output consists of one JSON object per target, one per line. A target that cannot be traced
(unknown name, no route) has an object too, with
.B """schema"": ""synroute.error"""
and the reason; it comes as soon as that is known.
)";

constexpr std::string_view kRights = R"(.SH PERMISSIONS
Raw packets require the capability CAP_NET_RAW. Run with
.BR sudo ,
or grant it once:
.PP
.RS
sudo setcap cap_net_raw+ep /usr/bin/synroute
.RE
.PP
Without it, probes are sent by connect(2), see
.BR \-\-method ;
a line on standard error reports that. Hops, labels and the state are the same. What routers quote of
the probes is unknown, so rewritten headers stay hidden; load-balanced paths may mix (see
.BR \-\-paris );
and an open port sees connections that are reset at once.
.B synroute demo
requires no permissions.
.SH ENVIRONMENT
.TP
.B NO_COLOR
Disables colour when set and not empty.
.TP
.B CLICOLOR_FORCE
Enables colour without a terminal when set and neither empty nor 0.
.TP
.B TERM
Colour and the rewriting of rows are disabled on a terminal that is
.IR dumb .
.SH EXAMPLES
.TP
.B synroute example.org:443
The path to a web server.
.TP
.B synroute \-n \-q 1 192.0.2.1 22
One probe per hop, no names.
.TP
.B synroute \-\-json https://example.org/ | jq .state
The state of the port, for scripts.
.TP
.B synroute demo
A trace through a simulated network.
.SH SEE ALSO
.BR traceroute (1),
.BR tcptraceroute (1),
.BR mtr (8)
)";

}  // namespace

std::string man_page(Commands all) {
  return fmt::format(
      ".\\\" Made by `synroute generate man`; do not edit.\n"
      ".TH SYNROUTE 1 \"\" \"synroute {}\" \"User Commands\"\n"
      ".SH NAME\nsynroute \\- where a TCP connection goes, and why\n{}{}{}{}{}{}{}{}{}",
      SYNROUTE_VERSION,
      synopsis(all),
      kDescription,
      kTargets,
      command_section(all),
      option_sections(),
      foreign_section(),
      kOutput,
      exit_section(),
      kRights);
}

}  // namespace synroute::cli
