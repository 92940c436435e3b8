"""Real pictures, and bytes that pretend to be some, against the networks of the bundle."""

import io
import struct
import threading
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.server.server_calls import Answer, Server


def encoded(portrait: bytes, picture_format: str) -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(portrait)).save(file, picture_format)
    return file.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def gigapixel_png() -> bytes:
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


def huge_webp() -> bytes:
    # The header of the lossless format: a signature byte, then width - 1 and height - 1 in 14 bits each.
    data = b"\x2f" + struct.pack("<I", 16_382 | 16_382 << 14) + bytes(64)
    chunk = b"VP8L" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"])
def test_every_format_is_judged(real: Server, astronaut_jpeg: bytes, picture_format: str) -> None:
    report = real.check(encoded(astronaut_jpeg, picture_format)).json
    assert report["image"]["format"] == picture_format
    assert report["verdict"] in ("real", "uncertain", "fake")


def test_content_decides_the_format_not_the_type(real: Server, astronaut_jpeg: bytes) -> None:
    assert real.check(astronaut_jpeg, "image/webp").json["image"]["format"] == "JPEG"


def test_form_and_body_give_the_same_probability(real: Server, astronaut_jpeg: bytes) -> None:
    body, form = real.check(astronaut_jpeg), real.check_form(astronaut_jpeg)
    assert body.json["probability_fake"] == form.json["probability_fake"]


def test_heat_map_comes_only_if_asked_for(real: Server, astronaut_jpeg: bytes) -> None:
    (asked,) = real.check(astronaut_jpeg, query="?heatmap=1").json["faces"][:1]
    (plain,) = real.check(astronaut_jpeg, query="?heatmap=0").json["faces"][:1]
    assert all(0 <= value <= 1 for row in asked["heatmap"] for value in row)
    assert "heatmap" not in plain


def test_light_network_is_named_in_its_report(real: Server, astronaut_jpeg: bytes) -> None:
    roles = real.get("/v1/model").json["roles"]
    report = real.check(astronaut_jpeg, query="?network=light").json
    assert report["model"]["network"] == roles["light"]


def test_picture_without_a_face_is_answered(real: Server) -> None:
    grey = np.full((200, 300, 3), 128, np.uint8)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG")
    report = real.check(file.getvalue(), "image/png").json
    assert (report["verdict"], report["probability_fake"]) == ("no_face", None)


def test_small_face_is_answered_as_too_small(real: Server, astronaut_jpeg: bytes) -> None:
    file = io.BytesIO()
    Image.open(io.BytesIO(astronaut_jpeg)).crop((150, 0, 306, 156)).resize((56, 56)).save(file, "PNG")
    report = real.check(file.getvalue(), "image/png").json
    assert (report["verdict"], report["probability_fake"]) == ("too_small", None)


def test_text_that_is_called_a_picture_is_refused(real: Server) -> None:
    answer = real.check(b"I am a picture, believe me.")
    assert (answer.status, answer.code) == (415, "unsupported_format")


@pytest.mark.parametrize("picture", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF-3.0\n"])
def test_formats_that_are_programs_are_refused(real: Server, picture: bytes) -> None:
    assert real.check(picture, "image/svg+xml").code == "unsupported_format"


def test_tiff_is_refused(real: Server, astronaut_jpeg: bytes) -> None:
    assert real.check(encoded(astronaut_jpeg, "TIFF"), "image/tiff").code == "unsupported_format"


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_truncated_jpeg_is_unreadable(real: Server, astronaut_jpeg: bytes, kept: float) -> None:
    answer = real.check(astronaut_jpeg[: int(len(astronaut_jpeg) * kept)])
    assert (answer.status, answer.code) == (422, "unreadable_picture")


def test_jpeg_without_its_end_is_unreadable(real: Server, astronaut_jpeg: bytes) -> None:
    assert real.check(astronaut_jpeg[:-2]).code == "unreadable_picture"


def test_empty_picture_is_named(real: Server) -> None:
    answer = real.check(b"")
    assert (answer.status, answer.code) == (400, "empty_picture")


def test_empty_picture_in_a_form_is_named(real: Server) -> None:
    assert real.check_form(b"").code == "empty_picture"


@pytest.mark.parametrize("picture", [gigapixel_png(), huge_webp()], ids=["png", "webp"])
def test_few_bytes_that_ask_for_many_pixels_are_refused(real: Server, picture: bytes) -> None:
    answer = real.check(picture, "image/png")
    assert (answer.status, answer.code) == (413, "too_many_pixels")


def test_picture_of_too_many_bytes_is_refused(real: Server, astronaut_jpeg: bytes) -> None:
    bound = real.get("/v1/model").json["picture"]["max_bytes"]
    answer = real.check(astronaut_jpeg + bytes(bound))
    assert (answer.status, answer.code) == (413, "too_many_bytes")


def test_broken_picture_among_others_fails_alone(real: Server, astronaut_jpeg: bytes) -> None:
    reports = real.check_form(astronaut_jpeg, astronaut_jpeg[:3000], b"", astronaut_jpeg).json["reports"]
    assert [report["verdict"] == "error" for report in reports] == [False, True, True, False]
    assert [report["error"]["code"] for report in reports[1:3]] == ["unreadable_picture", "empty_picture"]
    assert reports[0]["probability_fake"] == reports[3]["probability_fake"]


def test_requests_at_the_same_time_get_the_same_answer(real: Server, astronaut_jpeg: bytes) -> None:
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(real.check(astronaut_jpeg))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.json["probability_fake"] for answer in answers}) == 1
