#!/usr/bin/env python3
"""Make a clean VHDX image dirty, so that replay of its log gives back what it was.

    dirty_image.py IMAGE [ENTRIES [OFFSET [NUMBER [SIZE]]]]

The first sectors of the block allocation table go into the log, one in each entry (1 unless
ENTRIES says otherwise), and are overwritten with zeros in the table; with OFFSET (and not "-"), those
at that place of the file instead. The current header gets a LogGuid, and NUMBER (and not "-") as its
sequence number. Replay makes the file SIZE bytes long, if it is shorter. What lies in the log already stays there."""
import struct
import sys

MIB = 1 << 20
SECTOR = 4096


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def table_entry(n):
    for _ in range(8):
        n = (n >> 1) ^ (0x82F63B78 if n & 1 else 0)
    return n


TABLE = [table_entry(n) for n in range(256)]


def sealed(data):
    """With the checksum in its place, bytes 4 to 7."""
    data = data[:4] + bytes(4) + data[8:]
    return data[:4] + struct.pack("<I", crc32c(data)) + data[8:]


def bat_offset(f):
    f.seek(192 << 10)
    table = f.read(64 << 10)
    for at in range(16, 16 + 32 * struct.unpack_from("<I", table, 8)[0], 32):
        if table[at:at + 4] == struct.pack("<I", 0x2DC27766):
            return struct.unpack_from("<Q", table, at + 16)[0]
    raise SystemExit("no block allocation table")


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    guid = bytes(range(0x41, 0x51))
    with open(sys.argv[1], "r+b") as f:
        headers = []
        for at in (64 << 10, 128 << 10):
            f.seek(at)
            headers.append((struct.unpack_from("<Q", (h := f.read(SECTOR)), 8)[0], at, h))
        _, at, header = max(headers)
        log_offset = struct.unpack_from("<Q", header, 72)[0]
        size = f.seek(0, 2) // MIB * MIB
        bat = int(sys.argv[3]) if sys.argv[3:4] not in ([], ["-"]) else bat_offset(f)
        for i in range(count):
            f.seek(bat + i * SECTOR)
            data = f.read(SECTOR)
            f.seek(bat + i * SECTOR)
            f.write(bytes(SECTOR))
            number = 1000 + i
            entry = struct.pack("<4sIIIQII16sQQ", b"loge", 0, 2 * SECTOR, 0, number, 1, 0, guid,
                                size, max([size, *map(int, sys.argv[5:6])]))
            entry += struct.pack("<4s4s8sQQ", b"desc", data[-4:], data[:8], bat + i * SECTOR, number)
            entry += bytes(SECTOR - len(entry))
            entry += struct.pack("<4sI", b"data", number >> 32) + data[8:-4]
            entry += struct.pack("<I", number & 0xFFFFFFFF)
            f.seek(log_offset + i * 2 * SECTOR)
            f.write(sealed(entry))
        if sys.argv[4:5] not in ([], ["-"]):
            header = header[:8] + struct.pack("<Q", int(sys.argv[4])) + header[16:]
        f.seek(at)
        f.write(sealed(header[:48] + guid + header[64:]))


main()
