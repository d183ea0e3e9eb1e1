"""The palette against WCAG 2.2, in every theme: text at least 4.5:1, marks at least 3:1, on every ground; in high
contrast 7:1 and 4.5:1.
"""

import re

import pytest

from weldstudio import paths
from weldstudio.gui.palette import CONTRAST, DARK, GROUNDS, LIGHT, MARK_ROLES, ROLES, TEXT_ROLES

THEMES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}


def least(theme: str, *, text: bool) -> float:
    """What WCAG asks: level AA, in high contrast AAA."""
    if theme == "contrast":
        return 7.0 if text else 4.5
    return 4.5 if text else 3.0


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[-6:][i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_yardstick_itself() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", TEXT_ROLES)
def test_text_can_be_read(role: str, theme: str) -> None:
    at = THEMES[theme]
    for ground in GROUNDS:
        assert contrast(ROLES[role][at], ROLES[ground][at]) >= least(theme, text=True), f"{role} on {ground}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", MARK_ROLES)
def test_marks_can_be_seen(role: str, theme: str) -> None:
    at = THEMES[theme]
    for ground in GROUNDS:
        assert contrast(ROLES[role][at], ROLES[ground][at]) >= least(theme, text=False), f"{role} on {ground}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("on_accent", "accent"),
        ("on_accent", "accent_hover"),
        ("on_accent", "accent_pressed"),
        ("on_well", "well"),
        ("on_well_secondary", "well"),
        ("well_raised", "well"),
        ("well_clear", "well"),
        ("well_unsure", "well"),
        ("well_disagreement", "well"),
        ("well_accent", "well"),
        ("text", "chosen"),
        ("text", "hover"),
        ("secondary", "chosen"),
        ("secondary", "hover"),
        ("reject", "reject_ground"),
        ("accept", "accept_ground"),
        ("open", "open_ground"),
        ("text", "reject_ground"),
        ("text", "accept_ground"),
        ("text", "open_ground"),
        ("danger", "danger_ground"),
        ("warning", "warning_ground"),
        ("success", "success_ground"),
        ("text", "field"),
        ("secondary", "field"),
    ],
)
def test_pairs_that_stand_on_each_other(text: str, ground: str, theme: str) -> None:
    at = THEMES[theme]
    assert contrast(ROLES[text][at], ROLES[ground][at]) >= least(theme, text=True)


def test_the_toast_stands_on_inverted_ground() -> None:
    for theme, at in THEMES.items():
        assert contrast(ROLES["surface"][at], ROLES["text"][at]) >= least(theme, text=True)
        assert contrast(ROLES["toast_link"][at], ROLES["text"][at]) >= least(theme, text=True)


def test_a_chosen_row_stands_out_in_high_contrast() -> None:
    for ground in GROUNDS:
        assert contrast(ROLES["chosen"][CONTRAST], ROLES[ground][CONTRAST]) >= 2.5
        assert contrast(ROLES["line"][CONTRAST], ROLES[ground][CONTRAST]) >= 4.5


def test_no_colour_stands_outside_the_palette() -> None:
    """Code of the window and the icons name roles, never colours."""
    literal = re.compile(
        r"""["']#[0-9a-fA-F]{3,8}["']|QColor\(\s*\d|\brgba?\(|(?:fill|stroke)="#|GlobalColor\.(?!transparent)\w+"""
    )
    gui = paths.resources().parent / "weldstudio" / "gui"
    files = [f for f in gui.rglob("*.py") if f.name != "palette.py"]
    files += sorted((paths.resources() / "icons").glob("*.svg"))
    found = [
        f"{file.name}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if literal.search(line)
    ]
    assert found == []
