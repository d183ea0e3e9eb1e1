"""The Flags page: the scheme as a table, with what is labelled of each flag, and merging by dropping a row on another.

`rows` turns scheme and mirror into plain lines, `model`, `delegates` and `table` show and edit them, `merge_dialog`
shows what a merge would do before it is made. Every edit is a `studio` call under one undo command. May import `session`, `studio`, `domain`; never
`store`.

Rejected: editing the scheme in a dialog with its own undo (an edit is an action of the project's log like any label).
"""
