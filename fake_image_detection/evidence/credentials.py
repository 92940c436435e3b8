"""Content Credentials (C2PA): what a signed manifest says, and who vouches for it.

The manifest is read by the official library, `c2pa-python`, in a process of its own: a manifest comes from strangers,
and the library is native code. The process has limits of time and memory and asks no other computer.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fake_image_detection.evidence.rules import SOURCE_TYPES, shown, source_type
from fake_image_detection.evidence.table import LIMITS, TABLE
from fake_image_detection.report import Evidence, Proves

_READER = Path(__file__).with_name("credentials_reader.py")
_TRUST_LIST = json.loads(files("fake_image_detection.evidence").joinpath("trust_list.json").read_text(encoding="utf-8"))
_BEGINNINGS = ("c2pa.created", "c2pa.opened")
_KEEPS_PHOTOGRAPH: frozenset[str] = frozenset(TABLE["keeps_photograph"])

# How the library is asked: no other computer, and with the list of signers.
SETTINGS: dict[str, Any] = TABLE["reader_settings"] | {
    "trust": {
        "trust_anchors": "\n".join(_TRUST_LIST["certificates"]),
        # The extended key usages that certificates of signers may have: C2PA claim signing, e-mail protection, document
        # signing, and Microsoft's own for C2PA.
        "trust_config": "\n".join(_TRUST_LIST["key_usages"]),
    },
}


class _UnreadError(Exception):
    """The manifest cannot be read here."""


def read_credentials(data: bytes, media_type: str) -> Evidence:
    """What the manifest in a picture's file says."""
    try:
        store = _read_store(data, media_type)
    except _UnreadError as error:
        return Evidence("c2pa_unread", f"holds Content Credentials, which were not read: {error}", "nothing", "weak")
    return judge(store)


def _read_store(data: bytes, media_type: str) -> dict[str, Any]:
    if find_spec("c2pa") is None:
        raise _UnreadError("pip install c2pa-python")
    if not sys.executable:
        raise _UnreadError("there is no Python to run the reader with")
    command = [sys.executable, "-P", str(_READER), media_type, str(LIMITS["credentials_seconds"])]
    settings = json.dumps(SETTINGS).encode()
    try:
        done = subprocess.run(
            command,
            input=len(settings).to_bytes(4, "big") + settings + data,
            capture_output=True,
            timeout=2 * LIMITS["credentials_seconds"],
            check=True,
        )
        if len(done.stdout) > LIMITS["credentials_characters"]:
            raise _UnreadError("they are too large")
        store = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise _UnreadError("they took too long") from None
    except (subprocess.SubprocessError, OSError, ValueError, RecursionError):
        raise _UnreadError("the reader failed") from None
    if not isinstance(store, dict):
        raise _UnreadError("the reader failed")
    if "error" in store:
        raise _UnreadError(f"they are damaged ({shown(str(store['error']))})")
    return store


def judge(store: dict[str, Any]) -> Evidence:
    """What a manifest store, in the JSON form of the official libraries, says of its picture."""
    manifest = _active(store)
    signature = _object(manifest.get("signature_info"))
    signer = _signer(signature)
    proves, words = _history(store, manifest, LIMITS["ingredients"])
    said = words + _particulars(manifest)
    day = shown(_text(signature.get("time")))[:10]
    on = f" on {day}" if day else ""
    listed = _TRUST_LIST["date"]
    if store.get("validation_state") == "Trusted" and not _failures(store):
        detail = f"Content Credentials signed by {signer}{on}, a signer on the list of {listed}: {said}"
        return Evidence("c2pa_signed", detail, proves, "strong" if proves == "nothing" else "conclusive")
    if store.get("validation_state") in ("Trusted", "Valid"):
        detail = (
            f"Content Credentials signed by \u201c{signer}\u201d{on}, a signer not on our list of {listed} "
            f"(anyone can sign so): {said}"
        )
        return Evidence("c2pa_unlisted", detail, proves, "weak" if proves in ("photographed", "nothing") else "strong")
    failures = shown(", ".join(sorted(set(_failures(store)))[:4])) or "no valid signature"
    detail = f"Content Credentials that do not hold ({failures}) and may belong to another picture: {said}"
    return Evidence("c2pa_broken", detail, "nothing", "weak")


def _active(store: dict[str, Any]) -> dict[str, Any]:
    return _object(_object(store.get("manifests")).get(_text(store.get("active_manifest"))))


def _failures(store: dict[str, Any]) -> list[str]:
    results = _object(store.get("validation_results"))
    deltas = [_object(_object(delta).get("validationDeltas")) for delta in _list(results.get("ingredientDeltas"))]
    failed = [item for part in [_object(results.get("activeManifest")), *deltas] for item in _list(part.get("failure"))]
    return [_text(_object(item).get("code")) for item in failed]


def _actions(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each action's name and its kind of source, if it says one."""
    for assertion in _list(manifest.get("assertions")):
        if _text(_object(assertion).get("label")).startswith("c2pa.actions"):
            for action in _list(_object(_object(assertion).get("data")).get("actions")):
                yield _text(_object(action).get("action")), source_type(_text(_object(action).get("digitalSourceType")))


def _history(store: dict[str, Any], manifest: dict[str, Any], left: int) -> tuple[Proves, str]:
    """What a manifest and those of the pictures it was made from say of the picture's making, in words too."""
    actions = list(_actions(manifest))
    proves, words = _beginning(store, manifest, actions, left)
    if proves == "generated":
        return proves, words
    for action, source in actions:
        kind = SOURCE_TYPES.get(source)
        if action not in _BEGINNINGS and kind is not None and kind["proves"] in ("generated", "edited"):
            return "edited", f"{words}, then {kind['words'].replace('made by', 'edited with')}"
    if proves == "photographed" and any(action not in _KEEPS_PHOTOGRAPH for action, _ in actions):
        return "edited", f"{words}, then edited"
    return proves, words


def _beginning(
    store: dict[str, Any], manifest: dict[str, Any], actions: list[tuple[str, str]], left: int
) -> tuple[Proves, str]:
    for action, source in actions:
        if action == "c2pa.created" and source in SOURCE_TYPES:
            return SOURCE_TYPES[source]["proves"], SOURCE_TYPES[source]["words"]
    for ingredient in _list(manifest.get("ingredients")):
        if _object(ingredient).get("relationship") == "parentOf" and left > 0:
            label = _text(_object(ingredient).get("active_manifest"))
            parent = _object(_object(store.get("manifests")).get(label))
            if parent:
                return _history(store, parent, left - 1)
    return "nothing", "its origin is not told"


def _signer(signature: dict[str, Any]) -> str:
    names = [shown(_text(signature.get(key))) for key in ("issuer", "common_name")]
    return ", ".join(dict.fromkeys(name for name in names if name)) or "somebody unnamed"


def _particulars(manifest: dict[str, Any]) -> str:
    """What made the manifest, and the actions it tells of."""
    generator = _object(next(iter(_list(manifest.get("claim_generator_info"))), None))
    name = shown(_text(generator.get("name")) or _text(manifest.get("claim_generator")))
    actions = dict.fromkeys(shown(action.removeprefix("c2pa.")) for action, _ in _actions(manifest) if action)
    parts = [f"by {name}"] if name else []
    parts += [f"actions: {', '.join(list(actions)[:6])}"] if actions else []
    return f" ({'; '.join(parts)})" if parts else ""


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
