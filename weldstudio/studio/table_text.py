"""The text of a table that somebody else wrote: its encoding, its delimiter, its records with their lines.

A file is read line by line and never held as a whole. Damage stays where it is: a byte that belongs to another
encoding, a NUL, or a quotation mark that nobody closes costs the lines it is in and no others.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from weldstudio.domain.errors import ImportRefused

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}
UNREADABLE = "\ufffd"
"""Stands for a byte that is no character in any encoding that was tried."""

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class TableText:
    """How a table is written."""

    path: Path
    encoding: str
    """'utf-8', 'utf-16', 'utf-16-le', 'utf-16-be', 'utf-32', 'cp1252', or 'mixed' of UTF-8 and Windows-1252."""
    delimiter: str
    header_line: int
    """Line of the header, from 1."""
    header: str
    """The line itself."""
    line_count: int
    """About how many lines there are: what progress is counted against."""

    def lines(self) -> Iterator[str]:
        """All lines with their ends, from the first of the file on."""
        return _lines(self.path, self.encoding)


def look_at(path: Path, *, path_names: frozenset[str]) -> TableText:
    """Finds out how the table at `path` is written; `path_names` are what a column of paths may be called.

    Takes UTF-8, UTF-16, UTF-32 and Windows-1252; commas, semicolons, tabs or upright strokes. Raises ImportRefused
    for what cannot be read or is no text.
    """
    try:
        encoding, line_count = _encoding_of(path)
        return _with_header(path, encoding, line_count, path_names)
    except OSError as error:
        raise ImportRefused(f"The label file {path} cannot be read: {error.strerror or error}.") from error


def _with_header(path: Path, encoding: str, line_count: int, path_names: frozenset[str]) -> TableText:
    hint = ""
    for number, line in enumerate(_lines(path, encoding), 1):
        told = line.strip()
        if "\0" in line or len(told) > _CHUNK:
            raise _no_text(path)
        if not hint and told.casefold().startswith("sep=") and len(told) == 5:
            hint = told[4]  # how Excel tells itself; the header comes after it
        elif told:
            return TableText(path, encoding, hint or _delimiter_in(told, path_names), number, line, line_count)
    raise ImportRefused(f"{path.name} is empty.")


def _no_text(path: Path) -> ImportRefused:
    return ImportRefused(f"{path.name} is no text file. Save the table as CSV (UTF-8) and choose that file.")


def _encoding_of(path: Path) -> tuple[str, int]:
    """The encoding of a file, and about how many lines it has. OSError where it cannot be read."""
    with path.open("rb") as file:
        head = file.read(_CHUNK)
        if not head.strip():
            raise ImportRefused(f"{path.name} is empty.")
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                return encoding, _count_lines(path)
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if even + odd > len(head) // 8:
            # Latin letters in UTF-16 have every other byte zero; anything else with so many zeros is no text.
            if min(even, odd) * 8 < max(even, odd):
                return ("utf-16-le" if odd > even else "utf-16-be"), _count_lines(path)
            raise _no_text(path)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        return "utf-8", _count_lines(path)
    except UnicodeDecodeError:
        return ("mixed" if _has_both(path) else "cp1252"), _count_lines(path)


def _has_both(path: Path) -> bool:
    """Whether some lines beyond ASCII are UTF-8: then what is not is Windows-1252 only where it stands."""
    with path.open("rb") as file:
        for line in file:
            if not line.isascii() and not line.startswith(codecs.BOM_UTF8):
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    continue
                return True
    return False


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") or chunk.count(b"\r") for chunk in iter(lambda: file.read(_CHUNK), b""))


def _lines(path: Path, encoding: str) -> Iterator[str]:
    plain = encoding not in ("utf-8", "cp1252", "mixed")
    errors = "replace" if plain else "surrogateescape"
    first = True
    with path.open(encoding=encoding if plain else "utf-8", errors=errors, newline="") as file:
        for line in file:
            if not plain and not line.isascii() and _ESCAPED.search(line):
                line = _windows_line(line) if encoding == "cp1252" else _ESCAPED.sub(_windows_character, line)
            if first or line.startswith("\ufeff"):  # a mark in the middle is where files were put together
                line, first = line.removeprefix("\ufeff"), False
            yield line


def _windows_line(line: str) -> str:
    return line.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _windows_character(found: re.Match[str]) -> str:
    return bytes([ord(found.group()) - 0xDC00]).decode("cp1252", "replace")


def _delimiter_in(header: str, path_names: frozenset[str]) -> str:
    """The delimiter of a header line: of those that set a path column apart, the one that stands there most often.

    A file of semicolons need not quote the commas of a flag's name, and may have more of them.
    """
    unquoted = "".join(header.split('"')[::2])

    def fits(delimiter: str) -> tuple[bool, int]:
        cells = (plain_name(cell.strip(' "')) for cell in header.split(delimiter))
        return any(cell in path_names for cell in cells), unquoted.count(delimiter)

    return max(DELIMITERS, key=fits)


def plain_name(name: str) -> str:
    """A column's name for comparing: case, blanks at the ends, and what parts its words do not count."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


class Records:
    """The records of a table from its header on, as (line, cells); a reason in place of cells that make none.

    Set `width` once the header is read: by it a record that runs on over many lines is recognised as one whose
    quotation mark was never closed; its first line is given up and the others are read anew.
    """

    def __init__(self, text: TableText, *, keep_blanks: bool) -> None:
        self._lines = text.lines()
        self._delimiter = text.delimiter
        self._keep_blanks = keep_blanks
        self._back: list[str] = []
        self._taken: list[str] = []
        self.line = 0
        """Of the record last handed over: its first line."""
        self.width = 0
        self._number = text.header_line - 1
        for _ in range(self._number):
            next(self._lines)

    @property
    def cut_off(self) -> bool:
        """Whether the record last handed over ends without an end of line."""
        return bool(self._taken) and not self._taken[-1].endswith(("\n", "\r"))

    def __iter__(self) -> Iterator[tuple[int, list[str] | str]]:
        reader = self._reader()
        while True:
            self.line = self._number + 1
            self._taken = []
            try:
                cells = next(reader, None)
                if cells is None:
                    return
                broken = len(self._taken) > 1 and self.width > 0 and len(cells) != self.width
            except csv.Error:
                broken, cells = True, []
            if not broken:
                yield self.line, cells
                continue
            self._back = self._taken[1:] + self._back
            self._number = self.line
            self._taken = self._taken[:1]
            yield self.line, "a quotation mark is opened in it and never closed"
            reader = self._reader()

    def _reader(self) -> "Iterator[list[str]]":
        return csv.reader(self._feed(), delimiter=self._delimiter, skipinitialspace=not self._keep_blanks)

    def _feed(self) -> Iterator[str]:
        while True:
            if self._back:
                line = self._back.pop(0)
            else:
                following = next(self._lines, None)
                if following is None:
                    return
                line = following
            self._number += 1
            self._taken.append(line)
            yield line
