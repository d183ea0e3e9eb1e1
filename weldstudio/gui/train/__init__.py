"""The Train page: a recipe as cards, what it would use, the curves of a run, and the runs so far.

`curves` holds what a run has said as plain arrays, without Qt; `plots` is the only module of the program that imports
pyqtgraph; `follower` reads the lines that a run folder has gained. A live run and an old one go through the same three.
May import `session`, `studio`, `jobs.folder`, `domain`; never `store` or `ml`.

Rejected: a plot widget that remembers runs (what was said lives in the run folder, so any plot can be made again), and
one class per kind of field (the recipe's fields are rows of one table, `fields`).
"""
