#!/usr/bin/env python3
"""A serial console under strain for so many seconds: a relay cuts the line into random pieces, readers are
slower than senders in both directions, the PC restarts in the middle. Each transfer is compared by its
SHA-256 with what the other side says.

usage: sol_peer.py SECONDS DEVICE DEVICE-BASE RELAY RELAY-BASE OUTBAND CONSOLE-ARGUMENT...

The relay takes ports RELAY-BASE+2 and +3 of RELAY to the same ones of DEVICE. Prints one line:
"SECONDS s, N transfers, B bytes to us, B bytes to the PC, N restarts, P pieces: all equal".
"""
import hashlib
import os
import random
import re
import select
import socket
import subprocess
import sys
import threading
import time

SLOW = 150_000  # bytes a second that a reader takes at most
PIECES = [0]


def copy(source, target, rng, slow):
    try:
        while True:
            data = source.recv(rng.choice((1, 7, 64, 1500, 4096)))
            if not data:
                break
            while data:
                n = rng.randint(1, len(data))
                target.sendall(data[:n])
                PIECES[0] += 1
                if slow or rng.random() < 0.02:
                    time.sleep(n / SLOW + (rng.random() / 50 if rng.random() < 0.02 else 0))
                data = data[n:]
    except OSError:
        pass
    for s in (source, target):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def relay(listener, to, seed):
    while True:
        near, _ = listener.accept()
        far = socket.create_connection(to)
        for s in (near, far):
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        rng = random.Random(seed)
        for args in ((near, far, rng, True), (far, near, rng, False)):
            threading.Thread(target=copy, args=args, daemon=True).start()


class Console:
    def __init__(self, argv):
        self.child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        os.set_blocking(self.child.stdin.fileno(), False)
        self.said, self.typing = b"", b""

    def turn(self, slowly):
        """Reads once, types what fits."""
        out, inp = self.child.stdout.fileno(), self.child.stdin.fileno()
        ready = select.select([out], [inp] if self.typing else [], [], 300)
        if not any(ready):
            sys.exit("nothing for five minutes; the last words: %r" % self.said[-200:])
        if ready[0]:
            data = os.read(out, 2048 if slowly else 65536)
            if not data:
                sys.exit("the console ended with %s: %r" % (self.child.wait(), self.said[-200:]))
            self.said += data
            if slowly:
                time.sleep(len(data) / SLOW)
        if ready[1]:
            self.typing = self.typing[os.write(inp, self.typing):]

    def expect(self, text, slowly=False):
        """What stands before the text; forgotten together with it."""
        while text not in self.said:
            self.turn(slowly)
        before, self.said = self.said.split(text, 1)
        return before

    def type(self, data):
        self.typing += data


def digest_said(console):
    text = console.expect(b":~# ")
    found = re.search(rb"([0-9a-f]{64})", text)
    return found and found.group(1).decode()


def fetch(console, n):
    console.type(b"send %d\r" % n)
    console.expect(b"begin\r\n")
    while len(console.said) < n:
        console.turn(True)
    data, console.said = console.said[:n], console.said[n:]
    return hashlib.sha256(data).hexdigest() == digest_said(console)


def give(console, n, rng):
    data = rng.randbytes(n)
    console.type(b"recv %d\r" % n)
    console.expect(b"ready\r\n")
    console.type(data)
    console.expect(b"sha256 ")
    console.said = b"sha256 " + console.said
    typed = data.replace(b"\n", b"\r")  # what is piped in is typed: the end of a line is Enter
    return hashlib.sha256(typed).hexdigest() == digest_said(console)


def main():
    seconds, device, base, here, near = sys.argv[1:6]
    rng = random.Random(301)
    for offset in (2, 3):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((here, int(near) + offset))
        listener.listen(4)
        threading.Thread(target=relay, args=(listener, (device, int(base) + offset), offset), daemon=True).start()
    console = Console(sys.argv[6:])
    console.type(b"\r")
    console.expect(b":~# ")
    begin, end = time.monotonic(), time.monotonic() + float(seconds)
    transfers, came, went, restarts = 0, 0, 0, 0
    while time.monotonic() < end or restarts == 0:
        if restarts == 0 and time.monotonic() > (begin + end) / 2:
            console.type(b"reboot\r")
            console.expect(b"reboot\r\n")
            console.expect(b":~# ")
            restarts += 1
        n = rng.choice((1, 100, 5000, 100_000, 400_000))
        m = rng.choice((1, 100, 5000, 100_000))
        if not fetch(console, n):
            sys.exit("%d bytes of the PC came otherwise" % n)
        if not give(console, m, rng):
            sys.exit("%d bytes came to the PC otherwise" % m)
        transfers, came, went = transfers + 2, came + n, went + m
    console.child.stdin.close()
    console.child.wait(300)
    print("%.0f s, %d transfers, %d bytes to us, %d bytes to the PC, %d restarts, %d pieces: all equal" %
          (time.monotonic() - begin, transfers, came, went, restarts, PIECES[0]))


main()
