"""Files of old programs, written byte by byte after the descriptions of their formats.

None of these programs runs any more; what they say is `Mill report`, `Rye rose.` or `Grain`, `Rye` and `42`.
docs/FORMATS.md names their extensions, for such files prove less than what the program itself wrote.
"""

import io
import struct
import zipfile

from compound import compound

HEADING, LINE = b"Mill report", b"Rye rose."
CELLS = [(0, 0, "Grain"), (0, 1, "Tons"), (1, 0, "Rye"), (1, 1, 42)]


def zipped(parts, when=(2024, 1, 2, 3, 4, 4)):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, data in parts.items():
            target.writestr(zipfile.ZipInfo(name, when), data, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def lotus(version):
    """1-2-3 release 3 and later: row, sheet, column; labels with their alignment, numbers as halves."""
    out = record(0, struct.pack("<H", version).ljust(26, b"\0"))
    for row, column, value in CELLS:
        place = struct.pack("<HBB", row, 0, column)
        text = isinstance(value, str)
        out += record(0x16, place + b"'" + value.encode() + b"\0") if text else record(0x18, place + struct.pack("<h", value * 2))
    return out + record(1)


def quattro_dos(version):
    """Quattro Pro for DOS: 1 to 4 (with a byte of format) and 5 (with a style)."""
    out = record(0, struct.pack("<H", version))
    for row, column, value in CELLS:
        place = struct.pack("<BBh", column, 0, row)
        place = b"\xff" + place if version == 0x5120 else place + b"\0\0"
        text = isinstance(value, str)
        out += record(0x0F, place + b"'" + bytes([len(value)]) + value.encode() + b"\0") if text else record(0x0D, place + struct.pack("<h", value))
    return out + record(1)


def quattro_windows(version):
    out = record(0, struct.pack("<H", version))
    for row, column, value in CELLS:
        place = struct.pack("<BBHH", column, 0, row, 0)
        text = isinstance(value, str)
        out += record(0x0F, place + b"'" + value.encode() + b"\0") if text else record(0x0D, place + struct.pack("<h", value))
    return out + record(1)


def quattro_9():
    texts = [value for _, _, value in CELLS if isinstance(value, str)]
    table = struct.pack("<3I", len(texts), 0, 0)
    for text in texts:
        table += struct.pack("<HB", len(text), 0) + text.encode()
    out = record(1, b"QPW9".ljust(14, b"\0")) + record(0x407, table) + record(0x601, b"\0\0")
    for column in (0, 1):
        cells = [value for _, at, value in CELLS if at == column]
        run = struct.pack("<2I", 0, len(cells))
        for value in cells:
            run += struct.pack("<BI", 7, texts.index(value) + 1) if isinstance(value, str) else struct.pack("<Bh", 3, value)
        out += record(0xA01, struct.pack("<H", column)) + record(0xC01, run)
    return compound({"NativeContent_MAIN": out})


def wordperfect(major):
    """5: plain characters and line ends. 6: a space and a hard end of line are functions."""
    text = HEADING + b"\n" + LINE + b"\n"
    if major == 2:
        text = text.replace(b" ", b"\x80").replace(b"\n", b"\xcc")
    start = 0x200 if major == 2 else 16 + 10
    head = b"\xffWPC" + struct.pack("<IBBBBHH", start, 1, 10, major, 1, 0, 0x10 if major == 2 else 16)
    return head.ljust(start, b"\0") + text


def works_for_dos():
    text = HEADING + b"\r\n" + LINE + b"\r\n"
    end = 0x100 + len(text)
    head = b"\x01\xfe".ljust(0x1A, b"\0") + struct.pack("<4i", 0x100, 0x100, 0x100, end) + struct.pack("<I", end)
    return head.ljust(0x100, b"\0") + text


def mac_write():
    block = struct.pack(">H", len(HEADING) + 1) + HEADING + b"\r" + b"\0\0"
    second = struct.pack(">H", len(LINE) + 1) + LINE + b"\r" + b"\0\0"
    head = struct.pack(">5H", 3, 0x100, 2, 0, 0).ljust(0x100, b"\0")
    return head + b"".join(struct.pack(">HH", 1, len(data)) + data for data in (block, second))


def word_for_mac():
    text = HEADING + b"\r" + LINE + b"\r"
    head = struct.pack(">HH", 0xFE34, 0).ljust(14, b"\0") + struct.pack(">I", 0x100 + len(text))
    return head.ljust(0x100, b"\0") + text


def claris_works():
    text = HEADING + b"\r" + LINE
    zone = bytearray(30)
    zone[12], zone[15] = 1, 1
    zone[20:26] = struct.pack(">IH", len(text), 1)
    data = b"DSET" + struct.pack(">I", len(zone)) + bytes(zone) + bytes(16) + struct.pack(">I", len(text)) + text
    return (b"\x01\0\0\0BOBO").ljust(300, b"\0") + data


def word_pro():
    """A store of objects: a story in the layout of a page, with two paragraphs, and the index."""
    ident = lambda serial: struct.pack("<BIH", 0, 1 if serial else 0, serial)
    thing = lambda kind, serial, data: struct.pack("<HB", kind, 0x24) + ident(serial) + b"\0" + struct.pack("<H", len(data)) + data
    nothing = ident(0)

    def paragraph(serial, following, text):
        run = struct.pack("<BBH", 2, 0, len(text)) + text + b"\0"
        return thing(0, serial, ident(following) + nothing + b"\1" + b"\0\0" + nothing + ident(1) + run)

    story = nothing * 4 + struct.pack("<HH", 2, 0) + ident(2) + nothing + b"\0\0" * 2 + struct.pack("<HH", 2, 0)
    story += nothing * 2 + b"\0" + b"\0\0" + ident(3)
    objects = [thing(13, 1, story), thing(143, 2, b"\0\0"), paragraph(3, 4, HEADING), paragraph(4, 0, LINE)]
    head = b"LWP7" + bytes(26) + struct.pack("<HH", 9, 0x0B) + bytes(6) + struct.pack("<IH", 1, 0)
    at, offsets = len(head) + 4, []
    for data in objects:
        offsets.append(at)
        at += len(data)
    index = struct.pack("<HIH", len(objects), 1, 1) + bytes(len(objects) - 1) + struct.pack(f"<{len(objects)}I", *offsets) + b"\0\0"
    return b"WordPro\0".ljust(16, b"\0") + head + struct.pack("<I", at) + b"".join(objects) + thing(0xFFFB, 9, index)


def hangul():
    def tagged(tag, level, data):
        return struct.pack("<I", tag | level << 10 | len(data) << 20) + data

    body = b""
    for text in (HEADING, LINE):
        units = (text.decode() + "\r").encode("utf-16-le")
        body += tagged(66, 0, struct.pack("<IIHBBHHHI", len(units) // 2, 0, 0, 0, 0, 1, 0, 0, 0)) + tagged(67, 1, units)
        body += tagged(68, 1, bytes(8))
    about = tagged(21, 0, bytes(72)) + tagged(25, 0, bytes(54))
    head = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000300, 0)
    return compound({"FileHeader": head.ljust(256, b"\0"), "DocInfo": about, "BodyText": {"Section0": body}})


def hangul_xml():
    spaces = 'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" ' \
             'xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"'
    paragraphs = "".join(f"<hp:p><hp:run><hp:t>{text.decode()}</hp:t></hp:run></hp:p>" for text in (HEADING, LINE))
    return zipped({
        "mimetype": "application/hwp+zip",
        "Contents/content.hpf": '<opf:package xmlns:opf="http://www.idpf.org/2007/opf/"><opf:manifest><opf:item id="section0" '
                                'href="Contents/section0.xml" media-type="application/xml"/></opf:manifest><opf:spine>'
                                '<opf:itemref idref="section0"/></opf:spine></opf:package>',
        "Contents/header.xml": f"<hh:head {spaces}/>",
        "Contents/section0.xml": f"<hs:sec {spaces}>{paragraphs}</hs:sec>",
    })


def star_writer():
    thing = lambda kind, data: kind + (len(data) + 4).to_bytes(3, "little") + data
    text = lambda line: thing(b"T", b"\x02\0\0" + struct.pack("<H", len(line)) + line)
    body = thing(b"N", b"\x04\0\0\0\0" + text(HEADING) + text(LINE))
    return compound({"StarWriterDocument": b"SW5HDR\0\0" + body})


def star_draw():
    outline = b"\x2d\x01\0\0\0" + struct.pack("<H", 2)
    for line in (HEADING, LINE):
        outline += struct.pack("<H", len(line)) + line + struct.pack("<H", 3) + b"std\xfe\xaf" + struct.pack("<HHI", 1, 0x0F9D, 0) + b"\0\0"
    page = b"DrObxV4B1\0" + struct.pack("<I", len(outline)) + outline
    return compound({"StarDrawDocument3": b"DrPg" + struct.pack("<HI", 0x0C, len(page) + 10) + page})


def metafile():
    """CGM, the binary encoding."""
    string = lambda text: bytes([len(text)]) + text

    def element(kind, number, data=b""):
        head = kind << 12 | number << 5
        size = struct.pack(">H", head | len(data)) if len(data) < 31 else struct.pack(">HH", head | 31, len(data))
        return size + data + bytes(len(data) % 2)

    text = lambda x, y, line: element(4, 4, struct.pack(">hhH", x, y, 1) + string(line))
    out = element(0, 1, string(b"mill")) + element(1, 1, b"\0\1") + element(1, 11, struct.pack(">Hhh", 1, -1, 1))
    out += element(0, 3, string(b"one")) + element(2, 6, struct.pack(">4h", 0, 0, 1000, 1000)) + element(0, 4)
    return out + text(100, 800, HEADING) + text(100, 600, LINE) + element(0, 5) + element(0, 2)


def djvu():
    """A blank page of 300 dots an inch with a layer of text: the page and its two paragraphs."""
    text = HEADING + b"\n\n" + LINE + b"\n"

    def zone(kind, box, start, length, children):
        return struct.pack(">B4H", kind, *(value + 0x8000 for value in box)) + struct.pack(">H", start + 0x8000) \
            + length.to_bytes(3, "big") + children.to_bytes(3, "big")

    chunk = lambda name, data: name + struct.pack(">I", len(data)) + data + bytes(len(data) % 2)
    layer = len(text).to_bytes(3, "big") + text + b"\1" + zone(1, (0, 0, 600, 400), 0, len(text), 0)
    info = struct.pack(">HHBB", 600, 400, 24, 0) + struct.pack("<H", 300) + b"\x16\1"
    form = b"DJVU" + chunk(b"INFO", info) + chunk(b"TXTa", layer)
    return b"AT&TFORM" + struct.pack(">I", len(form)) + form


IWORK = 'xmlns:sf="http://developer.apple.com/namespaces/sf" xmlns:sfa="http://developer.apple.com/namespaces/sfa"'


def pages():
    """Pages '09: the document as XML."""
    text = "".join(f"<sf:p>{line.decode()}</sf:p>" for line in (HEADING, LINE))
    return zipped({"index.xml": f'<?xml version="1.0"?><sl:document xmlns:sl="http://developer.apple.com/namespaces/sl" {IWORK}>'
                                f'<sf:text-storage sf:kind="body"><sf:text-body>{text}</sf:text-body></sf:text-storage></sl:document>'})


def keynote():
    """Keynote '09."""
    holder = lambda kind, number, line: f'<key:{kind}-placeholder sfa:ID="{number}"><sf:geometry><sf:position sfa:x="0" sfa:y="{number * 200}"/>' \
        f'</sf:geometry><sf:text-storage><sf:text-body><sf:p>{line.decode()}</sf:p></sf:text-body></sf:text-storage></key:{kind}-placeholder>'
    return zipped({"index.apxl": f'<?xml version="1.0"?><key:presentation xmlns:key="http://developer.apple.com/namespaces/keynote2" {IWORK}>'
                                 f'<key:slide-list><key:slide>{holder("title", 1, HEADING)}{holder("body", 2, LINE)}'
                                 "</key:slide></key:slide-list></key:presentation>"})


def numbers():
    """Numbers of 2013 and later: messages of protocol buffers, in blocks of Snappy that hold them as they are."""
    def number(value):
        out = b""
        while value > 127:
            out, value = out + bytes([value & 127 | 128]), value >> 7
        return out + bytes([value])

    field = lambda at, data: number(at << 3 | 2) + number(len(data)) + data
    value = lambda at, data: number(at << 3) + number(data)
    link = lambda at, ident: field(at, value(1, ident))

    def archive(ident, kind, payload):
        about = value(1, ident) + field(2, value(1, kind) + value(3, len(payload)))
        return number(len(about)) + about + payload

    cells = b"".join(field(3, value(1, at) + field(3, str(cell).encode())) for at, (_, _, cell) in enumerate(CELLS, 1))
    stream = archive(1, 1, link(1, 2)) + archive(2, 2, field(1, b"Sheet") + link(2, 3)) + archive(3, 6000, link(2, 4))
    stream += archive(4, 6001, field(4, link(4, 5)) + field(8, b"Table")) + archive(5, 6005, value(1, 1) + cells)
    block = number(len(stream)) + b"\xf4" + struct.pack("<H", len(stream) - 1) + stream
    return zipped({"Index/Document.iwa": b"\0" + len(block).to_bytes(3, "little") + block})


def visio():
    main = "http://schemas.microsoft.com/office/visio/2012/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = lambda kind, target: f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships"><Relationship Id="rId1" ' \
        f'Type="http://schemas.microsoft.com/visio/2010/relationships/{kind}" Target="{target}"/></Relationships>'
    cells = lambda y: "".join(f'<Cell N="{name}" V="{value}"/>' for name, value in
                              {"PinX": 4, "PinY": y, "Width": 3, "Height": 1, "LocPinX": 1.5, "LocPinY": 0.5}.items())
    shape = lambda number, y, text: f'<Shape ID="{number}" Type="Shape">{cells(y)}<Section N="Geometry" IX="0"><Row T="RelMoveTo" IX="1">' \
        f'<Cell N="X" V="0"/><Cell N="Y" V="0"/></Row><Row T="RelLineTo" IX="2"><Cell N="X" V="1"/><Cell N="Y" V="0"/></Row></Section>' \
        f'<Text>{text.decode()}</Text></Shape>'
    kinds = "application/vnd.ms-visio"
    return zipped({
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{package}/content-types"><Default Extension="rels" '
                               'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
                               f'ContentType="application/xml"/><Override PartName="/visio/document.xml" ContentType="{kinds}.drawing.main+xml"/>'
                               f'<Override PartName="/visio/pages/pages.xml" ContentType="{kinds}.pages+xml"/><Override '
                               f'PartName="/visio/pages/page1.xml" ContentType="{kinds}.page+xml"/></Types>',
        "_rels/.rels": relation("document", "visio/document.xml"),
        "visio/document.xml": f'<?xml version="1.0"?><VisioDocument xmlns="{main}"/>',
        "visio/_rels/document.xml.rels": relation("pages", "pages/pages.xml"),
        "visio/pages/pages.xml": f'<?xml version="1.0"?><Pages xmlns="{main}" xmlns:r="{office}"><Page ID="0" NameU="Page-1" Name="Page-1">'
                                 '<PageSheet><Cell N="PageWidth" V="8.5"/><Cell N="PageHeight" V="11"/></PageSheet><Rel r:id="rId1"/></Page></Pages>',
        "visio/pages/_rels/pages.xml.rels": relation("page", "page1.xml"),
        "visio/pages/page1.xml": f'<?xml version="1.0"?><PageContents xmlns="{main}"><Shapes>{shape(1, 8, HEADING)}{shape(2, 5, LINE)}</Shapes></PageContents>',
    })


def binary_workbook():
    """Excel's binary workbook: records with a number of one or two bytes and a length."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def thing(kind, data=b""):
        return (bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])) + bytes([len(data)]) + data

    wide = lambda text: struct.pack("<I", len(text)) + text.encode("utf-16-le")
    sheet = thing(129) + thing(148, struct.pack("<4I", 0, 1, 0, 1)) + thing(145)
    for row in (0, 1):
        sheet += thing(0, struct.pack("<IIHHBI", row, 0, 300, 0, 0, 1) + struct.pack("<II", 0, 1))
        for at, column, value in CELLS:
            if at == row:
                text = isinstance(value, str)
                sheet += thing(6 if text else 5, struct.pack("<II", column, 0) + (wide(value) if text else struct.pack("<d", value)))
    sheet += thing(146) + thing(130)
    book = thing(131) + thing(143) + thing(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Sheet")) + thing(144) + thing(132)
    relation = lambda kind, target: f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships"><Relationship Id="rId1" ' \
        f'Type="{office}/{kind}" Target="{target}"/></Relationships>'
    return zipped({
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{package}/content-types"><Default Extension="rels" '
                               'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" '
                               'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/><Override '
                               'PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/></Types>',
        "_rels/.rels": relation("officeDocument", "xl/workbook.bin"),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relation("worksheet", "worksheets/sheet1.bin"),
        "xl/worksheets/sheet1.bin": sheet,
    })


def files():
    """Extension to bytes."""
    return {
        "wk3": lotus(0x1000), "wk4": lotus(0x1002), "wq1": quattro_dos(0x5120), "wq2": quattro_dos(0x5121),
        "wb1": quattro_windows(0x1001), "wb2": quattro_windows(0x1002),
        "wb3": compound({"PerfectOffice_MAIN": quattro_windows(0x1007)}), "qpw": quattro_9(),
        "wp5": wordperfect(0), "wpd": wordperfect(2), "wps": works_for_dos(),
        "mw": mac_write(), "mcw": word_for_mac(), "cwk": claris_works(), "lwp": word_pro(), "hwp": hangul(),
        "hwpx": hangul_xml(), "sdw": star_writer(), "sda": star_draw(), "cgm": metafile(), "djvu": djvu(),
        "pages": pages(), "key": keynote(), "numbers": numbers(), "vsdx": visio(), "xlsb": binary_workbook(),
    }
