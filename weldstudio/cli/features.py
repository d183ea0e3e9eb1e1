"""`features`: what a model's trunk sees in each photo, made, listed, checked and removed."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument
from weldstudio.cli.progress import drive


@click.command(
    short_help="Make the features of every photo of PROJECT.",
    epilog=examples(
        "weldstudio features welds", "weldstudio features welds --list", "weldstudio features welds --tidy"
    ),
)
@project_argument
@click.option("--model", metavar="ID", help="Whose trunk; by default the active model's.")
@click.option("--list", "listed", is_flag=True, help="Only say what there is, and its size.")
@click.option("--check", "checked", is_flag=True, help="Compare all with their checksums; take out what is damaged.")
@click.option("--tidy", is_flag=True, help="Delete features whose model is gone.")
@click.option("--remove", metavar="TRUNK", help="Delete the features of this trunk.")
@json_option
def features(
    project: Path, *, model: str | None, listed: bool, checked: bool, tidy: bool, remove: str | None, as_json: bool
) -> None:
    """Make the features of every photo of PROJECT.

    A photo goes through the network once, for its probabilities and its features. Ctrl+C pauses: what is finished
    stays, and the same command goes on with the rest. Photos that are added later are made by the next one.
    """
    from weldstudio.studio import features as feature_sets
    from weldstudio.studio import predicting

    with opened(project) as store:
        said = []
        result: dict[str, object] = {}
        if tidy or remove:
            gone = feature_sets.remove(store, trunk=remove)
            result["removed"] = [one.to_json() for one in gone]
            said.append(f"Deleted {answer.count(len(gone), 'file')}, {_size(sum(one.size for one in gone))}.")
        if checked:
            damaged = drive(feature_sets.check(store), "Checking", quiet=as_json)
            result["damaged"] = damaged
            said.append(
                f"{answer.count(damaged, 'record')} damaged and taken out; make them again with `weldstudio features`."
                if damaged
                else "All features fit their checksums."
            )
        if not (listed or checked or tidy or remove):
            report = drive(predicting.predict(store, model_id=model, features=True), "Making features", quiet=as_json)
            result |= report.to_json()
            said.append(str(report))
        found = feature_sets.every(store)
        result["features"] = [one.to_json() for one in found]
        rows = [
            (
                one.trunk,
                one.network,
                one.width,
                f"{one.photos:,} of {one.out_of:,}",
                _size(one.size),
                _models(one.models),
            )
            for one in found
        ]
        head = ("trunk", "network", "width", "photos", "size", "models")
        said.append(
            answer.table(head, rows) if rows else "There are no features yet; `weldstudio features` makes them."
        )
        if waiting := max((one.waiting for one in found), default=0):
            said.append(f"{answer.count(waiting, 'photo')} not read yet; `weldstudio rescan` reads them.")
    answer.give(as_json, result, "\n".join(said))


def _models(ids: tuple[str, ...]) -> str:
    return ", ".join(ids) or "none"


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size / 1e3:,.1f} kB"
