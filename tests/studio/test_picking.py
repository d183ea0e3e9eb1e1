"""Photos named by a filter, a saved view, or both; and what is exported of them."""

from pathlib import Path

import pytest

from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import State
from weldstudio.store import mirror
from weldstudio.store.store import Store
from weldstudio.studio import exporting, labelling, picking, views
from weldstudio.studio.filters import FilterError
from weldstudio.studio.queues import Sort
from weldstudio.studio.views import Order


def test_a_filter_and_a_view_must_both_let_a_photo_through(welds: Store) -> None:
    ids = [photo for (photo,) in welds.rows("SELECT id FROM photos ORDER BY id")]
    labelling.set_state(welds, ids[:5], 1, State.RAISED, who="Ann")
    name = mirror.read(welds).scheme.by_slot(1).name
    views.save(welds, "Seen", f'flag:"{name}"', who="Ann", order=Order(Sort.PATH, descending=True))
    seen = mirror.read(welds)
    assert len(picking.pick(seen)) == 12
    assert picking.pick(seen, view="seen").tolist() == [4, 3, 2, 1, 0]
    assert picking.pick(seen, view="Seen", where="name:02").tolist() == [2]
    with pytest.raises(EditRefused, match="Did you mean 'Seen'"):
        picking.pick(seen, view="Seem")
    with pytest.raises(FilterError):
        picking.pick(seen, where="flag:none")


def test_what_is_exported_is_what_is_selected(welds: Store, tmp_path: Path) -> None:
    seen = mirror.read(welds)
    ids = seen.ids[picking.pick(seen, where="name:a/0 -name:05")].tolist()
    for _ in exporting.export(welds, tmp_path / "out.csv", format="csv", photo_ids=ids):
        pass
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == [f"a/0{n}.jpg" for n in range(10) if n != 5]
