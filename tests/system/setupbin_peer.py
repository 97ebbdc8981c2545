"""Writes a setup.bin: setupbin_peer.py OUT VERSION FLAGS MODULE/NUMBER=TEXT|0xHEX... [+ ...], a "+"
begins the next record. Made from the tables of the file format alone; knows no code of the product."""
import struct
import sys

GUIDS = {'1': 'b516fb7187cbf94ab441ca7b383578f9', '2': '96b28158cf6b724c8b91a15e512e99c4',
         '3': 'a7f7f6c689c4f64793ede2e5020da51d', '4': 'aaa93452e129a9448d4d081c07b96353'}


def variable(text):
    name, value = text.split('=', 1)
    module, number = map(int, name.split('/'))
    data = bytes.fromhex(value[2:]) if value.startswith('0x') else value.encode()
    return struct.pack('<HHHH', module, number, len(data), 0) + data + bytes(-len(data) % 4)


out, version, flags = sys.argv[1], sys.argv[2], int(sys.argv[3])
records = [[]]
for word in sys.argv[4:]:
    records.append([]) if word == '+' else records[-1].append(variable(word))
major, _, minor = version.partition('.')
data = bytes.fromhex(GUIDS[major]) + struct.pack(
    '<HHIBBHIIHHHHH', 1, 46, 0, int(major), int(minor or 0), flags, len(records), 0, 1, 0, 1, 2, 0)
data = data.ljust(512, b'\0')
for i, variables in enumerate(records):
    body = b''.join(variables).ljust(488, b'\0')
    data += struct.pack('<IIQHHI', 1, 3, 0, 1, 24, i + 1) + bytes((b + 17) % 256 for b in body)
open(out, 'wb').write(data)
