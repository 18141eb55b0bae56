# SPDX-License-Identifier: Apache-2.0
"""What must not be written, where, and what to write instead."""

import dataclasses
import re

import layers


@dataclasses.dataclass(frozen=True)
class Ban:
    pattern: str
    instead: str


_THE_CLOCK = "time is handed in: Instant from the caller, seam::Waiter at the top"
_THE_MACHINE = "the machine is touched in os and transport only; hand the value in, or add to a seam"
_PRINTING = "return text (seam::Text); cli writes it"

# Code of pure modules, unit tests left out.
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
    Ban(r"\bstd::filesystem\b|\bstd::[io]?fstream\b|\bfopen\s*\(", "files arrive as bytes or text"),
    Ban(r"\bstd::(?:j?thread|mutex|atomic|async|condition_variable)\b|\bthread_local\b",
        "one thread owns one engine; threads live at the edge"),
    Ban(r"\berrno\b", _THE_MACHINE),
    Ban(r"\bcatch\s*\(", "pure code reports with std::expected or std::optional; main catches"),
    Ban(r"\b(?:exit|_exit|abort|quick_exit)\s*\(", "return the outcome; main ends the program"),
]

# Standard headers without a place in pure modules. Every other <header> without '.' or '/' is welcome.
_HEADERS_NOT_IN_PURE = {
    **dict.fromkeys(["iostream", "fstream", "filesystem", "cstdio", "syncstream"], _PRINTING),
    **dict.fromkeys(
        ["thread", "mutex", "shared_mutex", "atomic", "future", "condition_variable", "semaphore", "latch",
         "barrier", "stop_token"],
        "one thread owns one engine; threads live at the edge"),
    **dict.fromkeys(["csignal", "cerrno", "ctime", "clocale", "locale"], _THE_MACHINE),
}
# Libraries a pure module may use: they neither read a clock nor touch the machine where we call them.
_LIBRARIES_IN_PURE = {"fmt": None, "nlohmann": {"present"}}

# All C++ of the project, unit tests included.
EVERYWHERE = [
    Ban(r"(?<![\w:>.])(?:std::)?s?rand\s*\(", "Random with a seed"),
    Ban(r"\b(?:atoi|atol|atoll|atof)\s*\(", "std::from_chars: it tells where the number ended"),
    Ban(r"\b(?:strcpy|strcat|stpcpy|strncpy|strncat)\s*\(", "std::string, or std::copy with a length"),
    Ban(r"\b(?:v?sprintf|gets)\s*\(", "fmt::format_to_n"),
    Ban(r"\bstrtok\s*\(", "std::string_view::find"),
    Ban(r"\b(?:inet_ntoa|inet_addr|inet_aton|gethostbyname|gethostbyaddr)\s*\(",
        "IpAddress::parse and to_string know IPv6, getaddrinfo knows both"),
    Ban(r"\busing\s+namespace\s+std\b(?!::\w*literals)", "write std::"),
]

# What users run: src without its unit tests.
IN_PROGRAM = [
    Ban(r"\b(?:std::|::)system\s*\(|\bpopen\s*\(", "posix_spawn with an argument list: no shell reads our values"),
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
    Ban(r"\bsleep_(?:for|until)\b|\bu?sleep\s*\(", "virtual time: sim::World, or hand in an Instant"),
    Ban(r"\brandom_device\b", "a fixed seed: a test that fails must fail again"),
    Ban(r"\b(?:EXPECT|ASSERT)_TRUE\s*\(\s*true\s*\)", "assert something that can be false"),
    Ban(r"\bDISABLED_", "a test runs, or it is not there"),
    Ban(r"\bGTEST_SKIP\s*\(\s*\)\s*;", "say what is missing: GTEST_SKIP() << \"...\""),
]

# Text of every source, comments included. Spelled so that this file does not offend itself.
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
        if "/" in include.name and library in _LIBRARIES_IN_PURE:
            owners = _LIBRARIES_IN_PURE[library]
            if owners is not None and file.module not in owners:
                yield file.offence(include.line, f"<{include.name}> is for {', '.join(sorted(owners))} only")
        elif "/" in include.name or "." in include.name:
            yield file.offence(include.line, f"<{include.name}> in a pure module; instead: {_THE_MACHINE}")
        elif include.name in _HEADERS_NOT_IN_PURE:
            instead = _HEADERS_NOT_IN_PURE[include.name]
            yield file.offence(include.line, f"<{include.name}> in a pure module; instead: {instead}")


def _size_offences(file):
    """`i <= size() - 4` wraps around for short input and passes every warning of both compilers."""
    if file.module == "wire" and not file.is_test and file.name not in ("reader.hpp", "writer.hpp"):
        yield from _matches(
            file, [Ban(r"\bsize\s*\(\s*\)\s*-(?![->=])", "wire::Reader and Writer know what is left")])


def _is_test_code(file):
    return file.is_test or (file.path.startswith("tests/") and file.is_cpp)


def _nolint_offences(file):
    for match in _NOLINT.finditer(file.text):
        line = file.text.count("\n", 0, match.start()) + 1
        form = _CHECK_NAMED if match.group().startswith("NOLINTEND") else _CHECK_AND_REASON
        if not form.match(match["rest"]):
            yield file.offence(line, "NOLINT names its check and says why: NOLINT(check-name): reason")


def _left_over_offences(file):
    for match in _LEFT_OVER.finditer(file.text):
        line = file.text.count("\n", 0, match.start()) + 1
        yield file.offence(line, f"left-over {match.group()}: do it now, or say what is so in plain words")


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
