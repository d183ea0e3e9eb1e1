"""The Models page: the registry at the left, the chosen model's report at the right, and what can be done with it.

`class_rows` and `class_cells` show what an evaluation says per class, wherever one is shown. `report` builds the
page of one model from its card and evaluations. May import `session`, `studio`, `domain`; never `store` or `ml`.

Rejected: a web view for the report (150 MB of browser for one column of text and tables).
"""
