"""What people make of the photographs: how far two agree, and what audits have found."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from weldstudio.gui.quality.blocks import Heads, Link, Rows
from weldstudio.gui.session import Session
from weldstudio.gui.words import count, percent_range, when

if TYPE_CHECKING:
    from weldstudio.store.store import Store
    from weldstudio.studio.samples import Audit, Draw, Share

AGREEMENT: Final = "Agreement of first and second reviewer"
AUDITS: Final = "Audit samples"
PeopleTable = tuple[str, Heads, Rows, str, dict[tuple[int, int], Link]]
"""Title, heads, rows, explanation, and what its numbers open."""


class People(QObject):
    """Reads from the store what the mirror does not hold; `found()` is called when it has come and is another one."""

    def __init__(self, session: Session, found: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._found = session, found
        self._draws: list[Draw] = []

    def refresh(self) -> None:
        """Ask the store anew."""
        self._session.run(_read).then(self._take)

    def tables(self) -> list[PeopleTable]:
        """Each table that has something to say."""
        made = [_agreement(self._session), _audits(self._session, self._draws)]
        made.append(_audited_flags(self._session, self._draws))
        return [table for table in made if table[2]]

    def _take(self, draws: "list[Draw]") -> None:
        if draws != self._draws:
            self._draws = draws
            self._found()


def _read(store: "Store") -> "list[Draw]":
    from weldstudio.studio import samples

    return samples.draws(store)


def _agreement(session: Session) -> PeopleTable:
    from weldstudio.studio import second

    found = second.agreement(session.mirror)
    heads = [
        ("Flag", ""),
        ("Photographs", "Both said raised, clear or unsure"),
        ("Both raised", ""),
        ("First only", "Raised by the first reviewer alone"),
        ("Second only", "Raised by the second reviewer alone"),
        ("Unsure", "Either reviewer is unsure"),
        ("Kappa", "Cohen's, of the answers raised, clear and unsure: 1 = they always agree, 0 = as often as by chance"),
        ("95 % interval", "Wilson's limits of the observed agreement, as kappa"),
    ]
    rows = [
        (
            name,
            *(count(number) for number in (one.n, one.both, one.first, one.second, one.unsure)),
            "–" if one.kappa is None else f"{one.kappa:.2f}",
            "–" if one.interval is None else f"{one.interval[0]:.2f} to {one.interval[1]:.2f}",
        )
        for name, one in found.flags.items()
        if one.n
    ]
    waiting = "".join(f" {who} has {count(number)} to look at." for who, number in found.waiting.items())
    differ = f" {count(found.differing)} labels differ and are to be settled: the queue “Reviewers differ”."
    text = f"Labelled twice, the second time blind.{waiting}{differ if found.differing else ''}"
    cells = second.cells(session.mirror)
    names = [row[0] for row in rows]
    links = {
        (names.index(name), column): Link(ids=ids, words=f"{name}: {words}")
        for name, of_flag in cells.items()
        if name in names
        for column, (words, ids) in enumerate(of_flag.items(), 1)
        if ids
    }
    return AGREEMENT, heads, rows, text, links


def _audits(session: Session, draws: "Sequence[Draw]") -> PeopleTable:
    purposes = {"audit": "labels", "safe": "safe to pass"}
    heads = [
        ("Drawn", ""),
        ("Of", "What was audited: labels, or joints that passed by their predictions"),
        ("Seed", ""),
        ("Done", "Photographs looked at again, of those drawn"),
        ("Wrong", "Photographs with at least one wrong label, of those done"),
        ("95 % interval", "Wilson's, of the share that is wrong"),
        ("Rejects", "Joints that reach the reject limit, of those whose drawn photographs are all done"),
    ]
    rows = [
        (
            f"{when(one.draw.at.timestamp())} by {one.draw.who}",
            purposes.get(one.draw.purpose, one.draw.purpose),
            str(one.draw.seed),
            f"{count(one.done)} of {count(one.draw.photos)}",
            _share(one.wrong),
            _interval(one.wrong),
            _share(one.rejects),
        )
        for one in _found(session, draws)
    ]
    text = "Drawn by chance, so that what was found says how many of all labels are wrong."
    links = {}
    for row, one in enumerate(_found(session, draws)):
        drawn = tuple(p for p, of in session.mirror.reviews.audits.items() if one.draw.action_id in of)
        opened = {3: (drawn, ""), 4: (one.wrong_ids, "wrong in the "), 6: (one.reject_ids, "rejected in the ")}
        for column, (ids, words) in opened.items():
            if ids:
                links[row, column] = Link(ids=ids, words=f"{words}audit sample of {rows[row][0]}")
    return AUDITS, heads, rows, text, links


def _audited_flags(session: Session, draws: "Sequence[Draw]") -> PeopleTable:
    newest = next((one for one in _found(session, draws) if one.done), None)
    heads = [
        ("Flag", ""),
        ("Raised, wrong", "Labels that were raised and are clear, of those looked at again"),
        ("95 % interval", ""),
        ("Clear, wrong", "Labels that were clear and are raised, of those looked at again"),
        ("95 % interval", ""),
    ]
    if newest is None:
        return "", heads, (), "", {}
    rows = [
        (flag.name, _share(flag.raised), _interval(flag.raised), _share(flag.clear), _interval(flag.clear))
        for flag in newest.flags
    ]
    links = {
        (row, column): Link(ids=ids, words=f"{flag.name}: {words} in the audit")
        for row, flag in enumerate(newest.flags)
        for column, ids, words in ((1, flag.down, "wrongly raised"), (3, flag.up, "wrongly clear"))
        if ids
    }
    return f"Wrong labels in the sample of {when(newest.draw.at.timestamp())}", heads, rows, "", links


def _found(session: Session, draws: "Sequence[Draw]") -> "list[Audit]":
    from weldstudio.studio import samples

    return samples.audits(session.mirror, draws)


def _share(share: "Share") -> str:
    return f"{count(share.found)} of {count(share.of)}" if share.of else "–"


def _interval(share: "Share") -> str:
    low, high = share.interval
    return percent_range(low, high) if share.of else "–"
