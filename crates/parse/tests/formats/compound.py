"""Writes compound files (OLE2, MS-CFB version 3), the container of Outlook letters and of old office formats."""

import struct

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT_SECTOR, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


class Directory:
    """Entries of 128 bytes; the children of a storage are a binary tree sorted by length of name, then name."""

    def __init__(self):
        self.entries = []
        self.streams = []

    def add(self, name, kind, content):
        number = len(self.entries)
        entry = {"name": name, "kind": kind, "left": NONE, "right": NONE, "child": NONE, "start": 0, "size": 0}
        self.entries.append(entry)
        if isinstance(content, dict):
            order = sorted(content, key=lambda key: (len(key), key.upper()))
            numbers = [self.add(key, 1 if isinstance(content[key], dict) else 2, content[key]) for key in order]
            entry["child"] = self.tree(numbers)
        else:
            entry["size"] = len(content)
            self.streams.append((number, content))
        return number

    def tree(self, numbers):
        if not numbers:
            return NONE
        middle = len(numbers) // 2
        entry = self.entries[numbers[middle]]
        entry["left"], entry["right"] = self.tree(numbers[:middle]), self.tree(numbers[middle + 1:])
        return numbers[middle]

    def packed(self):
        out = b""
        for entry in self.entries:
            name = (entry["name"] + "\0").encode("utf-16-le")
            out += name.ljust(64, b"\0") + struct.pack("<HBB3I", len(name), entry["kind"], 1, entry["left"],
                                                       entry["right"], entry["child"])
            out += bytes(36) + struct.pack("<IQ", entry["start"], entry["size"])
        while len(out) % SECTOR:
            out += bytes(64) + struct.pack("<HBB3I", 0, 0, 0, NONE, NONE, NONE) + bytes(48)
        return out


def padded(data, size):
    return data + bytes(-len(data) % size)


def chain(table, count):
    """Appends a chain of so many sectors, gives the first."""
    first = len(table)
    table.extend(range(first + 1, first + count))
    table.append(END)
    return first


def compound(storage):
    """`storage`: names to streams (bytes) and storages (dicts)."""
    directory = Directory()
    directory.add("Root Entry", 5, storage)
    fat, mini_fat, sectors, mini = [], [], b"", b""
    for number, content in directory.streams:
        entry = directory.entries[number]
        if not content:
            entry["start"] = END
        elif len(content) < CUTOFF:
            entry["start"] = chain(mini_fat, len(padded(content, MINI)) // MINI)
            mini += padded(content, MINI)
        else:
            entry["start"] = chain(fat, len(padded(content, SECTOR)) // SECTOR)
            sectors += padded(content, SECTOR)

    def place(data, fill=b"\0"):
        nonlocal sectors
        data += fill * (-len(data) % SECTOR)
        start = chain(fat, len(data) // SECTOR)
        sectors += data
        return start

    root = directory.entries[0]
    root["start"], root["size"] = (place(mini), len(mini)) if mini else (END, 0)
    mini_sectors = (len(mini_fat) * 4 + SECTOR - 1) // SECTOR
    mini_start = place(struct.pack(f"<{len(mini_fat)}I", *mini_fat), b"\xff") if mini_fat else END
    directory_start = place(directory.packed())
    count = 1
    while (len(fat) + count) * 4 > count * SECTOR:
        count += 1
    first = len(fat)
    fat += [FAT_SECTOR] * count
    sectors += struct.pack(f"<{len(fat)}I", *fat) + b"\xff" * (count * SECTOR - len(fat) * 4)
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, count, directory_start, 0, CUTOFF, mini_start, mini_sectors, END, 0)
    tables = [first + number for number in range(count)]
    return head + struct.pack("<109I", *(tables + [FREE] * (109 - count))) + sectors
