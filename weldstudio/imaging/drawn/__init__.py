"""Photographs of pipe joints that were drawn, not taken: for trying weldstudio where nobody's photographs are.

May import numpy, Pillow and `domain`. They are honest about what they are: plain pipes, clamps and soil with noise
and blur, in which a network can find what the labels say; they stand for no real photograph, and no accuracy
on them says anything about one. Rejected: shipping real photographs, whose makers would have to be asked.
"""
