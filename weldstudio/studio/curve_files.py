"""Curves of runs as files for other programs: a table (CSV), pictures, or the event files that TensorBoard reads."""

import csv
import struct
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from math import isfinite
from pathlib import Path

from weldstudio.domain.errors import JobFailed
from weldstudio.jobs.folder import RunFolder
from weldstudio.jobs.process import command, environment
from weldstudio.studio.run_table import curves_of

MEASURES = ("accuracy", "validation", "training", "rate")
"""What is drawn of runs, beside 'flag:NAME': mean per-class accuracy, losses, learning rate."""
MOST_DRAWN = 20

Point = tuple[str, int, float]
"""(curve, step, value)"""


def points(run: RunFolder) -> Iterator[Point]:
    """Every point of every curve of a run, curve by curve. Raises JobFailed."""
    for name, steps, values in curves_of(run).written():
        yield from ((name, step, value) for step, value in zip(steps, values, strict=True) if isfinite(value))


def write_csv(runs: Sequence[RunFolder], file: Path) -> int:
    """One line per point: run, recipe, curve, step, value. Returns how many. Raises JobFailed."""
    count = 0
    try:
        with file.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(("run", "recipe", "curve", "step", "value"))
            for run in runs:
                rows = [(run.id, run.recipe().name, *point) for point in points(run)]
                writer.writerows(rows)
                count += len(rows)
    except OSError as error:
        raise JobFailed(f"The curves cannot be written to {file}: {error}.") from error
    return count


def draw(runs: Sequence[RunFolder], file: Path, *, measure: str = "accuracy") -> None:
    """One curve of each run as a picture (.png) or drawing (.svg), by a process that knows Qt. Raises JobFailed.

    `measure` is one of `MEASURES`, or 'flag:NAME'.
    """
    folders = [str(run.path) for run in runs[:MOST_DRAWN]]
    words = command("curves", str(file.resolve()), measure, *folders)
    done = subprocess.run(words, env=environment(), capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise JobFailed(said[-1] if said else f"The curves cannot be drawn into {file}.")


def write_events(runs: Sequence[RunFolder], folder: Path) -> list[Path]:
    """For TensorBoard: one folder per run in `folder`, with one event file. Raises JobFailed.

    The format: records of length, its check sum, content, its check sum, after the rules of TFRecord; each content is
    an `Event` of tensorflow/core/util/event.proto, written by hand since it needs five fields.
    """
    written = []
    try:
        for run in runs:
            curves = curves_of(run)
            began = curves.started.time if curves.started is not None else 0.0
            target = folder / run.id
            target.mkdir(parents=True, exist_ok=True)
            file = target / f"events.out.tfevents.{int(began)}.weldstudio"
            with file.open("wb") as handle:
                handle.write(_record(_field(1, 1, struct.pack("<d", began)) + _text(3, b"brain.Event:2")))
                for name, step, value in points(run):
                    one = _text(1, name.replace(" ", "_").encode()) + _field(2, 5, struct.pack("<f", value))
                    event = _field(1, 1, struct.pack("<d", began)) + _field(2, 0, _varint(step))
                    handle.write(_record(event + _text(5, _text(1, one))))
            written.append(file)
    except OSError as error:
        raise JobFailed(f"The event files cannot be written to {folder}: {error}.") from error
    return written


def _field(number: int, kind: int, content: bytes) -> bytes:
    """A field of a protocol buffer; kinds: 0 varint, 1 eight bytes, 2 bytes with their length, 5 four bytes."""
    return bytes([number << 3 | kind]) + content


def _text(number: int, content: bytes) -> bytes:
    return _field(number, 2, _varint(len(content)) + content)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def _record(content: bytes) -> bytes:
    length = struct.pack("<Q", len(content))
    return b"".join((length, _masked(length), content, _masked(content)))


def _masked(data: bytes) -> bytes:
    """CRC-32C, turned and shifted as TFRecord wants it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _table()[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


@cache
def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)
