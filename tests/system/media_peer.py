#!/usr/bin/env python3
"""A PC's firmware as far as virtual media need it, and the host behind it: asks `outband media` SCSI
commands and writes what went to and fro as an iSCSI capture, for programs that dissect SCSI.

usage: media_peer.py ADDRESS PORT COMMANDS CAPTURE ANSWERS

COMMANDS: a line "DRIVE CDB-HEX ALLOCATION NAME" each, DRIVE cd or fd, ALLOCATION what the host expects
to get at most. A command that is asked for data gives bytes that count up from its line's number. CAPTURE: pcap; each command is an iSCSI task, numbered from 1 by its line. ANSWERS: a line
"NUMBER KEY/ASC/ASCQ BYTES SHA256" each. Written from the description of the messages, not from our code.
"""
import hashlib
import socket
import struct
import sys

READ_BUFFER = 8192


class Line:
    """The TCP connection, with the messages that begin every session."""

    def __init__(self, conn):
        self.conn = conn

    def take(self, n):
        data = b""
        while len(data) < n:
            got = self.conn.recv(n - len(data))
            if not got:
                sys.exit("the line ended after %d of %d bytes" % (len(data), n))
            data += got
        return data

    def login(self):
        if self.take(8) != b"\x10\0\0\0IDER":
            sys.exit("no start of a session of virtual media")
        self.conn.sendall(bytes([0x11, 0, 0, 0, 1, 0, 2, 0]) + struct.pack("<I", 343) + b"\0")
        while True:
            head = self.take(9)
            if head[0] != 0x13:
                sys.exit("no login: %s" % head.hex())
            method, size = head[4], struct.unpack("<I", head[5:])[0]
            body = self.take(size)
            if method == 0:
                answer = b"\x14\0\0\0\0" + struct.pack("<I", 1) + b"\x04"
            elif method == 4 and body[1 + body[0]] == 0:  # without a realm: it asks for one
                texts = [b"Digest:A4070000000000000000000000000000", b"0123456789abcdef0123456789abcdef", b"auth"]
                payload = b"".join(bytes([len(t)]) + t for t in texts)
                answer = b"\x14\x01\0\0\x04" + struct.pack("<I", len(payload)) + payload
            else:
                self.conn.sendall(b"\x14\0\0\0" + bytes([method]) + struct.pack("<I", 0))
                return
            self.conn.sendall(answer)


class Firmware:
    def __init__(self, line):
        self.line, self.sent, self.got = line, 0, 0

    def send(self, kind, rest, attr=0):
        self.line.conn.sendall(struct.pack("<BBBBI", kind, 0, 0, attr, self.sent) + rest)
        self.sent += 1

    def take(self):
        """Type, attributes and the rest of one message, after what is no answer to a command."""
        sizes = {0x40: 18, 0x44: 8, 0x45: 8, 0x47: 8, 0x48: 9, 0x4B: 8, 0x51: 31, 0x54: 34, 0x52: 31}
        while True:
            head = self.line.take(8)
            kind, attr, number = head[0], head[3], struct.unpack("<I", head[4:])[0]
            if number != self.got:
                sys.exit("message %02x has number %d, not %d" % (kind, number, self.got))
            self.got += 1
            if kind not in sizes:
                sys.exit("message of type %02x" % kind)
            rest = self.line.take(sizes[kind] - 8)
            if kind == 0x54:
                rest += self.line.take(struct.unpack("<H", rest[1:3])[0])
            if kind == 0x48:
                if rest[0] == 3:
                    rest += self.line.take(4)
                values = {1: 1, 2: 0, 3: 1}
                self.send(0x49, struct.pack("<BI", rest[0], values[rest[0]]))
                if rest[0] == 3:
                    return kind, attr, rest
            elif kind == 0x44:
                self.send(0x45, b"")
            elif kind not in (0x45, 0x4B):
                return kind, attr, rest

    def open(self):
        kind, _, _ = self.take()
        if kind != 0x40:
            sys.exit("no opening: %02x" % kind)
        self.send(0x41, bytes([1, 0, 9, 5]) + bytes(4) + struct.pack("<HH", READ_BUFFER, READ_BUFFER) + b"\0\0\0\0\0" +
                  struct.pack("<I", 343) + b"\0")
        while self.take()[0] != 0x48:
            pass

    def command(self, drive, cdb, expected, number):
        """Data and sense (None: good) of one command, by PIO."""
        registers = bytes([0, 0, 0, 0]) + struct.pack("<H", min(expected, 65534)) + bytes([0xB0 if drive == "cd" else 0xA0, 0xA0])
        self.send(0x50, registers + cdb.ljust(12, b"\0"))
        data, given = b"", number
        while True:
            kind, attr, rest = self.take()
            if kind == 0x52:
                size = struct.unpack("<H", rest[1:3])[0]
                self.send(0x53, b"\0" + struct.pack("<H", size) + bytes(3) + bytes((given + i) & 255 for i in range(size)))
                given += size
            elif kind == 0x54:
                data += rest[26:]
                if attr & 2:
                    return data, None
            elif kind == 0x51:
                sense = rest[20:23]
                return data, None if sense == b"\0\0\0" else sense
            else:
                sys.exit("an answer of type %02x" % kind)


class Capture:
    """iSCSI over TCP over IPv4 over Ethernet."""

    def __init__(self, path):
        self.out = open(path, "wb")
        self.out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        self.seq, self.time = {0: 1000, 1: 5000}, 0

    def segment(self, way, payload):
        ports = (40000, 3260) if way == 0 else (3260, 40000)
        tcp = struct.pack(">HHIIBBHHH", *ports, self.seq[way], self.seq[1 - way], 5 << 4, 0x18, 65000, 0, 0)
        self.seq[way] = (self.seq[way] + len(payload)) & 0xFFFFFFFF
        hosts = (b"\x0a\0\0\1", b"\x0a\0\0\2") if way == 0 else (b"\x0a\0\0\2", b"\x0a\0\0\1")
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp) + len(payload), 0, 0, 64, 6, 0) + b"".join(hosts)
        frame = b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + ip + tcp + payload
        self.time += 1
        self.out.write(struct.pack("<IIII", 1700000000 + self.time // 1000000, self.time % 1000000, len(frame), len(frame)))
        self.out.write(frame)

    def pdu(self, way, bhs, data=b""):
        bhs = bhs[:5] + struct.pack(">I", len(data))[1:] + bhs[8:]
        self.segment(way, bhs + data + bytes(-len(data) % 4))

    def task(self, number, drive, cdb, expected, data, sense):
        lun = bytes([0, 0 if drive == "cd" else 1]) + bytes(6)
        flags = 0x80 | (0x40 if expected else 0) | 1
        self.pdu(0, bytes([1, flags, 0, 0, 0, 0, 0, 0]) + lun +
                 struct.pack(">IIII", number, expected, number, 1) + cdb.ljust(16, b"\0"))
        at = 0
        while at < len(data):
            piece = data[at:at + READ_BUFFER]
            last = at + len(piece) == len(data)
            self.pdu(1, bytes([0x25, 0x80 if last else 0, 0, 0, 0, 0, 0, 0]) + bytes(8) +
                     struct.pack(">IIIIIIII", number, 0xFFFFFFFF, 0, number + 1, number + 64, at // READ_BUFFER, at, 0), piece)
            at += len(piece)
        body = b""
        if sense:
            fixed = bytes([0x70, 0, sense[0], 0, 0, 0, 0, 10, 0, 0, 0, 0, sense[1], sense[2], 0, 0, 0, 0])
            body = struct.pack(">H", len(fixed)) + fixed
        left = expected - len(data)
        residual = 2 if left > 0 else 0
        self.pdu(1, bytes([0x21, 0x80 | residual, 0, 2 if sense else 0, 0, 0, 0, 0]) + bytes(8) +
                 struct.pack(">IIIIIIII", number, 0, number, number + 1, number + 64, 0, 0, max(left, 0)), body)


def main():
    address, port, commands, capture, answers = sys.argv[1:]
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, int(port)))
    listener.listen(1)
    listener.settimeout(300)
    print("ready", flush=True)
    conn, _ = listener.accept()
    conn.settimeout(300)
    line = Line(conn)
    line.login()
    firmware, pcap = Firmware(line), Capture(capture)
    firmware.open()
    with open(answers, "w") as out:
        for number, text in enumerate(open(commands), 1):
            drive, cdb, expected, _ = text.split(None, 3)
            cdb = bytes.fromhex(cdb)
            data, sense = firmware.command(drive, cdb, int(expected), number)
            if len(data) > int(expected):
                sys.exit("command %d: %d bytes, at most %s were wanted" % (number, len(data), expected))
            pcap.task(number, drive, cdb, int(expected), data, sense)
            print(number, "/".join("%02x" % b for b in sense or bytes(3)), len(data),
                  hashlib.sha256(data).hexdigest(), file=out)
    pcap.out.close()
    print("asked", flush=True)


main()
