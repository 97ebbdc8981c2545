"""Whatever may come to a hello port. Used by the 095*.t scripts: hello_peer.py PORT SUBCOMMAND ...
Sockets only; knows the layout of a hello (wire/hello.h) and no code of the product."""
import random
import resource
import selectors
import socket
import struct
import sys
import time

PORT = int(sys.argv[1])


def smbios(uuid):
    b = bytes.fromhex(uuid.replace('-', ''))
    return b[3::-1] + b[5:3:-1] + b[7:5:-1] + b[8:]


def psk(uuid, pid, retry=0):
    return struct.pack('<HHI', 0, 2, retry) + smbios(uuid) + pid.encode()


def pki(uuid, retry=0, hashes=2, count=None):
    body = b''.join(b'\x02\x20' + bytes([i]) * 32 for i in range(hashes))
    n = hashes if count is None else count
    return struct.pack('<HHI', 1, 3, retry) + smbios(uuid) + bytes([n]) + body


def connect(source='127.0.0.1'):
    s = socket.socket()
    s.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
    s.bind((source, 0))
    s.settimeout(120)
    s.connect(('127.0.0.1', PORT))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def say(pieces, source='127.0.0.1'):
    """Sends the pieces and FIN, waits for the end of the other side."""
    s = connect(source)
    try:
        for i, p in enumerate(pieces):
            if i:
                time.sleep(0.003)
            s.sendall(p)
        s.shutdown(socket.SHUT_WR)
        while s.recv(4096):
            pass
    except OSError:  # reset: it has heard enough
        pass
    s.close()


def source(i):
    return '127.95.%d.%d' % (i // 200, i % 200 + 1)


UUID = '4c4c4544-0043-4210-8058-b2c04f3%05x'


def truncated():
    whole = pki(UUID % 1)
    for n in range(1, len(whole)):
        say([whole[:n]], source(n))
    whole = psk(UUID % 1, 'ABCDEFGH')
    for n in range(1, len(whole)):
        say([whole[:n]], source(n))
    print(len(pki(UUID % 1)) + len(whole) - 2)


def split():
    n = 0
    for k, make in enumerate((lambda r: pki(UUID % 2, r), lambda r: psk(UUID % 3, 'ABCDEFGH', r))):
        for at in range(1, len(make(0))):
            whole = make(at)
            say([whole[:at], whole[at:]], source(k))
            time.sleep(0.012)  # the limit of one source is 100 in a second
            n += 1
    print(n)


def bad():
    rng = random.Random(1)
    rows = [
        b'\x00\x00\x01\x00' + bytes(28),                       # unknown version
        b'\x02\x00\x03\x00' + bytes(30),                       # AdminCredentialsSet 2
        pki(UUID % 4, count=200),                              # hashes that do not come
        pki(UUID % 4, count=255) + b'\x02\x20' * 10000,        # and do not end
        pki(UUID % 4, hashes=255),                             # larger than any hello may be
        psk(UUID % 4, 'abcd-efg'),                             # no PID
        pki(UUID % 4)[:25] + b'\x02\x1f' + bytes(31) * 2,      # a hash of a wrong length
        b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',       # TLS
        b'SSH-2.0-scan\r\n',
        bytes(100000),
        b'\xff' * 100000,
    ] + [rng.randbytes(rng.randrange(4, 9000)) for _ in range(50)]
    for i, row in enumerate(rows):
        say([row], source(500 + i))
    print(len(rows))


def silent(count, sources, hold):
    """Opens count connections that never say a byte, then tells so and waits for a line."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100,) * 2)
    kept = []
    for i in range(count):
        kept.append(connect('127.96.%d.%d' % (i % sources // 200, i % sources % 200 + 1)))
    print('open', flush=True)
    if hold:
        sys.stdin.readline()
    ended = 0
    sel = selectors.DefaultSelector()
    for s in kept:
        sel.register(s, selectors.EVENT_READ)
    until = time.monotonic() + 300  # ends what hangs
    while ended < count and time.monotonic() < until:
        for key, _ in sel.select(1):
            sel.unregister(key.fileobj)
            key.fileobj.close()
            ended += 1
    print('ended', ended)


def main():
    what, args = sys.argv[2], sys.argv[3:]
    if what == 'truncated':
        truncated()
    elif what == 'split':
        split()
    elif what == 'bad':
        bad()
    elif what == 'silent':
        silent(int(args[0]), int(args[1]), len(args) > 2)
    elif what == 'psk':
        say([psk(args[0], args[1], int(args[2]))], args[3])
    else:
        say([pki(args[0], int(args[1]))], args[2])


main()
