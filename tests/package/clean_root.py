# SPDX-License-Identifier: Apache-2.0
"""A clean Debian 12 in a folder, and what the tests do in it."""

import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
# Changed by the installation of any package.
NOT_LOOKED_AT = (
    "dev", "proc", "run", "sys", "tmp", "var/cache", "var/lib/apt", "var/lib/dpkg/available", "var/lib/dpkg/diversions",
    "var/lib/dpkg/lock", "var/lib/dpkg/stat", "var/lib/dpkg/triggers", "var/log",
)


def run(*command, **options):
    """Runs a command and returns its output; a failure raises an error with that output."""
    settings = {"capture_output": True, "text": True, "timeout": 600, "stdin": subprocess.DEVNULL}
    done = subprocess.run([str(word) for word in command], check=False, **(settings | options))
    if done.returncode != 0:
        raise AssertionError(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def mirror():
    """The URI from which this machine gets the main archive of Debian 12."""
    targets = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Codename: bookworm", "Created-By: Packages")
    if not targets.strip():
        raise AssertionError("apt on this machine has no source for Debian 12 (bookworm)")
    return targets.split()[0]


def make_archive(archive):
    """Creates the archive of a root folder with Debian's own tcptraceroute; later runs reuse it."""
    folder = archive.with_suffix(".new")
    run("rm", "-rf", folder)
    run("debootstrap", "--variant=minbase", "bookworm", folder, mirror(), timeout=1200)
    root = Root(folder)
    root.run("apt-get", "install", "-q", "-y", "--no-install-recommends", "tcptraceroute")
    run("tar", "-C", folder, "-cf", archive.with_suffix(".part"), ".")
    archive.with_suffix(".part").rename(archive)
    run("rm", "-rf", folder)


class Root:
    """A root folder."""

    def __init__(self, folder):
        self.folder = folder
        proc = folder / "proc"
        if proc.is_symlink():  # debootstrap creates a link if it may not mount
            proc.unlink()
        proc.mkdir(exist_ok=True)
        # apt inside needs the name servers of this machine.
        resolver = pathlib.Path("/etc/resolv.conf")
        (folder / "etc" / "resolv.conf").write_bytes(resolver.read_bytes())

    @classmethod
    def extract(cls, archive, folder):
        folder.mkdir()
        run("tar", "-C", folder, "-xpf", archive)
        return cls(folder)

    def run(self, *command, **options):
        """Runs a command inside as root, with /proc, in process and mount namespaces of its own."""
        script = 'mount -t proc proc "$1/proc" && exec chroot "$@"'
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
        proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        return run("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh",
                   self.folder, *command, env=environment | proxies, **options)

    def trace(self, *command):
        """Runs a command inside as an ordinary user, in a new network namespace; HOST and PORT in its words are an open port."""
        outer = os.readlink("/proc/self/ns/net")
        return run("unshare", "--net", "python3", "-B", HERE / "loopback.py", self.folder, *command,
                   env={"PATH": os.environ["PATH"], "OUTER_NETWORK": outer})

    def put(self, file):
        """Copies a file into /tmp and returns its path inside."""
        run("cp", file, self.folder / "tmp" / file.name)
        return f"/tmp/{file.name}"

    def listing(self):
        """{path: mode and link target} of all files except those that every installation changes."""
        found = {}
        for top, folders, files in os.walk(self.folder):
            inside = pathlib.Path(top).relative_to(self.folder)
            folders[:] = [name for name in folders if not str(inside / name).startswith(NOT_LOOKED_AT)]
            for name in folders + files:
                path = inside / name
                if not str(path).startswith(NOT_LOOKED_AT):
                    full = self.folder / path
                    target = os.readlink(full) if full.is_symlink() else ""
                    found[str(path)] = f"{full.lstat().st_mode:o} {target}"
        return found
