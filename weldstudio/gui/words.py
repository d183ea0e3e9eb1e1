"""Numbers and times as people read them, the same on every page."""

from datetime import datetime


def percent(share: float | None, *, digits: int = 1) -> str:
    """0.871 as '87.1 %'; a dash where there is no value."""
    return "–" if share is None else f"{share * 100:.{digits}f} %"


def percent_range(low: float, high: float) -> str:
    """'82.0 to 91.3 %'."""
    return f"{low * 100:.1f} to {high * 100:.1f} %"


def count(number: int) -> str:
    """1234 as '1,234'."""
    return f"{number:,}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """'1 photograph', '2,000 photographs'."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """'8 s', '2 min 10 s', '3 h 5 min'."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    hours, rest = divmod(whole, 3600)
    return f"{hours} h {rest // 60} min"


def when(moment: str | float | None) -> str:
    """A moment in local time, '21 Nov 2026, 10:58'; from ISO 8601 with zone or seconds since 1970, '' from nothing."""
    if moment in (None, ""):
        return ""
    if isinstance(moment, str):
        try:
            local = datetime.fromisoformat(moment).astimezone()
        except ValueError:
            return moment
    else:
        assert moment is not None
        local = datetime.fromtimestamp(moment).astimezone()
    return f"{local.day} {local:%b %Y, %H:%M}"
