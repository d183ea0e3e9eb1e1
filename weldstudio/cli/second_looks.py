"""`second` and `agreement`: a share of the photos looked at again, blind, and how far the two reviewers agree."""

from pathlib import Path
from typing import Any

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option


class _Share(click.ParamType):
    """'10%' or '0.1'."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).strip()
        try:
            number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            self.fail(f"'{value}' is no share; write 10% or 0.1", param, ctx)
        if not 0 < number <= 1:
            self.fail(f"a share lies above 0 and at most at 100 %, not at {value}", param, ctx)
        return number


SHARE = _Share()


@click.command(
    short_help="Send a share of PROJECT to a second reviewer.",
    epilog=examples(
        "weldstudio second welds --to 'Bea Holt' --share 10% --seed 7",
        "weldstudio queue welds second --by 'Bea Holt'",
        "weldstudio second welds --answer a/12.jpg --raised 'No Clamp Used' --by 'Bea Holt'",
    ),
)
@project_argument
@click.option("--to", metavar="NAME", help="Who takes the second look.")
@click.option("--share", type=SHARE, default="10%", show_default=True, help="How much of it, e.g. 10% or 0.1.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed draws the same photos.")
@click.option("--from", "text", metavar="FILTER", help="Draw from these photos; by default what a person has labelled.")
@click.option(
    "--answer", "photo", metavar="PHOTO", help="Give the second look at this photo; what is not said is clear."
)
@click.option("--raised", multiple=True, metavar="FLAG", help="With --answer: this flag is raised.")
@click.option("--unsure", multiple=True, metavar="FLAG", help="With --answer: this flag is unsure.")
@who_option
@json_option
def second(
    project: Path,
    to: str | None,
    share: float,
    seed: int,
    text: str | None,
    photo: str | None,
    raised: tuple[str, ...],
    unsure: tuple[str, ...],
    who: str | None,
    as_json: bool,
) -> None:
    """Draw a share of the labelled photos of PROJECT for a second look, blind; or give the answer to one of them.

    Both labellings are kept, with who gave them. `agreement` compares them, `conflicts` lists where they differ.
    """
    if (to is None) == (photo is None):
        raise click.UsageError("Say either who takes the second look with --to, or the photo of an --answer.")
    if photo is None and (raised or unsure):
        raise click.UsageError("--raised and --unsure belong to an --answer.")
    from weldstudio.domain.labelling import State
    from weldstudio.studio import addressing
    from weldstudio.studio import second as looks

    by = signature(who)
    with opened(project) as store:
        if to is not None:
            done = looks.draw(store, share, to, seed=seed, who=by, of=looks.FROM if text is None else text)
        else:
            assert photo is not None
            one = addressing.photo_of(store, photo)
            states = [(addressing.class_of(store, name).slot, State.RAISED) for name in raised]
            states += [(addressing.class_of(store, name).slot, State.UNSURE) for name in unsure]
            done = looks.give(store, [one], who=by, states=states)
    answer.give(as_json, {"action": done.action_id, "text": done.text}, f"{done.text}.")


@click.command(
    short_help="How far first and second reviewers of PROJECT agree.",
    epilog=examples("weldstudio agreement welds", "weldstudio agreement welds --json", "weldstudio conflicts welds"),
)
@project_argument
@json_option
def agreement(project: Path, as_json: bool) -> None:
    """Cohen's kappa of each flag, over the photos of PROJECT that two reviewers have labelled without seeing the other.

    1 means that they always agree, 0 that they agree no more often than by chance. Raised, clear and unsure are three
    answers: raised and unsure disagree. `conflicts` lists where they differ.
    """
    from weldstudio.store import mirror as mirrors
    from weldstudio.studio import second as looks

    with opened(project, read_only=True) as store:
        found = looks.agreement(mirrors.read(store))
    rows = [
        (
            name,
            one.n,
            one.both,
            one.first,
            one.second,
            one.unsure,
            answer.percent(one.observed),
            None if one.kappa is None else f"{one.kappa:.2f}",
            None if one.interval is None else f"{one.interval[0]:.2f} to {one.interval[1]:.2f}",
        )
        for name, one in found.flags.items()
    ]
    head = ("flag", "photos", "both raised", "first only", "second only", "unsure", "agree", "kappa", "95 %")
    lines = [answer.table(head, rows)] if sum(found.given.values()) else ["No second look was given yet."]
    lines += [f"{name}: {answer.count(count, 'second look')} to take" for name, count in found.waiting.items()]
    if found.differing:
        differ = answer.count(found.differing, "label differs", "labels differ")
        lines.append(f"{differ}, not settled yet: {answer.command('conflicts', project)}")
    answer.give(as_json, found.to_json(), "\n".join(lines))
