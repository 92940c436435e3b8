"""Small picture files of every kind that browsers know, sound and damaged, with what a person is to be told of each."""

from collections.abc import Iterator

from tests.picture_corpus import avif, bmp, gif, jpeg, png, webp
from tests.picture_corpus.entry import Entry


def corpus() -> Iterator[Entry]:
    """All entries; their names are unique."""
    for kind in (jpeg, png, webp, gif, bmp, avif):
        yield from kind.entries()
