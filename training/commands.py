"""What the commands do, once their options are read."""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

from training.errors import RunError
from training.faces.examples import Example, drop_repeated, drop_unreadable, read_examples
from training.networks import NETWORKS, usual_input_size
from training.networks.start_weights import best_start
from training.options import LICENSED, NETWORK_PARAMETERS
from training.run.configuration import PRESETS, SHORTER, Configuration
from training.run.train import train
from training.run.trainee import has_accelerator


def train_network(options: argparse.Namespace) -> None:
    """Train a network by the options of `python -m training train`."""
    wanted, examples = configuration(options), load_examples(options.data)
    _check_weights(wanted.origin_weights, examples)
    train(wanted, examples, options.out, options.resume)
    print(f"trained. Next: python -m training release --run {options.out} --data {options.data} --name NAME")


def configuration(options: argparse.Namespace) -> Configuration:
    """Return the configuration that the options of `python -m training train` describe.

    Raises:
        RunError: there is no such network, or it does not have such a parameter.
    """
    _check_network(options.network)
    parameters = {name: getattr(options, name) for name in NETWORK_PARAMETERS if name in options}
    if unknown := parameters.keys() - inspect.signature(NETWORKS[options.network]).parameters.keys():
        raise RunError(f"{options.network} has no {' or '.join(sorted(unknown))} to choose: leave that option out")
    given = {f.name: getattr(options, f.name) for f in fields(Configuration) if f.name in options}
    wanted = Configuration(
        **{
            "input_size": usual_input_size(options.network),
            **PRESETS.get(given.get("preset", ""), {}),
            **given,
            "network_parameters": parameters,
            "origin_weights": dict(_weight(text) for text in options.weight),
            "mixed_precision": {"on": True, "off": False, "auto": has_accelerator()}[options.mixed_precision],
        }
    )
    return replace(wanted, start=best_start(wanted.network)) if wanted.start == "best" else wanted


def make_traces(options: argparse.Namespace) -> None:
    """Draw photographs again by the options of `python -m training traces`."""
    from training.faces.autoencoder import TinyAutoencoder
    from training.faces.traces import draw_again

    count = draw_again(load_examples(options.data), TinyAutoencoder(options.autoencoder), options.out)
    print(f"{count} photographs drawn again. Next: python -m training train ... --traces {options.out}")


def tune_network(options: argparse.Namespace) -> None:
    """Search by the options of `python -m training tune`."""
    from training.studies.tune import tune

    _check_network(options.network)
    base = Configuration(
        network=options.network,
        input_size=usual_input_size(options.network),
        start=best_start(options.network),
        epochs=options.epochs,
        samples_per_epoch=options.samples_per_epoch,
        seed=options.seed,
        mixed_precision=has_accelerator(),
    )
    print(tune(base, load_examples(options.data), options.out, options.trials))


def release_network(options: argparse.Namespace) -> None:
    """Release a run, or a member of an ensemble, by the options of `python -m training release`."""
    from training.release.ensemble import release_member
    from training.release.publish import release

    folder, stated = options.models / options.name, _licences(options)
    examples = load_examples(options.data)
    if options.member:
        ensemble, name = options.member
        release_member(Path(ensemble), name, examples, folder, options.version, stated)
    else:
        release(options.run, examples, folder, options.version, stated)


def recalibrate_network(options: argparse.Namespace) -> None:
    """Calibrate a released network anew by the options of `python -m training recalibrate`."""
    from training.release.ensemble import recalibrate

    recalibrate(options.network, load_examples(options.data), options.version)


def renew_card(options: argparse.Namespace) -> None:
    """Measure a released network in poses and states warned of by the options of `python -m training card`."""
    from training.release.publish import renew_card

    renew_card(options.network, load_examples(options.data))


def teach_drawn(options: argparse.Namespace) -> None:
    """Give a released network its head for drawings by the options of `python -m training drawn`."""
    from training.release.drawn import teach_drawn

    teach_drawn(options.network, load_examples(options.data), options.data)
    print(f"wrote the head into {options.network / 'network.json'}. Next: make bundle")


def release_ensemble(options: argparse.Namespace) -> None:
    """Release several networks as one by the options of `python -m training ensemble`."""
    from training.release.ensemble import release_ensemble

    examples, folder = load_examples(options.data), options.models / options.name
    release_ensemble(options.members, examples, folder, options.version, _licences(options))


def evaluate_network(options: argparse.Namespace) -> None:
    """Measure a network, or its recipe, by the options of `python -m training evaluate`."""
    from training.release.trained import open_network, recipes
    from training.studies.evaluate import HOLD_OUT, evaluate
    from training.studies.hold_out import hold_out, shortened

    # A run and a release may have the same name.
    folder = getattr(options, "out", Path("runs/evaluation", "-".join(options.network.parts[-2:])))
    examples = load_examples(options.data)
    if options.hold_out_origin:
        given = {name: getattr(options, name) for name in SHORTER if name in options}
        shorter = {name: shortened(recipe, given) for name, recipe in recipes(options.network).items()}
        origins = [] if "all" in options.hold_out_origin else options.hold_out_origin
        print(hold_out(shorter, examples, origins, folder / HOLD_OUT, options.draws))
        return
    found = evaluate(open_network(options.network), examples, options.split, folder, options.draws)
    if found["warning"]:
        print(f"warning: {found['warning']}", file=sys.stderr)
    print(f"wrote {folder / 'report.md'}; {folder / 'mistakes.png'} shows people: do not publish it")


def compare_networks(options: argparse.Namespace) -> None:
    """Compare networks by the options of `python -m training compare`."""
    from training.release.trained import open_network
    from training.studies.compare import compare

    networks = [open_network(folder) for folder in options.networks]
    print(compare(networks, load_examples(options.data), options.split, options.out, options.draws))
    print(f"wrote {options.out / 'comparison.md'}")


def update_network(options: argparse.Namespace) -> None:
    """Update a released network by the options of `python -m training update`."""
    from training.studies.update import update

    old, new = read_examples(options.data), read_examples(options.new, both_classes=False)
    usable = set(usable_examples([*old, *new]))
    old, new = ([example for example in examples if example in usable] for examples in (old, new))
    changes = {
        "epochs": options.epochs,
        "samples_per_epoch": options.samples_per_epoch,
        "learning_rate": options.learning_rate,
        "origin_weights": dict(_weight(text) for text in options.weight),
    }
    _check_weights(changes["origin_weights"], [*old, *new])
    name = options.name or options.network.name
    run = options.out or Path("runs") / f"{name}-{options.version}"
    folder, stated = options.models / name, _licences(options)
    print(update(options.network, old, new, changes, run, folder, options.version, stated, options.draws))


def load_examples(folder: Path) -> list[Example]:
    """Return the examples below `folder`; what is left out, and why, goes to standard error."""
    return usable_examples(read_examples(folder))


def usable_examples(found: Sequence[Example]) -> list[Example]:
    """Return those that can be read and that are on one side of a split only; the others go to standard error."""
    examples, unreadable = drop_unreadable(found)
    for path in unreadable:
        print(f"skipped, not a readable picture: {path}", file=sys.stderr)
    examples, repeated = drop_repeated(examples)
    for path, reason in repeated.items():
        print(f"skipped, {reason}: {path}", file=sys.stderr)
    return examples


def _check_network(name: str) -> None:
    if name not in NETWORKS:
        raise RunError(f"no network is called {name}; there are: {', '.join(NETWORKS)}")


def _check_weights(weights: Mapping[str, float], examples: Sequence[Example]) -> None:
    origins = {example.origin for example in examples}
    if unknown := sorted(weights.keys() - origins):
        raise RunError(f"--weight: no faces are of {', '.join(unknown)}; there are: {', '.join(sorted(origins))}")


def _licences(options: argparse.Namespace) -> dict[str, str]:
    return {part: licence for part in LICENSED if (licence := getattr(options, f"{part}_licence"))}


def _weight(text: str) -> tuple[str, float]:
    origin, _, factor = text.partition("=")
    try:
        return origin, float(factor)
    except ValueError:
        raise RunError(f"--weight takes ORIGIN=FACTOR, such as ffhq=2, not {text}") from None


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "train": train_network,
    "traces": make_traces,
    "tune": tune_network,
    "release": release_network,
    "recalibrate": recalibrate_network,
    "card": renew_card,
    "drawn": teach_drawn,
    "update": update_network,
    "ensemble": release_ensemble,
    "evaluate": evaluate_network,
    "compare": compare_networks,
}
