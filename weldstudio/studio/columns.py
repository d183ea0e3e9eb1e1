"""What the columns of a label file mean: proposed from their names and first values, changed by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from weldstudio.domain.errors import ImportRefused
from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import did_you_mean
from weldstudio.studio.table_text import plain_name


class Meaning(StrEnum):
    """What a column says of a photo. The values are the words of `--map`."""

    PATH = "path"
    """Which photo the row is about."""
    LABEL = "label"
    """The state of one flag: the one that the column is called after, or another."""
    CLASS = "class"
    """The one class of the photo."""
    FLAGS = "flags"
    """The names of all flags raised, parted by semicolons."""
    FLAG = "flag"
    """The name of one flag: the table has a row per photo and flag."""
    STATE = "state"
    """The state of the flag that the row names."""
    DATE = "date"
    EQUIPMENT = "equipment"
    CONTRACTOR = "contractor"
    JOINT = "joint"
    TYPE = "type"
    MEDIUM = "medium"
    NOTE = "note"
    COLLECTION = "collection"
    CONTENT = "sha256"
    SPLIT = "split"
    IGNORE = "ignore"


FACTS = (
    *(Meaning.DATE, Meaning.EQUIPMENT, Meaning.CONTRACTOR, Meaning.JOINT, Meaning.TYPE, Meaning.MEDIUM, Meaning.NOTE),
    *(Meaning.COLLECTION, Meaning.CONTENT, Meaning.SPLIT),
)
"""What is said of the photo or its joint beside labels."""

CHOICES = tuple(m for m in Meaning if m not in (Meaning.COLLECTION, Meaning.CONTENT, Meaning.SPLIT))
"""What a person may say of a column; the others are written by an export alone."""

_NAMES: Mapping[Meaning, tuple[str, ...]] = {
    Meaning.PATH: (
        *("path", "file", "filename", "file name", "image", "photo", "picture", "file path", "filepath"),
        *("image path", "photo path", "image file", "photo file", "datei", "dateiname", "pfad", "bild", "foto"),
    ),
    Meaning.CLASS: ("class", "label", "klasse", "category"),
    Meaning.FLAGS: ("flags", "labels", "merkmale", "mängel", "maengel", "auffälligkeiten"),
    Meaning.FLAG: ("flag", "merkmal", "mangel", "auffälligkeit"),
    Meaning.STATE: ("state", "value", "status", "zustand", "wert"),
    Meaning.DATE: ("date", "datum", "taken", "date taken", "taken at", "capture date", "aufnahmedatum", "aufgenommen"),
    Meaning.EQUIPMENT: ("equipment", "camera", "kamera", "gerät", "geraet"),
    Meaning.CONTRACTOR: ("contractor", "company", "firma", "auftragnehmer", "unternehmen"),
    Meaning.JOINT: (
        *("joint", "joint id", "joint reference", "joint ref"),
        *("verbindung", "naht", "schweißnaht", "schweissnaht"),
    ),
    Meaning.TYPE: ("type", "joint type", "typ", "art"),
    Meaning.MEDIUM: ("medium",),
    Meaning.NOTE: ("note", "notes", "comment", "remark", "notiz", "bemerkung", "kommentar", "anmerkung"),
    Meaning.COLLECTION: ("collection",),
    Meaning.CONTENT: ("sha256",),
    Meaning.SPLIT: ("split",),
}
_CALLED = {name: meaning for meaning, names in _NAMES.items() for name in names}
PATH_NAMES = frozenset(_NAMES[Meaning.PATH] + _NAMES[Meaning.JOINT])
"""Names of the columns that say what a row is about."""

WORDS: Mapping[str, State | None] = {
    **dict.fromkeys(("", "unseen", "ungesehen"), None),
    **dict.fromkeys(("1", "1.0", "yes", "y", "true", "raised", "x", "ja", "wahr"), State.RAISED),
    **dict.fromkeys(("0", "0.0", "no", "n", "false", "clear", "nein", "falsch"), State.CLEAR),
    **dict.fromkeys(("unsure", "?", "unsicher", "unklar"), State.UNSURE),
}
"""What a cell says of a flag, in small letters."""

_ENOUGH = 5
"""Values without a single label among them after which a column is taken for something else than a flag."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file and what it means."""

    place: int
    """From 0."""
    name: str
    """As the header writes it, without blanks at its ends."""
    meaning: Meaning
    flag: str = ""
    """Of a label column: the flag it speaks of."""
    certain: bool = True
    """Whether its name, or a person, says so; else it was concluded from its values."""

    @property
    def text(self) -> str:
        """The meaning as `--map` takes it."""
        if self.meaning == Meaning.LABEL and self.flag != self.name:
            return f"{Meaning.LABEL}:{self.flag}"
        return self.meaning.value


def propose(header: Sequence[str], sample: Sequence[Sequence[str]], *, facts: Sequence[str] = ()) -> list[Column]:
    """What the columns mean by their names, and where these say nothing by the values in `sample` (rows of cells).

    `facts` names columns (lower case) that are said of photos under their own name. Columns without a name are what
    spreadsheets and data frames write for row numbers.
    """
    found: list[Column] = []
    used: set[Meaning] = set()
    for place, text in enumerate(header):
        name = text.strip()
        plain = plain_name(name)
        meaning = _CALLED.get(plain)
        values = [row[place].strip().casefold() for row in sample if place < len(row) and row[place].strip()]
        if not name or plain.startswith("unnamed:") or name.casefold() in facts:
            found.append(Column(place, name, Meaning.IGNORE))
        elif meaning is not None and (meaning.value == plain or not _labels(values)) and meaning not in used:
            found.append(Column(place, name, meaning))
            used.add(meaning)
        else:
            found.append(Column(place, name, Meaning.LABEL, name))
    return _without_rivals(found, sample)


def _labels(values: Sequence[str]) -> bool:
    """Whether all of these are words for a label."""
    return bool(values) and all(value in WORDS for value in values)


def _without_rivals(found: list[Column], sample: Sequence[Sequence[str]]) -> list[Column]:
    """Of the ways to give labels one holds: a row per flag before columns of flags, these before a list."""
    meant = {column.meaning for column in found}
    lists = meant & {Meaning.CLASS, Meaning.FLAGS}
    result = []
    for column in found:
        meaning, certain = column.meaning, True
        values = [row[column.place].strip().casefold() for row in sample if column.place < len(row)]
        values = [value for value in values if value]
        no_label = len(values) >= _ENOUGH and not any(value in WORDS for value in values)
        if Meaning.FLAG in meant:
            if meaning == Meaning.CLASS and Meaning.STATE not in meant and _labels(values):
                meaning = Meaning.STATE  # a column 'label' beside one that names the flag
            elif meaning in (Meaning.LABEL, Meaning.CLASS, Meaning.FLAGS):
                meaning, certain = Meaning.IGNORE, False
        elif meaning == Meaning.STATE:
            meaning = Meaning.LABEL
        elif meaning == Meaning.LABEL and no_label:
            others = [c for c in found if c.meaning == Meaning.LABEL and c is not column]
            if others or lists:
                meaning, certain = Meaning.IGNORE, False
        flag = column.name if meaning == Meaning.LABEL else ""
        result.append(Column(column.place, column.name, meaning, flag, certain))
    if lists and any(column.meaning == Meaning.LABEL for column in result):
        # 'class' and 'label' beside columns of flags are flags of that name.
        result = [Column(c.place, c.name, Meaning.LABEL, c.name) if c.meaning in lists else c for c in result]
    return result


def with_mapping(columns: Sequence[Column], mapping: Mapping[str, str]) -> list[Column]:
    """The columns with what a person says of some, by name or by number from 1. Raises ImportRefused."""
    result = list(columns)
    for key, said in mapping.items():
        places = [c.place for c in columns if plain_name(c.name) == plain_name(key) and c.name]
        if not places and key.strip().isdecimal() and 1 <= int(key) <= len(columns):
            places = [int(key) - 1]
        if not places:
            names = [column.name for column in columns if column.name]
            raise ImportRefused(
                f"The label file has no column '{key}'.{did_you_mean(key, names)} It has {', '.join(names)}."
            )
        for place in places:
            result[place] = _meant(columns[place], said)
    return result


def _meant(column: Column, said: str) -> Column:
    word, _, flag = said.partition(":")
    word = word.strip().casefold()
    choices = [meaning.value for meaning in CHOICES]
    if word not in choices or (flag and word != Meaning.LABEL):
        raise ImportRefused(
            f"'{said}' is nothing that the column '{column.name}' can mean.{did_you_mean(word, choices)} "
            f"Use {', '.join(choices)}, or label:NAME for the labels of a flag called otherwise."
        )
    if word == Meaning.LABEL:
        flag = flag.strip() or column.name
        if not flag:
            raise ImportRefused(f"Column {column.place + 1} has no name; say label:NAME for the flag it speaks of.")
    return Column(column.place, column.name, Meaning(word), flag)


def form_of(columns: Sequence[Column], file: str) -> str:
    """'wide', 'class', 'flags', 'rows' (a row per flag) or 'facts' (no labels, only what is said beside them).

    Raises ImportRefused where the columns make no table.
    """
    by_meaning: dict[Meaning, list[Column]] = {}
    for column in columns:
        by_meaning.setdefault(column.meaning, []).append(column)
    for meaning, some in by_meaning.items():
        if meaning not in (Meaning.LABEL, Meaning.IGNORE) and len(some) > 1:
            raise ImportRefused(f"{file}: '{some[0].name}' and '{some[1].name}' cannot both be the {meaning.value}.")
    refuse_doubled([column.flag for column in by_meaning.get(Meaning.LABEL, [])], file)
    if Meaning.PATH not in by_meaning and Meaning.JOINT not in by_meaning:
        shown = ", ".join(f"'{column.name}'" for column in columns[:5] if column.name) or "nothing"
        raise ImportRefused(
            f"{file} has no column 'path' (its first line holds {shown}). "
            "Name the column with the photos' file names 'path'."
        )
    forms = [m for m in (Meaning.FLAG, Meaning.CLASS, Meaning.FLAGS, Meaning.LABEL) if m in by_meaning]
    if not forms and Meaning.STATE not in by_meaning:
        subject = Meaning.PATH if Meaning.PATH in by_meaning else Meaning.JOINT
        if any(meaning in FACTS and meaning != subject for meaning in by_meaning):
            return "facts"
    if not forms:
        raise ImportRefused(
            f"{file} has a column of paths but none with labels. "
            "Add a column per flag, or one named 'class', 'flags' or 'flag'."
        )
    if len(forms) > 1:
        first, second = by_meaning[forms[0]][0], by_meaning[forms[1]][0]
        raise ImportRefused(
            f"{file}: '{first.name}' ({forms[0]}) and '{second.name}' ({forms[1]}) are two ways to give labels; "
            "have one of them ignored."
        )
    if Meaning.STATE in by_meaning and forms[0] != Meaning.FLAG:
        raise ImportRefused(f"{file}: a column of states needs one beside it that names the flag.")
    return {Meaning.FLAG: "rows", Meaning.LABEL: "wide"}.get(forms[0], forms[0].value)


def refuse_doubled(names: Sequence[str], file: str) -> None:
    """Raises ImportRefused where two columns speak of the same flag."""
    doubled = next((name for name in sorted(set(names)) if names.count(name) > 1), None)
    if doubled is not None:
        raise ImportRefused(f"{file} has two columns named '{doubled}'; give one of them another name.")
