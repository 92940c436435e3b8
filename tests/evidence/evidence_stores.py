"""Manifest stores in the JSON form of the official libraries, as far as they are looked at."""

from typing import Any

TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
Action = tuple[str, str | None]


def manifest(*actions: Action, parent: str | None = None, issuer: str = "Example Ltd") -> dict[str, Any]:
    made = [
        {"action": f"c2pa.{name}"} | ({"digitalSourceType": TYPE + source} if source else {})
        for name, source in actions
    ]
    return {
        "claim_generator_info": [{"name": "Example Camera", "version": "1"}],
        "signature_info": {"issuer": issuer, "common_name": "Signer 1", "time": "2026-03-17T10:03:54+00:00"},
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": made}},
            {"label": "c2pa.hash.data", "data": {}},
        ],
        "ingredients": [{"relationship": "parentOf", "active_manifest": parent}] if parent else [],
    }


def store(
    state: str, *manifests: dict[str, Any], failures: tuple[str, ...] = (), deltas: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The last manifest is the active one; they are called 0, 1 ..."""
    return {
        "active_manifest": str(len(manifests) - 1),
        "manifests": {str(number): item for number, item in enumerate(manifests)},
        "validation_state": state,
        "validation_results": {
            "activeManifest": {"failure": [{"code": code} for code in failures]},
            "ingredientDeltas": [{"validationDeltas": {"failure": [{"code": code} for code in deltas]}}]
            if deltas
            else [],
        },
    }


_GENERATED = manifest(("created", "trainedAlgorithmicMedia"), ("watermarked.unbound", None))
_PHOTOGRAPH = manifest(("created", "digitalCapture"), ("cropped", None))

# What each store is judged as: code, proves, strength.
STORES: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "generated, listed": (store("Trusted", _GENERATED), ("c2pa_signed", "generated", "conclusive")),
    "generated, not listed": (
        store("Valid", _GENERATED, failures=("signingCredential.untrusted",)),
        ("c2pa_unlisted", "generated", "strong"),
    ),
    "generated, changed since": (
        store("Invalid", _GENERATED, failures=("assertion.dataHash.mismatch",)),
        ("c2pa_broken", "nothing", "weak"),
    ),
    "photograph, listed": (store("Trusted", _PHOTOGRAPH), ("c2pa_signed", "photographed", "conclusive")),
    "photograph, not listed": (store("Valid", _PHOTOGRAPH), ("c2pa_unlisted", "photographed", "weak")),
    "photograph, then colours": (
        store("Trusted", manifest(("created", "digitalCapture"), ("color_adjustments", None))),
        ("c2pa_signed", "edited", "conclusive"),
    ),
    "photograph, then a generative model": (
        store("Trusted", manifest(("created", "digitalCapture"), ("edited", "compositeWithTrainedAlgorithmicMedia"))),
        ("c2pa_signed", "edited", "conclusive"),
    ),
    "opened from a generated picture": (
        store("Trusted", _GENERATED, manifest(("opened", None), ("converted", None), parent="0")),
        ("c2pa_signed", "generated", "conclusive"),
    ),
    "opened from a photograph": (
        store("Trusted", _PHOTOGRAPH, manifest(("opened", None), ("resized", None), parent="0")),
        ("c2pa_signed", "photographed", "conclusive"),
    ),
    "opened from a picture whose own signer is not listed": (
        store("Trusted", _GENERATED, manifest(("opened", None), parent="0"), deltas=("signingCredential.untrusted",)),
        ("c2pa_unlisted", "generated", "strong"),
    ),
    "opened from a picture without credentials": (
        store("Trusted", manifest(("opened", None), ("edited", "trainedAlgorithmicMedia"))),
        ("c2pa_signed", "edited", "conclusive"),
    ),
    "origin not told": (store("Trusted", manifest(("opened", None))), ("c2pa_signed", "nothing", "strong")),
    "a parent of itself": (
        store("Trusted", manifest(("opened", None), parent="0")),
        ("c2pa_signed", "nothing", "strong"),
    ),
    "empty": ({}, ("c2pa_broken", "nothing", "weak")),
    "of the wrong kinds": (
        {"active_manifest": 3, "manifests": [], "validation_state": {}, "validation_results": "x"},
        ("c2pa_broken", "nothing", "weak"),
    ),
}
