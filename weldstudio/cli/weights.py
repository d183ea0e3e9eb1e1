"""`weights`: what a training can begin with."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option
from weldstudio.cli.progress import drive

if TYPE_CHECKING:
    from weldstudio.studio.weights import Kept


@click.command(
    short_help="List, fetch, add and check weights to begin with.",
    epilog=examples(
        "weldstudio weights",
        "weldstudio weights --fetch mobilenet_v2",
        'weldstudio weights --add welds.safetensors --licence "ours"',
        "weldstudio weights --check mobilenet_v2",
    ),
)
@click.option("--fetch", metavar="NETWORK", help="Fetch torchvision's weights of this network.")
@click.option("--add", type=click.Path(path_type=Path), metavar="FILE", help="Add a file of your own.")
@click.option("--licence", metavar="TEXT", default="", help="Of the file that is added.")
@click.option("--network", metavar="NAME", default="", help="That the file is for; by default what it fits best.")
@click.option("--check", metavar="NAME", help="Whether the file is intact, by its checksum.")
@click.option("--remove", metavar="NAME", help="Delete fetched weights, or your own.")
@json_option
def weights(
    fetch: str | None,
    add: Path | None,
    licence: str,
    network: str,
    check: str | None,
    remove: str | None,
    as_json: bool,
) -> None:
    """List the weights that a training can begin with: what is here, what can be fetched, how large, which licence.

    Everything works without a connection but fetching: a file that was fetched on another computer is added with --add,
    and is recognised by its checksum. An account says which of its tensors a network knows.
    """
    from weldstudio.studio import weights as kept

    if fetch is not None:
        drive(kept.fetch(fetch), "Fetching", quiet=as_json)
    if add is not None:
        taken = drive(kept.take_in(add, licence=licence, network=network), "Adding", quiet=as_json)
        said = {"weights": taken.kept.to_json(), "account": taken.sentences}
        answer.give(as_json, said, "\n".join(taken.sentences))
        return
    if check is not None:
        one = kept.named(check)
        intact = drive(kept.check(one), "Checking", quiet=as_json)
        text = f"{one.name} is {'intact' if intact else 'damaged: remove it and fetch or add it again'}."
        answer.give(as_json, {"name": one.name, "intact": intact}, text)
        return
    if remove is not None:
        kept.remove(kept.named(remove))
    found = kept.known()
    answer.give(as_json, {"weights": [one.to_json() for one in found]}, _listed(found))


def _listed(found: "list[Kept]") -> str:
    from weldstudio.studio.weights import commercial_use

    rows: list[tuple[Any, ...]] = [
        (
            one.name,
            one.title,
            f"{one.size / 1e6:,.1f} MB",
            one.kind if one.here else "can be fetched",
            commercial_use(one.licence),
            one.sha256[:8],
        )
        for one in found
    ]
    return answer.table(("name", "network", "size", "here", "commercial use", "SHA-256"), rows)
