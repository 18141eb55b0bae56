// SPDX-License-Identifier: Apache-2.0
#include "replay/decompress.hpp"

#define ZLIB_CONST  // input is const
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

namespace synroute::replay {
namespace {

/// What an encoder should not exceed (RFC 8878 §3.1.1.1.2): 8 MiB.
constexpr int kZstdWindowLog = 23;
constexpr std::size_t kInputStep = std::size_t{64} << 10;

bool begins_with(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> start) {
  return bytes.size() >= start.size() && std::ranges::equal(bytes.first(start.size()), start);
}

constexpr std::array<std::uint8_t, 2> kGzip{0x1f, 0x8b};
constexpr std::array<std::uint8_t, 4> kZstd{0x28, 0xb5, 0x2f, 0xfd};
constexpr std::array<std::uint8_t, 3> kBzip2{'B', 'Z', 'h'};
constexpr std::array<std::uint8_t, 6> kXz{0xfd, '7', 'z', 'X', 'Z', 0};
constexpr std::array<std::uint8_t, 4> kLz4{0x04, 0x22, 0x4d, 0x18};

}  // namespace

/// One compression format. Consumes from the front of `in`, returns the bytes written.
class Decompressor::Codec {
 public:
  Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;
  virtual ~Codec() = default;
  virtual std::size_t run(std::span<const std::uint8_t>& in, std::span<std::uint8_t> out) = 0;
  /// Whether the input may end here.
  [[nodiscard]] virtual bool at_boundary() const = 0;
  [[nodiscard]] virtual std::optional<std::string_view> fault() const = 0;
};

class Decompressor::Gzip final : public Codec {
 public:
  Gzip() {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    failed_ = inflateInit2(&stream_, kGzipOnly) != Z_OK;
  }
  ~Gzip() override { inflateEnd(&stream_); }

  std::size_t run(std::span<const std::uint8_t>& in, std::span<std::uint8_t> out) override {
    if (boundary_ && !in.empty()) {
      if (in.front() != kGzip.front()) {
        in = {};  // padding behind the last member, which gzip ignores too
        return 0;
      }
      inflateReset(&stream_);
      boundary_ = false;
    }
    stream_.next_in = in.data();
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    boundary_ = status == Z_STREAM_END;
    failed_ = failed_ || (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR);
    in = in.last(stream_.avail_in);
    return out.size() - stream_.avail_out;
  }
  [[nodiscard]] bool at_boundary() const override { return boundary_; }
  [[nodiscard]] std::optional<std::string_view> fault() const override {
    return failed_ ? std::optional<std::string_view>{"the gzip data is damaged"} : std::nullopt;
  }

 private:
  z_stream stream_{};
  bool boundary_ = false;
  bool failed_ = false;
};

class Decompressor::Zstd final : public Codec {
 public:
  Zstd() : stream_{ZSTD_createDStream()} {
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kZstdWindowLog);
  }
  ~Zstd() override { ZSTD_freeDStream(stream_); }

  std::size_t run(std::span<const std::uint8_t>& in, std::span<std::uint8_t> out) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t status = ZSTD_decompressStream(stream_, &output, &input);
    if (ZSTD_isError(status) != 0) {
      fault_ = ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge
                   ? "the zstd data needs a window of more than 8 MiB"
                   : "the zstd data is damaged";
    }
    boundary_ = status == 0;
    in = in.subspan(input.pos);
    return output.pos;
  }
  [[nodiscard]] bool at_boundary() const override { return boundary_; }
  [[nodiscard]] std::optional<std::string_view> fault() const override { return fault_; }

 private:
  ZSTD_DStream* stream_;
  bool boundary_ = false;
  std::optional<std::string_view> fault_;
};

struct Decompressor::State {
  wire::ByteSource source;
  std::vector<std::uint8_t> buffer = std::vector<std::uint8_t>(kInputStep);
  std::span<const std::uint8_t> input;
  bool ended = false;
  std::unique_ptr<Codec> codec;  ///< absent: passed on as it is
  std::uint64_t written = 0;
  std::optional<std::string_view> fault;
  std::optional<std::string_view> unread_format;

  void fill() {
    const std::size_t size = source(buffer);
    input = std::span{buffer}.first(size);
    ended = size < buffer.size();
  }
  void recognise() {
    if (begins_with(input, kGzip)) {
      codec = std::make_unique<Gzip>();
    } else if (begins_with(input, kZstd)) {
      codec = std::make_unique<Zstd>();
    } else if (begins_with(input, kBzip2)) {
      unread_format = "bzip2";
    } else if (begins_with(input, kXz)) {
      unread_format = "xz";
    } else if (begins_with(input, kLz4)) {
      unread_format = "lz4";
    }
  }
  std::size_t copy(std::span<std::uint8_t> into) {
    const std::size_t count = std::min(into.size(), input.size());
    std::ranges::copy(input.first(count), into.begin());
    input = input.subspan(count);
    return count;
  }
  std::size_t decompress(std::span<std::uint8_t> into) {
    const std::size_t count = codec->run(input, into);
    written += count;
    fault = codec->fault();
    if (!fault && written >= kDecompressedMax) {
      fault = "only its first 16 GiB are read";
    }
    return count;
  }
};

Decompressor::Decompressor(wire::ByteSource source) : state_{std::make_unique<State>()} {
  state_->source = std::move(source);
  state_->fill();
  state_->recognise();
}

Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;
Decompressor::~Decompressor() = default;

std::size_t Decompressor::read(std::span<std::uint8_t> into) {
  State& state = *state_;
  std::size_t total = 0;
  while (total < into.size() && !state.fault && !state.unread_format) {
    if (state.input.empty() && !state.ended) {
      state.fill();
    }
    const bool no_input = state.input.empty() && state.ended;
    if (no_input && (!state.codec || state.codec->at_boundary())) {
      break;
    }
    const auto room = into.subspan(total);
    const std::size_t count = state.codec ? state.decompress(room) : state.copy(room);
    total += count;
    if (no_input && count == 0 && !state.fault) {
      state.fault = "the compressed data ends early";
    }
  }
  return total;
}

std::optional<std::string_view> Decompressor::fault() const {
  return state_->fault;
}

std::optional<std::string_view> Decompressor::unread_format() const {
  return state_->unread_format;
}

}  // namespace synroute::replay
