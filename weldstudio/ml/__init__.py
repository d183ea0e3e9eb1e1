"""How weldstudio learns: networks, losses, training, overlays. Only ever imported in a child.

It may import torch, torchvision, `imaging` and `domain`; it knows no project, no database and no window. A training
is a function from a recipe and a manifest to an iterator of messages; an engine is a function from requests to
answers. Both can be run in a test without any process.

Rejected: a trainer class with hooks (a loop that one can read from top to bottom is shorter than the hooks), a
library for activation maps (the closed form is one line), data-loader processes (threads decode as fast, since all
decoders let the interpreter lock go, and processes cost seconds on Windows).
"""
