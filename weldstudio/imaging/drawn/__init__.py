"""Photographs of pipe welds that were drawn, not taken: for trying weldstudio where nobody's photographs are.

May import numpy, Pillow and `domain`. What is there (`scene`) and how it is looked at (`camera`) are plain data; what
an expert would say of the photo follows from both by geometry (`flags`), so labels are right and places known without
a pixel. `photograph` then traces rays to cylinders (`canvas`) and many small things at once (`parts`) before a
ground, gives what is hit (`hit`) its skin (`pipe`, `fitting`, `clamps`, `ground`, `dirt`, `props`) from tiles of noise
(`textures`), and exposes it (`lens`); `collection` plans many by chance (`chances`) and writes them.

They are honest about what they are: a network can find in them what the labels say; they stand for no real photograph,
and no accuracy on them says anything about one. Rejected: shipping real photographs, whose makers would have to be
asked; a rendering library, for what is needed of one fits in a page and must run wherever numpy does.
"""
