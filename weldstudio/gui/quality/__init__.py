"""The Quality page: how much is labelled, from where, and which photographs have problems, all counted from the mirror.

`studio.quality` and `studio.counting` find it, `page` shows it. What cannot be said yet is a sentence that says what to
do.
May import `session`, `domain`; never `store`.
"""
