"""The one palette: what each role looks like in the light and in the dark theme. No colour stands anywhere else.

Values are '#rrggbb' or '#aarrggbb'. Text roles have a contrast of at least 4.5:1 on `window`, `surface` and `lifted`,
marks at least 3:1 (`tests/gui/test_palette.py` computes it, after WCAG 2.2, success criteria 1.4.3 and 1.4.11).
"""

from typing import Final

ROLES: Final[dict[str, tuple[str, str]]] = {
    # grounds
    "window": ("#F4F5F6", "#17191C"),
    "surface": ("#FFFFFF", "#1F2226"),
    "lifted": ("#FFFFFF", "#272B30"),  # menus, dialogs, cards that float
    "hover": ("#E9ECEF", "#2C3137"),
    "pressed": ("#DEE2E6", "#343A41"),
    "chosen": ("#E3ECFA", "#26344A"),  # ground of a chosen row
    "well": ("#2A2D31", "#0E0F11"),  # behind photographs
    "veil": ("#B8101215", "#B8101215"),  # translucent strip on a photograph
    # text
    "text": ("#1B1E22", "#E8EAED"),
    "secondary": ("#5B636D", "#A3ABB5"),
    "disabled": ("#9AA1A9", "#646C76"),
    "on_accent": ("#FFFFFF", "#10151D"),
    "on_well": ("#F1F3F5", "#E8EAED"),
    "on_well_secondary": ("#B4BBC3", "#A3ABB5"),
    "link": ("#2563C9", "#6EA2F5"),
    # lines
    "line": ("#D9DDE1", "#343A41"),
    "control_line": ("#868E97", "#737C86"),  # outline of fields and boxes, 3:1
    "accent": ("#2563C9", "#6EA2F5"),
    "accent_hover": ("#1E55B0", "#86B2F8"),
    "accent_pressed": ("#19488F", "#9BC0FA"),
    # what is held true of a flag
    "raised": ("#C2410C", "#F08A4B"),
    "clear": ("#0F7B6C", "#4CC2AE"),
    "unsure": ("#7F4FC0", "#B595E8"),
    "unseen": ("#767E87", "#808994"),
    "disagreement": ("#B45309", "#F5B041"),
    # the same on a photograph or the veil over it, which are dark in both themes
    "well_raised": ("#F08A4B", "#F08A4B"),
    "well_clear": ("#4CC2AE", "#4CC2AE"),
    "well_unsure": ("#B595E8", "#B595E8"),
    "well_unseen": ("#9AA1A9", "#9AA1A9"),
    "well_disagreement": ("#F5B041", "#F5B041"),
    "well_accent": ("#6EA2F5", "#6EA2F5"),
    "well_reject": ("#F2867E", "#F2867E"),
    "well_accept": ("#62C992", "#62C992"),
    "well_open": ("#B4BBC3", "#A3ABB5"),
    # verdicts
    "reject": ("#B3261E", "#F2867E"),
    "accept": ("#146C43", "#62C992"),
    "open": ("#5B636D", "#A3ABB5"),
    "reject_ground": ("#FBE9E7", "#3A2422"),
    "accept_ground": ("#E4F3EA", "#1D3328"),
    "open_ground": ("#ECEEF0", "#2A2E33"),
    # news; always with an icon and a word
    "danger": ("#B3261E", "#F2867E"),
    "warning": ("#9A4A06", "#F5B041"),
    "success": ("#146C43", "#62C992"),
    "danger_ground": ("#FBE9E7", "#3A2422"),
    "warning_ground": ("#FDF1DF", "#3A2F1C"),
    "success_ground": ("#E4F3EA", "#1D3328"),
    # controls
    "field": ("#FFFFFF", "#17191C"),
    "track": ("#DDE1E5", "#3A4047"),  # empty part of a bar
    "scroll": ("#B4BAC1", "#4A515A"),
    "scroll_hover": ("#868E97", "#69727C"),
    "shadow": ("#26000000", "#66000000"),
    # curves: eight hues that stay apart for colour-blind eyes, used with a dash pattern (after Okabe and Ito, 2008)
    "curve_1": ("#0072B2", "#56B4E9"),
    "curve_2": ("#B45F06", "#F0A35E"),
    "curve_3": ("#007A5A", "#2CC9A0"),
    "curve_4": ("#A5407A", "#E08FBF"),
    "curve_5": ("#7A6A00", "#E3D24B"),
    "curve_6": ("#6B4FC8", "#B09BF5"),
    "curve_7": ("#A33B2E", "#F08A7B"),
    "curve_8": ("#4A6572", "#A9BEC9"),
}

TEXT_ROLES: Final = (
    *("text", "secondary", "link", "accent", "danger", "warning", "success", "reject", "accept"),
    *("raised", "clear", "unsure", "disagreement"),
)
"""Roles used for text, each on `GROUNDS`."""

MARK_ROLES: Final = ["unseen", "control_line", "open", *(f"curve_{n}" for n in range(1, 9))]
"""Roles used for marks that carry meaning, each on `GROUNDS`."""

GROUNDS: Final = ("window", "surface", "lifted")
