// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_status.hpp"
#include "cli/generate/generate.hpp"

#include <fmt/format.h>

namespace synroute::cli {
namespace {

/// Text for man(7): hyphens that must stay hyphens, backslashes, and no line that looks like a
/// request.
std::string escape(std::string_view text) {
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
  std::string result = escape(clause);
  if (!result.empty() && result.front() >= 'a' && result.front() <= 'z') {
    result.front() = static_cast<char>(result.front() - 'a' + 'A');
  }
  return result + '.';
}

std::string option_entry(const Option& option) {
  const std::string letter =
      option.letter != 0 ? fmt::format(R"(\-{}\fR, \fB)", option.letter) : "";
  const std::string value =
      option.takes_value() ? fmt::format(" \\fI{}", escape(option.value)) : "";
  std::string text = fmt::format(
      ".TP\n\\fB{}\\-\\-{}\\fR{}\\fR\n{}\n",
      letter,
      escape(option.name),
      value,
      sentence(option.help));
  if (!option.more.empty()) {
    text += escape(option.more) + '\n';
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
          escape(command.operands));
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
          escape(command.operands),
          sentence(command.summary));
    }
  }
  return text;
}

std::string exit_section() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitStatusMeaning& row : exit_statuses()) {
    text += fmt::format(".TP\n.B {}\n{}\n", number(row.status), escape(row.meaning));
  }
  text += ".PP\nOf several targets the greatest status counts.\n";
  return text;
}

constexpr std::string_view kDescription = R"(.SH DESCRIPTION
.B synroute
shows the path that TCP connections to a port take through the network, and what answers there: it
sends TCP SYN probes with growing TTLs, all at once rather than hop by hop, and completes no
connection. It says whether the port is open, closed, filtered (nothing answers), rejected (a
firewall says so) or unreachable, and at which hop that was decided.
.PP
Probes look like the first packet of a connection from a Linux system and share one source port, so
that load balancers lead them all the same way. The kernel resets what the target answers.
)";

constexpr std::string_view kTargets = R"(.SH TARGETS
A target is written in one of these ways; without a port it is that of
.BR \-p ,
else 80.
.TP
.IB HOST
Name or address. Of several addresses the first that has a route is taken.
.TP
.IR HOST : PORT
A number from 1 to 65535 or the name of a TCP service.
.TP
.I HOST PORT
Two operands, the second all digits or the name of a TCP service: one target, not two.
.TP
.I HOST PORT LENGTH
The same with the packet length of
.BR \-l .
.TP
.RI [ IPv6 "]:" PORT ", " IPv6 % INTERFACE
Addresses of IPv6; link-local ones need their interface.
.TP
.I URL
The host and the port of a URL, or the port of its scheme: https://example.org/ is example.org:443.
)";

constexpr std::string_view kOutput = R"(.SH OUTPUT
One row per hop: TTL, address, name and the round-trip times in milliseconds in the order of the
probes;
.RB \(dq * \(dq
is a probe without answer. Several routers that answer for one hop have a line each. A hop that says
nothing is shown as
.RB \(dq "no reply" \(dq.
Rows appear as they become known. The word behind the last row and the closing sentence say what the
port is and how that is known.
.PP
With
.B \-\-json
there is one object per target and line on standard output, and nothing else.
)";

constexpr std::string_view kRights = R"(.SH RIGHTS
Raw packets need the capability CAP_NET_RAW. Run it with
.BR sudo ,
or allow it once:
.PP
.RS
sudo setcap cap_net_raw+ep /usr/bin/synroute
.RE
.PP
Without it a trace is made with connect(2), see
.BR \-\-method ;
one line on standard error says so.
.B synroute demo
needs no rights.
.SH ENVIRONMENT
.TP
.B NO_COLOR
No colour, when set and not empty.
.TP
.B CLICOLOR_FORCE
Colour even where no terminal is, when set and neither empty nor 0.
.TP
.B TERM
No colour, and no rewriting of rows, on a terminal that is
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
The state of the port for a program.
.TP
.B synroute demo
A trace through a network that does not exist.
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
      ".SH NAME\nsynroute \\- where a TCP connection goes, and why\n{}{}{}{}{}{}{}{}",
      SYNROUTE_VERSION,
      synopsis(all),
      kDescription,
      kTargets,
      command_section(all),
      option_sections(),
      kOutput,
      exit_section(),
      kRights);
}

}  // namespace synroute::cli
