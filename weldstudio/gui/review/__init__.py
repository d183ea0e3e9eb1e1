"""The Review page: a grid of photographs, one of them large, and the inspector with its flags.

May import all of `gui`'s frame, `studio.reviewing`, `imaging`, `domain`; reads the mirror, writes through the session.
Widgets here paint what they are given: the grid knows ids, pixmaps and badges, the photo view a picture and an overlay,
the inspector rows; `page` alone knows the session and joins them. What can be said without Qt (where a cell lies,
what is selected, what a row of the inspector shows) is plain functions and values beside the widgets.

Rejected: QListView for the grid (it lays out every item on each resize: 0.3 s at 127,655 photographs), a scene of
items (3 s to fill, 250 MB), and decoding in the GUI thread.
"""
