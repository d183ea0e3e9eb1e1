"""`refit`: every flag's head fitted to all labels, on features that are there."""

from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument
from weldstudio.cli.progress import drive
from weldstudio.cli.scores import decimal


@click.command(
    short_help="Fit every flag to all labels of PROJECT, score all photos.",
    epilog=examples("weldstudio refit welds", "weldstudio refit welds --forget"),
)
@project_argument
@click.option("--forget", is_flag=True, help="Go back to what the model itself says.")
@json_option
def refit(project: Path, *, forget: bool, as_json: bool) -> None:
    """Fit every flag's head to all labels of PROJECT, on the features of the active model's trunk.

    Takes a second where a training takes an hour. Probabilities, queues and verdicts are those of the new heads until
    another model is put into use, or --forget. Flags with fewer than ten raised or clear photos stay the model's. The
    figures are those of photos that the fit has not seen: it is repeated without a third of the joints at a time.
    """
    from weldstudio.studio import refitting

    with opened(project) as store:
        if forget:
            gone = refitting.forget(store)
            said = "Probabilities are the model's own again." if gone else "Nothing was refitted; nothing to forget."
            answer.give(as_json, {"forgotten": gone}, said)
            return
        report = drive(refitting.refit(store), "Refitting", quiet=as_json, cancelled="Cancelled; nothing was changed.")
    rows = [
        (
            name,
            report.raised[name],
            report.clear[name],
            answer.percent(found.mean_per_class_accuracy),
            decimal(found.average_precision),
            "too few" if name in report.too_few else decimal(found.threshold),
        )
        for name, found in report.flags.items()
    ]
    text = answer.table(("flag", "raised", "clear", "per class", "AP", "threshold"), rows)
    without = report.out_of - report.photos
    more = f" {answer.count(without, 'photo')} without features left out." if without else ""
    joints = answer.count(report.moved, "joint")
    text += f"\n{answer.count(report.photos, 'photo')} scored anew in {report.seconds:.1f} s; the model's verdict of "
    answer.give(as_json, report.to_json(), f"{text}{joints} is another one now.{more}")
