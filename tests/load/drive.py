"""Drives one load run (tests/load/load.sh): asks the service for its status all the time, takes
virtual PCs back to setup so that they say hello again, moves them to other addresses, and judges
the figures at the end. Prints a line in ten seconds and a summary; exit status 1: a limit broke."""
import glob
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time

DEVICES, MINUTES, CHURN, WORKERS = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
SERVICE_PID, STATUS_MS, OUTBAND = sys.argv[5], float(sys.argv[6]), os.environ['OUTBAND']
START = time.monotonic()
WARM_S = 300 if MINUTES > 8 else MINUTES * 60 / 4
CACHES_KIB = (65536, 8192)  # of the writer and the reader: src/store/sql.h
ask_ms, samples, lock = [], [], threading.Lock()
status = {}


def ctl(line):
    s = socket.socket(socket.AF_UNIX)
    s.connect('ctl')
    s.sendall(line.encode() + b'\n')
    data = b''
    while not (data.endswith(b'\nok\n') or data == b'ok\n' or b'error ' in data):
        more = s.recv(65536)
        if not more:
            break
        data += more
    s.close()
    if b'error ' in data:
        sys.exit('sim ctl %s: %s' % (line, data.decode()))
    return data.decode()


def cache_kib():
    """What the caches of the database may hold by now: pages of it, up to their limits."""
    size = sum(os.path.getsize(f) for f in glob.glob('data/outband.db*')) // 1024
    return sum(min(size, limit) for limit in CACHES_KIB)


def ask():
    """One `outband status`, as an operator would."""
    global status
    t = time.monotonic()
    p = subprocess.run([OUTBAND, 'status', '--json'], capture_output=True, timeout=60, check=False)
    ms = (time.monotonic() - t) * 1000
    if p.returncode:
        sys.exit('outband status: %s' % p.stderr.decode())
    status = json.loads(p.stdout)
    with open('/proc/%s/status' % SERVICE_PID, encoding='ascii') as f:
        rss = int(next(line.split()[1] for line in f if line.startswith('VmRSS')))
    if ms > 700:
        print('%6.1f s  a status took %.0f ms' % (time.monotonic() - START, ms), flush=True)
    with lock:
        ask_ms.append(ms)
        samples.append((time.monotonic() - START, status['hellos']['received'], rss, rss - cache_kib()))


def asking(stop):
    while not stop.is_set():
        ask()
        stop.wait(0.25)


def in_setup():
    return sum(1 for line in ctl('list').splitlines() if ' state=' in line and
               ' state=configured ' not in line)


def tell(text):
    h, j = status['hellos'], status['jobs']
    print('%6.1f s  %-22s configured=%d queued=%d running=%d delayed=%d hellos=%d malformed=%d refused=%d '
          'open=%d dropped=%d held=%d rss=%d KiB status=%.0f ms'
          % (time.monotonic() - START, text, status['devices']['configured'], j['queued'], j['running'],
             j['delayed'], h['received'], h['malformed'], h['refused'], h['open'], h['dropped'], h['held'],
             samples[-1][2], ask_ms[-1]), flush=True)


def until_configured(text, limit_s):
    end, told = time.monotonic() + limit_s, 0
    while True:
        left = in_setup()
        if time.monotonic() - told > 10:
            told = time.monotonic()
            tell('%s, %d left' % (text, left))
        if not left and status['devices']['configured'] == DEVICES:
            return True
        if time.monotonic() > end:
            tell('%s: NOT DONE' % text)
            return False
        time.sleep(1)


def change_workers():
    """10, many, 1 and back while jobs run; how long until no more jobs are at work than that."""
    slowest = 0
    for n in ('10', '1000', '1', WORKERS):
        subprocess.run([OUTBAND, 'setting', 'set', 'workers', n], stdout=subprocess.DEVNULL, check=True)
        t = time.monotonic()
        while time.monotonic() - t < 20:
            if status['workers']['limit'] == int(n) and status['workers']['running'] <= int(n):
                break
            time.sleep(0.05)
        took = time.monotonic() - t
        slowest = max(slowest, took)
        time.sleep(max(0, 3 - took))
        print('%6.1f s  workers=%s: %d at work, after %.1f s at most so many'
              % (time.monotonic() - START, n, status['workers']['running'], took), flush=True)
    return slowest


def churn(end):
    rng, at, told = random.Random(1), 0, time.monotonic()
    while time.monotonic() < end:
        t = time.monotonic()
        for _ in range(CHURN):
            i, at = at, (at + 1) % DEVICES
            if rng.random() < 0.5:
                ctl('move %d 127.%d.%d.%d' % (i, rng.randrange(140, 200), rng.randrange(256),
                                              rng.randrange(1, 255)))
            ctl('state %d factory' % i)
            ctl('state %d setup-pki' % i)
        if t - told > 10:
            told = t
            tell('churn')
        time.sleep(max(0, 1 - (time.monotonic() - t)))


def slope():
    """KiB of RSS in 1,000 hellos, least squares over the lowest figure of each minute after the
    warm-up: what is in flight comes and goes, what leaks stays. Without the caches of the database,
    which few PCs fill slowly."""
    floors = {}
    for t, h, _, rss in samples:
        if t > WARM_S:
            floors[int(t / 60)] = min(floors.get(int(t / 60), (rss, h)), (rss, h))
    rows = [(h / 1000, rss) for rss, h in floors.values()]
    if len(rows) < 5:
        return None
    mx, my = (sum(r[k] for r in rows) / len(rows) for k in (0, 1))
    return sum((x - mx) * (y - my) for x, y in rows) / sum((x - mx) ** 2 for x, _ in rows)


def main():
    stop = threading.Event()
    ask()
    t = threading.Thread(target=asking, args=(stop,), daemon=True)
    t.start()
    heard = None
    while heard is None and time.monotonic() - START < 120:
        fleet = dict(f.split('=', 1) for f in ctl('fleet').split() if '=' in f)
        if int(fleet['hellos_sent']) >= DEVICES:
            heard = time.monotonic() - START
        time.sleep(0.1)
    print('all %d hellos sent after %.1f s, %s failed' % (DEVICES, heard or -1, fleet['hellos_failed']), flush=True)
    workers_s = change_workers()
    ok = until_configured('first configuration', max(600, DEVICES / 10))
    print('all configured after %.1f s' % (time.monotonic() - START), flush=True)
    failed = status['figures']['jobs_failed']
    end = START + MINUTES * 60
    churn(end)
    ok = until_configured('after the churn', 600) and ok
    stop.set()
    t.join()
    k = slope()
    worst = max(ask_ms)
    peak = max(s[2] for s in samples)
    print('summary: devices=%d hellos=%d all_configured=%s first_tries_failed=%d status_max_ms=%.0f status_asked=%d '
          'workers_followed_s=%.1f rss_peak_kib=%d rss_end_kib=%d rss_slope_kib_per_1000_hellos=%s cpu_ms=%d'
          % (DEVICES, status['hellos']['received'], ok, failed, worst, len(ask_ms), workers_s, peak,
             samples[-1][2], 'none' if k is None else '%.3f' % k, status['figures']['cpu_ms']), flush=True)
    broken = []
    if not ok:
        broken.append('not all were configured')
    if worst > STATUS_MS:
        broken.append('a status took %.0f ms' % worst)
    if MINUTES > 8 and (k is None or k > 1):
        broken.append('the memory grows: %s KiB in 1,000 hellos' % k)
    for b in broken:
        print('BROKEN: ' + b)
    sys.exit(1 if broken else 0)


main()
