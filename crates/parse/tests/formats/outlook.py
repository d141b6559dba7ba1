"""A letter of Outlook (MS-OXMSG): streams of properties, a storage for each recipient and attachment."""

import struct

from compound import compound

TEXT, BINARY, LONG, TIME = 0x001F, 0x0102, 0x0003, 0x0040
ROOT, INNER = 32, 8


def properties(values, head):
    """`values`: property number to (type, value). Gives the streams of one storage."""
    streams, table = {}, head
    for number, (kind, value) in values.items():
        if kind == LONG:
            table += struct.pack("<HHIII", kind, number, 6, value, 0)
            continue
        if kind == TIME:
            table += struct.pack("<HHIQ", kind, number, 6, value)
            continue
        data = value.encode("utf-16-le") if kind == TEXT else value
        streams[f"__substg1.0_{number:04X}{kind:04X}"] = data
        table += struct.pack("<HHIII", kind, number, 6, len(data) + (2 if kind == TEXT else 0), 0)
    streams["__properties_version1.0"] = table
    return streams


def letter(subject, sender, receiver, body, attachments, filetime):
    """`sender`, `receiver`: (name, address). `attachments`: (name, media type, bytes)."""
    streams = properties({
        0x001A: (TEXT, "IPM.Note"), 0x0037: (TEXT, subject), 0x0C1A: (TEXT, sender[0]), 0x0C1F: (TEXT, sender[1]),
        0x0E04: (TEXT, receiver[0]), 0x1000: (TEXT, body), 0x0039: (TIME, filetime), 0x340D: (LONG, 0x40000),
    }, bytes(8) + struct.pack("<4I", 1, len(attachments), 1, len(attachments)) + bytes(8))
    streams["__nameid_version1.0"] = {"__substg1.0_00020102": b"", "__substg1.0_00030102": b"", "__substg1.0_00040102": b""}
    streams["__recip_version1.0_#00000000"] = properties({
        0x0C15: (LONG, 1), 0x3001: (TEXT, receiver[0]), 0x3002: (TEXT, "SMTP"), 0x3003: (TEXT, receiver[1]),
        0x39FE: (TEXT, receiver[1]),
    }, bytes(INNER))
    for number, (name, media_type, data) in enumerate(attachments):
        streams[f"__attach_version1.0_#{number:08X}"] = properties({
            0x0E21: (LONG, number), 0x3701: (BINARY, data), 0x3704: (TEXT, name), 0x3705: (LONG, 1),
            0x3707: (TEXT, name), 0x370E: (TEXT, media_type),
        }, bytes(INNER))
    return compound(streams)
