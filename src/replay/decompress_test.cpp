// SPDX-License-Identifier: Apache-2.0
#include "replay/decompress.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <zlib.h>
#include <zstd.h>

namespace synroute::replay {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes gzip(const Bytes& plain) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes out(plain.size() + 1000);
  Bytes in = plain;
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Bytes zstd(const Bytes& plain, int window_log = 0) {
  Bytes out(ZSTD_compressBound(plain.size()));
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  ZSTD_inBuffer from{plain.data(), plain.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  // Two calls: the whole size is not known in the first, so the window is the one asked for.
  ZSTD_compressStream2(context, &to, &from, ZSTD_e_continue);
  EXPECT_EQ(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end), 0U);
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  return out;
}

struct Result {
  Bytes bytes;
  std::string fault;
};

/// Reads to the end in pieces of an odd size.
Result all_of(const Bytes& input) {
  Decompressor decompressor{wire::source_of(input)};
  Result result;
  Bytes piece(777);
  std::size_t size = piece.size();
  while (size == piece.size()) {
    size = decompressor.read(piece);
    result.bytes.insert(
        result.bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size));
  }
  result.fault = decompressor.fault().value_or("");
  return result;
}

Bytes joined(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes text() {
  Bytes bytes(200'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(i * i / 7);
  }
  return bytes;
}

TEST(Decompressor, GivesWhatWasCompressedAndPassesOnTheRest) {
  for (const Bytes& input : {text(), gzip(text()), zstd(text())}) {
    const Result result = all_of(input);
    EXPECT_EQ(result.bytes, text());
    EXPECT_EQ(result.fault, "");
  }
  EXPECT_TRUE(all_of({}).bytes.empty());
}

TEST(Decompressor, ReadsSeveralMembersInARow) {
  EXPECT_EQ(all_of(joined(gzip(text()), gzip(text()))).bytes, joined(text(), text()));
  EXPECT_EQ(all_of(joined(zstd(text()), zstd(text()))).bytes, joined(text(), text()));
  const Result padded = all_of(joined(gzip(text()), Bytes(512)));
  EXPECT_EQ(padded.bytes, text());
  EXPECT_EQ(padded.fault, "");
}

TEST(Decompressor, GivesWhatStandsBeforeAnEarlyEndOrDamage) {
  for (const Bytes& whole : {gzip(text()), zstd(text())}) {
    const Bytes half{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2)};
    const Result cut = all_of(half);
    EXPECT_EQ(cut.fault, "the compressed data ends early");
    const Bytes plain = text();
    EXPECT_TRUE(std::ranges::equal(cut.bytes, std::span{plain}.first(cut.bytes.size())));
  }
  EXPECT_EQ(
      all_of({0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff}).fault, "the gzip data is damaged");
  EXPECT_EQ(
      all_of({0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, 0xff, 0xff, 0xff}).fault,
      "the zstd data is damaged");
}

TEST(Decompressor, RefusesAWindowThatNeedsMuchMemory) {
  EXPECT_EQ(all_of(zstd(text(), 27)).fault, "the zstd data needs a window of more than 8 MiB");
}

TEST(Decompressor, NamesWhatItDoesNotRead) {
  const Bytes xz{0xfd, '7', 'z', 'X', 'Z', 0, 0, 0};
  EXPECT_EQ(Decompressor{wire::source_of(xz)}.unread_format(), "xz");
  EXPECT_EQ(all_of(xz).bytes.size(), 0U);
}

}  // namespace
}  // namespace synroute::replay
