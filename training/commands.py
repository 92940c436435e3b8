"""What the commands do, once their options are read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from training.data import Example, drop_leaks, drop_unreadable, read_examples
from training.networks import NETWORKS
from training.start_weights import best_start
from training.train import Configuration, RunError, train


def train_network(options: argparse.Namespace) -> None:
    """Train a network by the options of `python -m training train`."""
    if options.network not in NETWORKS:
        raise RunError(f"no network is called {options.network}; there are: {', '.join(NETWORKS)}")
    configuration = Configuration(
        network=options.network,
        input_size=options.input_size,
        patch_size=options.patch_size,
        start=best_start(options.network) if options.start == "best" else options.start,
        epochs=options.epochs,
        samples_per_epoch=options.samples_per_epoch,
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        seed=options.seed,
        origin_weights=dict(_weight(text) for text in options.weight),
    )
    train(configuration, load_examples(options.data), options.out, options.resume)
    print(f"trained. Next: python -m training release --run {options.out} --data {options.data} --name NAME")


def release_network(options: argparse.Namespace) -> None:
    """Release a run by the options of `python -m training release`."""
    from training.release import release

    release(options.run, load_examples(options.data), options.models / options.name, options.version)


def evaluate_network(options: argparse.Namespace) -> None:
    """Measure a network by the options of `python -m training evaluate`."""
    from training.evaluate import evaluate
    from training.trained import open_network

    folder = getattr(options, "out", Path("runs/evaluation") / options.network.name)
    evaluate(open_network(options.network), load_examples(options.data), options.split, folder, options.draws)
    print(f"wrote {folder / 'report.md'}; {folder / 'mistakes.png'} shows people: do not publish it")


def compare_networks(options: argparse.Namespace) -> None:
    """Compare networks by the options of `python -m training compare`."""
    from training.compare import compare
    from training.trained import open_network

    networks = [open_network(folder) for folder in options.networks]
    print(compare(networks, load_examples(options.data), options.split, options.out, options.draws))
    print(f"wrote {options.out / 'comparison.md'}")


def load_examples(folder: Path) -> list[Example]:
    """Return the examples below `folder`; what is left out, and why, goes to standard error."""
    examples, unreadable = drop_unreadable(read_examples(folder))
    for path in unreadable:
        print(f"skipped, not a readable picture: {path}", file=sys.stderr)
    examples, leaks = drop_leaks(examples)
    for path in leaks:
        print(f"skipped, stands in the validation or test split too: {path}", file=sys.stderr)
    return examples


def _weight(text: str) -> tuple[str, float]:
    origin, _, factor = text.partition("=")
    try:
        return origin, float(factor)
    except ValueError:
        raise RunError(f"--weight takes ORIGIN=FACTOR, such as ffhq=2, not {text}") from None
