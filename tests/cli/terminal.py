# SPDX-License-Identifier: Apache-2.0
"""Programs on a terminal: a pseudo terminal to talk to, and the screen that a user sees."""

import fcntl
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import tempfile
import termios
import time

PATIENCE = 30  # seconds, for what takes milliseconds on an idle machine


class Terminal:
    """A process on a pseudo terminal of its own."""

    def __init__(self, argv, env, columns=80, rows=24):
        self.text = ""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.master)
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def send(self, text):
        os.write(self.master, text.encode())

    def wait_for(self, pattern):
        """Reads until the text since the last call matches; gives the match."""
        deadline = time.monotonic() + PATIENCE
        while not (match := re.search(pattern, self.text)):
            ready, _, _ = select.select([self.master], [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                raise AssertionError(f"no {pattern!r} in {self.text!r}")
            try:
                self.text += os.read(self.master, 65536).decode(errors="replace")
            except OSError as error:  # EIO: nobody has the terminal open any more
                raise AssertionError(f"no {pattern!r} in {self.text!r}") from error
        self.text = self.text[match.end():]
        return match

    def stop(self):
        """Stops the process, as Ctrl-Z does, and returns when it has stopped."""
        os.kill(self.pid, signal.SIGSTOP)
        os.waitpid(self.pid, os.WUNTRACED)

    def status(self):
        """Its exit status, 128 + N when signal N ended it."""
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else 128 - code


def screen_of(argv, columns, rows=100):
    """The lines of a terminal of this size after a command, as tmux shows them."""
    with tempfile.TemporaryDirectory() as folder:
        tmux = ["tmux", "-S", f"{folder}/socket", "-f", "/dev/null"]
        command = f"{shlex.join(argv)}; tmux -S {folder}/socket wait-for -S done; exec cat"
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "screen"}

        def run(*words):
            return subprocess.run(
                [*tmux, *words], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True
            ).stdout

        run("new-session", "-d", "-x", str(columns), "-y", str(rows), "bash", "--norc", "-c", command)
        try:
            run("wait-for", "done")
            return [line.rstrip() for line in run("capture-pane", "-p").rstrip().splitlines()]
        finally:
            run("kill-server")
