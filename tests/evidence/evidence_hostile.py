"""Files that want to keep their reader busy, fill its memory or make it fail."""

import zlib

from PIL import ExifTags

from tests.evidence.evidence_pictures import (
    exif,
    jpeg_segment,
    jpeg_with,
    png_chunk,
    png_with,
    saved,
    user_comment,
    xmp,
    xmp_attribute,
)

MEGABYTE = 1 << 20

_BOMB = zlib.compress(b"0" * (64 * MEGABYTE), 9)
_ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "made with google ai">'
    + b"".join(b'<!ENTITY %c "%s">' % (97 + level, b"&%c;" % (96 + level) * 10) for level in range(1, 20))
    + b"]>"
)
_TIFF_LOOP = b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\0\0\0\0"


def _boxes(depth: int) -> bytes:
    box = b""
    for _ in range(depth):
        box = (len(box) + 8).to_bytes(4, "big") + b"jumb" + box
    return box


HOSTILE: dict[str, bytes] = {
    "nothing at all": b"",
    "one byte": b"\xff",
    "JPEG of one marker": b"\xff\xd8\xff",
    "PNG of a signature": b"\x89PNG\r\n\x1a\n",
    "PNG of endless small chunks": b"\x89PNG\r\n\x1a\n" + png_chunk(b"tEXt", b"a\0b") * (4 * MEGABYTE // 15),
    "PNG with a chunk larger than the file": b"\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXtSoftware\0GIMP",
    "PNG with a text that inflates to 64 MB": png_with(png_chunk(b"zTXt", b"parameters\0\0" + _BOMB)),
    "PNG with many texts that inflate": png_with(*[png_chunk(b"zTXt", b"Software\0\0" + _BOMB)] * 50),
    "PNG with damaged packed texts": png_with(
        png_chunk(b"zTXt", b"Software\0\0garbage"),
        png_chunk(b"zTXt", b"Software\0\0" + zlib.compress(b"GIMP")[:-3]),
        png_chunk(b"zTXt", b"Software\0\x01" + zlib.compress(b"GIMP")),
        png_chunk(b"iTXt", b"Software\0\x01\0\0"),
        png_chunk(b"iTXt", b"\0\0\0\0\0"),
    ),
    "PNG with more behind a packed text": png_with(
        png_chunk(b"zTXt", b"Software\0\0" + zlib.compress(b"GIMP") + b"more")
    ),
    "PNG with raw profiles that are none": png_with(
        png_chunk(b"tEXt", b"Raw profile type exif\0\nexif\n5\nzz"),
        png_chunk(b"tEXt", b"Raw profile type xmp\0nothing"),
        png_chunk(b"tEXt", b"Raw profile type 8bim\0\n8bim\n4\n38424"),
    ),
    "text of eight megabytes": png_with(png_chunk(b"tEXt", b"parameters\0" + b"steps: 1, " * (8 * MEGABYTE // 10))),
    "entities that multiply": saved("JPEG", xmp=_ENTITIES + xmp_attribute("photoshop:Credit", "&s;")),
    "references to characters that are none": saved(
        "JPEG", xmp=xmp_attribute("photoshop:Credit", "&#0;&#xD800;&#x110000;&#128;&nbsp;&#77;ade with google ai&#x21;")
    ),
    "XMP of unclosed tags": saved("JPEG", xmp=b"<" * 60000),
    "XMP of unclosed quotes": saved("JPEG", xmp=b"<a b='" * 10000),
    "XMP of equals signs": saved("JPEG", xmp=b"<a " + b"=" * 60000 + b">"),
    "XMP of one long name": saved("JPEG", xmp=b"<" + b"a" * 60000 + b">"),
    "XMP of nested tags": saved("JPEG", xmp=b"<i:Credit>" * 6000),
    "XMP that ends in a comment": saved("JPEG", xmp=b"<!-- <a Credit='made with google ai'/> "),
    "XMP that is no UTF-8": saved("JPEG", xmp=xmp_attribute("photoshop:Credit", "x") + b"\xff\xfe\xed\xa0\x80"),
    "JPEG filled with fill bytes": b"\xff\xd8" + b"\xff" * (4 * MEGABYTE),
    "JPEG with an empty segment": jpeg_with(b"\xff\xe1\0\0"),
    "JPEG with a segment cut off": jpeg_with(jpeg_segment(0xFE, b"made with ai"))[:10],
    "JPEG with image resources cut off": jpeg_with(
        jpeg_segment(
            0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\xff\xff\xff\xff\x1c\x02n\x00\xffMade with Google AI"
        ),
        jpeg_segment(0xED, b"Photoshop 3.0\x008BIM\x04"),
    ),
    "EXIF that points at itself": jpeg_with(jpeg_segment(0xE1, b"Exif\0\0" + _TIFF_LOOP)),
    "EXIF of a TIFF header": jpeg_with(jpeg_segment(0xE1, b"Exif\0\0MM\0*")),
    "EXIF with values outside": jpeg_with(
        jpeg_segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\x01\0\x31\x01\x02\0\xff\xff\xff\xff\xff\xff\xff\xff")
    ),
    "comment in UTF-16 cut in a character": saved(
        "JPEG",
        exif=exif({}, {ExifTags.Base.UserComment: user_comment("Steps: 1, Seed: 2 \U0001f600", "utf-16-le")[:-3]}),
    ),
    "nested JUMBF boxes": png_with(png_chunk(b"caBX", _boxes(20000))),
    "JUMBF box of no size": png_with(png_chunk(b"caBX", b"\0\0\0\0jumb" * 1000)),
    "JUMBF of noise": jpeg_with(jpeg_segment(0xEB, b"JP\0\x01\0\0\0\x01\0\0\0\x40jumb" + b"c2pa" * 4000)),
    "GIF that ends in a sub-block": saved("GIF")[:-1] + b"\x21\xfe\xff",
    "GIF of endless sub-blocks": saved("GIF")[:-1] + b"\x21\xfe" + b"\x01a" * (2 * MEGABYTE),
    "AVIF of endless boxes": b"\0\0\0\x0cftypavif" + b"\0\0\0\x08free" * (MEGABYTE // 2),
    "AVIF with a box of no size": b"\0\0\0\x0cftypavif" + b"\0\0\0\x01meta\0\0\0\0\0\0\0\0",
    "AVIF with items that are not there": b"\0\0\0\x0cftypavif"
    + b"\0\0\0\x40meta\0\0\0\0\0\0\0\x10iinf\0\0\xff\xff"
    + b"\0\0\0\x10iloc\x01\0\0\0\x44\x40\xff\xff"
    + b"\0" * 20,
    "WebP with a chunk larger than the file": b"RIFF\xff\xff\xff\xffWEBPEXIF\xff\xff\xff\xffII*\0",
    "many markers in one file": png_with(
        *[png_chunk(b"tEXt", b"Software\0GIMP")] * 300,
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp("a='b'>")),
    ),
}
