"""Values and rules: what a photo, a scheme, a label, a verdict, a recipe *is*.

Everything here is a frozen value or a pure function of values and arrays. Nothing reads a file, opens a
database, knows a window or a network; only the standard library and numpy may be imported (a test reads
the syntax trees). All other packages move these values about, so a rule stands here once and is tested
without any machinery.

Rejected: validating models by a third-party library (a dataclass whose constructor refuses nonsense is
shorter and imports in microseconds), and Qt types in the data (the dearest mistake of our neighbours).
"""
