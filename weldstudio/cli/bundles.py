"""`bundle` and `conflicts`: labels from desk to desk, and what to do where two experts differ."""

from datetime import datetime
from pathlib import Path

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, opened, project_argument, signature, who_option
from weldstudio.cli.progress import drive


@click.command(
    short_help="Put the work of PROJECT into a bundle, or take one in.",
    epilog=examples(
        "weldstudio bundle welds monday.weldlabels --since 2026-11-16",
        "weldstudio bundle welds --take monday.weldlabels",
    ),
)
@project_argument
@click.argument("out", type=click.Path(path_type=Path), metavar="[OUT]", required=False)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was done from this day on.")
@click.option("--take", type=click.Path(path_type=Path), metavar="FILE", help="Take this bundle in.")
@click.option("--new-flags", is_flag=True, help="With --take: add flags and merges that PROJECT lacks.")
@click.option("--new-scheme", is_flag=True, help="With --take: take over points, rules, groups and words as well.")
@who_option
@json_option
def bundle(
    project: Path,
    out: Path | None,
    since: datetime | None,
    take: Path | None,
    new_flags: bool,
    new_scheme: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Write what experts labelled, noted, decided and reviewed in PROJECT into the file OUT; or take in such a file.

    Taking a bundle twice does no harm, and their order does not matter. Where two experts gave different answers
    without knowing of each other, `conflicts` lists them.
    """
    if (out is None) == (take is None):
        raise click.UsageError("Name the file to write, or take one in with --take FILE.")
    if take is not None and since is not None:
        raise click.UsageError("--since belongs to writing a bundle, --take to taking one in.")
    from weldstudio.studio import bundling

    by = signature(who)
    with opened(project, read_only=take is None) as store:
        if take is not None:
            taking = bundling.take(store, take, who=by, new_flags=new_flags, new_scheme=new_scheme)
            took = drive(taking, "Taking labels in", quiet=as_json)
            lines = [took.text]
            if took.missing_flags:
                lines.append(f"Flags that are not here (--new-flags adds them): {', '.join(took.missing_flags)}")
            if took.differences:
                lines += ["The scheme of the other desk differs (--new-scheme takes it over):", *took.differences]
            if took.conflicts or took.decision_conflicts:
                lines.append(f"See them: {answer.command('conflicts', project)}")
            answer.give(as_json, took.to_json(), "\n".join(lines))
            return
        assert out is not None
        day = None if since is None else since.date()
        made = drive(bundling.make(store, out, since=day, who=by), "Bundling", quiet=as_json)
    answer.give(as_json, made.to_json(), f"{made.text}.")


@click.command(
    short_help="List labels about which experts differ, or settle one.",
    epilog=examples(
        "weldstudio conflicts welds",
        "weldstudio conflicts welds --settle a/12.jpg 'No Clamp Used' raised --by 'Ann Lee'",
    ),
)
@project_argument
@click.option("--settle", nargs=3, metavar="PHOTO FLAG STATE", help="Say what holds: raised, clear or unsure.")
@who_option
@json_option
def conflicts(project: Path, settle: tuple[str, str, str] | None, who: str | None, as_json: bool) -> None:
    """List the labels of PROJECT about which two experts gave different answers without knowing of each other.

    Joints of which they decided differently are listed below; `decide` settles those.
    """
    from weldstudio.domain.labelling import State
    from weldstudio.studio import addressing
    from weldstudio.studio import conflicts as found

    if settle is not None:
        path, flag, word = settle
        try:
            state = State.of_word(word)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--settle") from None
        by = signature(who)
        with opened(project) as store:
            slot = addressing.class_of(store, flag).slot
            done = found.settle(store, addressing.photo_of(store, path), slot, state, who=by)
        answer.give(as_json, {"action": done.action_id, "text": done.text}, f"{done.text}.")
        return
    with opened(project, read_only=True) as store:
        listed, joints = found.listed(store), found.joints_listed(store)
    rows = [
        (
            one.path,
            one.name,
            *(f"{said.who}: {said.state.word}{f' ({said.at})' if said.at else ''}" for said in one.answers),
        )
        for one in listed
    ]
    most = max((len(row) for row in rows), default=2)
    head = ("photo", "flag", *("now" if n == most - 3 else "answer" for n in range(most - 2)))
    text = answer.table(head, [(*row[:2], *[""] * (most - len(row)), *row[2:]) for row in rows])
    text = "\n".join([*([text] if rows else []), *(one.text for one in joints)]) or "No conflicts."
    result = {"conflicts": [one.to_json() for one in listed], "decisions": [one.to_json() for one in joints]}
    answer.give(as_json, result, text)
