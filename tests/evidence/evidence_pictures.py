"""Small pictures with marks in their files."""

import io
import zlib
from collections.abc import Callable, Sequence

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

SIZE = (8, 8)
TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def picture() -> Image.Image:
    return Image.linear_gradient("L").resize(SIZE).convert("RGB")


def saved(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture().save(file, kind, **options)
    return file.getvalue()


def png(*texts: tuple[str, str], packed: bool = False, international: bool = False) -> bytes:
    info = PngInfo()
    for keyword, text in texts:
        if international:
            info.add_itxt(keyword, text, zip=packed)
        else:
            info.add_text(keyword, text, zip=packed)
    return saved("PNG", pnginfo=info)


def exif(tags: dict[int, object], inner: dict[int, object] | None = None) -> bytes:
    block = Image.Exif()
    block.update(tags)
    if inner:
        block[ExifTags.IFD.Exif] = inner
    return block.tobytes()


def xmp(properties: str, names: str = "") -> bytes:
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {names} {properties}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def xmp_attribute(name: str, value: str) -> bytes:
    return xmp(f'{name}="{value}">')


def image_resources(dataset: int, text: bytes) -> bytes:
    """A block of Photoshop's image resources with one IPTC caption of record 2."""
    caption = b"\x1c\x02" + bytes([dataset]) + len(text).to_bytes(2, "big") + text
    resources = b"8BIM\x04\x04\0\0" + len(caption).to_bytes(4, "big") + caption
    return resources + b"\0" * (len(caption) % 2)


def jpeg_segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def jpeg_with(*segments: bytes) -> bytes:
    whole = saved("JPEG")
    return whole[:2] + b"".join(segments) + whole[2:]


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def png_with(*chunks: bytes) -> bytes:
    whole = saved("PNG")
    return whole[:33] + b"".join(chunks) + whole[33:]


def gif_with_xmp(packet: bytes) -> bytes:
    """As Adobe's specification of XMP says: the packet as it is, then a trailer that ends any walk through it."""
    whole = saved("GIF")
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return whole[:-1] + b"\x21\xff\x0bXMP DataXMP" + packet + trailer + whole[-1:]


def raw_profile(kind: str, content: bytes) -> str:
    """As ImageMagick writes metadata into PNG."""
    digits = content.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return f"\n{kind}\n{len(content):8d}\n{lines}\n"


Container = Callable[[bytes], bytes]

WITH_EXIF: dict[str, Container] = {
    "JPEG": lambda block: saved("JPEG", exif=block),
    "PNG": lambda block: saved("PNG", exif=block),
    "WebP": lambda block: saved("WEBP", exif=block),
    "AVIF": lambda block: saved("AVIF", exif=block),
    "PNG, raw profile": lambda block: png(("Raw profile type exif", raw_profile("exif", block)), packed=True),
}

WITH_XMP: dict[str, Container] = {
    "JPEG": lambda packet: saved("JPEG", xmp=packet),
    "PNG": lambda packet: png(("XML:com.adobe.xmp", packet.decode()), international=True),
    "PNG, packed": lambda packet: png(("XML:com.adobe.xmp", packet.decode()), international=True, packed=True),
    "WebP": lambda packet: saved("WEBP", xmp=packet),
    "AVIF": lambda packet: saved("AVIF", xmp=packet),
    "GIF": gif_with_xmp,
    "PNG, raw profile": lambda packet: png(("Raw profile type xmp", raw_profile("xmp", packet))),
}

WITH_RESOURCES: dict[str, Container] = {
    "JPEG": lambda block: jpeg_with(jpeg_segment(0xED, b"Photoshop 3.0\0" + block)),
    "PNG, raw profile": lambda block: png(("Raw profile type iptc", raw_profile("iptc", block)), packed=True),
}

CAMERA: dict[int, object] = {ExifTags.Base.Make: "NIKON CORPORATION", ExifTags.Base.Model: "NIKON D90"}
EXPOSURE: dict[int, object] = {
    ExifTags.Base.ExposureTime: IFDRational(1, 125),
    ExifTags.Base.FNumber: IFDRational(56, 10),
    ExifTags.Base.ISOSpeedRatings: 200,
    ExifTags.Base.DateTimeOriginal: "2019:05:04 12:30:00",
    ExifTags.Base.LensModel: "18-105mm",
}

A1111 = "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512"
COMFY = '{"3": {"inputs": {"seed": 1}, "class_type": "KSampler"}}'
GROK = "Signature: " + "Ab1+" * 40 + "=="
UUID = "c446cea1-548f-434a-aeae-d32beb0b876f"


def user_comment(text: str, charset: str = "ASCII") -> bytes:
    if charset == "ASCII":
        return b"ASCII\0\0\0" + text.encode()
    return b"UNICODE\0" + text.encode(charset)


def _comment(text: str, charset: str = "ASCII") -> bytes:
    return saved("JPEG", exif=exif({}, {ExifTags.Base.UserComment: user_comment(text, charset)}))


def _exif(**tags: str) -> bytes:
    return saved("JPEG", exif=exif({ExifTags.Base[name]: value for name, value in tags.items()}))


def _credit(text: str) -> bytes:
    return saved("WEBP", xmp=xmp_attribute("photoshop:Credit", text))


def _tool(text: str) -> bytes:
    return saved("JPEG", xmp=xmp_attribute("xmp:CreatorTool", text))


def _source(name: str) -> bytes:
    return saved("JPEG", xmp=xmp_attribute("Iptc4xmpExt:DigitalSourceType", TYPE + name))


# What each mark is found as: code, proves, strength.
MARKED: dict[str, tuple[bytes, Sequence[tuple[str, str, str]]]] = {
    "nothing, JPEG": (saved("JPEG"), []),
    "nothing, PNG": (saved("PNG"), []),
    "nothing, BMP": (saved("BMP"), []),
    "AUTOMATIC1111, PNG": (png(("parameters", A1111)), [("automatic1111", "generated", "strong")]),
    "AUTOMATIC1111, packed": (png(("parameters", A1111), packed=True), [("automatic1111", "generated", "strong")]),
    "AUTOMATIC1111, iTXt": (png(("parameters", A1111), international=True), [("automatic1111", "generated", "strong")]),
    "AUTOMATIC1111, JPEG, big": (_comment(A1111, "utf-16-be"), [("automatic1111", "generated", "strong")]),
    "AUTOMATIC1111, JPEG, little": (_comment(A1111, "utf-16-le"), [("automatic1111", "generated", "strong")]),
    "AUTOMATIC1111, GIF": (saved("GIF", comment=A1111.encode()), [("automatic1111", "generated", "strong")]),
    "ComfyUI, PNG": (png(("prompt", COMFY), ("workflow", '{"last_node_id": 5}')), [("comfyui", "generated", "strong")]),
    "ComfyUI, WebP": (
        saved("WEBP", exif=exif({ExifTags.Base.Model: "prompt:" + COMFY})),
        [("comfyui", "generated", "strong")],
    ),
    "SwarmUI": (png(("parameters", '{"sui_image_params": {"seed": 1}}')), [("swarmui", "generated", "strong")]),
    "Fooocus": (png(("fooocus_scheme", "fooocus")), [("fooocus", "generated", "strong")]),
    "InvokeAI": (png(("invokeai_metadata", '{"model": {}}')), [("invokeai", "generated", "strong")]),
    "InvokeAI, older": (png(("sd-metadata", '{"image": {}}')), [("invokeai", "generated", "strong")]),
    "Easy Diffusion": (png(("use_stable_diffusion_model", "sd-v1-4")), [("easy_diffusion", "generated", "strong")]),
    "NovelAI": (
        png(("Software", "NovelAI"), ("Source", "Stable Diffusion XL 7BCCAA2C")),
        [("novelai", "generated", "strong"), ("named_generator", "generated", "strong")],
    ),
    "Midjourney": (
        png(("Description", "a face --v 7 Job ID: 0de87cad-87b8-4715-a1c6-62c2cac8a373"), ("Author", "somebody")),
        [("midjourney", "generated", "strong")],
    ),
    "DALL-E": (_exif(Software="OpenAI DALL\u00b7E 3"), [("named_generator", "generated", "strong")]),
    "Draw Things, tool": (_tool("Draw Things"), [("draw_things", "generated", "strong")]),
    "Draw Things, settings": (_comment('{"c":"a face","steps":20,"uc":""}'), [("draw_things", "generated", "strong")]),
    "Grok": (_exif(ImageDescription=GROK, Artist=UUID), [("grok", "generated", "strong")]),
    "a signature without an artist": (_exif(ImageDescription=GROK), []),
    "TC260 label": (
        saved(
            "JPEG",
            xmp=xmp_attribute(
                "TC260:AIGC", "{&quot;Label&quot;:&quot;1&quot;,&quot;ContentProducer&quot;:&quot;x&quot;}"
            ),
        ),
        [("aigc_label", "generated", "strong")],
    ),
    "TC260 label, PNG": (png(("AIGC", '{"Label":"1","ProduceID":"x"}')), [("aigc_label", "generated", "strong")]),
    "ByteDance": (
        _comment('{"aigc_info":{"aigc_label_type":0,"source_info":"dreamina"}}'),
        [("aigc_label", "generated", "strong")],
    ),
    "FLUX": (
        _exif(Software="AI generated;txt2img;flux", Make="Black Forest Labs", Model="flux-dev"),
        [
            ("black_forest_labs", "generated", "strong"),
            ("named_generator", "generated", "strong"),
        ],
    ),
    "Google, made": (_credit("Made with Google AI"), [("google_ai", "generated", "strong")]),
    "Google, edited": (_credit("Edited with Google AI"), [("google_ai_edit", "edited", "strong")]),
    "Google, IPTC": (
        WITH_RESOURCES["JPEG"](image_resources(110, b"Made with Google AI")),
        [("google_ai", "generated", "strong")],
    ),
    "Meta AI": (_credit("Imagined with AI"), [("meta_ai", "generated", "strong")]),
    "credited to a generator": (_credit("Jane Doe / Midjourney"), [("credited_generator", "generated", "strong")]),
    "credited to a company": (_credit("Handout / OpenAI"), []),
    "Adobe Firefly": (_tool("Adobe Firefly 2.0"), [("named_generator", "generated", "strong")]),
    "FaceApp": (_exif(Software="FaceApp 11.2"), [("face_editor", "edited", "strong")]),
    "Photoshop": (_exif(Software="Adobe Photoshop 25.1 (Windows)"), [("editor", "edited", "weak")]),
    "GIMP": (png(("Software", "GIMP 2.10.36")), [("editor", "edited", "weak")]),
    "Facebook": (WITH_RESOURCES["JPEG"](image_resources(40, b"FBMD0a000a6e0100")), [("facebook", "nothing", "weak")]),
    "a manifest elsewhere": (
        saved("PNG", pnginfo=None)
        and png(
            ("XML:com.adobe.xmp", xmp_attribute("dcterms:provenance", "https://a.example/m.c2pa").decode()),
            international=True,
        ),
        [("c2pa_elsewhere", "nothing", "weak")],
    ),
    "IPTC, generated": (_source("trainedAlgorithmicMedia"), [("iptc_source_type", "generated", "strong")]),
    "IPTC, edited": (_source("compositeWithTrainedAlgorithmicMedia"), [("iptc_source_type", "edited", "strong")]),
    "IPTC, camera": (_source("digitalCapture"), [("iptc_source_type", "photographed", "weak")]),
    "IPTC, drawn": (_source("digitalCreation"), [("iptc_source_type", "nothing", "weak")]),
    "IPTC, unheard of": (_source("somethingNew"), []),
    "IPTC, as an element": (
        saved("JPEG", xmp=xmp(f"><i:DigitalSourceType> {TYPE}algorithmicMedia </i:DigitalSourceType>")),
        [("iptc_source_type", "generated", "strong")],
    ),
    "IPTC, as a resource": (
        saved("JPEG", xmp=xmp(f'><i:DigitalSourceType rdf:resource="{TYPE}trainedAlgorithmicMedia"/>')),
        [("iptc_source_type", "generated", "strong")],
    ),
    "camera": (saved("JPEG", exif=exif(CAMERA, EXPOSURE)), [("camera", "photographed", "weak")]),
    "camera without exposure": (
        saved("JPEG", exif=exif(CAMERA, {ExifTags.Base.DateTimeOriginal: "2019:05:04 12:30:00"})),
        [("camera_doubtful", "nothing", "weak")],
    ),
    "camera of the future": (
        saved("JPEG", exif=exif(CAMERA, EXPOSURE | {ExifTags.Base.DateTimeOriginal: "2107:05:04 12:30:00"})),
        [("camera_doubtful", "nothing", "weak")],
    ),
    "camera in an impossible month": (
        saved("JPEG", exif=exif(CAMERA, EXPOSURE | {ExifTags.Base.DateTimeOriginal: "2019:13:04 12:30:00"})),
        [("camera_doubtful", "nothing", "weak")],
    ),
    "camera with an exposure of nothing": (
        saved("JPEG", exif=exif(CAMERA, EXPOSURE | {ExifTags.Base.ExposureTime: IFDRational(0, 125)})),
        [("camera_doubtful", "nothing", "weak")],
    ),
    "camera that ran through an editor": (
        saved("JPEG", exif=exif(CAMERA | {ExifTags.Base.Software: "Snapseed 2"}, EXPOSURE)),
        [("editor", "edited", "weak"), ("camera", "photographed", "weak")],
    ),
    "text that turns its own direction": (
        _tool("Adobe \u202ePhotoshop\u202c \u0007 with a name that is longer than anybody wants to read in any badge"),
        [("editor", "edited", "weak")],
    ),
}
