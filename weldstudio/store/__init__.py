"""The project's SQLite store, and its mirror in numpy: the only floor that knows SQL.

`store` opens, migrates and guards one database; the other modules hold functions that take a `Store` first, one module
per noun. Every write happens inside `Store.atomic()`, notes what it touched in the table `changes` and returns the same
as a `Changes`; nothing else announces news. So the window that wrote, and any other process, learn of it alike by
`Store.changes_since`. A `Store` belongs to the thread that opened it. `mirror` reads everything that is filtered,
sorted and counted into numpy arrays once and then follows the changes.

May import: domain, paths, settings, log, numpy, sqlite3, sqlite_utils. Rejected: an object-relational mapper (rows are
made and read a hundred thousand at a time), filtering in SQL (20 to 45 times slower than the mirror), storing present
labels alone (no history, no undo after a restart), and a second announcing mechanism beside the change rows.
"""
