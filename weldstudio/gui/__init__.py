"""The window: turns signals into `studio` calls, and the `Changes` that come back into repaints.

One `Session` per open project owns the mirror, the store thread, the undo stack and the engine; the main window
knows no photo. Each page of the rail is a package (page, models, delegates, panels) whose page is constructed with
(session, actions) and nothing else. Everything above `gui` may be imported here except `ml`; torch lives in other
processes. Before the first paint nothing may be imported that brings torch, sqlite_utils or pyqtgraph along, so
modules of the frame name `store` and `studio` only for type checkers or inside functions.

Rejected: an event bus (a signal of the session says who speaks), a settings global, docks that each own data, and
a base class for pages (five widgets with three attributes in common are a convention, written in `main_window`).
"""
