"""`scheme`: the flags and groups of a project, looked at and edited one thing at a time."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weldstudio.cli import answer
from weldstudio.cli.options import examples, json_option, level_choice, opened, project_argument, signature, who_option
from weldstudio.cli.scheme_answer import as_table, to_json
from weldstudio.domain.errors import SchemeError

if TYPE_CHECKING:
    from weldstudio.domain.changes import Done
    from weldstudio.store.store import Store

RULES = {"any": "any photo", "none": "no photo shows it"}
"""What `--rule` takes, and the joint rule that it means."""
SHOWN = 20
_rule = click.Choice(list(RULES))


class _OfProject(click.Group):
    """Commands of one project, in the order in which one meets them; the project alone is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = [word for word in args if not word.startswith("-")]
        if len(words) == 1:
            args.insert(args.index(words[0]) + 1, "show")
        return super().parse_args(ctx, args)


@click.group(
    cls=_OfProject,
    short_help="Show or edit the flags of PROJECT.",
    subcommand_metavar="[COMMAND] [ARGS]...",
    epilog=examples(
        "weldstudio scheme welds",
        "weldstudio scheme welds add 'No Ground Sheet' --points 5 --rule none",
        "weldstudio scheme welds key 'No Ground Sheet' G",
        "weldstudio scheme welds example 'No Ground Sheet' a/12.jpg --looks-like",
        "weldstudio scheme welds group Clamps 'No Clamp Used' 'Wrong Clamp' --default 'Clamp Detected'",
        "weldstudio scheme welds save our-flags.toml",
        "weldstudio scheme welds COMMAND --help",
    ),
)
@project_argument
@click.pass_context
def scheme(context: click.Context, project: Path) -> None:
    """Show the flags of PROJECT with points, keys and groups, or edit them. Every edit can be undone in the window.

    A flag is named as `show` writes it. Names that begin with a dash go behind `--`.
    """
    context.obj = project


def _of_class(**settings: Any) -> Callable[[Callable[..., None]], click.Command]:
    """A command about the class NAME: what follows it on the command line is the function's own."""

    def made(function: Callable[..., None]) -> click.Command:
        command = click.argument("name")(who_option(json_option(click.pass_obj(function))))
        return scheme.command(**settings)(command)

    return made


@scheme.command()
@click.option("--decided", metavar="DIGEST", help="Those of a decision, as `joints --json` names its scheme.")
@json_option
@click.pass_obj
def show(project: Path, decided: str | None, as_json: bool) -> None:
    """Show the flags, groups and merges."""
    from weldstudio.store import scheme as scheme_rows
    from weldstudio.studio import decisions

    with opened(project, read_only=True) as store:
        found = scheme_rows.load(store) if decided is None else decisions.scheme_at(store, decided)
    result = to_json(found)
    answer.give(as_json, result, as_table(result))


@scheme.command()
@click.argument("name")
@click.option("--points", type=int, default=0, metavar="N", help="Penalty points; 0 by default.")
@click.option("--key", default="", metavar="KEY", help="The key that raises it: 1, Q, Alt+1, F12; one is given else.")
@click.option("--colour", default="", metavar="#RRGGBB", help="Its colour; the theme's by default.")
@click.option("--describe", "description", default="", metavar="TEXT", help="What it means.")
@click.option(
    "--rule", type=_rule, default="any", help="The joint has it if any photo shows it, or only if none does not."
)
@click.option("--group", default="", metavar="NAME", help="A group that it joins.")
@who_option
@json_option
@click.pass_obj
def add(project: Path, name: str, who: str | None, as_json: bool, rule: str, **values: Any) -> None:
    """Add the flag NAME; a retired one of that name comes back."""
    from weldstudio.domain.scheme import JointRule
    from weldstudio.studio import scheme as schemes

    values["joint_rule"] = JointRule(RULES[rule])
    _edit(project, who, as_json, lambda store, by: schemes.add_flag(store, name, who=by, **values))


@_of_class()
@click.argument("new_name")
def rename(project: Path, name: str, new_name: str, who: str | None, as_json: bool) -> None:
    """Give the flag or merge NAME another name; its labels stay."""
    from weldstudio.studio import scheme as schemes

    _edit_class(project, name, new_name, edit=schemes.rename_flag, who=who, as_json=as_json)


@_of_class(context_settings={"ignore_unknown_options": True})  # -3 is a number, which is refused in words
@click.argument("number", type=int, metavar="POINTS")
def points(project: Path, name: str, number: int, who: str | None, as_json: bool) -> None:
    """Give the flag NAME other penalty points."""
    from weldstudio.studio import scheme as schemes

    _edit_class(project, name, number, edit=schemes.change_points, who=who, as_json=as_json)


@_of_class()
@click.argument("pressed", metavar="KEY")
def key(project: Path, name: str, pressed: str, who: str | None, as_json: bool) -> None:
    """Raise the flag or merge NAME by KEY: a letter, a digit, F2 to F12, or Alt+ and one of these.

    '' takes its own key away; it is given a free one then.
    """
    from weldstudio.studio import scheme as schemes

    _edit_class(project, name, pressed, edit=schemes.change_key, who=who, as_json=as_json)


@_of_class()
@click.argument("value", metavar="#RRGGBB")
def colour(project: Path, name: str, value: str, who: str | None, as_json: bool) -> None:
    """Give the flag or merge NAME a colour; '' gives it the theme's."""
    from weldstudio.studio import scheme as schemes

    _edit_class(project, name, value, edit=schemes.change_colour, who=who, as_json=as_json)


@_of_class()
@click.argument("text")
def describe(project: Path, name: str, text: str, who: str | None, as_json: bool) -> None:
    """Say in TEXT what the flag or merge NAME means."""
    from weldstudio.studio import scheme as schemes

    _edit_class(project, name, text, edit=schemes.describe_flag, who=who, as_json=as_json)


@_of_class()
@click.argument("which", type=_rule, metavar="any|none")
def rule(project: Path, name: str, which: str, who: str | None, as_json: bool) -> None:
    """Say how the photos of a joint decide the flag NAME.

    any: the joint has it as soon as one photo shows it. none: a flag of absence, that holds only if no photo shows what
    is missing.
    """
    from weldstudio.domain.scheme import JointRule
    from weldstudio.studio import scheme as schemes

    _edit_class(project, name, JointRule(RULES[which]), edit=schemes.change_joint_rule, who=who, as_json=as_json)


@_of_class()
@click.option("--back", is_flag=True, help="Bring it into use again.")
def retire(project: Path, name: str, back: bool, who: str | None, as_json: bool) -> None:
    """Take the flag NAME out of use; its labels are kept."""
    from weldstudio.studio import scheme as schemes

    _edit_class(project, name, edit=partial(schemes.retire_flag, back=back), who=who, as_json=as_json)


@scheme.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@who_option
@json_option
@click.pass_obj
def order(project: Path, names: tuple[str, ...], who: str | None, as_json: bool) -> None:
    """Put the flags NAME... first, in this order; the others follow as they were."""
    from weldstudio.store import scheme as scheme_rows
    from weldstudio.studio import scheme as schemes

    def edit(store: "Store", by: str) -> "Done":
        first = list(dict.fromkeys(_slot(store, name) for name in names))
        rest = [flag.slot for flag in scheme_rows.load(store).flags if flag.slot not in first]
        return schemes.reorder(store, [*first, *rest], who=by)

    _edit(project, who, as_json, edit)


@scheme.command()
@click.argument("name")
@click.argument("photo", metavar="PHOTO")
@click.option("--looks-like", is_flag=True, help="It looks like the flag but is not; else it is typical of it.")
@click.option("--remove", is_flag=True, help="It is no example of the flag any more.")
@who_option
@json_option
@click.pass_obj
def example(
    project: Path, name: str, photo: str, looks_like: bool, remove: bool, who: str | None, as_json: bool
) -> None:
    """Have PHOTO (a path of the project) stand as an example of the flag NAME."""
    from weldstudio.studio import addressing, examples

    def edit(store: "Store", by: str) -> "Done":
        slot = _slot(store, name)
        if remove:
            return examples.remove(store, slot, _content(store, slot, photo), who=by)
        return examples.add(store, slot, addressing.photo_of(store, photo), look_alike=looks_like, who=by)

    _edit(project, who, as_json, edit)


@scheme.command()
@click.argument("name")
@click.argument("members", nargs=-1, metavar="FLAG...")
@click.option("--default", metavar="TEXT", help="What 'none of them' is called, as 'Clamp Detected'.")
@click.option("--rename", "new_name", metavar="NAME", help="Another name for the group.")
@click.option("--dissolve", is_flag=True, help="Take the group apart; labels stay.")
@click.option("--preview", is_flag=True, help="Say what it would mean, and change nothing.")
@who_option
@json_option
@click.pass_obj
def group(
    project: Path,
    name: str,
    members: tuple[str, ...],
    default: str | None,
    new_name: str | None,
    dissolve: bool,
    preview: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Make FLAG... the group NAME, of which at most one holds; or change or dissolve the group that is there."""
    from weldstudio.store import mirror
    from weldstudio.store import scheme as scheme_rows
    from weldstudio.studio import grouping

    if preview:
        with opened(project, read_only=True) as store:
            slots = [_slot(store, member) for member in members]
            found = grouping.preview(mirror.read(store), slots, name=name)
        counted = {"raised": found.raised, "contradictions": found.contradictions}
        answer.give(as_json, counted | {"joints_changed": found.joints_changed}, found.sentence)
        return

    def edit(store: "Store", by: str) -> "Done":
        if dissolve:
            return grouping.dissolve(store, name, who=by)
        if members and name not in {g.name for g in scheme_rows.load(store).groups}:
            return grouping.make(store, name, members, default=default or "", who=by)
        return grouping.change(store, name, who=by, new_name=new_name, members=members or None, default=default)

    _edit(project, who, as_json, edit)


@scheme.command()
@click.argument("level", type=level_choice, metavar="merges|flags|both")
@click.option("--preview", is_flag=True, help="Say which verdicts would move, and change nothing.")
@who_option
@json_option
@click.pass_obj
def verdicts(project: Path, level: str, preview: bool, who: str | None, as_json: bool) -> None:
    """Say what verdicts count: merges in place of their flags, the flags, or both.

    flags: where only the merge is labelled, its flags are unsure and widen the range of points. both: the flags count
    where they are labelled, and the merge where only it is.
    """
    from weldstudio.domain.scheme import Level
    from weldstudio.store import mirror
    from weldstudio.studio import joints, merging

    with opened(project, read_only=preview) as store:
        seen = mirror.read(store)
        moves = merging.preview_verdicts(seen, Level(level))
        done = None if preview else merging.count_verdicts_by(store, Level(level), who=signature(who))
    said = "Not changed" if done is None else done.text
    result = {"verdicts": level, "action": None if done is None else done.action_id} | moves.to_json()
    answer.give(as_json, result, f"{said}. {moves.sentence}\n{joints.moving(seen, moves, most=SHOWN)}".rstrip())


@scheme.command()
@click.argument("name_or_file")
@who_option
@json_option
@click.pass_obj
def load(project: Path, name_or_file: str, who: str | None, as_json: bool) -> None:
    """Take over the flags of a preset or scheme file by name; nothing of the project's own goes."""
    from weldstudio.studio import scheme_files

    _edit(project, who, as_json, lambda store, by: scheme_files.take_over(store, name_or_file, who=by))


@scheme.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.pass_obj
def save(project: Path, file: Path, as_json: bool) -> None:
    """Write the scheme to FILE (.toml), its examples to a folder beside it."""
    from weldstudio.studio import scheme_files

    with opened(project, read_only=True) as store:
        found = scheme_files.give_out(store, file)
    text = f"Wrote {answer.count(len(found.flags), 'flag')} to {file}."
    answer.give(as_json, {"file": str(file), "flags": [flag.name for flag in found.flags], "text": text}, text)


def _edit(project: Path, who: str | None, as_json: bool, function: "Callable[[Store, str], Done]") -> None:
    """Do one edit and say what came of it."""
    from weldstudio.store import scheme as scheme_rows

    by = signature(who)
    with opened(project) as store:
        done = function(store, by)
        found = scheme_rows.load(store)
    answer.give(as_json, {"action": done.action_id, "text": done.text} | to_json(found), f"{done.text}.")


def _edit_class(
    project: Path, name: str, *values: object, edit: "Callable[..., Done]", who: str | None, as_json: bool
) -> None:
    """Do one edit of the class of that name."""
    _edit(project, who, as_json, lambda store, by: edit(store, _slot(store, name), *values, who=by))


def _slot(store: "Store", name: str) -> int:
    from weldstudio.store import scheme as scheme_rows

    return scheme_rows.load(store).by_name(name).slot


def _content(store: "Store", slot: int, photo: str) -> str:
    """The content of an example that goes by this path, or begins so."""
    from weldstudio.store import scheme as scheme_rows
    from weldstudio.studio import examples

    found = examples.examples_of(scheme_rows.load(store), slot)
    for one in found:
        if one.path == photo or one.path.endswith(f"/{photo}") or one.content_hash.startswith(photo):
            return one.content_hash
    raise SchemeError(f"'{photo}' is no example of this flag; `show --json` lists them.")
