"""The one palette: what each role looks like in the light, the dark and the high-contrast theme, and nowhere else.

Values are '#rrggbb' or '#aarrggbb'. Text roles have a contrast of at least 4.5:1 on `window`, `surface` and `lifted`,
marks at least 3:1; in high contrast 7:1 and 4.5:1 (`tests/gui/test_palette.py` computes it, after WCAG 2.2, success
criteria 1.4.3, 1.4.6 and 1.4.11).
"""

from typing import Final

LIGHT, DARK, CONTRAST = 0, 1, 2
"""The themes, as places in the rows of `ROLES`."""

ROLES: Final[dict[str, tuple[str, str, str]]] = {
    # grounds
    "window": ("#F4F5F6", "#17191C", "#000000"),
    "surface": ("#FFFFFF", "#1F2226", "#000000"),
    "lifted": ("#FFFFFF", "#272B30", "#000000"),  # menus, dialogs, cards that float
    "hover": ("#E9ECEF", "#2C3137", "#333333"),
    "pressed": ("#DEE2E6", "#343A41", "#4D4D4D"),
    "chosen": ("#E3ECFA", "#26344A", "#0050B4"),  # ground of a chosen row
    "well": ("#2A2D31", "#0E0F11", "#000000"),  # behind photographs
    "veil": ("#B8101215", "#B8101215", "#F0000000"),  # translucent strip on a photograph
    # text
    "text": ("#1B1E22", "#E8EAED", "#FFFFFF"),
    "secondary": ("#5B636D", "#A3ABB5", "#FFFFFF"),
    "disabled": ("#9AA1A9", "#646C76", "#A6A6A6"),
    "on_accent": ("#FFFFFF", "#10151D", "#000000"),
    "on_well": ("#F1F3F5", "#E8EAED", "#FFFFFF"),
    "on_well_secondary": ("#B4BBC3", "#A3ABB5", "#E6E6E6"),
    "link": ("#2563C9", "#6EA2F5", "#FFD60A"),
    "toast_link": ("#6EA2F5", "#2563C9", "#0040A8"),  # on the inverted ground of a toast
    # lines
    "line": ("#D9DDE1", "#343A41", "#A6A6A6"),
    "control_line": ("#868E97", "#737C86", "#FFFFFF"),  # outline of fields and boxes, 3:1
    "accent": ("#2563C9", "#6EA2F5", "#FFD60A"),
    "accent_hover": ("#1E55B0", "#86B2F8", "#FFE566"),
    "accent_pressed": ("#19488F", "#9BC0FA", "#FFF0A3"),
    # what is held true of a flag
    "raised": ("#C2410C", "#F08A4B", "#FF9E5E"),
    "clear": ("#0F7B6C", "#4CC2AE", "#4DE8C8"),
    "unsure": ("#7F4FC0", "#B595E8", "#D0B0FF"),
    "unseen": ("#767E87", "#808994", "#CCCCCC"),
    "disagreement": ("#B45309", "#F5B041", "#FFD24D"),
    # the same on a photograph or the veil over it, which are dark in both themes
    "well_raised": ("#F08A4B", "#F08A4B", "#FF9E5E"),
    "well_clear": ("#4CC2AE", "#4CC2AE", "#4DE8C8"),
    "well_unsure": ("#B595E8", "#B595E8", "#D0B0FF"),
    "well_unseen": ("#9AA1A9", "#9AA1A9", "#CCCCCC"),
    "well_disagreement": ("#F5B041", "#F5B041", "#FFD24D"),
    "well_accent": ("#6EA2F5", "#6EA2F5", "#FFD60A"),
    "well_reject": ("#F2867E", "#F2867E", "#FF9C94"),
    "well_accept": ("#62C992", "#62C992", "#7DF0AE"),
    "well_open": ("#B4BBC3", "#A3ABB5", "#FFFFFF"),
    # verdicts
    "reject": ("#B3261E", "#F2867E", "#FF9C94"),
    "accept": ("#146C43", "#62C992", "#7DF0AE"),
    "open": ("#5B636D", "#A3ABB5", "#FFFFFF"),
    "reject_ground": ("#FBE9E7", "#3A2422", "#330000"),
    "accept_ground": ("#E4F3EA", "#1D3328", "#002914"),
    "open_ground": ("#ECEEF0", "#2A2E33", "#1F1F1F"),
    # news; always with an icon and a word
    "danger": ("#B3261E", "#F2867E", "#FF9C94"),
    "warning": ("#9A4A06", "#F5B041", "#FFD24D"),
    "success": ("#146C43", "#62C992", "#7DF0AE"),
    "danger_ground": ("#FBE9E7", "#3A2422", "#330000"),
    "warning_ground": ("#FDF1DF", "#3A2F1C", "#2B2000"),
    "success_ground": ("#E4F3EA", "#1D3328", "#002914"),
    # controls
    "field": ("#FFFFFF", "#17191C", "#000000"),
    "track": ("#DDE1E5", "#3A4047", "#4D4D4D"),  # empty part of a bar
    "scroll": ("#B4BAC1", "#4A515A", "#A6A6A6"),
    "scroll_hover": ("#868E97", "#69727C", "#FFFFFF"),
    "shadow": ("#26000000", "#66000000", "#00000000"),
    # curves: eight hues that stay apart for colour-blind eyes, used with a dash pattern (after Okabe and Ito, 2008)
    "curve_1": ("#0072B2", "#56B4E9", "#6CC5FF"),
    "curve_2": ("#B45F06", "#F0A35E", "#FFB36B"),
    "curve_3": ("#007A5A", "#2CC9A0", "#3FE3B4"),
    "curve_4": ("#A5407A", "#E08FBF", "#F5A3D6"),
    "curve_5": ("#7A6A00", "#E3D24B", "#FFEB66"),
    "curve_6": ("#6B4FC8", "#B09BF5", "#C9B5FF"),
    "curve_7": ("#A33B2E", "#F08A7B", "#FF9C8C"),
    "curve_8": ("#4A6572", "#A9BEC9", "#C6D8E0"),
}

TEXT_ROLES: Final = (
    *("text", "secondary", "link", "accent", "danger", "warning", "success", "reject", "accept"),
    *("raised", "clear", "unsure", "disagreement"),
)
"""Roles used for text, each on `GROUNDS`."""

MARK_ROLES: Final = ["unseen", "control_line", "open", *(f"curve_{n}" for n in range(1, 9))]
"""Roles used for marks that carry meaning, each on `GROUNDS`."""

GROUNDS: Final = ("window", "surface", "lifted")
