"""Plots of the report as SVG texts: small, without a library, in the colours of the page they stand in."""

from collections.abc import Sequence
from html import escape
from math import isfinite

import numpy as np

from weldstudio.domain.scores import Bools, Floats, precision_recall, roc
from weldstudio.domain.trust import reliability

MOST_POINTS = 200
"""Of one curve: more cannot be told apart at its size."""
_SIDE, _LEFT, _TOP, _BOTTOM = 150, 26, 14, 24

Points = Sequence[tuple[float, float]]


def bar(value: float, interval: Sequence[float], *, few: bool, words: str) -> str:
    """A share on a line from one half, which is guessing, to 1, with its interval; pale where few photos back it."""
    at, low, high = (4 + 142 * max(0.0, 2 * x - 1) for x in (value, *interval))
    return (
        f'<svg class="bar" viewBox="0 0 150 14" role="img" aria-label="{escape(words)}">'
        f'<rect class="track" x="4" y="6" width="142" height="2" rx="1"/>'
        f"<g{' class=' + chr(34) + 'few' + chr(34) if few else ''}>"
        f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="7" y2="7"/>'
        f'<circle class="dot" cx="{at:.1f}" cy="7" r="4"/></g></svg>'
    )


def roc_plot(probabilities: Floats, raised: Bools) -> str:
    """Sensitivity against the share of false alarms."""
    false_alarm, sensitivity, _ = roc(probabilities, raised)
    chance = _line([(0, 0), (1, 1)], "chance")
    curve = _line(_thinned(list(zip(false_alarm.tolist(), sensitivity.tolist(), strict=True))), "curve")
    return _square("ROC", "false alarms", "found", chance + curve)


def precision_plot(probabilities: Floats, raised: Bools) -> str:
    """Precision against recall; the level of chance is the share of raised photos."""
    recall, precision = precision_recall(probabilities, raised)
    share = float(raised.mean())
    chance = _line([(0, share), (1, share)], "chance")
    curve = _line(_thinned(list(zip(recall.tolist(), precision.tolist(), strict=True))), "curve")
    return _square("Precision", "found", "of those raised", chance + curve)


def reliability_plot(probabilities: Floats, raised: Bools) -> str:
    """Share of raised photos against the probability that was said, with intervals."""
    marks = [_line([(0, 0), (1, 1)], "chance")]
    for one in reliability(probabilities, raised):
        (x, low), (_, high) = _at(one.said, one.interval[0]), _at(one.said, one.interval[1])
        _, y = _at(one.said, one.true)
        marks.append(f'<line class="whisker" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>')
        marks.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>')
    return _square("Reliability", "it says", "truly raised", "".join(marks))


def run_plot(title: str, lines: Sequence[tuple[str, Points]], *, share: bool) -> str:
    """Curves of a run, (class of the line, (step, value)), against the step; `share`: from 0 to 100 %."""
    width, height = 460, 190
    every = [(x, y) for _, points in lines for x, y in points if isfinite(y)]
    if not every:
        return ""
    right = max(x for x, _ in every) or 1.0
    # A loss that shoots up would flatten all others: what lies above is drawn at the edge.
    values = sorted(y for _, y in every)
    top = 1.0 if share else min(values[-1], 4 * values[len(values) // 2]) or 1.0
    bottom = max(0.0, np.floor(10 * values[0] - 0.5) / 10) if share else 0.0

    def place(point: tuple[float, float]) -> tuple[float, float]:
        level = (min(point[1], top) - bottom) / ((top - bottom) or 1)
        return 40 + (width - 52) * point[0] / right, height - 24 - (height - 44) * level

    marks = []
    for level in (bottom, (bottom + top) / 2, top):
        _, y = place((0, level))
        said = f"{100 * level:.0f} %" if share else f"{level:.2g}"
        said = f"&gt; {said}" if level == top < values[-1] else said
        marks.append(f'<line class="axis" x1="40" x2="{width - 12}" y1="{y:.1f}" y2="{y:.1f}"/>')
        marks.append(f'<text x="34" y="{y + 3:.1f}" text-anchor="end">{said}</text>')
    for kind, points in lines:
        marks.append(_path([place(p) for p in _thinned([p for p in points if isfinite(p[1])])], kind))
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">{"".join(marks)}'
        f'<text x="40" y="{height - 8}">step 0</text>'
        f'<text x="{width - 12}" y="{height - 8}" text-anchor="end">{right:,.0f}</text></svg>'
    )


def _square(title: str, across: str, up: str, inside: str) -> str:
    (left, bottom), (right, top) = _at(0, 0), _at(1, 1)
    return (
        f'<svg viewBox="0 0 {_SIDE + _LEFT + 8} {_SIDE + _TOP + _BOTTOM}" role="img" aria-label="{title}">'
        f'<rect class="axis" x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"/>{inside}'
        f'<text x="{left}" y="{bottom + 13}">0</text><text x="{right}" y="{bottom + 13}" text-anchor="end">1</text>'
        f'<text x="{(left + right) / 2}" y="{bottom + 13}" text-anchor="middle">{across}</text>'
        f'<text x="{left - 5}" y="{(top + bottom) / 2}" text-anchor="middle" '
        f'transform="rotate(-90 {left - 5} {(top + bottom) / 2})">{up}</text></svg>'
    )


def _at(x: float, y: float) -> tuple[float, float]:
    return _LEFT + _SIDE * x, _TOP + _SIDE * (1 - y)


def _line(points: Points, kind: str) -> str:
    return _path([_at(x, y) for x, y in points], kind)


def _path(points: Points, kind: str) -> str:
    if len(points) == 1:
        return f'<circle class="dot" cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="2.5"/>'
    return f'<polyline class="{kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def _thinned(points: Points) -> Points:
    """Every so manyth point, the last one always."""
    step = -(-len(points) // MOST_POINTS) or 1
    return [*points[::step], *([points[-1]] if len(points) % step != 1 and step > 1 else [])]
