"""The Quality page: how much is labelled, from where, and which photographs have problems, all counted from the mirror.

`counts` is arithmetic on arrays, `page` shows it. Nothing here is estimated yet: what cannot be counted is not shown.
May import `session`, `domain`; never `store`.
"""
