import pytest

from weldstudio.domain.errors import EditRefused
from weldstudio.store import mirror as mirrors
from weldstudio.store import photos
from weldstudio.store.store import Store
from weldstudio.studio import joint_facts, labelling, reviewing
from weldstudio.studio.joint_facts import Description

WHO = "Ann"


def test_type_medium_and_contractor_are_one_action_that_can_be_taken_back(welds: Store) -> None:
    joints = [joint for _, joint in sorted({(p.id, p.joint_id) for p in photos.every(welds)})][:3]
    joint_facts.describe(welds, joints[:1], who=WHO, kind="tapping-T")
    done = joint_facts.describe(welds, joints, who=WHO, kind="coupler", medium="water", contractor="Smith Ltd")
    assert done.text == "Type coupler, medium water, contractor Smith Ltd of 3 joints"
    seen = mirrors.read(welds)
    assert joint_facts.described(seen, joints) == Description("coupler", "water", "Smith Ltd")
    assert len(reviewing.select(seen, reviewing.parse('medium:water type:coupler contractor:"smith ltd"', seen.scheme)))
    assert joint_facts.known(seen) == (("coupler",), ("water",), ("Smith Ltd",))
    joint_facts.describe(welds, joints[2:], who=WHO, medium="gas")
    back = labelling.revert(welds, done.action_id or "", who=WHO)
    assert "changed since" in back.text
    seen = mirrors.read(welds)
    assert joint_facts.described(seen, joints[:1]) == Description("tapping-T", "", "")
    assert joint_facts.described(seen, joints[1:2]) == Description("", "", "")
    assert joint_facts.described(seen, joints[2:]) == Description("", "gas", ""), "field by field"
    labelling.revert(welds, back.action_id or "", who=WHO)
    assert joint_facts.described(mirrors.read(welds), joints[:2]) == Description("coupler", "water", "Smith Ltd")


def test_names_are_taken_away_and_contractors_are_found_whatever_their_case(welds: Store) -> None:
    joint = photos.every(welds)[0].joint_id
    joint_facts.describe(welds, [joint], who=WHO, contractor="Smith", medium="gas")
    assert joint_facts.describe(welds, [joint], who=WHO, contractor=" SMITH ").action_id is None
    joint_facts.describe(welds, [joint], who=WHO, medium="")
    assert joint_facts.described(mirrors.read(welds), [joint]) == Description("", "", "Smith")


def test_nonsense_is_refused(welds: Store) -> None:
    with pytest.raises(EditRefused, match="not in the project"):
        joint_facts.describe(welds, [999], who=WHO, kind="coupler")
    with pytest.raises(EditRefused, match="type is too long"):
        joint_facts.describe(welds, [1], who=WHO, kind="x" * 500)
