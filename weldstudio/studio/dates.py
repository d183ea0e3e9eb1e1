"""Dates as tables write them, brought into one form."""

import re
from datetime import datetime

_YEAR_FIRST = re.compile(r"(\d{4})[-/.:](\d{1,2})[-/.:](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_TIME = re.compile(r"[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(am|pm)?\s*(?:Z|[+-]\d{2}:?\d{2})?", re.I)


class DayOrder:
    """Whether a column of dates writes the day or the month first, learned from those that can mean one thing only.

    Until one says otherwise the day comes first: 05/04/2024 is the fifth of April.
    """

    def __init__(self) -> None:
        self.asked = False
        """Whether there was any date."""
        self._day_first = self._month_first = False

    def learn(self, text: str) -> None:
        """Take notice of one date of the column."""
        self.asked = True
        found = _YEAR_LAST.match(text.strip())
        if found:
            self._day_first |= int(found[1]) > 12
            self._month_first |= int(found[3]) > 12

    def iso(self, text: str) -> str | None:
        """The day or moment as ISO 8601 without a zone, or None where it is none."""
        text = text.strip()
        if found := _YEAR_FIRST.match(text):
            year, month, day = int(found[1]), int(found[2]), int(found[3])
        elif found := _YEAR_LAST.match(text):
            first, second, year = int(found[1]), int(found[3]), int(found[4])
            turned = self._month_first and not self._day_first
            day, month = (second, first) if turned else (first, second)
            if len(found[4]) == 2:
                year += 2000 if year < 70 else 1900
        else:
            return None
        rest = text[found.end() :]
        hour = minute = second = 0
        if rest.strip():
            time = _TIME.fullmatch(rest)
            if time is None:
                return None
            hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
            if time[4]:
                hour = hour % 12 + (12 if time[4].lower() == "pm" else 0)
        try:
            moment = datetime(year, month, day, hour, minute, second)
        except ValueError:
            return None
        return moment.isoformat() if rest.strip() else moment.date().isoformat()
