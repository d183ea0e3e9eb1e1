"""`predict`: what a model thinks of every photo."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument
from weldstudio.cli.progress import drive


@click.command(
    short_help="Predict every flag on every photo of PROJECT.",
    epilog=examples("weldstudio predict welds", "weldstudio predict welds --model ID --out predictions.csv"),
)
@project_argument
@click.option("--model", metavar="ID", help="Which model; by default the active one.")
@click.option("--out", type=click.Path(path_type=Path), metavar="CSV", help="Also write path, p_<flag>, ... here.")
@json_option
def predict(project: Path, model: str | None, out: Path | None, as_json: bool) -> None:
    """Predict every flag on every photo of PROJECT and keep the probabilities.

    Photos that this model has scored already are not scored again, so an interrupted prediction goes on.
    """
    from weldstudio.studio import exporting, predicting

    with opened(project) as store:
        report = drive(predicting.predict(store, model_id=model), "Predicting", quiet=as_json)
        result = report.to_json()
        text = str(report)
        if out is not None:
            rows = exporting.export_predictions(store, out, model_id=report.model_id)
            result = {**result, "out": str(out), "rows": rows}
            text += f"\nWrote {answer.count(rows, 'row')} to {out}."
    answer.give(as_json, result, text)
