"""Labels written straight into the store, and what it then holds, for tests of what follows from them."""

from weldstudio.domain.labelling import Source
from weldstudio.store import actions, events
from weldstudio.store.store import Store


def label_now(store: Store) -> dict[tuple[int, int], int]:
    present = events.present(store, list(range(1, 13)))
    return {(photo, slot): byte for photo, blob in present.items() for slot, byte in enumerate(blob) if byte & 3}


def write(store: Store, rows: list[events.Row], source: Source = Source.HAND) -> actions.Written:
    with store.atomic(durable=True):
        written = actions.begin(store, who="Ann", kind="label", text="test")
        events.append(store, written, rows, source=source)
    return written
