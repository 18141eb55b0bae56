// SPDX-License-Identifier: Apache-2.0
#include "os/terminal.hpp"

#include "os/check.hpp"
#include "os/fd.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace synroute::os {
namespace {

struct Pipe {
  explicit Pipe(int flags = 0) {
    std::array<int, 2> ends{};
    check("make pipe", ::pipe2(ends.data(), O_CLOEXEC | flags));
    out = Fd{ends[0]};
    in = Fd{ends[1]};
  }
  Fd out;
  Fd in;
};

/// A pseudo terminal: `user` is what a program would have as its standard output.
struct Pty {
  Pty() : master{check("open pty", ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))} {
    ::grantpt(master.get());
    ::unlockpt(master.get());
    user = Fd{check("open tty", ::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC))};
  }
  Fd master;
  Fd user;
};

TEST(Terminal, IsToldFromAPipe) {
  const Pty pty;
  const Pipe pipe;
  EXPECT_TRUE(is_terminal(pty.user.get()));
  EXPECT_FALSE(is_terminal(pipe.in.get()));
}

TEST(Terminal, TellsItsSize) {
  const Pty pty;
  const winsize size{.ws_row = 50, .ws_col = 132, .ws_xpixel = 0, .ws_ypixel = 0};
  ::ioctl(pty.user.get(), TIOCSWINSZ, &size);
  const auto told = terminal_size(pty.user.get());
  ASSERT_TRUE(told);
  EXPECT_EQ(told->columns, 132);
  EXPECT_EQ(told->rows, 50);
}

TEST(Terminal, HasNoSizeWhenItDoesNotKnow) {
  EXPECT_EQ(terminal_size(Pty{}.user.get()).has_value(), false);
  EXPECT_EQ(terminal_size(Pipe{}.in.get()).has_value(), false);
}

TEST(WantsColor, FollowsTheOptionFirst) {
  EXPECT_TRUE(wants_color(ColorWhen::Always, false, {.no_color = true, .dumb = true}));
  EXPECT_FALSE(wants_color(ColorWhen::Never, true, {.force = true}));
}

TEST(WantsColor, DecidesByTerminalAndEnvironment) {
  EXPECT_TRUE(wants_color(ColorWhen::Auto, true, {}));
  EXPECT_FALSE(wants_color(ColorWhen::Auto, false, {}));
  EXPECT_FALSE(wants_color(ColorWhen::Auto, true, {.dumb = true}));
  EXPECT_FALSE(wants_color(ColorWhen::Auto, true, {.no_color = true}));
  EXPECT_FALSE(wants_color(ColorWhen::Auto, true, {.no_color = true, .force = true}));
  EXPECT_TRUE(wants_color(ColorWhen::Auto, false, {.force = true}));
}

TEST(ColorEnvironment, ReadsTheVariables) {
  ::setenv("NO_COLOR", "", 1);
  ::setenv("CLICOLOR_FORCE", "0", 1);
  ::setenv("TERM", "xterm-256color", 1);
  EXPECT_FALSE(color_environment().no_color) << "empty means unset";
  EXPECT_FALSE(color_environment().force);
  EXPECT_FALSE(color_environment().dumb);
  ::setenv("NO_COLOR", "1", 1);
  ::setenv("CLICOLOR_FORCE", "1", 1);
  ::unsetenv("TERM");
  EXPECT_TRUE(color_environment().no_color);
  EXPECT_TRUE(color_environment().force);
  EXPECT_TRUE(color_environment().dumb);
}

TEST(WriteAll, WritesMoreThanAPipeHolds) {
  Pipe pipe{O_NONBLOCK};
  const std::string text(300'000, 'x');
  std::string got;
  std::thread reader{[&] {
    std::array<char, 4096> piece{};
    while (got.size() < text.size()) {
      const ssize_t size = ::read(pipe.out.get(), piece.data(), piece.size());
      got.append(piece.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    }
  }};
  EXPECT_EQ(write_all(pipe.in.get(), text), Written::All);
  reader.join();
  EXPECT_EQ(got, text);
}

TEST(WriteAll, NoticesThatNobodyReads) {
  ignore_broken_pipe();
  Pipe pipe;
  pipe.out.reset();
  EXPECT_EQ(write_all(pipe.in.get(), "text"), Written::ReaderGone);
}

TEST(WriteAll, NoticesAClosedStandardOutput) {
  Pipe pipe;
  const int number = pipe.in.get();
  pipe.in.reset();
  EXPECT_EQ(write_all(number, "text"), Written::ReaderGone);
}

TEST(WriteAll, SaysWhenTheDiskIsFull) {
  const Fd full{check("open full device", ::open("/dev/full", O_WRONLY | O_CLOEXEC))};
  EXPECT_EQ(write_all(full.get(), "text"), Written::Failed);
}

}  // namespace
}  // namespace synroute::os
