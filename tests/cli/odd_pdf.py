#!/usr/bin/env python3
"""Writes PDF files as people have them, for the tests of the stamp: odd_pdf.py FOLDER.

Everything is written by hand here, so that what is judged was made by none of the libraries used.
"""
import os
import subprocess
import sys
import zlib


def pdf(objects):
    """A file of numbered objects, the first of which is the catalogue."""
    out = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return with_table(out, places)


def with_table(out, places):
    """Objects numbered from 1 get their table."""
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(places) + 1)
    return out + b"startxref\n%d\n%%%%EOF\n" % start


def stream(data, head=b""):
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), head, data)


FONT = b"<</Font<</F1 4 0 R>>>>"
WORDS = b"BT /F1 14 Tf 40 300 Td (Deliberation du conseil municipal) Tj ET\n"


def pages(*descriptions, catalogue=b"", head=b""):
    """A document whose pages are (attributes, content); `head` tells how contents are packed."""
    kids, bodies = [], []
    for rank, (attributes, content) in enumerate(descriptions):
        kids.append(b"%d 0 R" % (5 + 2 * rank))
        bodies.append(b"<</Type/Page/Parent 2 0 R/Contents %d 0 R%s>>" % (6 + 2 * rank, attributes))
        bodies.append(stream(content, head))
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Count %d/Kids[%s]/Resources 3 0 R/MediaBox[0 0 595 842]>>" %
        (len(kids), b" ".join(kids)),
        FONT,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ] + bodies)


def packed_zeros(count):
    """What inflates to as many MiB of zeros, of which one is compressed here."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    mebibyte = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = ((count << 20) % 65521) << 16 | 1
    return head + mebibyte * count + b"\x03\x00" + checksum.to_bytes(4, "big")


def bombs(folder):
    """Files that a reader inflates to 3 GiB: a page's content, and a stream of objects."""
    twice = zlib.compress(packed_zeros(3 << 10))
    write(folder, "bomb.pdf", pages((b"", twice), head=b"/Filter[/FlateDecode/FlateDecode]"))
    body = b"%PDF-1.6\n"
    places = []
    for number, data in enumerate((
            b"<</Type/Catalog/Pages 2 0 R/Extra 5 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
            stream(twice, b"/Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]")), 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    rows = b"".join(bytes([1]) + place.to_bytes(4, "big") + b"\0" for place in places)
    rows = bytes(6) + rows + bytes([2, 0, 0, 0, 4, 0]) + bytes([1]) + len(body).to_bytes(4, "big") + b"\0"
    write(folder, "nested.pdf", body + b"6 0 obj\n" + stream(
        rows, b"/Type/XRef/Size 7/W[1 4 1]/Root 1 0 R") + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" %
        len(body))


def signed(folder):
    """A document with a detached signature of its own, as ISO 32000-1 § 12.8 has it."""
    room = 8192
    signature = (b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached"
                 b"/ByteRange[0 AAAAAAAAAA BBBBBBBBBB CCCCCCCCCC]/Contents<%s>>>" % (b"0" * room))
    body = pdf([
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[7 0 R]>>>>",
        b"<</Type/Pages/Count 1/Kids[5 0 R]/Resources 3 0 R/MediaBox[0 0 595 842]>>",
        FONT,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Page/Parent 2 0 R/Contents 6 0 R/Annots[7 0 R]>>",
        stream(WORDS),
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Maire)/V 8 0 R/Rect[0 0 0 0]/P 5 0 R/F 132>>",
        signature,
    ])
    begin = body.index(b"/Contents<0") + len(b"/Contents")
    end = begin + room + 2
    for mark, value in ((b"AAAAAAAAAA", begin), (b"BBBBBBBBBB", end),
                        (b"CCCCCCCCCC", len(body) - end)):
        body = body.replace(mark, b"%-10d" % value)
    made = subprocess.run(
        ["openssl", "cms", "-sign", "-binary", "-outform", "DER", "-md", "sha256", "-signer",
         os.path.join(os.environ["CTES_PKI_DIR"], "signer.pem"), "-inkey",
         os.path.join(os.environ["CTES_PKI_DIR"], "signer.key")],
        input=body[:begin] + body[end:], stdout=subprocess.PIPE, check=True).stdout
    digits = made.hex().encode().ljust(room, b"0")
    write(folder, "signed.pdf", body[:begin + 1] + digits + body[end - 1:])


def write(folder, name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def main():
    folder = sys.argv[1]
    a3 = b"/MediaBox[0 0 1191 842]"
    write(folder, "turned.pdf", pages((b"", WORDS), (b"/Rotate 90", WORDS), (b"/Rotate 180", WORDS),
                                      (b"/Rotate 270", WORDS), (b"/Rotate -90", WORDS)))
    write(folder, "cropped.pdf", pages(
        (b"/MediaBox[-100 -50 700 900]/CropBox[20 100 500 700]", WORDS),
        (b"/MediaBox[-100 -50 700 900]/CropBox[20 100 500 700]/Rotate 90", WORDS)))
    write(folder, "sizes.pdf", pages((a3, WORDS), (b"/MediaBox[0 0 420 595]", WORDS),
                                     (b"/MediaBox[0 0 842 595]", WORDS),
                                     (b"/MediaBox[0 0 160 300]", WORDS),
                                     (b"/MediaBox[0 0 300 420]/UserUnit 2", WORDS)))
    write(folder, "unbalanced.pdf", pages(
        (b"", b"0.5 0 0 0.5 0 0 cm q 2 0 0 2 50 50 cm 1 0 0 rg\n" + WORDS),
        (b"", b"0.8 0 0 0.8 40 40 cm Q\n" + WORDS),
        (b"", WORDS + b"BT /F1 9 Tf (never closed"),
        (b"", WORDS + b"0 0 10 10 re W n % a comment without end of line")))
    write(folder, "tiny.pdf", pages((b"/MediaBox[0 0 90 60]", WORDS)))
    write(folder, "plain.pdf", pages((b"", WORDS), (b"", WORDS), (b"", WORDS)))
    plain = pages((b"", WORDS))
    write(folder, "damaged.pdf", plain[:plain.index(b"xref")] + b"startxref\n12\n%%EOF\n")
    write(folder, "field.pdf", pages((b"", WORDS),
                                     catalogue=b"/AcroForm<</Fields[<</FT/S#69g/T(a)>>]>>"))
    signed(folder)
    bombs(folder)


main()
