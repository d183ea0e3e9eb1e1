"""The Flags page: the scheme as a table, with what is labelled of each flag, and merging by dropping a row on another.

`rows` turns scheme and mirror into plain lines, `model`, `delegates` and `table` show them, `merge_dialog` shows what a
merge would do before it is made, `edits` asks `studio`: every edit is an action of the project's log under one undo
command. May import `session`, `studio`, `domain`; never `store`.

Rejected: editing the scheme in a dialog with an undo of its own (there is one history, and the scheme is part of it).
"""
