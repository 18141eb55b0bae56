# SPDX-License-Identifier: Apache-2.0
"""A Debian 12 that knows nothing of us, in a folder, and what can be done in it."""

import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
# What installing anything at all leaves behind, whatever it is.
NOT_LOOKED_AT = (
    "dev", "proc", "run", "sys", "tmp", "var/cache", "var/lib/apt", "var/lib/dpkg/available", "var/lib/dpkg/diversions",
    "var/lib/dpkg/lock", "var/lib/dpkg/stat", "var/lib/dpkg/triggers", "var/log",
)


def run(*command, **options):
    """Runs a command to its end; anything but success is an error that shows what it said."""
    settings = {"capture_output": True, "text": True, "timeout": 600, "stdin": subprocess.DEVNULL}
    done = subprocess.run([str(word) for word in command], check=False, **(settings | options))
    if done.returncode != 0:
        raise AssertionError(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def mirror():
    """Where this machine gets the main archive of Debian 12 from."""
    targets = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Codename: bookworm", "Created-By: Packages")
    if not targets.strip():
        raise AssertionError("apt on this machine knows no archive of Debian 12 (bookworm)")
    return targets.split()[0]


def make_archive(archive):
    """Made once, with Debian's own tcptraceroute in it; later runs need the network for little."""
    folder = archive.with_suffix(".new")
    run("rm", "-rf", folder)
    run("debootstrap", "--variant=minbase", "bookworm", folder, mirror(), timeout=1200)
    root = Root(folder)
    root.run("apt-get", "install", "-q", "-y", "--no-install-recommends", "tcptraceroute")
    run("tar", "-C", folder, "-cf", archive.with_suffix(".part"), ".")
    archive.with_suffix(".part").rename(archive)
    run("rm", "-rf", folder)


class Root:
    """One folder with a system in it."""

    def __init__(self, folder):
        self.folder = folder
        proc = folder / "proc"
        if proc.is_symlink():  # debootstrap makes it one where it may not mount
            proc.unlink()
        proc.mkdir(exist_ok=True)
        # For apt: names are looked up as outside.
        resolver = pathlib.Path("/etc/resolv.conf")
        (folder / "etc" / "resolv.conf").write_bytes(resolver.read_bytes())

    @classmethod
    def extract(cls, archive, folder):
        folder.mkdir()
        run("tar", "-C", folder, "-xpf", archive)
        return cls(folder)

    def run(self, *command, **options):
        """As root inside, with /proc, in process and mount namespaces that end with it."""
        script = 'mount -t proc proc "$1/proc" && exec chroot "$@"'
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
        proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        return run("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh",
                   self.folder, *command, env=environment | proxies, **options)

    def trace(self, *command):
        """An ordinary user traces inside, in a network of its own, to an open port: HOST and PORT."""
        outer = os.readlink("/proc/self/ns/net")
        return run("unshare", "--net", "python3", "-B", HERE / "loopback.py", self.folder, *command,
                   env={"PATH": os.environ["PATH"], "OUTER_NETWORK": outer})

    def put(self, file):
        """Copies a file into /tmp and gives its name inside."""
        run("cp", file, self.folder / "tmp" / file.name)
        return f"/tmp/{file.name}"

    def listing(self):
        """{path: mode and target}: all that is there, without what is always changing."""
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
