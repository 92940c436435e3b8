"""PNG: colour types, depths, interlacing, transparency, animation, colour spaces, damage."""

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.picture_corpus.entry import (
    HEIGHT,
    WIDTH,
    Entry,
    another,
    chunk,
    displayed,
    grey_profile,
    grey_scene,
    orientations,
    over_white,
    profile_named,
    rgb,
    saved,
    scene,
    stored_as,
    tiff,
    vignette,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
IEND = chunk(b"IEND", b"")
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6

# Column and row where each of Adam7's passes begins, and its steps.
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def header(width: int, height: int, depth: int, colour: int, interlaced: bool = False) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def rows(samples: NDArray[Any], depth: int) -> bytes:
    """Rows without a filter of samples (height, width, channels)."""
    height = len(samples)
    if depth == 16:
        packed = samples.astype(">u2").reshape(height, -1).view(np.uint8)
    elif depth == 8:
        packed = samples.astype(np.uint8).reshape(height, -1)
    else:
        bits = np.unpackbits(samples.astype(np.uint8).reshape(height, -1, 1), axis=2)[:, :, 8 - depth :]
        packed = np.packbits(bits.reshape(height, -1), axis=1)
    return np.hstack([np.zeros((height, 1), np.uint8), packed]).tobytes()


def filtered(samples: NDArray[Any], how: int) -> bytes:
    """Rows of 8-bit samples (height, width, channels) under one of PNG's five filters."""
    now = np.pad(samples.astype(int), ((1, 0), (1, 0), (0, 0)))
    left, up, corner = now[1:, :-1], now[:-1, 1:], now[:-1, :-1]
    if how == 4:
        estimate = left + up - corner
        apart = [np.abs(estimate - other) for other in (left, up, corner)]
        nearest = np.where(apart[1] <= apart[2], up, corner)
        guess = np.where((apart[0] <= apart[1]) & (apart[0] <= apart[2]), left, nearest)
    else:
        guess = (np.zeros_like(left), left, up, (left + up) // 2)[how]
    packed = ((now[1:, 1:] - guess) % 256).astype(np.uint8).reshape(len(samples), -1)
    return np.hstack([np.full((len(samples), 1), how, np.uint8), packed]).tobytes()


def raw_rows(samples: NDArray[Any], depth: int, interlaced: bool) -> bytes:
    if not interlaced:
        return rows(samples, depth)
    passes = (samples[top::down, left::right] for left, top, right, down in ADAM7)
    return b"".join(rows(part, depth) for part in passes if part.size)


def png(
    samples: NDArray[Any],
    depth: int = 8,
    colour: int = RGB,
    *,
    before: bytes = b"",
    after: bytes = b"",
    interlaced: bool = False,
) -> bytes:
    """A PNG file of samples (height, width, channels) or (height, width), with chunks before and after its pixels."""
    samples = samples.reshape(*samples.shape[:2], -1)
    height, width = samples.shape[:2]
    data = zlib.compress(raw_rows(samples, depth, interlaced))
    return SIGNATURE + header(width, height, depth, colour, interlaced) + before + chunk(b"IDAT", data) + after + IEND


def palette_of(levels: int) -> tuple[bytes, NDArray[Any]]:
    """A chunk with a palette, bluish greys, and its colours (levels, 3)."""
    ramp = np.linspace(0, 255, levels)
    colours = np.rint(np.stack([ramp * 0.9, ramp, np.sqrt(ramp * 255)], axis=-1)).astype(np.uint8)
    return chunk(b"PLTE", colours.tobytes()), colours


def _types() -> Iterator[Entry]:
    for interlaced in (False, True):
        lace = "_interlaced" if interlaced else ""
        for depth in (1, 2, 4, 8, 16):
            most = 2**depth - 1
            samples = np.rint(grey_scene() / 255.0 * most).astype(int)
            shows = rgb(np.rint(samples * 255 / most))
            yield Entry(f"png-grey{depth}{lace}", png(samples, depth, GREY, interlaced=interlaced), shows, 0.6)
            key = int(np.bincount(samples.ravel()).argmax())
            shows = np.where((samples == key)[:, :, np.newaxis], 255, shows).astype(np.uint8)
            trns = chunk(b"tRNS", struct.pack(">H", key))
            data = png(samples, depth, GREY, before=trns, interlaced=interlaced)
            yield Entry(f"png-grey{depth}_key{lace}", data, shows, 0.6)
        for depth in (1, 2, 4, 8):
            plte, colours = palette_of(2**depth)
            indices = np.rint(grey_scene() / 255.0 * (2**depth - 1)).astype(int)
            data = png(indices, depth, PALETTE, before=plte, interlaced=interlaced)
            yield Entry(f"png-palette{depth}{lace}", data, colours[indices])
            alpha = np.linspace(0, 255, 2**depth).astype(np.uint8)
            trns = chunk(b"tRNS", alpha.tobytes())
            data = png(indices, depth, PALETTE, before=plte + trns, interlaced=interlaced)
            yield Entry(f"png-palette{depth}_alpha{lace}", data, over_white(colours[indices], alpha[indices]))
        for depth in (8, 16):
            more = 257 if depth == 16 else 1
            colour, grey, alpha = scene().astype(int) * more, grey_scene().astype(int) * more, vignette().astype(int)
            name = f"{depth}{lace}"
            yield Entry(f"png-rgb{name}", png(colour, depth, RGB, interlaced=interlaced), scene())
            data = png(np.dstack([colour, alpha * more]), depth, RGBA, interlaced=interlaced)
            yield Entry(f"png-rgba{name}", data, over_white(scene(), alpha))
            data = png(np.dstack([grey, alpha * more]), depth, GREY_ALPHA, interlaced=interlaced)
            yield Entry(f"png-grey_alpha{name}", data, over_white(rgb(grey_scene()), alpha))
            key = colour[-1, -1]
            shows = np.where((colour == key).all(axis=2, keepdims=True), 255, scene()).astype(np.uint8)
            data = png(colour, depth, RGB, before=chunk(b"tRNS", struct.pack(">HHH", *key)), interlaced=interlaced)
            yield Entry(f"png-rgb{name}_key", data, shows)
    # A colour key that only the lower bytes tell from the picture's colours.
    colour = scene().astype(int) * 257
    near = chunk(b"tRNS", struct.pack(">HHH", *(colour[-1, -1] ^ 1)))
    yield Entry("png-rgb16_key_near", png(colour, 16, RGB, before=near), scene())
    for how in range(5):
        data = SIGNATURE + header(WIDTH, HEIGHT, 8, RGB) + chunk(b"IDAT", zlib.compress(filtered(scene(), how))) + IEND
        yield Entry(f"png-filter{how}", data, scene())
    yield Entry("png-many_idat", many_idat(scene()), scene())
    plte, _ = palette_of(16)
    yield Entry("png-rgb_with_suggested_palette", png(scene(), before=plte), scene())
    plte, colours = palette_of(200)
    indices = grey_scene() // 2
    yield Entry("png-palette_of_200", png(indices, 8, PALETTE, before=plte), colours[indices])
    trns = chunk(b"tRNS", bytes([255] * 50))
    yield Entry("png-palette_short_trns", png(indices, 8, PALETTE, before=plte + trns), colours[indices])
    for size in ((1, 1), (3, 200), (7, 5)):
        small = scene(*size)
        yield Entry(f"png-{size[0]}x{size[1]}", png(small), small)
        yield Entry(f"png-{size[0]}x{size[1]}_interlaced", png(small, interlaced=True), small)


def many_idat(pixels: NDArray[Any]) -> bytes:
    data = zlib.compress(rows(pixels, 8))
    parts = b"".join(chunk(b"IDAT", data[at : at + 777]) for at in range(0, len(data), 777))
    return SIGNATURE + header(pixels.shape[1], pixels.shape[0], 8, RGB) + parts + chunk(b"IDAT", b"") + IEND


def _orientation() -> Iterator[Entry]:
    for name, exif, orientation in orientations():
        data = png(stored_as(scene(), orientation), before=chunk(b"eXIf", exif))
        yield Entry(f"png-orientation_{name}", data, scene())
    yield Entry("png-orientation_after_idat", png(scene(), after=chunk(b"eXIf", tiff(6))), scene())
    yield Entry("png-orientation_bad_crc", png(scene(), before=chunk(b"eXIf", tiff(6), crc=1)), scene())
    data = png(stored_as(scene(), 6), before=chunk(b"eXIf", tiff(6)) + chunk(b"eXIf", tiff(3)))
    yield Entry("png-orientation_twice", data, scene())
    yield Entry("png-orientation_with_jpeg_marker", png(scene(), before=chunk(b"eXIf", b"Exif\0\0" + tiff(6))), scene())
    old = b"\nexif\n%8d\n%s\n" % (len(tiff(6)) + 6, (b"Exif\0\0" + tiff(6)).hex().encode())
    raw = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(old))
    yield Entry("png-orientation_in_raw_profile", png(scene(), before=raw), scene())
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    xmp += b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    text = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
    yield Entry("png-orientation_in_xmp", png(scene(), before=text), scene())


def fctl(number: int, width: int, height: int, left: int = 0, top: int = 0, dispose: int = 0, blend: int = 0) -> bytes:
    return chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, width, height, left, top, 1, 10, dispose, blend))


def frame(number: int, samples: NDArray[Any]) -> bytes:
    return chunk(b"fdAT", struct.pack(">I", number) + zlib.compress(rows(samples, 8)))


def actl(frames: int) -> bytes:
    return chunk(b"acTL", struct.pack(">II", frames, 0))


def _animations() -> Iterator[Entry]:
    shown, hidden = scene(), another()
    whole = (WIDTH, HEIGHT)
    second = fctl(1, *whole) + frame(2, hidden)
    yield Entry("png-animation", png(shown, before=actl(2) + fctl(0, *whole), after=second), shown)
    after = fctl(0, *whole) + frame(1, shown) + fctl(2, *whole) + frame(3, hidden)
    yield Entry("png-animation_hidden_default", png(hidden, before=actl(2), after=after), shown)
    one = fctl(0, *whole) + frame(1, shown)
    yield Entry("png-animation_hidden_default_one_frame", png(hidden, before=actl(1), after=one), shown)
    part = shown[20:150, 10:140]
    shows = np.full_like(shown, 255)
    shows[20:150, 10:140] = part
    after = fctl(0, 130, 130, 10, 20) + frame(1, part) + fctl(2, *whole) + frame(3, hidden)
    yield Entry("png-animation_first_frame_smaller", png(hidden, before=actl(2), after=after), shows)
    alpha = np.dstack([shown, vignette()])
    after = fctl(0, *whole, blend=1) + frame(1, alpha) + fctl(2, *whole) + frame(3, alpha)
    data = png(np.dstack([hidden, vignette()]), 8, RGBA, before=actl(2), after=after)
    yield Entry("png-animation_with_alpha", data, over_white(shown, vignette()))
    plte, colours = palette_of(256)
    grey = grey_scene()
    trns = chunk(b"tRNS", bytes(range(256)))
    after = fctl(0, *whole) + frame(1, grey[:, :, np.newaxis]) + fctl(2, *whole) + frame(3, grey[:, :, np.newaxis])
    data = png(grey[::-1], 8, PALETTE, before=actl(2) + plte + trns, after=after)
    yield Entry("png-animation_palette", data, over_white(colours[grey], grey))
    exif = chunk(b"eXIf", tiff(6))
    lying = stored_as(shown, 6)
    after = fctl(0, HEIGHT, WIDTH) + frame(1, lying) + fctl(2, HEIGHT, WIDTH) + frame(3, lying)
    yield Entry("png-animation_turned", png(stored_as(hidden, 6), before=actl(2) + exif, after=after), shown)
    # Split data, as every tool writes it for larger frames.
    data = zlib.compress(rows(shown, 8))
    pieces = b"".join(
        chunk(b"fdAT", struct.pack(">I", 1 + at) + data[at * 999 : (at + 1) * 999])
        for at in range(len(data) // 999 + 1)
    )
    yield Entry("png-animation_split_frame", png(hidden, before=actl(1), after=fctl(0, *whole) + pieces), shown)
    yield Entry("png-animation_no_control", png(shown, after=fctl(0, *whole) + frame(1, hidden)), shown)
    yield Entry(
        "png-animation_control_after_pixels", png(shown, after=actl(1) + fctl(0, *whole) + frame(1, hidden)), shown
    )
    yield Entry(
        "png-animation_of_no_frames", png(shown, before=actl(0), after=fctl(0, *whole) + frame(1, hidden)), shown
    )
    # Animations that break their own rules: browsers part here.
    broken = {
        "frame_outside": fctl(0, WIDTH, HEIGHT, 5, 5) + frame(1, shown),
        "frame_of_no_size": fctl(0, 0, HEIGHT) + frame(1, shown),
        "wrong_sequence": fctl(0, *whole) + frame(7, shown),
        "frame_bad_crc": fctl(0, *whole) + frame(1, shown)[:-4] + bytes(4),
        "frame_cut_off": fctl(0, *whole) + chunk(b"fdAT", struct.pack(">I", 1) + data[: len(data) // 2]),
        "no_frame": b"",
        "frame_without_data": fctl(0, *whole),
    }
    for name, after in broken.items():
        data = png(hidden, before=actl(1), after=after)
        yield Entry(f"png-animation_{name}", data, refused="unreadable_picture")


def _colour() -> Iterator[Entry]:
    shown = scene()
    for name in ("srgb", "adobe_rgb", "display_p3", "prophoto", "gamma_1", "swapped_channels"):
        iccp = chunk(b"iCCP", b"test\0\0" + zlib.compress(profile_named(name)))
        yield Entry(
            f"png-icc_{name}", png(shown, before=iccp), shown if name == "srgb" else displayed(shown, name), 1.5
        )
    p3 = chunk(b"iCCP", b"test\0\0" + zlib.compress(profile_named("display_p3")))
    alpha = vignette()
    data = png(np.dstack([shown, alpha]), 8, RGBA, before=p3)
    yield Entry("png-icc_display_p3_alpha", data, over_white(displayed(shown, "display_p3"), alpha), 1.5)
    yield Entry(
        "png-icc_display_p3_16", png(shown.astype(int) * 257, 16, before=p3), displayed(shown, "display_p3"), 1.5
    )
    plte, colours = palette_of(256)
    data = png(grey_scene(), 8, PALETTE, before=p3 + plte)
    yield Entry("png-icc_display_p3_palette", data, displayed(colours, "display_p3")[grey_scene()], 1.5)
    grey = chunk(b"iCCP", b"test\0\0" + zlib.compress(grey_profile(1.0)))
    light = grey_scene() / 255.0
    bright = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    yield Entry("png-icc_grey", png(grey_scene(), 8, GREY, before=grey), rgb(np.rint(bright * 255)), 1.5)
    yield Entry("png-icc_grey_on_rgb", png(shown, before=grey), shown)
    yield Entry("png-icc_rgb_on_grey", png(grey_scene(), 8, GREY, before=p3), rgb(grey_scene()))
    yield Entry("png-icc_broken", png(shown, before=chunk(b"iCCP", b"test\0\0" + zlib.compress(b"no profile"))), shown)
    yield Entry("png-icc_not_compressed", png(shown, before=chunk(b"iCCP", b"test\0\0no profile")), shown)
    yield Entry("png-icc_bad_crc", png(shown, before=p3[:-4] + bytes(4)), shown)
    bomb = chunk(b"iCCP", b"test\0\0" + zlib.compress(bytes(5_000_000)))
    yield Entry("png-icc_huge", png(shown, before=bomb), shown)
    yield Entry("png-icc_after_pixels", png(shown, after=p3), shown)
    yield Entry("png-srgb_chunk", png(shown, before=chunk(b"sRGB", b"\0")), shown)
    yield Entry(
        "png-srgb_chunk_and_icc", png(shown, before=chunk(b"sRGB", b"\0") + p3), displayed(shown, "display_p3"), 1.5
    )
    gama = chunk(b"gAMA", struct.pack(">I", 45455))
    yield Entry("png-gamma_45455", png(shown, before=gama), shown, 2)
    yield Entry(
        "png-gamma_100000", png(shown, before=chunk(b"gAMA", struct.pack(">I", 100000))), displayed(shown, "gamma_1"), 2
    )
    for gamma in (30000, 44000, 45400, 46000, 50000, 55556, 0, 1):
        yield Entry(f"png-gamma_{gamma}", png(shown, before=chunk(b"gAMA", struct.pack(">I", gamma))))
    d65 = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
    p3_d65 = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
    yield Entry("png-gamma_and_srgb_primaries", png(shown, before=gama + d65), shown, 2)
    yield Entry("png-gamma_and_p3_primaries", png(shown, before=gama + p3_d65), displayed(shown, "display_p3"), 2)
    yield Entry("png-primaries_without_gamma", png(shown, before=p3_d65), shown)
    for name, numbers in {"srgb": (1, 13, 0, 1), "display_p3": (12, 13, 0, 1), "bt709": (1, 1, 0, 1)}.items():
        shows = displayed(shown, name) if name == "display_p3" else shown
        yield Entry(f"png-cicp_{name}", png(shown, before=chunk(b"cICP", bytes(numbers))), shows, 1.5)
    yield Entry(
        "png-cicp_bt2100_pq", png(shown, before=chunk(b"cICP", bytes((9, 16, 0, 1)))), refused="unsupported_format"
    )
    yield Entry(
        "png-cicp_bt2100_hlg", png(shown, before=chunk(b"cICP", bytes((9, 18, 0, 1)))), refused="unsupported_format"
    )
    yield Entry(
        "png-background_chunk",
        png(np.dstack([shown, alpha]), 8, RGBA, before=chunk(b"bKGD", bytes(6))),
        over_white(shown, alpha),
    )
    yield Entry("png-significant_bits", png(shown, before=chunk(b"sBIT", bytes((5, 6, 5)))), shown)


def _damage() -> Iterator[Entry]:
    shown = scene()
    whole = png(shown)
    pixels = zlib.compress(rows(shown, 8))
    head = SIGNATURE + header(WIDTH, HEIGHT, 8, RGB)
    refused = "unreadable_picture"
    for percent in (2, 10, 50, 90, 99):
        yield Entry(f"png-cut_at_{percent}", whole[: len(whole) * percent // 100], refused=refused)
    laced = png(shown, interlaced=True)
    yield Entry("png-interlaced_cut_at_50", laced[: len(laced) // 2], refused=refused)
    yield Entry("png-interlaced_cut_at_95", laced[: len(laced) * 95 // 100], refused=refused)
    yield Entry("png-no_iend", whole[: -len(IEND)], refused=refused)
    yield Entry("png-iend_cut_off", whole[:-4], shown)
    yield Entry("png-iend_bad_crc", whole[:-4] + bytes(4), shown)
    yield Entry("png-after_iend", whole + b"and more" * 100, shown)
    yield Entry("png-another_png_after", whole + png(another()), shown)
    half = zlib.compress(rows(shown[: HEIGHT // 2], 8))
    yield Entry("png-few_rows", head + chunk(b"IDAT", half) + IEND, refused=refused)
    yield Entry(
        "png-last_row_missing", head + chunk(b"IDAT", zlib.compress(rows(shown[:-1], 8))) + IEND, refused=refused
    )
    last = zlib.compress(rows(shown, 8)[:-3])
    yield Entry("png-last_pixel_missing", head + chunk(b"IDAT", last) + IEND, refused=refused)
    alpha = np.dstack([shown, vignette()])
    half = zlib.compress(rows(alpha[: HEIGHT // 2], 8))
    data = SIGNATURE + header(WIDTH, HEIGHT, 8, RGBA) + chunk(b"IDAT", half) + IEND
    yield Entry("png-few_rows_with_alpha", data, refused=refused)
    yield Entry(
        "png-too_many_rows", head + chunk(b"IDAT", zlib.compress(rows(np.vstack([shown, shown]), 8))) + IEND, shown
    )
    yield Entry("png-zlib_cut_off", head + chunk(b"IDAT", pixels[: len(pixels) // 2]) + IEND, refused=refused)
    yield Entry("png-zlib_without_checksum", head + chunk(b"IDAT", pixels[:-4]) + IEND, refused=refused)
    yield Entry("png-zlib_wrong_checksum", head + chunk(b"IDAT", pixels[:-4] + bytes(4)) + IEND, refused=refused)
    yield Entry("png-after_zlib", head + chunk(b"IDAT", pixels + bytes(64)) + IEND, shown)
    yield Entry("png-after_zlib_own_chunk", head + chunk(b"IDAT", pixels) + chunk(b"IDAT", bytes(64)) + IEND, shown)
    middle = bytearray(pixels)
    middle[len(middle) // 2 : len(middle) // 2 + 40] = bytes(40)
    yield Entry("png-zlib_damaged", head + chunk(b"IDAT", bytes(middle)) + IEND, refused=refused)
    yield Entry("png-zlib_wrong_header", head + chunk(b"IDAT", b"\0\0" + pixels[2:]) + IEND, refused=refused)
    wrong = bytearray(rows(shown, 8))
    wrong[(1 + WIDTH * 3) * 40] = 9
    yield Entry("png-unknown_filter", head + chunk(b"IDAT", zlib.compress(bytes(wrong))) + IEND, refused=refused)
    yield Entry("png-idat_bad_crc", head + chunk(b"IDAT", pixels, crc=1) + IEND, refused=refused)
    yield Entry(
        "png-header_bad_crc", SIGNATURE + header(WIDTH, HEIGHT, 8, RGB)[:-4] + bytes(4) + whole[33:], refused=refused
    )
    plte, _ = palette_of(256)
    data = png(grey_scene(), 8, PALETTE, before=plte[:-4] + bytes(4))
    yield Entry("png-palette_bad_crc", data, refused=refused)
    trns = chunk(b"tRNS", bytes(100), crc=1)
    yield Entry("png-trns_bad_crc", png(grey_scene(), 8, PALETTE, before=plte + trns), palette_of(256)[1][grey_scene()])
    yield Entry("png-text_bad_crc", png(shown, before=chunk(b"tEXt", b"Comment\0hello", crc=1)), shown)
    yield Entry("png-text_bad_crc_after", png(shown, after=chunk(b"tEXt", b"Comment\0hello", crc=1)), shown)
    yield Entry("png-unknown_chunk", png(shown, before=chunk(b"quXe", b"what")), shown)
    yield Entry("png-unknown_critical_chunk", png(shown, before=chunk(b"QUXE", b"what")), refused=refused)
    yield Entry("png-chunk_name_no_letters", png(shown, before=chunk(b"a1\0b", b"what")), refused=refused)
    yield Entry("png-chunk_too_long", head + struct.pack(">I", 2**31 + 5) + b"tEXt" + whole[33:], refused=refused)
    yield Entry(
        "png-idat_apart",
        head + chunk(b"IDAT", pixels[:999]) + chunk(b"tEXt", b"A\0b") + chunk(b"IDAT", pixels[999:]) + IEND,
        refused=refused,
    )
    yield Entry("png-no_idat", head + IEND, refused=refused)
    yield Entry("png-palette_missing", png(grey_scene(), 8, PALETTE), refused=refused)
    yield Entry("png-palette_after_pixels", png(grey_scene(), 8, PALETTE, after=plte), refused=refused)
    yield Entry("png-palette_twice", png(grey_scene(), 8, PALETTE, before=plte + plte), refused=refused)
    yield Entry(
        "png-palette_of_5_bytes", png(grey_scene(), 8, PALETTE, before=chunk(b"PLTE", bytes(5))), refused=refused
    )
    short, colours = palette_of(100)
    beyond = np.vstack([colours, np.zeros((156, 3), np.uint8)])[grey_scene()]
    yield Entry("png-palette_too_short", png(grey_scene(), 8, PALETTE, before=short), beyond)
    yield Entry(
        "png-trns_before_palette",
        png(grey_scene(), 8, PALETTE, before=chunk(b"tRNS", bytes(256)) + plte),
        palette_of(256)[1][grey_scene()],
    )
    yield Entry("png-trns_after_pixels", png(shown, after=chunk(b"tRNS", struct.pack(">HHH", *shown[-1, -1]))), shown)
    sixteen, colours = palette_of(16)
    long = chunk(b"tRNS", bytes(40))
    yield Entry("png-trns_too_long", png(grey_scene() >> 4, 4, PALETTE, before=sixteen + long))
    yield Entry("png-trns_on_rgba", png(alpha, 8, RGBA, before=chunk(b"tRNS", bytes(6))), over_white(shown, vignette()))
    yield Entry("png-trns_wrong_length", png(shown, before=chunk(b"tRNS", bytes(2))), shown)
    for name, values in {
        "colour_5": (8, 5),
        "colour_2_depth_4": (4, 2),
        "depth_3": (3, 0),
        "depth_16_palette": (16, 3),
    }.items():
        yield Entry(f"png-header_{name}", SIGNATURE + header(WIDTH, HEIGHT, *values) + whole[33:], refused=refused)
    yield Entry("png-header_no_width", SIGNATURE + header(0, HEIGHT, 8, RGB) + whole[33:], refused=refused)
    for name, place in {"compression": 10, "filter": 11, "interlacing": 12}.items():
        wrong = bytearray(struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, RGB, 0, 0, 0))
        wrong[place] = 7
        yield Entry(
            f"png-header_unknown_{name}", SIGNATURE + chunk(b"IHDR", bytes(wrong)) + whole[33:], refused=refused
        )
    yield Entry("png-header_not_first", SIGNATURE + chunk(b"tEXt", b"A\0b") + whole[8:], refused=refused)
    yield Entry("png-header_twice", head + header(WIDTH, HEIGHT, 8, RGB) + whole[33:], refused=refused)
    yield Entry("png-signature_only", SIGNATURE, refused=refused)
    apple = SIGNATURE + chunk(b"CgBI", bytes(4)) + whole[8:]
    yield Entry("png-of_an_iphone_app", apple, refused=refused)


def entries() -> Iterator[Entry]:
    """All PNG files of the corpus."""
    yield Entry("png-by_pillow", saved(scene(), "PNG"), scene())
    yield from _types()
    yield from _orientation()
    yield from _animations()
    yield from _colour()
    yield from _damage()
