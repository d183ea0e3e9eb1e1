"""Where a flag goes when it is moved among rows that hold merges with their members below them: pure functions.

A merge moves as one block with its members. A new order names every flag once, as `studio.scheme.reorder` wants it.
"""

from collections.abc import Sequence

from weldstudio.gui.flags.rows import Kind, Row

Blocks = list[list[int]]


def blocks(rows: Sequence[Row]) -> Blocks:
    """Slots of flags in the order of the rows: each flag alone, the members of a merge together."""
    found: Blocks = []
    for row in rows:
        if row.kind == Kind.MERGE:
            found.append([])
        elif row.kind == Kind.MEMBER:
            found[-1].append(row.slot)
        else:
            found.append([row.slot])
    return found


def shifted(rows: Sequence[Row], slot: int, step: int) -> tuple[int, ...] | None:
    """The order with the flag or merge of this slot one place up (-1) or down (+1); None where it cannot go there."""
    row = next(row for row in rows if row.slot == slot)
    found = blocks(rows)
    if row.kind == Kind.MEMBER:
        block = next(block for block in found if slot in block)
        i = block.index(slot)
        if not 0 <= i + step < len(block):
            return None
        block[i], block[i + step] = block[i + step], block[i]
        return _flat(found)
    i = _block_of(rows, found, row)
    if not 0 <= i + step < len(found):
        return None
    found[i], found[i + step] = found[i + step], found[i]
    return _flat(found)


def moved(rows: Sequence[Row], slots: Sequence[int], before: int) -> tuple[int, ...]:
    """The order with these flags put before row number `before` (len(rows) = at the end)."""
    order = list(_flat(blocks(rows)))
    target = next((row.slot for row in rows[before:] if row.is_flag and row.slot not in slots), None)
    rest = [slot for slot in order if slot not in slots]
    place = rest.index(target) if target is not None else len(rest)
    chosen = [slot for slot in order if slot in slots]
    return (*rest[:place], *chosen, *rest[place:])


def _block_of(rows: Sequence[Row], found: Blocks, row: Row) -> int:
    if row.kind != Kind.MERGE:
        return next(i for i, block in enumerate(found) if row.slot in block)
    first_member = rows[list(rows).index(row) + 1].slot
    return next(i for i, block in enumerate(found) if first_member in block)


def _flat(found: Blocks) -> tuple[int, ...]:
    return tuple(slot for block in found for slot in block)
