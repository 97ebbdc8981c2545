#!/usr/bin/env python3
"""Runs a command on a terminal of its own and plays a person at its prompts.

usage: prompt_pty.py ROWSxCOLS STEPS COMMAND...

STEPS are "TEXT=DO", with ;; between them: waits until TEXT was said (two minutes), then types DO (escapes as in
Python), or sends the signal when DO is SIG..., or hangs up (HANGUP). Prints what the terminal showed,
then "exit N" (as a shell tells it) and "terminal sane" or the modes that are not as before.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

LIMIT_S = 120  # of what hangs


def modes(fd):
    a = termios.tcgetattr(fd)
    return [a[0] & (termios.ICRNL | termios.IXON), a[1] & termios.OPOST,
            a[3] & (termios.ECHO | termios.ICANON | termios.ISIG | termios.ECHONL)]


def main():
    size, steps, *command = sys.argv[1:]
    rows, cols = map(int, size.split("x"))
    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
    before = modes(slave)

    def own():
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    p = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, preexec_fn=own)  # pylint: disable=subprocess-popen-preexec-fn
    seen, at, hung = b"", 0, False

    def read(seconds):
        nonlocal seen
        if not hung and select.select([master], [], [], seconds)[0]:
            seen += os.read(master, 65536)

    for step in steps.split(";;"):
        text, do = step.split("=", 1)
        end = time.monotonic() + LIMIT_S
        while seen.find(text.encode(), at) < 0 and time.monotonic() < end and p.poll() is None:
            read(0.1)
        at = seen.find(text.encode(), at)
        if at < 0:
            print("never saw '%s'" % text)
            p.kill()
            break
        at += len(text)
        if do.startswith("SIG"):
            p.send_signal(getattr(signal, do))
        elif do == "HANGUP":
            os.killpg(p.pid, signal.SIGHUP)
        else:
            os.write(master, do.encode().decode("unicode_escape").encode("latin1"))
    end = time.monotonic() + LIMIT_S
    while p.poll() is None and time.monotonic() < end:
        read(0.1)
    if p.poll() is None:
        print("it does not end")
        p.kill()
    p.wait()
    after = modes(slave)
    os.close(slave)
    try:  # what was said last may be under way still: up to the end of the line
        while select.select([master], [], [], LIMIT_S)[0]:
            seen += os.read(master, 65536)
    except OSError:
        pass
    print(seen.decode("utf-8", "replace").replace("\r\n", "\n"), end="")
    print("\nexit %d" % (p.returncode if p.returncode >= 0 else 128 - p.returncode))
    print("terminal sane" if after == before else "terminal: %s, was %s" % (after, before))


main()
