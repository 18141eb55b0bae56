# SPDX-License-Identifier: Apache-2.0
"""Banned constructs, where they are banned, and what to write instead."""

import dataclasses
import re

import layers


@dataclasses.dataclass(frozen=True)
class Ban:
    pattern: str
    instead: str


_THE_CLOCK = "time is a parameter: Instant from the caller, seam::Waiter at the top"
_THE_MACHINE = "only os, transport and enrich call the system; pass the value in, or extend a seam"
_PRINTING = "return text (seam::Text); cli writes it"

# Code of pure modules, without unit tests.
IN_PURE = [
    Ban(r"::now\s*\(", _THE_CLOCK),
    Ban(r"\b(?:clock_gettime|gettimeofday|localtime|localtime_r|gmtime|strftime)\s*\(", _THE_CLOCK),
    Ban(r"\bstd::time\s*\(", _THE_CLOCK),
    Ban(r"\bstd::chrono::(?:steady|system|high_resolution)_clock\b", _THE_CLOCK),
    Ban(r"\bsleep_(?:for|until)\b|\bu?sleep\s*\(", "waiting is seam::Waiter::wait()"),
    Ban(r"\bstd::(?:cout|cerr|clog|cin)\b", _PRINTING),
    Ban(r"\b(?:f|v|vf|d)?printf\s*\(|\bfmt::print\b|\bf?puts\s*\(|\bputchar\s*\(", _PRINTING),
    Ban(r"\brandom_device\b", "take a Random with a seed from the caller"),
    Ban(r"\b(?:secure_)?getenv\s*\(", "read the environment in cli and pass the setting"),
    Ban(r"\bstd::filesystem\b|\bstd::[io]?fstream\b|\bfopen\s*\(", "take bytes or text as a parameter"),
    Ban(r"\bstd::(?:j?thread|mutex|atomic|async|condition_variable)\b|\bthread_local\b",
        "one thread owns one engine; threads live at the edge"),
    Ban(r"\berrno\b", _THE_MACHINE),
    Ban(r"\bcatch\s*\(", "pure code returns std::expected or std::optional and lets exceptions pass"),
    Ban(r"\b(?:exit|_exit|abort|quick_exit)\s*\(", "return the outcome; main ends the program"),
]

# Standard headers banned in pure modules. Every other <header> without '.' or '/' is allowed.
_HEADERS_NOT_IN_PURE = {
    **dict.fromkeys(["iostream", "fstream", "filesystem", "cstdio", "syncstream"], _PRINTING),
    **dict.fromkeys(
        ["thread", "mutex", "shared_mutex", "atomic", "future", "condition_variable", "semaphore", "latch",
         "barrier", "stop_token"],
        "one thread owns one engine; threads live at the edge"),
    **dict.fromkeys(["csignal", "cerrno", "ctime", "clocale", "locale"], _THE_MACHINE),
}
# Libraries that pure modules may use: as called here, they read no clock and make no system call. utf8proc is tables:
# which characters a terminal shows, and how wide they are. zlib and zstd work on buffers.
_LIBRARIES_IN_PURE = {
    "fmt": None, "nlohmann": {"present"}, "utf8proc.h": {"base"},
    "zlib.h": {"replay"}, "zstd.h": {"replay"}, "zstd_errors.h": {"replay"},
}

# All C++ of the project, unit tests included.
EVERYWHERE = [
    Ban(r"(?<![\w:>.])(?:std::)?s?rand\s*\(", "Random with a seed"),
    Ban(r"\b(?:atoi|atol|atoll|atof)\s*\(", "std::from_chars: it reports where the number ends"),
    Ban(r"\b(?:strcpy|strcat|stpcpy|strncpy|strncat)\s*\(", "std::string, or std::copy with a length"),
    Ban(r"\b(?:v?sprintf|gets)\s*\(", "fmt::format_to_n"),
    Ban(r"\bstrtok\s*\(", "std::string_view::find"),
    Ban(r"\b(?:inet_ntoa|inet_addr|inet_aton|gethostbyname|gethostbyaddr)\s*\(",
        "IpAddress::parse and to_string, or getaddrinfo: they support IPv6"),
    Ban(r"\busing\s+namespace\s+std\b(?!::\w*literals)", "write std::"),
]

# The program: src without unit tests.
IN_PROGRAM = [
    Ban(r"\b(?:std::|::)system\s*\(|\bpopen\s*\(", "posix_spawn with an argument list: no shell interprets it"),
]

_ONE_COMPOSER = "tracer composes traces: fill a tracer::Job and call tracer::run()"

# Front ends, unit tests left out.
IN_FRONT_ENDS = [
    Ban(r"\b(?:Raw|Connect)Transport\b", _ONE_COMPOSER),
    Ban(r"\bDnsResolver\b", _ONE_COMPOSER),
    Ban(r"\bdrive::Session\b", _ONE_COMPOSER),
    Ban(r"\bPortReservation\b", _ONE_COMPOSER),
    Ban(r"\bengine::(?:Settings|Engine)\b", _ONE_COMPOSER),
]

# Unit tests and tests in C++.
IN_TESTS = [
    Ban(r"\bsleep_(?:for|until)\b|\bu?sleep\s*\(", "virtual time: sim::World, or pass an Instant"),
    Ban(r"\brandom_device\b", "a fixed seed: failures must be reproducible"),
    Ban(r"\b(?:EXPECT|ASSERT)_TRUE\s*\(\s*true\s*\)", "assert something that can be false"),
    Ban(r"\bDISABLED_", "delete the test, or let it run"),
    Ban(r"\bGTEST_SKIP\s*\(\s*\)\s*;", "give the reason: GTEST_SKIP() << \"...\""),
]

# Text of every source, comments included. Split so that this file passes its own check.
_LEFT_OVER = re.compile(r"\b(?:" + "|".join(["TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK"]) + r")\b")
_SOURCES = {".cpp", ".hpp", ".py", ".sh", ".cmake"}
_NOLINT = re.compile(r"\bNOLINT(?:NEXTLINE|BEGIN|END)?\b(?P<rest>[^\n]*)")
_CHECK_NAMED = re.compile(r"\([a-z][\w.,\s-]*\)")
_CHECK_AND_REASON = re.compile(r"\([a-z][\w.,\s-]*\):\s*\S")


def _matches(file, bans):
    for ban in bans:
        for match in re.finditer(ban.pattern, file.code):
            line = file.code.count("\n", 0, match.start()) + 1
            yield file.offence(line, f"`{match.group().strip()}` is banned here; instead: {ban.instead}")


def _header_offences(file):
    for include in file.includes:
        if include.quoted:
            continue
        library = include.name.split("/")[0]
        if ("/" in include.name or library.endswith(".h")) and library in _LIBRARIES_IN_PURE:
            owners = _LIBRARIES_IN_PURE[library]
            if owners is not None and file.module not in owners:
                yield file.offence(include.line, f"<{include.name}> is for {', '.join(sorted(owners))} only")
        elif "/" in include.name or "." in include.name:
            yield file.offence(include.line, f"<{include.name}> in a pure module; instead: {_THE_MACHINE}")
        elif include.name in _HEADERS_NOT_IN_PURE:
            instead = _HEADERS_NOT_IN_PURE[include.name]
            yield file.offence(include.line, f"<{include.name}> in a pure module; instead: {instead}")


def _size_offences(file):
    """`i <= size() - 4` wraps around for short input, and no compiler warning finds it."""
    if file.module == "wire" and not file.is_test and file.name not in ("reader.hpp", "writer.hpp"):
        yield from _matches(
            file, [Ban(r"\bsize\s*\(\s*\)\s*-(?![->=])", "wire::Reader and Writer check what is left")])


def _is_test_code(file):
    return file.is_test or (file.path.startswith("tests/") and file.is_cpp)


def _nolint_offences(file):
    for match in _NOLINT.finditer(file.text):
        line = file.text.count("\n", 0, match.start()) + 1
        form = _CHECK_NAMED if match.group().startswith("NOLINTEND") else _CHECK_AND_REASON
        if not form.match(match["rest"]):
            yield file.offence(line, "name the check and give a reason: NOLINT(check-name): reason")


def _left_over_offences(file):
    for match in _LEFT_OVER.finditer(file.text):
        line = file.text.count("\n", 0, match.start()) + 1
        yield file.offence(line, f"{match.group()}: do it now, or describe the present state")


def check(tree):
    for file in tree:
        if file.suffix in _SOURCES or file.name in ("dev", "run", "CMakeLists.txt"):
            yield from _left_over_offences(file)
        if not file.is_cpp:
            continue
        yield from _matches(file, EVERYWHERE)
        yield from _nolint_offences(file)
        yield from _size_offences(file)
        if _is_test_code(file):
            yield from _matches(file, IN_TESTS)
            continue
        if file.path.startswith("src/"):
            yield from _matches(file, IN_PROGRAM)
        if file.module in ("api", layers.TOP):
            yield from _matches(file, IN_FRONT_ENDS)
        if file.module in layers.PURE:
            yield from _matches(file, IN_PURE)
            yield from _header_offences(file)
