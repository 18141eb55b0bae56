// SPDX-License-Identifier: Apache-2.0
#include "present/json/json_writer.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

namespace synroute::present::json {
namespace {

bool is_plain(char byte) {
  return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/// RFC 8259 §7; zero where there is no short form.
char short_escape(char32_t code) {
  switch (code) {
    case U'"': return '"';
    case U'\\': return '\\';
    case U'\b': return 'b';
    case U'\f': return 'f';
    case U'\n': return 'n';
    case U'\r': return 'r';
    case U'\t': return 't';
    default: return '\0';
  }
}

}  // namespace

void Writer::separate() {
  if (follows_) {
    text_ += ',';
  }
  follows_ = true;
}

void Writer::open(char bracket) {
  separate();
  text_ += bracket;
  follows_ = false;
}

void Writer::close(char bracket) {
  text_ += bracket;
  follows_ = true;
}

void Writer::key(std::string_view name) {
  separate();
  text_ += '"';
  text_ += name;
  text_ += "\":";
  follows_ = false;
}

void Writer::literal(std::string_view text) {
  separate();
  text_ += text;
}

void Writer::integer(std::int64_t number) {
  separate();
  const fmt::format_int digits{number};
  text_.append(digits.data(), digits.size());
}

void Writer::value(double number) {
  const std::string digits = fmt::format("{}", number);
  literal(digits);
  if (digits.find_first_of(".e") == std::string::npos) {
    text_ += ".0";
  }
}

void Writer::value(Duration length) {
  const std::int64_t all = std::chrono::round<std::chrono::microseconds>(length).count();
  separate();
  const std::int64_t rest = all % 1000;
  const fmt::format_int whole{all / 1000};
  text_ += all < 0 && all > -1000 ? "-" : "";
  text_.append(whole.data(), whole.size());
  const std::int64_t decimals = rest < 0 ? -rest : rest;
  text_ += '.';
  text_ += static_cast<char>('0' + decimals / 100);
  if (decimals % 100 != 0) {
    text_ += static_cast<char>('0' + decimals / 10 % 10);
  }
  if (decimals % 10 != 0) {
    text_ += static_cast<char>('0' + decimals % 10);
  }
}

void Writer::value(std::string_view text) {
  separate();
  text_ += '"';
  while (!text.empty()) {
    const auto plain = std::ranges::find_if_not(text, is_plain);
    const auto length = static_cast<std::size_t>(plain - text.begin());
    text_ += text.substr(0, length);
    text.remove_prefix(length);
    if (!text.empty()) {
      const Character first = decode_utf8(text);
      escape(first.length != 0 ? first.code : U'\ufffd');
      text.remove_prefix(std::max<std::size_t>(first.length, 1));
    }
  }
  text_ += '"';
}

void Writer::escape(char32_t code) {
  constexpr char32_t kBeyondBmp = 0x10000;
  if (const char letter = short_escape(code); letter != '\0') {
    text_ += '\\';
    text_ += letter;
  } else if (code < kBeyondBmp) {
    fmt::format_to(std::back_inserter(text_), "\\u{:04x}", static_cast<std::uint32_t>(code));
  } else {  // a pair of surrogates, RFC 8259 §7
    const std::uint32_t rest = code - kBeyondBmp;
    fmt::format_to(
        std::back_inserter(text_),
        "\\u{:04x}\\u{:04x}",
        0xd800 + (rest >> 10),
        0xdc00 + (rest & 0x3ff));
  }
}

}  // namespace synroute::present::json
