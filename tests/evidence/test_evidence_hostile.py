"""Metadata that means harm costs little, and is never an error."""

import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_image_detection.evidence import find_evidence
from fake_image_detection.evidence.containers import read_metadata
from fake_image_detection.evidence.credentials import judge
from fake_image_detection.evidence.rules import find_markers
from fake_image_detection.evidence.table import LIMITS
from tests.evidence.evidence_hostile import HOSTILE, MEGABYTE
from tests.evidence.evidence_pictures import MARKED

FILES = [data for data, _ in MARKED.values() if data] + [data for data in HOSTILE.values() if len(data) < 4096]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_answered(name: str) -> None:
    found = find_evidence(HOSTILE[name])
    assert len(found) <= LIMITS["markers"]
    assert all(item.strength != "conclusive" for item in found)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_takes_little_time(name: str) -> None:
    started = time.process_time()
    find_evidence(HOSTILE[name])
    # The slowest takes a quarter of a second; work that grew with the square of a file's size would take minutes.
    assert time.process_time() - started < 10


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_takes_little_memory(name: str) -> None:
    tracemalloc.start()
    try:
        list(find_markers(read_metadata(HOSTILE[name])))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 24 * MEGABYTE


def test_no_entity_is_expanded() -> None:
    assert find_evidence(HOSTILE["entities that multiply"]) == ()


def test_references_to_characters_are_characters() -> None:
    (item,) = find_evidence(HOSTILE["references to characters that are none"])
    assert "&#xD800;&#x110000;" in item.detail
    assert "Made with google ai!" in item.detail


@pytest.mark.parametrize("name", ["PNG with damaged packed texts", "PNG with more behind a packed text"])
def test_damaged_texts_say_nothing(name: str) -> None:
    assert find_evidence(HOSTILE[name]) == ()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.sampled_from(FILES), st.lists(st.tuples(st.integers(0, 4095), st.integers(0, 255)), max_size=12), st.data())
def test_any_damage_is_survived(file: bytes, changes: list[tuple[int, int]], data: st.DataObject) -> None:
    damaged = bytearray(file)
    for at, value in changes:
        if damaged:
            damaged[at % len(damaged)] = value
    end = data.draw(st.integers(0, len(damaged)))
    list(find_markers(read_metadata(bytes(damaged[:end]))))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from([file[:12] for file in FILES]), st.binary(max_size=600))
def test_any_bytes_behind_a_signature_are_survived(signature: bytes, rest: bytes) -> None:
    list(find_markers(read_metadata(signature + rest)))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "active_manifest",
                    "manifests",
                    "assertions",
                    "actions",
                    "data",
                    "ingredients",
                    "signature_info",
                    "0",
                    "label",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.dictionaries(st.sampled_from(["active_manifest", "manifests", "validation_state", "validation_results"]), _JSON)
)
def test_any_manifest_store_is_judged(store: dict[str, object]) -> None:
    assert judge(store).strength != "conclusive"
