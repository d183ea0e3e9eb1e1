"""The scheme's rows."""

import pytest

from weldstudio.domain.scheme import Scheme
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store


def test_schemes_survive_the_store(store: Store) -> None:
    scheme = scheme_rows.load(store)
    changed = Scheme(
        tuple(reversed(scheme.with_flag('Ünïcode, "quoted"/yes', 3, key="Shift+A").flags)), scheme.groups, name="x"
    ).with_merge("clamps!", (1, 2))
    scheme_rows.save(store, changed)
    assert scheme_rows.load(store) == changed


def test_a_scheme_changed_by_another_process_is_seen(store: Store) -> None:
    before = scheme_rows.load(store)
    with Store.open(store.folder) as other:
        scheme_rows.save(other, before.with_flag("sand"))
    assert scheme_rows.load(store).has_name("sand")


def test_a_scheme_that_was_not_kept_is_forgotten(store: Store) -> None:
    before = scheme_rows.load(store)

    def fail() -> None:
        with store.atomic():
            scheme_rows.save(store, before.with_flag("sand"))
            assert scheme_rows.load(store).has_name("sand")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert scheme_rows.load(store) == before
