"""JPEG: colour models, sampling, progressive files, orientation, colour spaces, stray bytes, damage."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from tests.picture_corpus.entry import (
    HEIGHT,
    WIDTH,
    Entry,
    Pixels,
    another,
    displayed,
    grey_profile,
    grey_scene,
    ink_profile,
    orientations,
    profile_named,
    rgb,
    saved,
    scene,
    stored_as,
    tiff,
)

LOSS = 4.0
UNSUPPORTED = "unsupported_format"
_FRAME = re.compile(rb"\xff[\xc0-\xc2]")


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def exif(content: bytes) -> bytes:
    return segment(0xE1, b"Exif\0\0" + content)


def icc(profile: bytes, size: int = 60000) -> bytes:
    """The segments of a profile, as many as its size asks for."""
    parts = [profile[at : at + size] for at in range(0, len(profile), size)]
    heads = (b"ICC_PROFILE\0" + bytes([number + 1, len(parts)]) for number in range(len(parts)))
    return b"".join(segment(0xE2, head + part) for head, part in zip(heads, parts, strict=True))


def inserted(jpeg: bytes, more: bytes) -> bytes:
    """Put `more` right after the start marker and Pillow's JFIF segment, if there is one."""
    at = 2 + (2 + int.from_bytes(jpeg[4:6], "big") if jpeg[3] == 0xE0 else 0)
    return jpeg[:at] + more + jpeg[at:]


def before(jpeg: bytes, marker: int, more: bytes) -> bytes:
    at = jpeg.index(bytes([0xFF, marker]))
    return jpeg[:at] + more + jpeg[at:]


def without_jfif(jpeg: bytes) -> bytes:
    return jpeg[:2] + jpeg[4 + int.from_bytes(jpeg[4:6], "big") :]


def without_adobe(jpeg: bytes) -> bytes:
    return re.sub(rb"\xff\xee\0\x0eAdobe.{7}", b"", jpeg, flags=re.S)


def frame_at(jpeg: bytes) -> int:
    found = _FRAME.search(jpeg)
    assert found is not None
    return found.start()


def patched(jpeg: bytes, at: int, value: bytes) -> bytes:
    return jpeg[:at] + value + jpeg[at + len(value) :]


def adobe(transform: int) -> bytes:
    return segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform))


def saved_inks(inks: Pixels, **options: Any) -> bytes:
    """A file of inks (height, width, 4): cyan, magenta, yellow, black."""
    image = Image.frombytes("CMYK", (inks.shape[1], inks.shape[0]), inks.tobytes())
    return saved(image, "JPEG", quality=92, **options)


def _kinds() -> Iterator[Entry]:
    shown = scene()
    for quality in (30, 75, 95):
        yield Entry(
            f"jpeg-quality_{quality}", saved(shown, "JPEG", quality=quality), shown, 8 if quality == 30 else LOSS
        )
    for sampling in ("4:4:4", "4:2:2", "4:2:0", "4:1:1"):
        for progressive in (False, True):
            data = saved(shown, "JPEG", quality=92, subsampling=sampling, progressive=progressive)
            kind = "_progressive" if progressive else ""
            yield Entry(f"jpeg-{sampling.replace(':', '')}{kind}", data, shown, LOSS)
    for size in ((1, 1), (8, 8), (17, 33), (151, 173)):
        small = scene(*size)
        yield Entry(f"jpeg-{size[0]}x{size[1]}", saved(small, "JPEG", quality=95), small, 8)
    yield Entry("jpeg-grey", saved(Image.fromarray(grey_scene()), "JPEG", quality=92), rgb(grey_scene()), LOSS)
    yield Entry(
        "jpeg-grey_progressive",
        saved(Image.fromarray(grey_scene()), "JPEG", quality=92, progressive=True),
        rgb(grey_scene()),
        LOSS,
    )
    yield Entry("jpeg-restart_markers", saved(shown, "JPEG", quality=92, restart_marker_blocks=3), shown, LOSS)
    yield Entry("jpeg-optimized", saved(shown, "JPEG", quality=92, optimize=True), shown, LOSS)
    whole = saved(shown, "JPEG", quality=92)
    yield Entry("jpeg-without_jfif", without_jfif(whole), shown, LOSS)
    yield Entry("jpeg-comment", inserted(whole, segment(0xFE, b"a comment \xff\xd9")), shown, LOSS)
    yield Entry("jpeg-adobe_ycc", inserted(without_jfif(whole), adobe(1)), shown, LOSS)
    kept = saved(shown, "JPEG", quality=92, keep_rgb=True)
    yield Entry("jpeg-rgb", kept, shown, LOSS)
    bare = without_jfif(kept) if kept[3] == 0xE0 else kept
    yield Entry("jpeg-rgb_adobe", inserted(without_adobe(bare), adobe(0)), shown, LOSS)
    inks = np.dstack([255 - shown, np.zeros((HEIGHT, WIDTH), np.uint8)])
    yield Entry("jpeg-cmyk", saved_inks(inks), shown, LOSS)
    with_black = np.dstack([255 - shown, grey_scene() // 3])
    ink = with_black.astype(int)
    looks = np.rint((255 - ink[:, :, :3]) * (255 - ink[:, :, 3:]) / 255).astype(np.uint8)
    data = saved_inks(with_black)
    yield Entry("jpeg-cmyk_with_black", data, looks, LOSS)
    plain = without_adobe(data)
    yield Entry("jpeg-cmyk_without_adobe", plain, None)
    # Brightness and two colours in place of the inks, as Photoshop writes: of light where the inks are dark.
    ycc = np.asarray(Image.fromarray(with_black[:, :, :3]).convert("YCbCr"))
    ycck = np.dstack([255 - ycc, with_black[:, :, 3]])
    yield Entry("jpeg-ycck", inserted(without_adobe(saved_inks(ycck)), adobe(2)), looks, LOSS)
    yield Entry("jpeg-cmyk_progressive", saved_inks(with_black, progressive=True), looks, LOSS)
    yield Entry(
        "jpeg-multi_picture",
        saved(Image.fromarray(shown), "MPO", quality=92, save_all=True, append_images=[Image.fromarray(another())]),
        shown,
        LOSS,
    )


def _orientation() -> Iterator[Entry]:
    shown = scene()
    whole = saved(shown, "JPEG", quality=92)
    for name, content, orientation in orientations():
        data = saved(stored_as(shown, orientation), "JPEG", quality=92)
        yield Entry(f"jpeg-orientation_{name}", inserted(data, exif(content)), shown, LOSS)
    lying = saved(stored_as(shown, 6), "JPEG", quality=92)
    yield Entry("jpeg-orientation_twice", inserted(lying, exif(tiff(6)) + exif(tiff(3))), shown, LOSS)
    yield Entry("jpeg-orientation_second_segment", inserted(lying, exif(b"") + exif(tiff(6))), None)
    yield Entry("jpeg-orientation_broken_then_right", inserted(lying, exif(b"rubbish!") + exif(tiff(6))), None)
    yield Entry("jpeg-orientation_before_jfif", lying[:2] + exif(tiff(6)) + lying[2:], shown, LOSS)
    yield Entry("jpeg-orientation_after_frame", before(lying, 0xDA, exif(tiff(6))), None)
    yield Entry("jpeg-orientation_after_scan", lying[:-2] + exif(tiff(6)) + lying[-2:], None)
    yield Entry("jpeg-orientation_after_end", whole + exif(tiff(6)), shown, LOSS)
    odd = segment(0xE1, b"Exif\0\xff" + tiff(6))
    yield Entry("jpeg-orientation_odd_marker", inserted(lying, odd), None)
    xmp = (
        b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/'
    )
    xmp += b'02/22-rdf-syntax-ns#"><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'
    yield Entry("jpeg-orientation_in_xmp", inserted(whole, segment(0xE1, xmp + b"</rdf:RDF></x:xmpmeta>")), shown, LOSS)
    cut = segment(0xE1, b"Exif\0\0" + tiff(6)[:-4])
    yield Entry("jpeg-orientation_no_next_directory", inserted(lying, cut), None)
    two = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + struct.pack(">HHIHH", 0x0112, 3, 1, 3, 0)
    twice = b"MM" + struct.pack(">HIH", 42, 8, 2) + two + bytes(4)
    yield Entry("jpeg-orientation_two_entries", inserted(lying, exif(twice)), None)
    first = b"MM" + struct.pack(">HIH", 42, 8, 2) + two[:12].replace(b"\1\x12\0\3", b"\1\x12\0\4") + two[12:] + bytes(4)
    yield Entry(
        "jpeg-orientation_long_then_short", inserted(saved(stored_as(shown, 3), "JPEG", quality=92), exif(first)), None
    )


def _colour() -> Iterator[Entry]:
    shown = scene()
    whole = saved(shown, "JPEG", quality=95)
    for name in ("srgb", "adobe_rgb", "display_p3", "prophoto", "gamma_1", "swapped_channels"):
        shows = shown if name == "srgb" else displayed(shown, name)
        yield Entry(f"jpeg-icc_{name}", inserted(whole, icc(profile_named(name))), shows, LOSS + 2)
    p3 = profile_named("display_p3")
    looks = displayed(shown, "display_p3")
    yield Entry("jpeg-icc_in_pieces", inserted(whole, icc(p3, 100)), looks, LOSS)
    yield Entry("jpeg-icc_pieces_in_disorder", inserted(whole, b"".join(reversed([*split(icc(p3, 100))]))), looks, LOSS)
    yield Entry("jpeg-icc_piece_missing", inserted(whole, b"".join([*split(icc(p3, 100))][:-1])), shown, LOSS)
    yield Entry("jpeg-icc_broken", inserted(whole, icc(b"no profile at all" * 20)), shown, LOSS)
    yield Entry("jpeg-icc_cut_off", inserted(whole, icc(p3[:200])), shown, LOSS)
    yield Entry("jpeg-icc_grey_on_rgb", inserted(whole, icc(grey_profile(1.0))), shown, LOSS)
    grey = saved(Image.fromarray(grey_scene()), "JPEG", quality=95)
    light = grey_scene() / 255.0
    bright = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    yield Entry("jpeg-icc_grey", inserted(grey, icc(grey_profile(1.0))), rgb(np.rint(bright * 255)), LOSS + 2)
    yield Entry("jpeg-icc_rgb_on_grey", inserted(grey, icc(p3)), rgb(grey_scene()), LOSS)
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    yield Entry("jpeg-icc_lab_on_rgb", inserted(whole, icc(lab)), shown, LOSS)
    ink = np.dstack([255 - shown, np.zeros((HEIGHT, WIDTH), np.uint8)])
    cmyk = saved_inks(ink)
    # Firefox leaves such a profile aside, and so does the rule.
    yield Entry("jpeg-icc_cmyk", inserted(cmyk, icc(ink_profile())), shown, LOSS)
    yield Entry("jpeg-icc_cmyk_on_rgb", inserted(whole, icc(ink_profile())), shown, LOSS)
    yield Entry("jpeg-icc_rgb_on_cmyk", inserted(cmyk, icc(p3)), None)
    yield Entry(
        "jpeg-icc_adobe_rgb_turned",
        inserted(saved(stored_as(shown, 6), "JPEG", quality=95), exif(tiff(6)) + icc(profile_named("adobe_rgb"))),
        displayed(shown, "adobe_rgb"),
        LOSS,
    )
    rgb_kept = saved(shown, "JPEG", quality=95, keep_rgb=True)
    yield Entry("jpeg-icc_display_p3_on_rgb_stored", inserted(rgb_kept, icc(p3)), looks, LOSS)


def split(segments: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(segments):
        end = at + 2 + int.from_bytes(segments[at + 2 : at + 4], "big")
        yield segments[at:end]
        at = end


def _damage() -> Iterator[Entry]:
    shown, refused = scene(), "unreadable_picture"
    whole = saved(shown, "JPEG", quality=92)
    progressive = saved(shown, "JPEG", quality=92, progressive=True)
    for percent in (1, 5, 50, 90, 99):
        yield Entry(f"jpeg-cut_at_{percent}", whole[: len(whole) * percent // 100], refused=refused)
        data = progressive[: len(progressive) * percent // 100]
        yield Entry(f"jpeg-progressive_cut_at_{percent}", data, refused=refused)
        if percent in (50, 90):
            ended = whole[: len(whole) * percent // 100] + b"\xff\xd9"
            yield Entry(f"jpeg-cut_at_{percent}_with_end", ended, warnings=("incomplete",))
            # A cut within the last of its scans cannot be told.
            told = ("incomplete",) if percent == 50 else ()
            yield Entry(f"jpeg-progressive_cut_at_{percent}_with_end", data + b"\xff\xd9", warnings=told)
    restart = saved(shown, "JPEG", quality=92, restart_marker_blocks=3)
    yield Entry(
        "jpeg-restart_markers_cut_with_end", restart[: len(restart) // 2] + b"\xff\xd9", None, warnings=("incomplete",)
    )
    grey = saved(Image.fromarray(grey_scene()), "JPEG", quality=92)
    yield Entry("jpeg-grey_cut_with_end", grey[: len(grey) // 2] + b"\xff\xd9", None, warnings=("incomplete",))
    yield Entry("jpeg-no_end", whole[:-2], refused=refused)
    yield Entry("jpeg-half_an_end", whole[:-1], refused=refused)
    yield Entry("jpeg-after_end", whole + b"and more" * 200, shown, LOSS)
    yield Entry("jpeg-another_after_end", whole + saved(another(), "JPEG"), shown, LOSS)
    yield Entry(
        "jpeg-cut_with_thumbnail", inserted(whole, exif(tiff(1) + saved(scene(30, 34), "JPEG")))[:-900], refused=refused
    )
    for name, stray in {"zeros": bytes(5), "ff00": b"\xff\x00", "text": b"junk", "ff_fill": b"\xff" * 5}.items():
        for place, marker in {"tables": 0xDB, "frame": 0xC0, "huffman": 0xC4, "scan": 0xDA}.items():
            yield Entry(f"jpeg-stray_{name}_before_{place}", before(whole, marker, stray), shown, LOSS)
    yield Entry("jpeg-stray_restart_before_frame", before(whole, 0xC0, b"\xff\xd3"), None)
    yield Entry("jpeg-stray_start_before_frame", before(whole, 0xC0, b"\xff\xd8"), refused=refused)
    yield Entry("jpeg-stray_before_end", whole[:-2] + b"stray bytes" + whole[-2:], shown, LOSS)
    yield Entry("jpeg-fill_before_end", whole[:-2] + b"\xff" * 9 + whole[-2:], shown, LOSS)
    yield Entry("jpeg-two_starts", b"\xff\xd8" + whole, refused=refused)
    scan = whole.index(b"\xff\xda") + 2
    scan += int.from_bytes(whole[scan : scan + 2], "big")
    middle = scan + (len(whole) - scan) // 2
    yield Entry("jpeg-damaged_scan", whole[:middle] + b"\x55" * 40 + whole[middle + 40 :], None)
    yield Entry("jpeg-zeros_in_scan", whole[:middle] + bytes(40) + whole[middle + 40 :], None)
    yield Entry("jpeg-marker_in_scan", whole[:middle] + b"\xff\xd3" + whole[middle:], None, warnings=("incomplete",))
    yield Entry("jpeg-unknown_marker_in_scan", whole[:middle] + b"\xff\x03" + whole[middle:], refused=refused)
    frame = frame_at(whole)
    yield Entry("jpeg-lossless", patched(whole, frame + 1, b"\xc3"), refused=UNSUPPORTED)
    yield Entry("jpeg-hierarchical", patched(whole, frame + 1, b"\xc5"), refused=UNSUPPORTED)
    yield Entry("jpeg-12_bits", patched(whole, frame + 4, b"\x0c"), refused=UNSUPPORTED)
    yield Entry("jpeg-extended_sequential", patched(whole, frame + 1, b"\xc1"), shown, LOSS)
    yield Entry("jpeg-no_height", patched(whole, frame + 5, bytes(2)), refused=refused)
    yield Entry("jpeg-no_width", patched(whole, frame + 7, bytes(2)), refused="unreadable_picture")
    yield Entry(
        "jpeg-height_after_scan",
        patched(whole, frame + 5, bytes(2))[:-2] + segment(0xDC, struct.pack(">H", HEIGHT)) + b"\xff\xd9",
        refused=refused,
    )
    yield Entry(
        "jpeg-taller_than_its_scan",
        patched(whole, frame + 5, struct.pack(">H", HEIGHT * 2)),
        None,
        warnings=("incomplete",),
    )
    yield Entry(
        "jpeg-lower_than_its_scan",
        patched(whole, frame + 5, struct.pack(">H", HEIGHT // 2)),
        shown[: HEIGHT // 2],
        LOSS,
    )
    yield Entry("jpeg-two_components", patched(whole, frame + 9, b"\x02"), refused=refused)
    yield Entry("jpeg-no_huffman_tables", re.sub(rb"\xff\xc4.*?(?=\xff\xda)", b"", whole, flags=re.S), None)
    yield Entry(
        "jpeg-no_quantization_tables", re.sub(rb"\xff\xdb.*?(?=\xff\xc0)", b"", whole, flags=re.S), refused=refused
    )
    yield Entry("jpeg-no_scan", whole[: whole.index(b"\xff\xda")] + b"\xff\xd9", refused=refused)
    yield Entry("jpeg-start_and_end", b"\xff\xd8\xff\xd9", refused=refused)
    yield Entry("jpeg-segment_of_no_length", inserted(whole, b"\xff\xe5\0\0"), None)
    made = Path(__file__).parent / "made"
    for file in sorted(made.glob("*.jpg")):
        yield Entry(f"jpeg-{file.stem}", file.read_bytes(), refused=UNSUPPORTED)


def entries() -> Iterator[Entry]:
    """All JPEG files of the corpus."""
    yield from _kinds()
    yield from _orientation()
    yield from _colour()
    yield from _damage()
