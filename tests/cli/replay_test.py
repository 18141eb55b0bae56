# SPDX-License-Identifier: Apache-2.0
"""Captures as a user hands them in: what is read, what is said of them, what is refused."""

import gzip
import pathlib
import re
import struct
import tempfile
import unittest

from program import ProgramCase, run

SOURCE, TARGET = bytes([192, 0, 2, 7]), bytes([203, 0, 113, 80])


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total >> 16) + (total & 0xFFFF)
    return struct.pack(">H", total ^ 0xFFFF)


def ip(source, target, ttl, protocol, body, number=7):
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), number, 0, ttl, protocol, 0) + source + target
    return head[:10] + checksum(head) + head[12:] + body


def tcp(source, target, source_port, target_port, sequence, acknowledged, flags):
    body = struct.pack(">HHIIBBHHH", source_port, target_port, sequence, acknowledged, 0x50, flags, 1024, 0, 0)
    sum_ = checksum(source + target + struct.pack(">HH", 6, len(body)) + body)
    return body[:16] + sum_ + body[18:]


def probe(ttl, sequence, port=443):
    return ip(SOURCE, TARGET, ttl, 6, tcp(SOURCE, TARGET, 40000, port, sequence, 0, 2), sequence)


def accepted(sequence):
    return ip(TARGET, SOURCE, 63, 6, tcp(TARGET, SOURCE, 443, 40000, 9, sequence + 1, 0x12))


def exceeded(router, sent):
    body = b"\x0b\0\0\0\0\0\0\0" + sent[:8] + b"\x01" + sent[9:]
    return ip(router, SOURCE, 250, 1, body[:2] + checksum(body) + body[4:])


ROUTER = bytes([198, 51, 100, 1])
FIRST, SECOND = probe(1, 100), probe(2, 200)
TRACE = [(0, FIRST), (5_000, exceeded(ROUTER, FIRST)), (10_000, SECOND), (22_000, accepted(200))]


def pcap(packets, link=101, order="<", header=b""):
    """Times in microseconds since 2023-11-14T22:13:20Z."""
    data = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    for at, packet in packets:
        size = len(header + packet)
        data += struct.pack(order + "IIII", 1_700_000_000 + at // 1_000_000, at % 1_000_000, size, size) + header + packet
    return data


def pcapng(packets, order="<"):
    def block(kind, body):
        return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)

    data = block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack(order + "HHI", 101, 0, 0))
    for at, packet in packets:
        ticks = 1_700_000_000_000_000 + at
        head = struct.pack(order + "IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(packet), len(packet))
        data += block(6, head + packet + bytes(-len(packet) % 4))
    return data


SHOWN = """\
203.0.113.80 port 443 (https), from 192.0.2.7, captured 2023-11-14T22:13:20.000Z

  1  198.51.100.1         5.0 ms
  2  203.0.113.80        12.0 ms   open

open: 203.0.113.80 accepts connections on port 443, 2 hops away, 12.0 ms
"""


class ReplayCase(ProgramCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = str(pathlib.Path(folder.name) / "a.pcap")

    def write(self, data):
        pathlib.Path(self.file).write_bytes(data)
        return self.file

    def replay(self, data, *arguments):
        return run("replay", "-n", self.write(data), *arguments)


class Formats(ReplayCase):
    def test_every_form_of_file_shows_the_same(self):
        ethernet = bytes(12) + b"\x08\0"
        cooked = b"\0\4\0\1\0\6\0\0\0\0\0\0\0\0\x08\0"
        for name, data in {
            "little": pcap(TRACE),
            "big": pcap(TRACE, order=">"),
            "ethernet": pcap(TRACE, 1, header=ethernet),
            "loopback": pcap(TRACE, 0, header=b"\2\0\0\0"),
            "pcapng": pcapng(TRACE),
            "big pcapng": pcapng(TRACE, ">"),
        }.items():
            with self.subTest(name):
                done = self.replay(data)
                self.assertEqual((done.stdout, done.stderr, done.returncode), (SHOWN, "", 0))
        # Who is said to have received its own probes did not send them.
        done = self.replay(pcap(TRACE, 113, header=b"\0\0" + cooked[2:]))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.replay(pcap(TRACE, 113, header=cooked)).stdout, SHOWN)

    def test_it_reads_standard_input(self):
        self.write(pcap(TRACE))
        with open(self.file, "rb") as file:
            self.assertEqual(run("replay", "-n", "-", stdin=file).stdout, SHOWN)

    def test_a_file_may_end_anywhere(self):
        data = pcap(TRACE)
        for size in range(24, len(data)):
            done = self.replay(data[:size])
            self.assertIn(done.returncode, (0, 1), (size, done))
            self.assertLessEqual(done.stderr.count("\n"), 1, done)
        self.assertEqual(self.replay(data[:-1]).stderr, f"synroute: {self.file}: the capture ends inside the record at byte 220\n")


MAC = b"\2" * 6 + b"\4" * 6
WIFI = b"\x08\1\0\0" + MAC + b"\6" * 6 + b"\0\0\xaa\xaa\3\0\0\0\x08\0"
# Longer than any of the packets: what is there counts.
GRE = b"\x45\0\0\x80\0\1\0\0\x40\x2f\0\0" + SOURCE + ROUTER + b"\0\0\x08\0"
# Link type and what stands before each packet.
FORMS = {
    "tag 0x8100": (1, MAC + b"\x81\0\0\5\x08\0"),
    "tags 0x9100 and 0x8100": (1, MAC + b"\x91\0\0\5\x81\0\0\6\x08\0"),
    "three tags": (1, MAC + b"\x81\0\0\5\x81\0\0\6\x81\0\0\7\x08\0"),
    "MPLS": (1, MAC + b"\x88\x47\0\1\1\x40"),
    "PPPoE": (1, MAC + b"\x88\x64\x11\0\0\1\0\x62\0\x21"),
    "PPP": (9, b"\0\x21"),
    "PPP in HDLC": (50, b"\xff\3\0\x21"),
    "Cisco HDLC": (104, b"\x0f\0\x08\0"),
    "802.11": (105, WIFI),
    "radiotap": (127, b"\0\0\x08\0\0\0\0\0" + WIFI),
    "PFLOG": (117, b"\x3d\2\0\0em0\0" + bytes(56)),
    "cooked and tagged": (113, b"\0\4\0\1\0\6" + b"\2" * 6 + b"\0\0\x81\0\0\5\x08\0"),
    "cooked 2 and tagged": (276, b"\x81\0\0\0\0\0\0\2\0\1\4\6" + b"\2" * 8 + b"\0\5\x08\0"),
    "GRE": (101, GRE),
}


def capture_in(link, header):
    """TRACE in frames of this link type; in cooked captures, received frames are marked so."""
    received = {113: b"\0\0" + header[2:], 276: header[:10] + b"\0" + header[11:]}.get(link, header)
    frames = [pcap([row], header=received if index % 2 else header)[24:] for index, row in enumerate(TRACE)]
    return pcap([], link) + b"".join(frames)


class Forms(ReplayCase):
    def test_every_link_type_shows_the_same_trace(self):
        for name, (link, header) in FORMS.items():
            with self.subTest(name):
                done = self.replay(capture_in(link, header))
                self.assertEqual((done.stdout, done.stderr, done.returncode), (SHOWN, "", 0))

    def test_compressed_captures_are_read(self):
        data = gzip.compress(pcap(TRACE))
        done = self.replay(data)
        self.assertEqual((done.stdout, done.stderr), (SHOWN, ""))
        done = self.replay(data[:-12])
        self.assertIn("the compressed data ends early", done.stderr)


class Said(ReplayCase):
    def test_what_was_not_used_is_counted(self):
        broken = bytearray(accepted(200))
        broken[24] ^= 1
        rest = [(30_000, bytes(broken)), (40_000, ip(ROUTER, SOURCE, 9, 17, bytes(8))), (50_000, b"\x60")]
        done = self.replay(pcap(TRACE + rest))
        self.assertEqual(done.stdout, SHOWN)
        self.assertEqual(
            done.stderr,
            f"synroute: {self.file}: 1 packet of no trace, 1 packet with malformed or truncated headers, "
            "1 answer with a wrong checksum\n",
        )

    def test_damage_ends_the_reading_and_its_place_is_told(self):
        data = pcap(TRACE)
        done = self.replay(data + b"\xff" * 40)
        self.assertEqual(done.stdout, SHOWN)
        self.assertEqual(
            done.stderr,
            f"synroute: {self.file}: the capture is damaged at byte {len(data)}: the rest is not read\n",
        )

    def test_link_types_that_are_not_read_are_named(self):
        self.write(pcap(TRACE, 147))
        self.assert_refused(
            ["replay", self.file], 1, f"{self.file}: no trace found: link type 147 (USER0) is not read"
        )

    def test_a_choice_can_be_made(self):
        more = TRACE + [(at + 1, probe(ttl, 300 + ttl, 80)) for at, ttl in ((0, 1), (9, 2))]
        data = pcap(sorted(more))
        self.assertEqual(self.replay(data, "203.0.113.80:443").stdout, SHOWN)
        self.assertEqual(self.replay(data, "-p", "443").stdout, SHOWN)
        self.assertEqual(self.replay(data, "203.0.113.80").stdout.count("captured"), 2)
        self.assert_refused(
            ["replay", self.file, "a.example", "b.example"],
            2,
            "name one target at most; usage: synroute replay FILE [HOST[:PORT]]",
        )
        for arguments in (["203.0.113.81"], ["-p", "22"], ["-6"]):
            self.assert_refused(
                ["replay", self.file, *arguments], 1, f"{self.file}: none of its 2 traces matches the targets given"
            )

    def test_a_capture_without_a_trace_is_called_so(self):
        self.write(pcap([(0, probe(64, 1)), (1, accepted(1))]))
        self.assert_refused(
            ["replay", self.file],
            1,
            f"{self.file}: no trace found: its 1 TCP SYN looks like those of ordinary connections, or was not captured "
            "on the sending host (2 packets of no trace)",
        )
        self.write(pcap([]))
        self.assert_refused(
            ["replay", self.file], 1, f"{self.file}: no trace found: no TCP SYN that can be a probe in 0 packets"
        )

    def test_what_is_no_capture_is_refused(self):
        self.write(b"hello")
        self.assert_refused(["replay", self.file], 2, f"{self.file}: not a pcap or pcapng file")
        self.write(b"BZh91AY&SY")
        self.assert_refused(["replay", self.file], 2, f"{self.file}: compressed by bzip2, which is not read")
        self.assert_refused(["replay", "/nonexistent"], 2, "cannot read /nonexistent: No such file or directory")
        self.assert_refused(["replay"], 2, "no capture; usage: synroute replay [OPTION]... FILE [HOST[:PORT]]")

    def test_options_that_ask_for_probes_are_refused(self):
        for option, commands in (
            (["-q", "1"], "trace and demo"),
            (["-i", "lo"], "trace and scan"),
            (["-d"], "trace, scan and demo"),
            (["--bare-syn"], "trace, scan and demo"),
            (["--csv"], "scan"),
        ):
            self.assert_refused(["replay", *option, "x"], 2, f"option '{option[0]}' is only for {commands}")

    def test_json_and_status_are_those_of_a_trace(self):
        done = self.replay(pcap(TRACE[:1] + TRACE[2:3]), "--json")
        self.assertEqual(done.returncode, 1)
        self.assertIn('"method":"replay"', done.stdout.replace(" ", ""))


class Written(ReplayCase):
    """--pcap in the simulated internet; tests/lab has it on the wire."""

    def test_a_demo_can_be_written_down_and_replayed(self):
        text = self.assert_done(["demo", "-n", "--pcap", self.file])
        again = self.assert_done(["replay", "-n", self.file])
        # A capture does not tell how long its prober waited.
        text = re.sub(r"(?m)^( *3  )no answer within .*", r"\1no reply", text)
        text = re.sub(r"no answer within [0-9.]+ m?s", "no answer", text)
        self.assertEqual(text.splitlines()[1:], again.splitlines()[1:])
        self.assertEqual(
            again.splitlines()[0],
            "203.0.113.80 port 443 (https), from 192.168.1.20, captured 2026-01-01T00:00:00.000Z",
        )

    def test_an_old_file_is_overwritten_only_when_a_trace_begins(self):
        path = pathlib.Path(self.file)
        path.write_bytes(b"old" * 100_000)
        for arguments in (["--pcap", self.file, "--nosuch"], ["demo", "--pcap", self.file, "nosuch"]):
            self.assertEqual(run(*arguments).returncode, 2)
            self.assertEqual(path.stat().st_size, 300_000)
        self.assert_done(["demo", "-n", "--pcap", self.file])
        self.assertLess(path.stat().st_size, 10_000)

    def test_several_targets_share_a_file(self):
        run("demo", "home", "--pcap", self.file, "shop:443", "shop:81")
        self.assertEqual(run("replay", "-n", self.file).stdout.count("captured"), 2)

    def test_a_scan_can_be_written_down(self):
        run("demo", "home", "scan", "shop", "80,443", f"--pcap={self.file}")
        done = run("replay", self.file)
        self.assertEqual(done.returncode, 1)
        self.assertIn("look like those of ordinary connections", done.stderr)

    def test_a_file_that_cannot_be_written_is_an_error(self):
        missing = f"{self.file}/a/b"
        self.assert_refused(
            ["demo", "--pcap", missing], 5, f"cannot write {missing}: No such file or directory"
        )
        self.assert_refused(["demo", "--pcap", "-"], 2, "option '--pcap': needs the name of a file")
        self.assertFalse(pathlib.Path("-").exists())
        full = run("demo", "-n", "--pcap", "/dev/full")
        self.assertEqual(full.stderr, "synroute: cannot write /dev/full: No space left on device\n")
        self.assertEqual(full.returncode, 5)

    def test_only_the_native_command_line_writes(self):
        for name in ("tcptraceroute", "tracetcp"):
            run("--as", name, "--pcap", self.file, "192.0.2.1")
            self.assertFalse(pathlib.Path(self.file).exists(), name)

    def test_connect_sees_no_packets(self):
        self.assert_refused(
            ["--method", "connect", "--pcap", self.file, "127.0.0.1:9"],
            2,
            "--pcap requires raw packets, which connect() cannot send",
        )


if __name__ == "__main__":
    unittest.main()
